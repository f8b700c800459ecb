"""Softmax with a row for each program: the places past the end of a row must not take part."""

import math

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.gpu_kernels.shared import half, near, noise


@check(
    "kernels.basics.softmax",
    same=near,
    cases=[
        (torch.tensor([[0.0, math.log(3.0)], [0.0, 0.0]]),),
        (torch.tensor([[1.0, 2.0, 3.0, 4.0]]),),
        (torch.tensor([[1.0, 2.0, 3.0], [3.0, 0.0, 3.0]]),),
        (torch.tensor([[-5.0, -6.0, -7.0], [-1.0, -1.0, -1.0]]),),
        (noise(4, 16),),
        (noise(7, 33),),
        (torch.tensor([[1000.0, 999.0, 0.0], [-1000.0, -1001.0, -1000.0]]),),
        (torch.tensor([[1000.0, 999.0, 0.0, 0.0]]),),
    ],
    awkward=[
        (torch.tensor([[3.0]]),),
        (noise(5, 1),),
        (noise(1, 100),),
        (half(3, 20),),
        (20 * noise(3, 50),),
        (torch.tensor([[-math.inf, 0.5, 1.0], [-math.inf, -math.inf, 2.0]]),),
        (torch.tensor([[-3e9, -3e9, -4e9]]),),
    ],
)
def softmax(x):
    rows = []
    for row in x.double():
        total = torch.logsumexp(row, dim=0)
        rows.append([math.exp(logit - total) for logit in row])
    return torch.tensor(rows, dtype=x.dtype)


ROW = "row * columns + places"
edits(
    "kernels.basics.softmax",
    (
        "softmax-other-zero",
        'other=-float("inf")',
        "other=0.0",
        "Past the end of a row stands 0, and e to the 0 is 1: the empty places are added up with the others. "
        "What must count for nothing in a softmax is -inf.",
    ),
    (
        "softmax-no-other",
        ', other=-float("inf")',
        "",
        "Nothing says what stands past the end of a row, where the mask keeps the load out. A GPU promises nothing there (the check puts nan): "
        'other=-float("inf") counts for nothing in a maximum, and in a sum of powers.',
    ),
    (
        "softmax-other-not-below-all",
        'other=-float("inf")',
        "other=-1e9",
        'Past the end of a row stands a number, and the numbers of a row may all be less: then it is the maximum. Below every number is only -float("inf").',
    ),
    (
        "softmax-other-than-the-max",
        "tl.max(x, axis=0)",
        "tl.min(x, axis=0)",
        "What is taken away is not the largest of the row. Only then is no power more than 1, and past the end, where -inf stands, a smallest or a mean is -inf, too: "
        "tl.max(x, axis=0).",
    ),
    (
        "softmax-no-max",
        "x - tl.max(x, axis=0)",
        "x",
        "e to the 1000 is more than any number holds. Take the largest of the row away first: the shares stay as they are.",
    ),
    (
        "softmax-block-for-row",
        (ROW, "every"),
        "row * BLOCK + places",
        "Row 1 begins behind row 0, after `columns` numbers. A block is longer than a row wherever that is no power of 2: row * columns.",
    ),
    (
        "softmax-columns-for-rows",
        (ROW, "every"),
        "places * columns + row",
        "It goes down the columns: neighbours in a row stand next to each other in memory, and a step of `columns` leads to the next row.",
    ),
    (
        "softmax-first-row-only",
        (ROW, "every"),
        "places",
        "All programs work on row 0. Row number `row` begins at row * columns.",
    ),
    (
        "softmax-store-without-mask",
        "shares, mask=inside",
        "shares",
        "The store has no mask: what stands past the end of a row is written over the next one, or past the end of out.",
    ),
    (
        "softmax-mask-too-short",
        "places < columns",
        "places < columns - 1",
        "The last column is left out: it is columns - 1, and the mask must let it in.",
    ),
    (
        "softmax-row-not-divided",
        "powers / tl.sum(powers, axis=0)",
        "powers",
        "The powers are not divided by their sum, so that a row does not make 1. (The largest of them is always 1: to divide by that changes nothing.)",
    ),
    (
        "softmax-no-powers",
        "tl.exp(x - tl.max(x, axis=0))",
        "x - tl.max(x, axis=0)",
        "The logits themselves are shared out. Softmax shares out e to the power of them: tl.exp.",
    ),
    (
        "softmax-grid-of-columns",
        "softmax_kernel[(rows,)]",
        "softmax_kernel[(columns,)]",
        "As many programs are launched as there are columns, and one is needed for each row.",
    ),
)
