"""Exercise `embeddings.unit`: its cases, its right answer found otherwise, and how people get it wrong."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.embeddings.shared import MANY, ROWS, SQUARE, WITH_ZEROS, _takes_any_shape


def _normalised(vectors):
    return torch.nn.functional.normalize(vectors, dim=-1)


@check(
    "embeddings.unit",
    cases=[
        (torch.tensor([[3.0, 4.0]]),),
        (ROWS,),
        (torch.tensor([[0.3, 0.4], [0.0, -0.5]]),),
        (SQUARE,),
        (WITH_ZEROS,),
        (MANY,),
        (MANY.T / 10,),
    ],
    awkward=[
        *((vectors,) for vectors in shelf.VECTORS),
    ],
    behaviours=[_takes_any_shape("embeddings.unit", _normalised)],
)
def unit(vectors):
    return _normalised(vectors)


@mistake(
    "embeddings.unit",
    "unit-axis",
    "The columns have length 1, not the rows. The numbers of one vector lie along the last axis: dim=-1.",
)
def _(vectors):
    return torch.nn.functional.normalize(vectors, dim=0)


@mistake(
    "embeddings.unit",
    "unit-whole-table",
    "You divided by one length for the whole table. Each row has a length of its own: sum with dim=-1.",
)
def _(vectors):
    return vectors / vectors.norm()


@mistake(
    "embeddings.unit",
    "unit-keepdim",
    "Without keepdim=True a row's length lies along the wrong axis: square tables go wrong in silence, others stop.",
)
def _(vectors):
    lengths = vectors.norm(dim=-1)
    return vectors / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.unit",
    "unit-no-root",
    "You divided by the squared length: 3, 4 has length 5, not 25. Take the square root of the sum.",
)
def _(vectors):
    squares = (vectors**2).sum(dim=-1, keepdim=True)
    return vectors / torch.where(squares == 0, 1.0, squares)


@mistake(
    "embeddings.unit",
    "unit-sum",
    "You divided by the sum of the numbers, so that each row sums to 1. The length is the root of the sum of squares.",
)
def _(vectors):
    sums = vectors.sum(dim=-1, keepdim=True)
    return vectors / torch.where(sums == 0, 1.0, sums)


@mistake(
    "embeddings.unit",
    "unit-zero",
    "A row of zeros has length 0, and 0/0 is nan. Such a row points nowhere: let it stay zeros.",
)
def _(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True)


@mistake(
    "embeddings.unit",
    "unit-lengths",
    "These are the lengths. What is needed are the rows, each divided by its length.",
)
def _(vectors):
    return vectors.norm(dim=-1)


@mistake(
    "embeddings.unit",
    "unit-largest",
    "You divided by the largest number. A length takes all of them: the root of the sum of squares.",
)
def _(vectors):
    return vectors / vectors.max(dim=-1, keepdim=True).values


@mistake(
    "embeddings.unit",
    "unit-largest-size",
    "You divided by the largest size of a number. A length takes all of them: the root of the sum of squares.",
)
def _(vectors):
    largest = vectors.abs().amax(dim=-1, keepdim=True)
    return vectors / torch.where(largest == 0, 1.0, largest)


@mistake(
    "embeddings.unit",
    "unit-sizes",
    "You divided by the sum of the sizes. Along both streets it is 3 + 4 = 7, as the crow flies 5: square, add, take the root.",
)
def _(vectors):
    return torch.nn.functional.normalize(vectors, p=1, dim=-1)


@mistake(
    "embeddings.unit",
    "unit-half",
    "x**1/2 is (x**1)/2: the power comes before the division. Write x**0.5, or x.sqrt().",
)
def _(vectors):
    half = (vectors**2).sum(dim=-1, keepdim=True) / 2
    return vectors / torch.where(half == 0, 1.0, half)


@mistake(
    "embeddings.unit",
    "unit-half-at-once",
    "x / s**1/2 is (x / s) / 2: the power comes first, then both divisions. Write s**0.5, or s.sqrt().",
)
def _(vectors):
    squares = (vectors**2).sum(dim=-1, keepdim=True)
    return vectors / torch.where(squares == 0, 1.0, squares) / 2


@mistake(
    "embeddings.unit",
    "unit-no-square",
    "You took the root of the sum of the numbers themselves. Square them first: 3, 4 has length √(9 + 16) = 5.",
)
def _(vectors):
    lengths = vectors.sum(dim=-1, keepdim=True).sqrt()
    return vectors / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.unit",
    "unit-sum-then-square",
    "You added first and squared the sum: (3 + 4)² is 49. Square each number, then add: 9 + 16 = 25.",
)
def _(vectors):
    lengths = (vectors.sum(dim=-1, keepdim=True) ** 2).sqrt()
    return vectors / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.unit",
    "unit-mean",
    "You took the mean of the squares. A length adds them up: 3, 4 has length √(9 + 16) = 5, however many numbers there are.",
)
def _(vectors):
    lengths = (vectors**2).mean(dim=-1, keepdim=True).sqrt()
    return vectors / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.unit",
    "unit-where-turned",
    "torch.where(question, if yes, if no): yours divides by 1 wherever there *is* a length. Turn the last two round.",
)
def _(vectors):
    lengths = vectors.norm(dim=-1, keepdim=True)
    return vectors / torch.where(lengths == 0, lengths, 1.0)


@mistake(
    "embeddings.unit",
    "unit-short",
    "Rows shorter than 1 stayed short. Only a length of exactly 0 needs another divisor.",
)
def _(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=1)
