"""Exercise `embeddings.ppmi`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

import torch

from classroom.judge.registry import check, mistake
from classroom.lessons.embeddings.shared import _random

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
        ((4 * _random(5, 5)).abs().round(),),
    ],
    awkward=[
        (torch.tensor([[4.0, 1.0]]),),
        (torch.tensor([[4.0], [0.0]]),),
        (torch.tensor([[3.0]]),),
        (torch.tensor([[1.0, 0.0, 0.0, 5.0], [2.0, 3.0, 0.0, 1.0]]),),
    ],
)
def ppmi(counts):
    table, total = counts.tolist(), float(counts.sum())
    columns = [math.fsum(column) for column in zip(*table, strict=True)]
    found = [
        [
            max(0.0, math.log(n) + math.log(total) - math.log(math.fsum(row)) - math.log(column))
            if n
            else 0.0
            for n, column in zip(row, columns, strict=True)
        ]
        for row in table
    ]
    return torch.tensor(found)


@mistake(
    "embeddings.ppmi",
    "ppmi-keepdim",
    "The sums of the rows were laid along the columns, which a square table accepts in silence. keepdim=True keeps them upright; "
    "try a table of 2 by 3.",
)
def _(counts):
    by_chance = counts.sum(dim=1) * counts.sum(dim=0) / counts.sum()
    return torch.where(counts > 0, (counts / by_chance).log().clamp(min=0), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-below-zero",
    "Pairs that meet less than by chance are below 0, and log 0 is -inf. *Positive*: all of those become 0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return (counts / by_chance).log()


@mistake(
    "embeddings.ppmi",
    "ppmi-zero-row",
    "A word without any neighbours gives 0/0, which is nan, and clamping does not heal that. A count of 0 means 0 here.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return (counts / by_chance).log().clamp(min=0)


@mistake(
    "embeddings.ppmi",
    "ppmi-clip-first",
    "What meets less than by chance is still below 0. Make it 0 *after* the log: before it, where a ratio is never below 0, clipping does nothing.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    ratio = torch.where(counts > 0, counts / by_chance, 0.0)
    return torch.where(counts > 0, ratio.clamp(min=0).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-log-plus-one",
    "log(1 + ratio) is above 0 even for what chance would give. Take the log of the ratio itself.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > 0, (1 + counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-all-zero",
    "Everything came out 0, so what stands under the log is never above 1. It is the count, divided by (row sum * column sum / total). "
    "Without these brackets, a / b * c multiplies by c.",
)
def _(counts):
    return torch.zeros_like(counts)


@mistake(
    "embeddings.ppmi",
    "ppmi-no-total",
    "The total is missing, or cancels out: chance gives row sum * column sum / total, and the count stays a count.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True)
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-base-2",
    "Off by exactly 1.44: this is in bits. Ours is in nats: .log(), not .log2().",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log2(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-no-log",
    "This is the ratio. Take its log, so that 'as chance would have it' becomes 0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > 0, counts / by_chance, 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-row-only",
    "Only the row's sum was used: frequent columns such as *the* still win. Chance needs the column's sum as well.",
)
def _(counts):
    share = counts / counts.sum(dim=1, keepdim=True) * counts.shape[1]
    return torch.where(share > 1, share.log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-upside-down",
    "Upside down: chance was divided by the count, so what never meets comes out on top.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where((counts > 0) & (counts < by_chance), (by_chance / counts).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-size",
    "The minus signs were dropped, so that what meets *less* than by chance counts, too. Below 0 becomes 0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > 0, (counts / by_chance).log().abs(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-one-sum-twice",
    "The sums down the columns were used twice. Chance needs those along the rows as well: dim=1.",
)
def _(counts):
    by_chance = counts.sum(dim=0, keepdim=True) ** 2 / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-shares-mixed",
    "You compared a count with a *share*: (row sum / total) * (column sum / total). Divide the count by the total, too.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum() ** 2
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-brackets",
    "n * total / b * c is (n * total / b) * c: you multiplied by the column's sum. Put the two sums into brackets.",
)
def _(counts):
    ratio = counts * counts.sum() / counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True)
    return torch.where(ratio > 1, ratio.log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-log-forgotten",
    "This is the ratio, 0 where it is below 1. Take its log: as much as by chance is log(1) = 0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > by_chance, counts / by_chance, 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-base-10",
    "Off by exactly 2.3: this log has the base 10. Ours is the natural one: .log(), not .log10().",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log10(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-difference",
    "You took chance away from the count. How many *times* more than chance is the question: divide, then take the log.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return (counts - by_chance).clamp(min=0)


@mistake(
    "embeddings.ppmi",
    "ppmi-turned-about",
    "You kept what meets *less* than by chance, and made the rest 0. It is the other way about.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts < by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-rows-twice",
    "The sums along the rows were used twice. Chance needs those down the columns as well: dim=0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) ** 2 / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-rows-for-columns",
    "The rows' sums stand in for the columns' sums. They agree only where a table is its own mirror image; ask for both.",
)
def _(counts):
    by_row = counts.sum(dim=1)
    by_chance = by_row[:, None] * by_row / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)
