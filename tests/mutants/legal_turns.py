"""Legal inputs by chance for the rules that turn dials: gradients, memories, and settings by name."""

import torch

from classroom.judge.registry import Named
from tests.mutants.chance import R, randn, ri


def some(*shape):
    return randn(*shape).double() * R.choice([1e-3, 1, 1, 30])


def shape(low=1, high=3):
    return [ri(1, 4) for _ in range(ri(low, high))]


def momentum():
    size = shape()
    named = {"lr": R.choice([0.01, 0.5, 2.0])}
    if R.random() < 0.6:
        named["beta"] = R.choice([0.0, 0.5, 0.95, R.random()])
    return some(*size), some(*size), Named(named)


def clip():
    gradients = [some(*shape()) for _ in range(ri(1, 4))]
    if R.random() < 0.15:
        gradients = [torch.zeros_like(gradient) for gradient in gradients]
    return gradients, R.choice([0.01, 0.3, 1.0, 5.0, 1000.0])


def plan():
    n_steps = ri(1, 12)
    return ri(0, n_steps + 2), n_steps, *R.choice([(), (ri(0, 12),), (ri(0, 12), ri(0, 12))])


def adamw():
    size, named = shape(), {"lr": R.choice([0.01, 0.5, 2.0])}
    for name, choices in (
        ("betas", [(0.8, 0.95), (0.0, 0.5), (0.95, 0.9)]),
        ("eps", [1e-3, 0.5]),
        ("weight_decay", [0.1, 2.0]),
    ):
        if R.random() < 0.5:
            named[name] = R.choice(choices)
    return some(*size), some(*size), some(*size), some(*size) ** 2, R.choice([1, 2, 5, 100]), Named(named)


def schulz():
    matrix = some(*shape(0, 2), ri(1, 4), ri(1, 4))
    return R.choice([(matrix,), (matrix, ri(0, 6)), (matrix, 3, R.choice([1e-7, 1.0]))])


def muon():
    size, named = [*shape(0, 1), ri(1, 6), ri(1, 6)], {"lr": R.choice([0.05, 1.0])}
    if R.random() < 0.5:
        named["beta"] = R.choice([0.3, 0.9])
    if R.random() < 0.5:
        named["weight_decay"] = R.choice([0.1, 2.0])
    return some(*size), some(*size), some(*size), Named(named)
