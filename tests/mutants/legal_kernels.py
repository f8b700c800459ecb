"""Legal inputs for the kernels: a few numbers in small blocks, for each load and store is looked at."""

import torch

from classroom.judge.registry import Named
from tests.mutants.chance import R, randn, ri

KINDS = (torch.float32, torch.float32, torch.float16)


def two_alike():
    shape, kind = R.choice([(ri(1, 40),), (ri(1, 6), ri(1, 6))]), R.choice(KINDS)
    return randn(*shape).to(kind), randn(*shape).to(kind), Named(block=R.choice([4, 8, 16]))


def rows():
    return (randn(ri(1, 5), ri(1, 20)) * R.choice([1, 10, 300]),)


def table():
    return randn(ri(1, 12), ri(1, 12)), Named(block=R.choice([2, 4, 8]))


def product():
    rows, inner, columns = ri(1, 20), ri(1, 36), ri(1, 20)
    return randn(rows, inner), randn(inner, columns), Named(block=16)


def norm():
    columns, kind = ri(1, 12), R.choice(KINDS)
    x = (randn(ri(1, 4), columns) * R.choice([0.01, 1, 100])).to(kind)
    return x, randn(columns).to(kind)
