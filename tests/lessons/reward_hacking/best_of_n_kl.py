"""Answers to `overoptimization.best_of_n_kl` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong

TARGET = "overoptimization.best_of_n_kl"


@right(TARGET)
def _(n):
    return math.log(n) - 1 + 1 / n


@right(TARGET)
def _(n):
    return float(torch.tensor(float(n), dtype=torch.float64).log()) + (1 - n) / n


@wrong(TARGET, "bon-log-n")
def _(n):
    return sum(math.log(k + 1) - math.log(k) for k in range(1, n)) if n > 1 else 0.0


@wrong(TARGET, "bon-minus-one")
def _(n):
    return math.log(n / math.e)


@wrong(TARGET, "bon-bits")
def _(n):
    nats = math.log(n) - 1 + 1 / n
    return nats * math.log2(math.e)


@wrong(TARGET, "bon-log2")
def _(n):
    return math.log(n, 2) - (n - 1) / n


@wrong(TARGET, "bon-log10")
def _(n):
    return math.log(n, 10) - (n - 1) / n


@wrong(TARGET, "bon-upside-down")
def _(n):
    off = n / (n - 1)
    return math.log(n) - off


@wrong(TARGET, "bon-one-over-n")
def _(n):
    return math.log(n) - n**-1


@wrong(TARGET, "bon-plus")
def _(n):
    return 1 - 1 / n + math.log(n)


@wrong(TARGET, "bon-wrong-sign")
def _(n):
    return -(math.log(n) - 1 + 1 / n)


@wrong(TARGET, "bon-log-n-minus-one")
def _(n):
    log = math.log(n - 1) if n > 1 else 0.0
    return log - (n - 1) / n
