"""Exercise `attention.weighted_sum`: its cases, its right answer found otherwise, and how people get it wrong."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.lives import in_a_model
from classroom.judge.registry import check, mistake
from classroom.lessons.attention.shared import SQUARE, _random, more

SHARES = torch.tensor([[1.0, 0.0], [0.25, 0.75]])


PICKS = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


@check(
    "attention.weighted_sum",
    lives=in_a_model,
    cases=[
        (SHARES, torch.tensor([[4.0, 0.0], [8.0, 10.0]])),
        (PICKS, torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])),
        (torch.tensor([[0.25, 0.75], [0.5, 0.5], [0.0, 1.0]]), torch.tensor([[4.0, 2.0], [8.0, 0.0]])),
        (torch.tensor([[0.2, 0.3, 0.5], [0.1, 0.9, 0.0], [0.6, 0.0, 0.4]]), SQUARE),
        (torch.ones(1, 1), torch.tensor([[5.0]])),
        (
            torch.stack([SHARES, SHARES.flip(0)]),
            torch.tensor([[[4.0, 0.0], [8.0, 1.0]], [[1.0, 2.0], [5.0, 6.0]]]),
        ),
        (torch.softmax(_random(2, 3, 4), dim=-1), _random(2, 4, 5)),
        (torch.softmax(_random(2, 2, 3, 3), dim=-1), _random(2, 2, 3, 3)),
        (torch.softmax(_random(3, 3, 3), dim=-1), _random(3, 3, 3)),
        (_random(4, 6), _random(6, 2)),
        (_random(5, 2, 8), 100 * _random(5, 8, 3)),
    ],
    awkward=[
        *((torch.softmax(more(*shape), -1), more(*shape[:-2], shape[-1], 2)) for shape in shelf.STREAMS),
        (shelf.ALL_DIFFER, more(2, 3, 7, 1)),
    ],
)
def weighted_sum(weights, value):
    *batch, queries, keys = weights.shape
    mixed = torch.zeros(*batch, queries, value.shape[-1])
    for query in range(queries):
        for key in range(keys):
            mixed[..., query, :] += weights[..., query, key, None] * value[..., key, :]
    return mixed


@mistake(
    "attention.weighted_sum",
    "mix-transposed",
    "The weights are turned: their columns were used. A row belongs to a query, and the row [1, 0] must give just the first value.",
)
def _(weights, value):
    return weights.mT @ value


@mistake(
    "attention.weighted_sum",
    "mix-order",
    "The order is turned round: value @ weights mixes the numbers within a vector. weights @ value mixes the vectors.",
)
def _(weights, value):
    return value @ weights


@mistake(
    "attention.weighted_sum",
    "mix-elementwise",
    "* multiplies number by number, in place. To weigh the values and add them up, use @.",
)
def _(weights, value):
    return weights * value


@mistake(
    "attention.weighted_sum",
    "mix-not-summed",
    "Each value is weighed, and then they must be added up: each query gets one vector. weights @ value does both.",
)
def _(weights, value):
    return weights[..., None] * value[..., None, :, :]


@mistake(
    "attention.weighted_sum",
    "mix-summed-over-queries",
    "You added up over the queries. Add up over the keys: what one query takes from all of them.",
)
def _(weights, value):
    return (weights[..., None] * value[..., None, :, :]).sum(dim=-3)


@mistake(
    "attention.weighted_sum",
    "mix-weights-summed",
    "Each value was multiplied by the sum of a row of weights, so nothing is mixed. Each key has a weight of its own in the row.",
)
def _(weights, value):
    return weights.sum(dim=-1, keepdim=True) * value


@mistake(
    "attention.weighted_sum",
    "mix-mean",
    "You divided by the number of keys as well. The weights of a row are shares already: the sum is enough.",
)
def _(weights, value):
    return weights @ value / value.shape[-2]


@mistake(
    "attention.weighted_sum",
    "mix-equal",
    "Every query got the plain mean of the values. The weights say how much of each.",
)
def _(weights, value):
    return (torch.ones_like(weights) / weights.shape[-1]) @ value


@mistake(
    "attention.weighted_sum",
    "mix-sum",
    "The values were added up whole. Each comes in by its weight.",
)
def _(weights, value):
    return torch.ones_like(weights) @ value


@mistake(
    "attention.weighted_sum",
    "mix-softmax-again",
    "softmax came a second time. The weights are shares already: mix with them as they are.",
)
def _(weights, value):
    return torch.softmax(weights, dim=-1) @ value


@mistake(
    "attention.weighted_sum",
    "mix-normalised",
    "The weights were divided by their sum. That is softmax's work, and it was done before: take them as they come.",
)
def _(weights, value):
    return weights / weights.sum(dim=-1, keepdim=True) @ value


@mistake(
    "attention.weighted_sum",
    "mix-best-only",
    "Each query took the one value with the highest weight. All come in, each by its weight.",
)
def _(weights, value):
    best = weights.argmax(dim=-1)
    return torch.nn.functional.one_hot(best, weights.shape[-1]).to(value.dtype) @ value


@mistake(
    "attention.weighted_sum",
    "mix-value-transposed",
    "The values are turned, so that columns were mixed. The rows of value are the vectors: weights @ value, as they are.",
)
def _(weights, value):
    return weights @ value.mT


@mistake(
    "attention.weighted_sum",
    "mix-two-axes",
    "This works on a single table only. The real model comes with a stack of heads in front, and @ goes through any stack by itself.",
)
def _(weights, value):
    return torch.mm(weights, value)


@mistake(
    "attention.weighted_sum",
    "mix-value-lacks-an-axis",
    "On a single table this works. With a stack in front, value needs an axis for the queries: value[..., None, :, :]. "
    "(Or take @, which goes through any stack by itself.)",
)
def _(weights, value):
    return (weights[..., None] * value).sum(dim=-2)


_FROM_THE_FRONT = (
    "On a single table this works; with a stack in front, axes counted from the front are others. In a loop, "
    "weights[..., q, k, None] * value[..., k, :]; at once, (weights[..., None] * value[..., None, :, :]).sum(dim=-2). "
    "And @ goes through any stack by itself."
)


@mistake("attention.weighted_sum", "mix-axes-from-the-front", _FROM_THE_FRONT)
def _(weights, value):
    return (weights[:, :, None] * value[None]).sum(dim=1)


@mistake("attention.weighted_sum", "mix-sums-from-the-front", _FROM_THE_FRONT)
def _(weights, value):
    return (weights[..., None] * value[None]).sum(dim=1)


@mistake(
    "attention.weighted_sum",
    "mix-all-axes-turned",
    "The weights are turned: their columns were used. A row belongs to a query, and the row [1, 0] must give just the first value. "
    "(And .T would turn round all axes of a stack.)",
)
def _(weights, value):
    return weights.permute(*range(weights.dim())[::-1]) @ value


@mistake(
    "attention.weighted_sum",
    "mix-adds-value",
    "The value of each place was added to its mixture. mix gives the mixture alone.",
)
def _(weights, value):
    return value + weights @ value
