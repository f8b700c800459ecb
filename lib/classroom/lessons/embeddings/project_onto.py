"""How far each row reaches along the direction from one word to another: scalar projection, measured from zero."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.embeddings.shared import MANY, ROWS, SHORT, SQUARE, takes_any_shape


def reached(vectors, low, high):
    """The right answer, number by number."""
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
        (ROWS, torch.zeros(2), SHORT[1]),
        (ROWS, SHORT[2], torch.zeros(2)),
    ],
    behaviours=[takes_any_shape("embeddings.project_onto", reached, MANY[1], MANY[4])],
)
def project_onto(vectors, low, high):
    return reached(vectors, low, high)


edits(
    "embeddings.project_onto",
    (
        "ruler-not-unit",
        "embeddings.unit(high - low)",
        "(high - low)",
        "The direction is not of length 1, so two words far apart make a ruler with other marks. Bring high - low to length 1.",
    ),
    (
        "ruler-flipped",
        "high - low",
        "low - high",
        "The ruler points from high to low. From low to high is high - low.",
    ),
    (
        "ruler-flipped-not-unit",
        "embeddings.unit(high - low)",
        "(low - high)",
        "The ruler points from high to low, and its direction is not of length 1. Take high - low, and bring it there.",
    ),
    (
        "ruler-cosine",
        "vectors @",
        "embeddings.unit(vectors) @",
        "These are cosines: each row's own length is lost, and long steps are flattened. Only the direction gets length 1.",
    ),
    (
        "ruler-from-low",
        "vectors @",
        "(vectors - low) @",
        "You measured from `low`. Our ruler has its 0 where all numbers are 0: leave the rows as they are.",
    ),
    (
        "ruler-from-low-not-unit",
        [("vectors @", "(vectors - low) @"), ("embeddings.unit", "")],
        "You measured from `low`, in a direction that is not of length 1. Leave the rows as they are, and bring high - low to length 1.",
    ),
    (
        "ruler-ends-0-and-1",
        ...,
        "return (vectors - low) @ (high - low) / ((high - low) @ (high - low))",
        "You put low at 0 and high at 1. Ours keeps the vectors' own scale, and its 0 where all numbers are 0.",
    ),
    (
        "ruler-squared",
        ...,
        "return vectors @ (high - low) / ((high - low) @ (high - low))",
        "You divided by the squared length. Divide by the length: then a step of length 3 along the ruler is 3.",
    ),
    (
        "ruler-sizes",
        ...,
        "return vectors @ (high - low) / (high - low).abs().sum()",
        "You divided by the sum of the sizes. A length is the root of the sum of squares: 3, 4 has length 5, not 7.",
    ),
    (
        "ruler-difference-of-lengths",
        ...,
        "return vectors @ (high - low) / (high.norm() - low.norm())",
        "You divided by the difference of two lengths. The length of the difference is needed: (high - low).norm().",
    ),
    (
        "ruler-units-apart",
        "high - low",
        "embeddings.unit(high) - embeddings.unit(low)",
        "Each end was brought to length 1 before the difference. First the difference, then its length.",
    ),
    (
        "ruler-units-apart-only",
        "embeddings.unit(high - low)",
        "(embeddings.unit(high) - embeddings.unit(low))",
        "The two ends were brought to length 1, and their difference was not. It is the difference that needs length 1.",
    ),
    (
        "ruler-bracket",
        "embeddings.unit(high - low)",
        "(embeddings.unit(high) - low)",
        "Only `high` was brought to length 1, before `low` was taken away. The bracket goes round both: unit(high - low).",
    ),
    (
        "ruler-two-cosines",
        ...,
        "return embeddings.cosine(vectors, high) - embeddings.cosine(vectors, low)",
        "This is how much more like `high` than like `low` a row is. A ruler asks how far it reaches along high - low.",
    ),
)
