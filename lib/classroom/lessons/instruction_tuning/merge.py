"""One matrix in place of a matrix and its pair."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check

noise = shelf.noises(173)


@check(
    "lora.merge",
    cases=[
        (torch.eye(2), torch.tensor([[1.0, 1.0]]), torch.tensor([[1.0], [0.0]]), 2.0),
        (torch.eye(2), torch.tensor([[1.0, 1.0]]), torch.zeros(2, 1), 2.0),
        (noise(4, 6), noise(2, 6), noise(4, 2), 0.5),
        (noise(4, 4), noise(4, 4), noise(4, 4), 3.0),
        (noise(5, 3), noise(2, 3), noise(5, 2), 4.0),
    ],
    awkward=[
        (noise(1, 1), noise(1, 1), noise(1, 1), 1.0),
        (noise(2, 7), noise(5, 7), noise(2, 5), -2.0),
        (noise(3, 3), torch.zeros(3, 3), noise(3, 3), 8.0),
        (noise(6, 2), noise(1, 2), noise(6, 1), 0.0),
        (noise(4, 4).double(), noise(2, 4).double(), noise(4, 2).double(), 0.5),
    ],
)
def merge(weight, a, b, scale):
    """Column by column of b: the sum of `rank` outer products."""
    parts = [torch.outer(b[:, r].double(), a[r].double()) for r in range(len(a))]
    return (weight.double() + scale * sum(parts)).to(weight.dtype)


edits(
    "lora.merge",
    ("merge-no-scale", "scale * (b @ a)", "b @ a", "The product is not multiplied by scale."),
    (
        "merge-product-alone",
        "weight + scale",
        "scale",
        "The matrix itself is missing: the product is to be *added* to it.",
    ),
    (
        "merge-exchanged",
        "(b @ a)",
        "(a @ b)",
        "This is a @ b. x meets a first, and what stands nearest to x in a product stands on the right: b @ a.",
    ),
    (
        "merge-on-its-side",
        "(b @ a)",
        "(b @ a).T",
        "The product lies on its side. b @ a has the matrix's own shape already, and nothing is to be turned.",
    ),
    (
        "merge-divided",
        "scale * (b @ a)",
        "(b @ a) / scale",
        "The product is divided by scale. It is multiplied by it.",
    ),
    (
        "merge-divided-by-rank",
        "scale * (b @ a)",
        "scale / len(a) * (b @ a)",
        "It is divided by the rank once more: scale is alpha / rank already.",
    ),
    (
        "merge-twice",
        "weight + scale",
        "weight + 2 * scale",
        "The product is added twice. Once merged, the pair must no longer add its part.",
    ),
    (
        "merge-subtracted",
        "weight + scale",
        "weight - scale",
        "The product is taken away: that takes a merged pair out again. Here it is added.",
    ),
    (
        "merge-element-by-element",
        "(b @ a)",
        "(b * a)",
        "* multiplies number by number. The product of two matrices is written @.",
    ),
)
