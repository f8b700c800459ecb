"""Under rung `reward_model`: what the vectors of the real model of 135M dials say about a text.

The mean of a text's vectors after two early layers is what a linear reward can read; no dial of the model is turned.
"""

import functools
from collections.abc import Sequence
from pathlib import Path

import torch

from nextword import pretrained, rollouts, transformer
from nextword.base.shapes import Float, Tensor
from nextword.pretrained_parts import model_file
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer

LAYERS = (4, 8)  # after which vectors are taken: tried, and later ones are no better for more time
SHIPPED = Path(__file__).with_name("gold.safetensors")  # made by tools/gold_reward.py
LONGEST, AT_ONCE = 96, 1536  # tokens of a text that are read, and tokens of a batch


@functools.cache
def model() -> tuple[Transformer, PretrainedTokenizer]:
    """The real model, loaded once."""
    return pretrained.load()


def features(texts: Sequence[str], layers: Sequence[int] = LAYERS) -> Float[Tensor, "texts features"]:
    """The real model's mean vector of each text after each of these layers, side by side; 5 to 10 ms a sentence."""
    return of_model(*model(), texts, layers)


@torch.no_grad()
def of_model(
    reader: Transformer,
    tokenizer: Tokenizer | PretrainedTokenizer,
    texts: Sequence[str],
    layers: Sequence[int],
) -> Float[Tensor, "texts features"]:
    """The same from any model. Texts of like length are read together."""
    ids = ids_of(texts, tokenizer, reader)
    found = torch.zeros(len(ids), len(layers) * reader.config.d_model)
    for places in batches([len(row) for row in ids]):
        found[places] = mean_vectors(reader, [ids[place] for place in places], layers)
    return found


def ids_of(
    texts: Sequence[str], tokenizer: Tokenizer | PretrainedTokenizer, reader: Transformer
) -> list[list[int]]:
    """The first tokens of each text, as many as are read; where there is none, the token 0."""
    return [tokenizer.encode(one)[: min(LONGEST, reader.config.context)] or [0] for one in texts]


def mean_vectors(
    reader: Transformer, rows: Sequence[Sequence[int]], layers: Sequence[int]
) -> Float[Tensor, "texts features"]:
    """The same for one batch of token ids, by the first layers of a model.

    Rows are filled up on the right, where no earlier token sees it, and what fills them up is not counted.
    """
    table = rollouts.pad(rows, end=0)
    lengths = torch.tensor([len(row) for row in rows])[:, None]
    positions = torch.arange(table.shape[1])
    inside = (positions < lengths)[..., None]  # (texts, seq_len, 1)
    x, means = reader.embedding(table), []
    if reader.config.positions == "learned":
        x = x + reader.positions(positions)
    if reader.config.embedding_norm:
        x = transformer.rms_norm(x)
    for number, layer in enumerate(reader.layers[: max(layers)], 1):
        x = layer(x, positions)
        if number in layers:
            means.append((transformer.rms_norm(x).float() * inside).sum(1) / lengths)
    return torch.cat(means, dim=-1)


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """The places of texts, the shortest first, in groups that hold at most AT_ONCE tokens when filled up.

    >>> batches([5, 1000, 1, 700])
    [[2, 0], [3], [1]]
    """
    groups: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if groups and (len(groups[-1]) + 1) * lengths[place] <= AT_ONCE:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


@functools.cache
def shipped() -> tuple[Tensor, Tensor]:
    """The dials that tools/gold_reward.py fitted to the gold's people, and the mean that is taken from the features."""
    tensors, _ = model_file.read(SHIPPED)
    return tensors["dials"], tensors["mean"]


def reward(texts: Sequence[str]) -> Float[Tensor, "texts"]:
    """The gold's linear reward on the real model's vectors."""
    dials, mean = shipped()
    return (features(texts) - mean) @ dials
