"""Cosine similarity of each row with one vector: dot products of what has length 1, and 0 for what points nowhere."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.embeddings.shared import (
    MANY,
    ROWS,
    SHORT,
    SQUARE,
    WITH_ZEROS,
    cosines,
    of_any_length,
    takes_any_shape,
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
    awkward=[*((vectors, shelf.alone(vectors)) for vectors in shelf.VECTORS), (SHORT, SHORT[1] / 10)],
    behaviours=[
        of_any_length("embeddings.cosine", torch.tensor([4.0, -1.0])),
        takes_any_shape("embeddings.cosine", cosines, MANY[0]),
    ],
)
def cosine(vectors, vector):
    return cosines(vectors, vector)


edits(
    "embeddings.cosine",
    (
        "cosine-no-lengths",
        ...,
        "return vectors @ vector",
        "This is the plain dot product: long vectors win, wherever they point. Bring both to length 1 first.",
    ),
    (
        "cosine-one-length",
        "embeddings.unit(vector)",
        "vector",
        "The rows have length 1 and the vector does not, so the answer can be above 1. Both need it.",
    ),
    (
        "cosine-rows-length",
        "embeddings.unit(vectors)",
        "vectors",
        "The vector has length 1 and the rows do not: the longest row still wins. Both need it.",
    ),
    (
        "cosine-axis",
        "embeddings.unit(vectors)",
        "embeddings.unit(vectors.mT).mT",
        "The lengths were taken down the columns. A vector lies along the last axis: dim=-1.",
    ),
    (
        "cosine-mean",
        ...,
        "return (embeddings.unit(vectors) * embeddings.unit(vector)).mean(dim=-1)",
        "You took the mean of the products. A dot product adds them up: .sum(dim=-1), or @.",
    ),
    (
        "cosine-afterwards",
        ...,
        "return embeddings.unit(vectors @ vector)",
        "The dot products were brought to length 1, as if they were a vector. Bring the rows and the vector there, before @.",
    ),
)

BY_LENGTHS = """
    def cosine(vectors, vector):
        lengths = vectors.norm(dim=-1) * vector.norm()
        return vectors @ vector / torch.where(lengths == 0, 1.0, lengths)
"""

edits(
    "embeddings.cosine",
    (
        "cosine-zero",
        "torch.where(lengths == 0, 1.0, lengths)",
        "lengths",
        "A zero vector has length 0, and 0/0 is nan. It points nowhere: its cosine is 0.",
    ),
    (
        "cosine-whole-table",
        "dim=-1",
        "",
        "You divided by one length for the whole table. Each row has a length of its own: dim=-1.",
    ),
    (
        "cosine-keepdim",
        "dim=-1",
        "dim=-1, keepdim=True",
        "The dot products have shape (rows,), the lengths (rows, 1): each was divided by every length. Leave out keepdim=True here.",
    ),
    (
        "cosine-brackets",
        ...,
        "return vectors @ vector / vectors.norm(dim=-1) * vector.norm()",
        "a / b * c is (a / b) * c: you multiplied by the second length. Put both lengths into brackets, a / (b * c).",
    ),
    (
        "cosine-no-root",
        "vectors.norm(dim=-1) * vector.norm()",
        "(vectors.norm(dim=-1) * vector.norm()) ** 2",
        "You divided by the squared lengths: 3, 4 has length 5, not 25. Take the square root of each sum.",
    ),
    (
        "cosine-lengths-added",
        "dim=-1) *",
        "dim=-1) +",
        "The two lengths were added. Multiply them: the dot product grows with each of the two.",
    ),
    source=BY_LENGTHS,
)
