"""Answers to `evaluation.evaluate` as readers might write them."""

import math

import torch
from torch.nn import functional

from nextword import evaluation
from tests.lessons import right, wrong


def _pieces(tokens, context, stride):
    return evaluation.windows(len(tokens), context, context if stride is None else stride)


def _read(model, tokens, piece, counted=None):
    """The surprises at what counts of a piece."""
    start, end, first = piece
    ids = tokens[start:end].long()
    nats = functional.cross_entropy(model(ids[None, :-1])[0], ids[1:], reduction="none")
    return nats[(first if counted is None else counted) - start - 1 :]


@right("evaluation.evaluate")
@torch.no_grad()
def _(model, tokens, context, stride=None):
    before = model.training
    model.train(False)
    nats = torch.cat([_read(model, tokens, piece) for piece in _pieces(tokens, context, stride)])
    model.train(before)
    return nats.mean().item()


@right("evaluation.evaluate")
def _(model, tokens, context, stride=None):
    was, total = model.training, 0.0
    with torch.inference_mode():
        model.eval()
        for piece in evaluation.windows(len(tokens), context, stride or context):
            total += evaluation.surprise(model, tokens, [piece])
        if was:
            model.train()
    return total / (len(tokens) - 1)


def _wrongly(
    model, tokens, context, stride=None, quiet=True, blame=False, back=True, first=None, pieces=None
):
    was = model.training
    if quiet:
        model.eval()
    with torch.set_grad_enabled(blame):
        every = _pieces(tokens, context, stride)[:pieces]
        found = [_read(model, tokens, piece, first and piece[0] + 1) for piece in every]
    if back:
        model.train(was)
    return found


def _share(found, tokens):
    return sum(one.sum().item() for one in found) / (len(tokens) - 1)


@wrong("evaluation.evaluate", "evaluate-as-in-training")
def _(model, tokens, context, stride=None):
    return _share(_wrongly(model, tokens, context, stride, quiet=False, blame=True), tokens)


@wrong("evaluation.evaluate", "evaluate-ends-learning")
def _(model, tokens, context, stride=None):
    torch.set_grad_enabled(False)
    return _share(_wrongly(model, tokens, context, stride), tokens)


@wrong("evaluation.evaluate", "evaluate-ends-learning")
def _(model, tokens, context, stride=None):
    """Frozen for the reading, and never thawed."""
    model.requires_grad_(False)
    return _share(_wrongly(model, tokens, context, stride, blame=True), tokens)


@wrong("evaluation.evaluate", "evaluate-dropout")
def _(model, tokens, context, stride=None):
    return _share(_wrongly(model, tokens, context, stride, quiet=False), tokens)


@wrong("evaluation.evaluate", "evaluate-dropout")
def _(model, tokens, context, stride=None):
    total = 0.0
    with torch.no_grad():
        for piece in _pieces(tokens, context, stride):
            total += float(_read(model, tokens, piece).double().sum())
    model.eval()
    return total / (len(tokens) - 1)


@wrong("evaluation.evaluate", "evaluate-gradient")
def _(model, tokens, context, stride=None):
    return _share(_wrongly(model, tokens, context, stride, blame=True), tokens)


@wrong("evaluation.evaluate", "evaluate-leaves-it-quiet")
def _(model, tokens, context, stride=None):
    return _share(_wrongly(model, tokens, context, stride, back=False), tokens)


@wrong("evaluation.evaluate", "evaluate-gives-a-tensor")
def _(model, tokens, context, stride=None):
    return torch.cat(_wrongly(model, tokens, context, stride)).mean()


@wrong("evaluation.evaluate", "evaluate-all-tokens")
def _(model, tokens, context, stride=None):
    found = _wrongly(model, tokens, context, stride)
    return sum(one.sum().item() for one in found) / tokens.numel()


@wrong("evaluation.evaluate", "evaluate-sum")
def _(model, tokens, context, stride=None):
    return torch.cat(_wrongly(model, tokens, context, stride)).sum().item()


@wrong("evaluation.evaluate", "evaluate-mean-over-pieces")
def _(model, tokens, context, stride=None):
    sums = [one.sum().item() for one in _wrongly(model, tokens, context, stride)]
    return sum(sums) / len(sums)


@wrong("evaluation.evaluate", "evaluate-mean-of-means")
def _(model, tokens, context, stride=None):
    means = [one.mean().item() for one in _wrongly(model, tokens, context, stride)]
    return sum(means) / len(means)


@wrong("evaluation.evaluate", "evaluate-counts-twice")
def _(model, tokens, context, stride=None):
    return _share(_wrongly(model, tokens, context, stride, first=True), tokens)


@wrong("evaluation.evaluate", "evaluate-bits")
def _(model, tokens, context, stride=None):
    return _share(_wrongly(model, tokens, context, stride), tokens) * math.log2(math.e)


@wrong("evaluation.evaluate", "evaluate-first-piece")
def _(model, tokens, context, stride=None):
    return _share(_wrongly(model, tokens, context, stride, pieces=1), tokens)
