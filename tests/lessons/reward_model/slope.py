"""Answers to `taste.slope` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("taste.slope")
def _(weights, differences, prior):
    right_chance = 1 / (1 + torch.exp(-(differences @ weights)))
    return prior * weights - ((1 - right_chance)[:, None] * differences).sum(0)


@right("taste.slope")
def _(weights, differences, prior):
    pull = torch.zeros_like(weights)
    for difference in differences:
        pull += torch.sigmoid(-(difference * weights).sum()) * difference
    return weights * prior - pull


def _wrong_chances(weights, differences):
    return 1 - torch.sigmoid((differences * weights).sum(1))


@wrong("taste.slope", "slope-uphill")
def _(weights, differences, prior):
    return _wrong_chances(weights, differences) @ differences - weights * prior


@wrong("taste.slope", "slope-right-chance")
def _(weights, differences, prior):
    return prior * weights - (1 - _wrong_chances(weights, differences)) @ differences


@wrong("taste.slope", "slope-no-prior")
def _(weights, differences, prior):
    return -(_wrong_chances(weights, differences) @ differences)


@wrong("taste.slope", "slope-prior-away")
def _(weights, differences, prior):
    return -(weights * prior + _wrong_chances(weights, differences) @ differences)


@wrong("taste.slope", "slope-prior-loss")
def _(weights, differences, prior):
    return 0.5 * prior * weights.square() - _wrong_chances(weights, differences) @ differences


@wrong("taste.slope", "slope-prior-twice")
def _(weights, differences, prior):
    return prior * (weights + weights) - _wrong_chances(weights, differences) @ differences


@wrong("taste.slope", "slope-prior-without-weights")
def _(weights, differences, prior):
    return torch.full_like(weights, prior) - _wrong_chances(weights, differences) @ differences


@wrong("taste.slope", "slope-mean")
def _(weights, differences, prior):
    if not len(differences):
        return prior * weights
    return prior * weights - (_wrong_chances(weights, differences)[:, None] * differences).mean(0)


@wrong("taste.slope", "slope-exchanged")
def _(weights, differences, prior):
    return prior * weights + _wrong_chances(weights, differences) @ differences


@wrong("taste.slope", "slope-no-sigmoid")
def _(weights, differences, prior):
    return prior * weights + (differences * weights).sum(1) @ differences


@wrong("taste.slope", "slope-all-pull-alike")
def _(weights, differences, prior):
    return prior * weights - differences.sum(0)


@wrong("taste.slope", "slope-hard")
def _(weights, differences, prior):
    return prior * weights - differences[(differences * weights).sum(1) < 0].sum(0)


@wrong("taste.slope", "slope-bent")
def _(weights, differences, prior):
    chances = _wrong_chances(weights, differences)
    return prior * weights - (chances - chances**2) @ differences


@wrong("taste.slope", "slope-softmax")
def _(weights, differences, prior):
    wanted = torch.exp(-(differences @ weights) - (-(differences @ weights)).logsumexp(0))
    return prior * weights - wanted @ differences


@wrong("taste.slope", "slope-feature-by-feature")
def _(weights, differences, prior):
    chances = 1 - torch.sigmoid(differences * weights)
    return prior * weights - (chances * differences).sum(0)


@wrong("taste.slope", "slope-log")
def _(weights, differences, prior):
    return prior * weights - _wrong_chances(weights, differences).log() @ differences


@wrong("taste.slope", "slope-prior-one-number")
def _(weights, differences, prior):
    return 0.5 * prior * (weights @ weights) - _wrong_chances(weights, differences) @ differences


@wrong("taste.slope", "slope-prior-sign")
def _(weights, differences, prior):
    return prior * torch.sign(weights) - _wrong_chances(weights, differences) @ differences
