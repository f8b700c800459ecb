"""Rung `neuron_ablation`: which neuron of an MLP holds a fact? Set one after the other to 0, and see what is forgotten.

Sources: Geva et al. 2021 (MLPs as memories of keys and values, arXiv 2012.14913); Meng et al. 2022 (finding facts by
intervening, arXiv 2202.05262).
"""

from collections.abc import Callable

import torch

from nextword import sampling, transformer
from nextword.base.shapes import Float, Tensor, Tokens
from nextword.transformer import Transformer

Neuron = tuple[int, int]  # its layer, and its number there
Neurons = Float[Tensor, "*batch seq_len d_mlp"]  # how strongly each neuron fires at each place


def ablated(neurons: Neurons, which: int) -> Neurons:
    """A copy in which one neuron is 0 wherever it fires.

    >>> ablated(torch.ones(1, 2, 3), 1)
    tensor([[[1., 0., 1.],
             [1., 0., 1.]]])
    """
    quiet = neurons.clone()
    quiet[..., which] = 0
    return quiet


@torch.inference_mode()
def strongest(model: Transformer, ids: Tokens) -> list[Neuron]:
    """In each layer, the neuron that fires most, up or down, at the last place of one text."""
    with model.recorded("*.neurons") as seen:
        model.stream(ids)
    sizes = [seen[f"{layer}.neurons"][..., -1, :].abs() for layer in range(len(model.layers))]
    return [(layer, int(size.argmax())) for layer, size in enumerate(sizes)]


@torch.inference_mode()
def probability(model: Transformer, ids: Tokens, answer: int, neuron: Neuron | None = None) -> float:
    """The probability that the token `answer` comes next, if need be with one neuron silenced."""
    functions = {}
    if neuron is not None:
        layer, which = neuron
        functions = {f"{layer}.neurons": lambda neurons: ablated(neurons, which)}
    with model.hooked(functions):
        logits = transformer.next_logits(model.stream(ids), model)
    return float(sampling.softmax(logits.float())[..., answer])


@torch.inference_mode()
def ablate_each(
    model: Transformer, ids: Tokens, answer: int, neurons: list[Neuron]
) -> Float[Tensor, "candidates"]:
    """The same for one text and many neurons, each silenced by itself, in one pass.

    At the layer of a candidate a copy of the text joins in, so that nothing below that layer is computed again.
    """
    ordered = sorted(neurons)  # by layer: the order in which copies join the batch
    with model.recorded("*.stream") as seen:
        model.stream(ids.reshape(1, -1))
    x, positions = seen["0.stream"][:0], torch.arange(ids.shape[-1], device=ids.device)
    for number, layer in enumerate(model.layers):
        here = [which for its_layer, which in ordered if its_layer == number]
        x = torch.cat([x, seen[f"{number}.stream"].expand(len(here), -1, -1)])
        with model.hooked({f"{number}.neurons": ablated_in_last_rows(here)}):
            x = layer(x, positions) if len(x) else x
    found = sampling.softmax(transformer.next_logits(x, model).float())[:, answer]
    row = {neuron: place for place, neuron in enumerate(ordered)}
    return found[[row[neuron] for neuron in neurons]]


def ablated_in_last_rows(which: list[int]) -> Callable[[Neurons], Neurons]:
    """A hook's function that silences one neuron in each of the last texts."""

    def change(neurons: Neurons) -> Neurons:
        kept, changed = neurons.split([len(neurons) - len(which), len(which)])
        return torch.stack([*kept, *map(ablated, changed, which)])

    return change


def find_neuron(
    before: Float[Tensor, "facts"], after: Float[Tensor, "candidates facts"], limit: float = 0.05
) -> int | None:
    """The candidate without which fact 0 falls most, of those that move every other fact by at most `limit`.

    `before` are the facts' probabilities, `after` the same with each candidate silenced. None if none lowers fact 0
    and leaves the others alone.

    >>> before = torch.tensor([0.6, 0.8])
    >>> find_neuron(before, torch.tensor([[0.1, 0.2], [0.3, 0.79], [0.5, 0.8]]))  # 0 breaks the other fact too
    1
    """
    fall = before[0] - after[:, 0]
    moved = (after[:, 1:] - before[1:]).abs()  # a rise breaks it as well
    fall = fall.masked_fill((moved > limit).any(dim=-1), 0)
    return int(fall.argmax()) if (fall > 0).any() else None
