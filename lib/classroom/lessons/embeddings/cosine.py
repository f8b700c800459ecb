"""Exercise `embeddings.cosine`: its cases, its right answer found otherwise, and how people get it wrong."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.embeddings.shared import (
    MANY,
    ROWS,
    SQUARE,
    WITH_ZEROS,
    _cosines,
    _takes_any_shape,
    _unit,
)


@check(
    "embeddings.cosine",
    cases=[
        (ROWS, torch.tensor([0.0, 5.0])),
        (ROWS, torch.tensor([3.0, 4.0])),
        (torch.tensor([[2.0, 0.0], [0.0, 5.0], [-1.0, 0.0], [3.0, -4.0]]), torch.tensor([3.0, 0.0])),
        (SQUARE, SQUARE[1]),
        (WITH_ZEROS, torch.tensor([2.0, 1.0, 0.0])),
        (ROWS, torch.zeros(2)),
        (torch.tensor([[0.3, 0.4], [0.0, -0.2]]), torch.tensor([0.0, 0.5])),
        (MANY, MANY[2]),
        (100 * MANY, -MANY[0]),
    ],
    awkward=[
        *((vectors, shelf.alone(vectors)) for vectors in shelf.VECTORS),
    ],
    behaviours=[_takes_any_shape("embeddings.cosine", _cosines, MANY[0])],
)
def cosine(vectors, vector):
    return _cosines(vectors, vector)


@mistake(
    "embeddings.cosine",
    "cosine-no-lengths",
    "This is the plain dot product: long vectors win, wherever they point. Bring both to length 1 first.",
)
def _(vectors, vector):
    return vectors @ vector


@mistake(
    "embeddings.cosine",
    "cosine-one-length",
    "The rows have length 1 and the vector does not, so the answer can be above 1. Both need it.",
)
def _(vectors, vector):
    return _unit(vectors) @ vector


@mistake(
    "embeddings.cosine",
    "cosine-rows-length",
    "The vector has length 1 and the rows do not: the longest row still wins. Both need it.",
)
def _(vectors, vector):
    return vectors @ _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-axis",
    "The lengths were taken down the columns. A vector lies along the last axis: dim=-1.",
)
def _(vectors, vector):
    return torch.nn.functional.normalize(vectors, dim=0) @ _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-zero",
    "A zero vector has length 0, and 0/0 is nan. It points nowhere: its cosine is 0.",
)
def _(vectors, vector):
    return vectors @ vector / (vectors.norm(dim=-1) * vector.norm())


@mistake(
    "embeddings.cosine",
    "cosine-not-summed",
    "You multiplied number by number and did not add up: one number for each row is needed. @ does both.",
)
def _(vectors, vector):
    return _unit(vectors) * _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-size",
    "The minus signs are gone: arrows that point opposite ways got a cosine above 0. -1 is an answer, too.",
)
def _(vectors, vector):
    return (_unit(vectors) @ _unit(vector)).abs()


@mistake(
    "embeddings.cosine",
    "cosine-whole-table",
    "You divided by one length for the whole table. Each row has a length of its own: dim=-1.",
)
def _(vectors, vector):
    return vectors / vectors.norm() @ _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-angle",
    "This is the angle. Its cosine is needed, which the dot product gives directly: leave out the arccos.",
)
def _(vectors, vector):
    return torch.arccos((_unit(vectors) @ _unit(vector)).clamp(-1, 1))


@mistake(
    "embeddings.cosine",
    "cosine-afterwards",
    "The dot products were brought to length 1, as if they were a vector. Bring the rows and the vector there, before @.",
)
def _(vectors, vector):
    return _unit(vectors @ vector)


@mistake(
    "embeddings.cosine",
    "cosine-distance",
    "This is 1 - cosine, which is 0 for the same direction: a distance. The cosine itself is needed.",
)
def _(vectors, vector):
    return 1 - _unit(vectors) @ _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-keepdim",
    "The dot products have shape (rows,), the lengths (rows, 1): each was divided by every length. Leave out keepdim=True here.",
)
def _(vectors, vector):
    lengths = vectors.norm(dim=-1, keepdim=True) * vector.norm()
    return vectors @ vector / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.cosine",
    "cosine-brackets",
    "a / b * c is (a / b) * c: you multiplied by the second length. Put both lengths into brackets, a / (b * c).",
)
def _(vectors, vector):
    return vectors @ vector / vectors.norm(dim=-1) * vector.norm()


@mistake(
    "embeddings.cosine",
    "cosine-no-root",
    "You divided by the squared lengths: 3, 4 has length 5, not 25. Take the square root of each sum.",
)
def _(vectors, vector):
    squares = (vectors**2).sum(dim=-1) * (vector**2).sum()
    return vectors @ vector / torch.where(squares == 0, 1.0, squares)


@mistake(
    "embeddings.cosine",
    "cosine-short",
    "Where the lengths are below 1 you did not divide by them. Only a length of exactly 0 needs another divisor.",
)
def _(vectors, vector):
    return vectors @ vector / (vectors.norm(dim=-1) * vector.norm()).clamp(min=1)
