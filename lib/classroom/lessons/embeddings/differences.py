"""The step from each vector to the next, in a table or any stack of tables: axes counted from the end."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.embeddings.shared import DEEP, MANY, SQUARE

WALK = torch.tensor([[1.0, 1.0], [4.0, 5.0], [4.0, 6.0]])
WALKS = torch.stack([WALK, torch.tensor([[0.0, 9.0], [2.0, 9.0], [1.0, 3.0]])])
CUBE = torch.stack([SQUARE, 2 * SQUARE.T, SQUARE - 5])


@check(
    "embeddings.differences",
    cases=[
        (WALK,),
        (SQUARE,),
        (MANY,),
        (MANY.T,),
        (torch.tensor([[2.0, 0.5, 7.0], [2.0, 1.5, -7.0]]),),
        (WALKS,),
        (CUBE,),
        (DEEP,),
        (DEEP.transpose(0, 1),),
        (torch.stack([DEEP, -3 * DEEP]),),
    ],
    awkward=[(vectors,) for vectors in shelf.VECTORS if vectors.ndim > 1],
)
def differences(vectors):
    return torch.diff(vectors, dim=-2)


LATER, EARLIER = "vectors[..., 1:, :]", "vectors[..., :-1, :]"

edits(
    "embeddings.differences",
    (
        "differences-first-axis",
        [(LATER, "vectors[1:]"), (EARLIER, "vectors[:-1]")],
        "Right for one table. In a stack the *first* axis holds the tables, and yours took one table from the next. "
        "The rows lie along axis -2: vectors[..., 1:, :].",
    ),
    (
        "differences-second-axis",
        [(LATER, "vectors[:, 1:]"), (EARLIER, "vectors[:, :-1]")],
        "The axis was counted from the front: the second one holds the rows only where exactly one axis stands before it. "
        "From the end they are always at -2: vectors[..., 1:, :].",
    ),
    (
        "differences-last-axis",
        [(LATER, "vectors[..., 1:]"), (EARLIER, "vectors[..., :-1]")],
        "These are steps between the numbers of *one* vector, along axis -1. Whole rows are needed, along axis -2: "
        "vectors[..., 1:, :], with a colon for the numbers.",
    ),
    (
        "differences-backwards",
        ...,
        f"return {EARLIER} - {LATER}",
        "The steps lead backwards. From the one before to this one is: this one, minus the one before.",
    ),
    (
        "differences-from-the-first",
        ":-1",
        ":1",
        "Each row was measured from the first one. A step leads to it from the row just before.",
    ),
    (
        "differences-round",
        ...,
        "return vectors - vectors.roll(1, dims=-2)",
        "There is one step more than there should be: nothing stands before the first row, and roll puts the last one there.",
    ),
    (
        "differences-two-apart",
        [("1:", "2:"), (":-1", ":-2")],
        "A row was left out between the two. The step leads from one row to the very next.",
    ),
    (
        "differences-sum",
        " - ",
        " + ",
        "The two rows were added. The step between them is their difference.",
    ),
    (
        "differences-sizes",
        ...,
        f"return ({LATER} - {EARLIER}).abs()",
        "The signs are gone. A step can lead down as well as up: leave out abs.",
    ),
    (
        "differences-lengths",
        ...,
        f"return ({LATER} - {EARLIER}).norm(dim=-1)",
        "These are the lengths of the steps. A step is a vector: keep all of its numbers.",
    ),
)
