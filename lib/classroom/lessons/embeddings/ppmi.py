"""Positive pointwise mutual information of a table of counts: the log of count / chance, and never below 0.

What makes it hard: sums along both axes of a table that need not be square, and counts of 0.
"""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check

FLAT = torch.tensor([[8.0, 2.0], [2.0, 8.0]])


@check(
    "embeddings.ppmi",
    cases=[
        (FLAT,),
        (torch.tensor([[8.0, 2.0, 1.0], [1.0, 4.0, 4.0]]),),
        (torch.tensor([[6.0, 1.0], [3.0, 2.0]]),),
        (torch.tensor([[0.0, 3.0, 1.0], [3.0, 0.0, 2.0], [1.0, 2.0, 0.0]]),),
        (torch.tensor([[2.0, 4.0], [1.0, 2.0]]),),
        (torch.tensor([[5.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 7.0]]),),
        (10 * FLAT,),
        (FLAT / 100,),
        (torch.tensor([[20.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0]]),),
        ((4 * shelf.noises(5)(5, 5)).abs().round(),),
    ],
    awkward=[
        (torch.tensor([[4.0, 1.0]]),),
        (torch.tensor([[4.0], [0.0]]),),
        (torch.tensor([[3.0]]),),
        (torch.tensor([[1.0, 0.0, 0.0, 5.0], [2.0, 3.0, 0.0, 1.0]]),),
    ],
)
def ppmi(counts):
    rows, columns, total = counts.sum(dim=1).tolist(), counts.sum(dim=0).tolist(), float(counts.sum())
    found = torch.zeros(counts.shape)
    for i, j in counts.nonzero().tolist():
        logs = math.log(counts[i, j]) + math.log(total) - math.log(rows[i]) - math.log(columns[j])
        found[i, j] = max(0.0, logs)
    return found


edits(
    "embeddings.ppmi",
    (
        "ppmi-keepdim",
        "dim=1, keepdim=True",
        "dim=1",
        "The sums of the rows were laid along the columns, which a square table accepts in silence. keepdim=True keeps them upright; "
        "try a table of 2 by 3.",
    ),
    (
        "ppmi-one-sum-twice",
        "dim=1",
        "dim=0",
        "The sums down the columns were used twice. Chance needs those along the rows as well: dim=1.",
    ),
    (
        "ppmi-below-zero",
        "torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)",
        "(counts / by_chance).log()",
        "Pairs that meet less than by chance are below 0, and log 0 is -inf. *Positive*: all of those become 0.",
    ),
    (
        "ppmi-zero-row",
        "torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)",
        "(counts / by_chance).log().clamp(min=0)",
        "A word without any neighbours gives 0/0, which is nan, and clamping does not heal that. A count of 0 means 0 here.",
    ),
    (
        "ppmi-clip-first",
        "counts > by_chance",
        "counts > 0",
        "What meets less than by chance is still below 0. Make it 0 *after* the log: before it, where a ratio is never below 0, clipping does nothing.",
    ),
    (
        "ppmi-log-plus-one",
        "counts > by_chance, (counts / by_chance).log()",
        "counts > 0, (1 + counts / by_chance).log()",
        "log(1 + ratio) is above 0 even for what chance would give. Take the log of the ratio itself.",
    ),
    (
        "ppmi-all-zero",
        ...,
        "return torch.zeros_like(counts)",
        "Everything came out 0, so what stands under the log is never above 1. It is the count, divided by (row sum * column sum / total). "
        "Without these brackets, a / b * c multiplies by c.",
    ),
    (
        "ppmi-no-total",
        " / counts.sum()",
        "",
        "The total is missing, or cancels out: chance gives row sum * column sum / total, and the count stays a count.",
    ),
    (
        "ppmi-shares-mixed",
        "/ counts.sum()",
        "/ counts.sum() ** 2",
        "You compared a count with a *share*: (row sum / total) * (column sum / total). Divide the count by the total, too.",
    ),
    (
        "ppmi-brackets",
        "by_row * by_column",
        "by_row / by_column",
        "n * total / b * c is (n * total / b) * c: you multiplied by the column's sum. Put the two sums into brackets.",
    ),
    (
        "ppmi-base-2",
        ".log()",
        ".log2()",
        "Off by exactly 1.44: this is in bits. Ours is in nats: .log(), not .log2().",
    ),
    (
        "ppmi-no-log",
        "counts > by_chance, (counts / by_chance).log()",
        "counts > 0, counts / by_chance",
        "This is the ratio. Take its log, so that 'as chance would have it' becomes 0.",
    ),
    (
        "ppmi-logs-divided",
        "(counts / by_chance).log()",
        "counts.log() / by_chance.log()",
        "One log was divided by another. The log of a ratio is a *difference* of logs: divide first, then take one log.",
    ),
    (
        "ppmi-upside-down",
        "counts > by_chance, (counts / by_chance)",
        "(counts > 0) & (counts < by_chance), (by_chance / counts)",
        "Upside down: chance was divided by the count, so what never meets comes out on top.",
    ),
)
