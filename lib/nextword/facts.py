"""Rung `facts`: which neuron of an MLP holds a fact? Silence one after the other, and see what the model forgets.

Sources: Geva et al. 2021 (MLPs as memories of keys and values, arXiv 2012.14913); Meng et al. 2022 (finding facts by
intervening, arXiv 2202.05262).
"""

import torch

from nextword import sampling, transformer
from nextword.shapes import Float, Tensor, Tokens
from nextword.transformer import Transformer


def silenced(
    neurons: Float[Tensor, "*batch seq_len d_mlp"], which: int
) -> Float[Tensor, "*batch seq_len d_mlp"]:
    """A copy in which one neuron is 0 at every place but the first, where the real model parks huge numbers.

    >>> silenced(torch.ones(1, 3, 2), 1)
    tensor([[[1., 1.],
             [1., 0.],
             [1., 0.]]])
    """
    quiet = neurons.clone()
    quiet[..., 1:, which] = 0
    return quiet


@torch.inference_mode()
def probability(model: Transformer, ids: Tokens, answer: int, neuron: tuple[int, int] | None = None) -> float:
    """The probability that the token `answer` comes next, if need be with one (layer, neuron) silenced."""
    taps = {}
    if neuron is not None:
        layer, which = neuron
        taps = {f"{layer}.neurons": lambda neurons: silenced(neurons, which)}
    with model.tapped(taps):
        logits = transformer.next_logits(model.stream(ids), model)
    return float(sampling.softmax(logits.float())[..., answer])


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
    moved = (after[:, 1:] - before[1:]).abs().amax(dim=-1)
    fall = fall.masked_fill(moved > limit, 0)
    return int(fall.argmax()) if (fall > 0).any() else None
