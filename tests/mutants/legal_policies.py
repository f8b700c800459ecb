"""Legal inputs by chance for what corrects a policy: masks as texts have them, and tables that fit them."""

import torch

from tests.mutants.chance import R, randn, ri


def mask(texts: int, places: int) -> torch.Tensor:
    """One stretch of True in each row, at least one place long."""
    rows = []
    for _ in range(texts):
        start = ri(0, places - 1)
        end = ri(start + 1, places)
        rows.append([start <= place < end for place in range(places)])
    return torch.tensor(rows)


def tables(n: int):
    """So many tables of one shape by chance, and a mask for them."""
    texts, places = ri(1, 5), ri(1, 7)
    size = R.choice([0.1, 1, 3])
    return [size * randn(texts, places) for _ in range(n)], mask(texts, places)


def two_logs():
    shape = [ri(1, 5) for _ in range(ri(0, 3))]
    return randn(*shape) - 3, randn(*shape) - 3


def rewards():
    (log_probs, reference), own = tables(2)
    return randn(len(own)), log_probs - 2, reference - 2, own, R.choice([0.0, 0.1, 0.5, 2.0])


def advantages():
    (given, values), own = tables(2)
    return given, values, own, R.choice([1.0, 0.9, 0.5, 0.0]), R.choice([0.0, 0.5, 0.95, 1.0])


def whiten():
    (given,), own = tables(1)
    return given + R.choice([0, 0, 5]), own


def clipped():
    (log_probs, old, given), own = tables(3)
    return log_probs - 2, old - 2, given, own, R.choice([0.05, 0.2, 0.5])


def values():
    given, own = tables(3)
    return *given, own
