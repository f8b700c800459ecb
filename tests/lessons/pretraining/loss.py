"""Answers to `training.loss` as readers might write them."""

import math

import torch
from torch.nn import functional

from tests.lessons import right, wrong


def _surprises(logits, targets):
    return -logits.log_softmax(-1).gather(-1, targets[..., None]).squeeze(-1)


@right("training.loss")
def _(logits, ids):
    return _surprises(logits, ids[..., 1:]).mean()


@right("training.loss")
def _(logits, ids):
    rows = logits.reshape(-1, logits.shape[-1])
    return functional.nll_loss(torch.log_softmax(rows, dim=-1), ids[..., 1:].reshape(-1))


@wrong("training.loss", "batch-loss-not-shifted")
def _(logits, ids):
    return _surprises(logits, ids[..., : logits.shape[-2]]).mean()


@wrong("training.loss", "batch-loss-sum")
def _(logits, ids):
    return _surprises(logits, ids[..., 1:]).sum()


@wrong("training.loss", "batch-loss-mean-over-passages")
def _(logits, ids):
    return _surprises(logits, ids[..., 1:]).sum() / ids.shape[0]


@wrong("training.loss", "batch-loss-softmax-first")
def _(logits, ids):
    return _surprises(torch.softmax(logits, dim=-1), ids[..., 1:]).mean()


@wrong("training.loss", "batch-loss-of-probabilities")
def _(logits, ids):
    return -torch.softmax(logits, -1).gather(-1, ids[..., 1:, None]).mean()


@wrong("training.loss", "batch-loss-bits")
def _(logits, ids):
    return _surprises(logits, ids[..., 1:]).mean() / math.log(2)


@wrong("training.loss", "batch-loss-last-place")
def _(logits, ids):
    return _surprises(logits, ids[..., 1:])[..., -1].mean()


@wrong("training.loss", "batch-loss-wrong-sign")
def _(logits, ids):
    return logits.log_softmax(-1).gather(-1, ids[..., 1:, None]).mean()


@wrong("training.loss", "batch-loss-perplexity")
def _(logits, ids):
    return torch.exp(_surprises(logits, ids[..., 1:]).mean())


@wrong("training.loss", "batch-loss-no-gradient")
def _(logits, ids):
    return torch.tensor(_surprises(logits, ids[..., 1:]).mean().item())


@wrong("training.loss", "batch-loss-not-shifted")
def _(logits, ids):
    before = torch.cat([ids[..., -1:], ids[..., :-1]], dim=-1)
    return _surprises(logits, before[..., 1:]).mean()
