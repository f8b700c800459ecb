"""Exercise `embeddings.project_onto`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.embeddings.shared import MANY, ROWS, SQUARE, _takes_any_shape, _unit


def _reached(vectors, low, high):
    toward = [float(h) - float(l) for l, h in zip(low, high, strict=True)]
    length = math.hypot(*toward)
    flat = vectors.reshape(-1, vectors.shape[-1]).tolist()
    reached = [sum(x * step for x, step in zip(row, toward, strict=True)) / length for row in flat]
    return torch.tensor(reached).reshape(vectors.shape[:-1])


@check(
    "embeddings.project_onto",
    cases=[
        (ROWS, torch.tensor([0.0, 1.0]), torch.tensor([0.0, 5.0])),
        (ROWS, torch.tensor([1.0, 1.0]), torch.tensor([4.0, 5.0])),
        (ROWS, torch.tensor([4.0, 1.0]), torch.tensor([-2.0, 1.0])),
        (SQUARE, SQUARE[0], SQUARE[1]),
        (torch.tensor([[2.0, 7.0], [1.0, -1.0]]), torch.tensor([0.0, 3.0]), torch.tensor([0.0, 1.0])),
        (MANY, MANY[1], MANY[4]),
        (MANY.T, MANY[:, 0], MANY[:, 3]),
    ],
    awkward=[
        *((vectors, torch.ones(vectors.shape[-1]), shelf.alone(vectors)) for vectors in shelf.VECTORS),
    ],
    behaviours=[_takes_any_shape("embeddings.project_onto", _reached, MANY[1], MANY[4])],
)
def project_onto(vectors, low, high):
    return _reached(vectors, low, high)


@mistake(
    "embeddings.project_onto",
    "ruler-not-unit",
    "The direction is not of length 1, so two words far apart make a ruler with other marks. Bring high - low to length 1.",
)
def _(vectors, low, high):
    return vectors @ (high - low)


@mistake(
    "embeddings.project_onto",
    "ruler-cosine",
    "These are cosines: each row's own length is lost, and long steps are flattened. Only the direction gets length 1.",
)
def _(vectors, low, high):
    return _unit(vectors) @ _unit(high - low)


@mistake(
    "embeddings.project_onto",
    "ruler-flipped",
    "The ruler points from high to low. From low to high is high - low.",
)
def _(vectors, low, high):
    return vectors @ _unit(low - high)


@mistake(
    "embeddings.project_onto",
    "ruler-from-low",
    "You measured from `low`. Our ruler has its 0 where all numbers are 0: leave the rows as they are.",
)
def _(vectors, low, high):
    return (vectors - low) @ _unit(high - low)


@mistake(
    "embeddings.project_onto",
    "ruler-ends-0-and-1",
    "You put low at 0 and high at 1. Ours keeps the vectors' own scale, and its 0 where all numbers are 0.",
)
def _(vectors, low, high):
    return (vectors - low) @ (high - low) / ((high - low) ** 2).sum()


@mistake(
    "embeddings.project_onto",
    "ruler-units-apart",
    "Each end was brought to length 1 before the difference. First the difference, then its length.",
)
def _(vectors, low, high):
    return vectors @ _unit(_unit(high) - _unit(low))


@mistake(
    "embeddings.project_onto",
    "ruler-high-only",
    "You measured along `high` alone. The direction is from low to high: high - low.",
)
def _(vectors, low, high):
    return vectors @ _unit(high)


@mistake(
    "embeddings.project_onto",
    "ruler-squared",
    "You divided by the squared length. Divide by the length: then a step of length 3 along the ruler is 3.",
)
def _(vectors, low, high):
    return vectors @ (high - low) / ((high - low) ** 2).sum()


@mistake(
    "embeddings.project_onto",
    "ruler-from-the-middle",
    "You measured from the middle between the two words. Our ruler has its 0 where all numbers are 0.",
)
def _(vectors, low, high):
    return (vectors - (low + high) / 2) @ _unit(high - low)


@mistake(
    "embeddings.project_onto",
    "ruler-size",
    "The minus signs are gone: a ruler goes both ways from 0.",
)
def _(vectors, low, high):
    return (vectors @ _unit(high - low)).abs()


@mistake(
    "embeddings.project_onto",
    "ruler-units-apart-only",
    "The two ends were brought to length 1, and their difference was not. It is the difference that needs length 1.",
)
def _(vectors, low, high):
    return vectors @ (_unit(high) - _unit(low))


@mistake(
    "embeddings.project_onto",
    "ruler-bracket",
    "Only `high` was brought to length 1, before `low` was taken away. The bracket goes round both: unit(high - low).",
)
def _(vectors, low, high):
    return vectors @ (_unit(high) - low)


@mistake(
    "embeddings.project_onto",
    "ruler-two-cosines",
    "This is how much more like `high` than like `low` a row is. A ruler asks how far it reaches along high - low.",
)
def _(vectors, low, high):
    return _unit(vectors) @ _unit(high) - _unit(vectors) @ _unit(low)


@mistake(
    "embeddings.project_onto",
    "ruler-rows-unit",
    "The rows were brought to length 1 and the direction was not. It is the other way about.",
)
def _(vectors, low, high):
    return _unit(vectors) @ (high - low)


@mistake(
    "embeddings.project_onto",
    "ruler-flipped-not-unit",
    "The ruler points from high to low, and its direction is not of length 1. Take high - low, and bring it there.",
)
def _(vectors, low, high):
    return vectors @ (low - high)


@mistake(
    "embeddings.project_onto",
    "ruler-from-low-not-unit",
    "You measured from `low`, in a direction that is not of length 1. Leave the rows as they are, and bring high - low to length 1.",
)
def _(vectors, low, high):
    return (vectors - low) @ (high - low)


@mistake(
    "embeddings.project_onto",
    "ruler-cosine-from-low",
    "This is a cosine, and measured from `low`. Leave the rows as they are: neither move them nor change their length.",
)
def _(vectors, low, high):
    return _unit(vectors - low) @ _unit(high - low)


@mistake(
    "embeddings.project_onto",
    "ruler-difference-of-lengths",
    "You divided by the difference of two lengths. The length of the difference is needed: (high - low).norm().",
)
def _(vectors, low, high):
    return vectors @ (high - low) / (high.norm() - low.norm())


@mistake(
    "embeddings.project_onto",
    "ruler-projection",
    "These are points on the ruler, as vectors. How far each is along it is one number a row: leave out the last product.",
)
def _(vectors, low, high):
    direction = _unit(high - low)
    return (vectors @ direction)[..., None] * direction


@mistake(
    "embeddings.project_onto",
    "ruler-not-summed",
    "You multiplied number by number and did not add up: one number for each row is needed. @ does both.",
)
def _(vectors, low, high):
    return vectors * _unit(high - low)
