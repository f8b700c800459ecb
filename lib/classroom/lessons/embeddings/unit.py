"""Bring each row to length 1: L2 normalisation, along the last axis, where a row of zeros stays zeros."""

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
    normalised,
    of_any_length,
    takes_any_shape,
)


@check(
    "embeddings.unit",
    cases=[
        (torch.tensor([[3.0, 4.0], [0.0, 2.0]]),),
        (ROWS,),
        (torch.tensor([[0.3, 0.4], [0.0, -0.5]]),),
        (SQUARE,),
        (WITH_ZEROS,),
        (MANY,),
        (MANY.T / 10,),
    ],
    awkward=[*((vectors,) for vectors in shelf.VECTORS), (SHORT,)],
    behaviours=[of_any_length("embeddings.unit"), takes_any_shape("embeddings.unit", normalised)],
)
def unit(vectors):
    return normalised(vectors)


edits(
    "embeddings.unit",
    (
        "unit-axis",
        "dim=-1",
        "dim=0",
        "The columns have length 1, not the rows. The numbers of one vector lie along the last axis: dim=-1.",
    ),
    (
        "unit-whole-table",
        "dim=-1, keepdim=True",
        "",
        "You divided by one length for the whole table. Each row has a length of its own: sum with dim=-1.",
    ),
    (
        "unit-keepdim",
        ", keepdim=True",
        "",
        "Without keepdim=True a row's length lies along the wrong axis: square tables go wrong in silence, others stop.",
    ),
    (
        "unit-no-root",
        ".sqrt()",
        "",
        "You divided by the squared length: 3, 4 has length 5, not 25. Take the square root of the sum.",
    ),
    (
        "unit-sum",
        [("**2", ""), (".sqrt()", "")],
        "You divided by the sum of the numbers, so that each row sums to 1. The length is the root of the sum of squares.",
    ),
    (
        "unit-sizes",
        [("(vectors**2)", "vectors.abs()"), (".sqrt()", "")],
        "You divided by the sum of the sizes. Along both streets it is 3 + 4 = 7, as the crow flies 5: square, add, take the root.",
    ),
    (
        "unit-largest",
        ...,
        "return vectors / vectors.amax(dim=-1, keepdim=True)",
        "You divided by the largest number. A length takes all of them: the root of the sum of squares.",
    ),
    (
        "unit-zero",
        "torch.where(lengths == 0, 1.0, lengths)",
        "lengths",
        "A row of zeros has length 0, and 0/0 is nan. Such a row points nowhere: let it stay zeros.",
    ),
    (
        "unit-zero-ones",
        "vectors / torch.where(lengths == 0, 1.0, lengths)",
        "torch.where(lengths == 0, 1.0, vectors / lengths)",
        "A row of zeros became a row of ones, which points somewhere. Its *length* is what you replace by 1: then 0 / 1 stays 0.",
    ),
    (
        "unit-lengths",
        "vectors / torch.where(lengths == 0, 1.0, lengths)",
        "lengths.squeeze(-1)",
        "These are the lengths. What is needed are the rows, each divided by its length.",
    ),
    (
        "unit-half",
        ".sqrt()",
        " / 2",
        "x**1/2 is (x**1)/2: the power comes before the division. Write x**0.5, or x.sqrt().",
    ),
    (
        "unit-half-at-once",
        [(".sqrt()", ""), ("lengths)", "lengths) / 2")],
        "x / s**1/2 is (x / s) / 2: the power comes first, then both divisions. Write s**0.5, or s.sqrt().",
    ),
    (
        "unit-softmax",
        ...,
        "return vectors.softmax(dim=-1)",
        "This is softmax: the numbers of a row sum to 1. Its *length* must be 1: the root of the sum of squares.",
    ),
)
