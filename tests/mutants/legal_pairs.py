"""Legal inputs by chance: log-probabilities of tokens and of whole replies, chances and rewards, and a beta."""

import math

import torch

from tests.mutants.chance import G, R, randn, ri


def beta():
    return R.choice([0.05, 0.1, 0.5, 1.0, 3.0, R.random() + 0.01])


def replies():
    shape = (ri(1, 4), ri(1, 7))
    mask = torch.rand(*shape, generator=G) < R.choice([0.2, 0.5, 1.1])
    return (-3 * randn(*shape).abs()).masked_fill(~mask, R.choice([-1.0, -7.5, -math.inf])), mask


def of_whole(rows, n):
    return tuple(R.choice([1.0, 5.0, 50.0]) * randn(n) - 20 for _ in range(rows))


def implied():
    return (*of_whole(2, ri(1, 5)), beta())


def four():
    return (*of_whole(4, ri(1, 5)), beta())


def chances_and_rewards():
    shape = (*[ri(1, 3) for _ in range(ri(0, 2))], ri(1, 6))
    reference = (2 * randn(*shape)).softmax(-1)
    if shape[-1] > 1 and R.random() < 0.3:
        reference[..., 0] = 0
        reference = reference / reference.sum(-1, keepdim=True)
    return reference, R.choice([1.0, 5.0, 60.0]) * randn(*shape), beta()
