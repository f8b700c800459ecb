"""Answers to `preferences.accuracy` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("preferences.accuracy")
def _(better, worse):
    return (1 + float(torch.sign(better - worse).mean())) / 2


@right("preferences.accuracy")
def _(better, worse):
    return (int((better > worse).sum()) + int((better >= worse).sum())) / (2 * len(better))


@wrong("preferences.accuracy", "accuracy-ties-right")
def _(better, worse):
    return 1 - (better < worse).float().mean().item()


@wrong("preferences.accuracy", "accuracy-ties-wrong")
def _(better, worse):
    return sum(float(b) > float(w) for b, w in zip(better, worse, strict=True)) / len(better)


@wrong("preferences.accuracy", "accuracy-ties-left-out")
def _(better, worse):
    right, wrong = (better > worse).sum(), (better < worse).sum()
    return float(right / (right + wrong))


@wrong("preferences.accuracy", "accuracy-exchanged")
def _(better, worse):
    return ((worse > better).float() + 0.5 * (worse == better).float()).mean().item()


@wrong("preferences.accuracy", "accuracy-of-signs")
def _(better, worse):
    return ((better > worse).float() - (better < worse).float()).mean().item()


@wrong("preferences.accuracy", "accuracy-of-chances")
def _(better, worse):
    return (1 / (1 + torch.exp(worse - better))).mean().item()


@wrong("preferences.accuracy", "accuracy-count")
def _(better, worse):
    return float((better > worse).sum() + 0.5 * (better == worse).sum())


@wrong("preferences.accuracy", "accuracy-tensor")
def _(better, worse):
    return torch.where(better == worse, 0.5, (better > worse).float()).mean()


@wrong("preferences.accuracy", "accuracy-mean-lead")
def _(better, worse):
    return float(better.mean() - worse.mean())


@wrong("preferences.accuracy", "accuracy-ties-right")
def _(better, worse):
    return ((better > worse).float() + (better == worse).float()).mean().item()
