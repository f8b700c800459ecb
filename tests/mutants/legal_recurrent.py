"""Legal inputs by chance: windows of vectors, cells with their weights, states, gradients, and steps."""

import torch

from tests.mutants.chance import R, randn, ri


def window():
    return randn(*[ri(1, 3) for _ in range(ri(0, 2))], ri(1, 5), ri(1, 4)), ri(1, 6)


def cell(parts: int, rows: int):
    """A token's vector, so many parts of a state, and weights with so many blocks of rows; 64 bits."""
    batch, d_model, d_hidden = [ri(1, 3) for _ in range(ri(0, 2))], ri(1, 4), ri(1, 4)
    state = [randn(*batch, d_hidden).double() for _ in range(parts)]
    weights = [randn(rows * d_hidden, n).double() for n in (d_model, d_hidden)]
    return randn(*batch, d_model).double(), *state, *weights, randn(rows * d_hidden).double()


def state():
    batch = ri(1, 4)
    over = torch.tensor([R.random() < 0.5 for _ in range(batch)])
    return randn(ri(1, 2), ri(1, 2), batch, ri(1, 4)).double(), over


def slopes():
    return randn(ri(1, 4), ri(1, 6), ri(1, 4)), R.random() < 0.5


def steps():
    return ri(1, 40), ri(1, 9), R.random() < 0.5, R.random() < 0.5
