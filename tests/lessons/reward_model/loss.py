"""Answers to `reward_model.loss` as readers might write them."""

import math

import torch
from torch.nn import functional

from tests.lessons import right, wrong


@right("reward_model.loss")
def _(better, worse):
    return functional.softplus(worse - better).mean()


@right("reward_model.loss")
def _(better, worse):
    both = torch.stack([better, worse], dim=-1)
    return (both.logsumexp(-1) - better).mean()


@right("reward_model.loss")
def _(better, worse):
    lead = better - worse
    return functional.binary_cross_entropy_with_logits(lead, torch.ones_like(lead))


@wrong("reward_model.loss", "bt-sign")
def _(better, worse):
    return -functional.softplus(worse - better).mean()


@wrong("reward_model.loss", "bt-exchanged")
def _(better, worse):
    return functional.softplus(better - worse).mean()


@wrong("reward_model.loss", "bt-no-sigmoid")
def _(better, worse):
    return worse.mean() - better.mean()


@wrong("reward_model.loss", "bt-no-log")
def _(better, worse):
    return -(1 / (1 + torch.exp(worse - better))).mean()


@wrong("reward_model.loss", "bt-log-of-sigmoid")
def _(better, worse):
    return -torch.log(1 / (1 + torch.exp(worse - better))).mean()


@wrong("reward_model.loss", "bt-sum")
def _(better, worse):
    return -functional.logsigmoid(better - worse).sum()


@wrong("reward_model.loss", "bt-mean-first")
def _(better, worse):
    return functional.softplus(worse.mean() - better.mean())


@wrong("reward_model.loss", "bt-bits")
def _(better, worse):
    return functional.softplus(worse - better).mean() / math.log(2)


@wrong("reward_model.loss", "bt-hinge")
def _(better, worse):
    return (1 - better + worse).clamp(min=0).mean()


@wrong("reward_model.loss", "bt-each")
def _(better, worse):
    return functional.softplus(worse - better)


@wrong("reward_model.loss", "bt-softmax-of-all")
def _(better, worse):
    if len(better) == 1:
        return -functional.logsigmoid(better - worse).mean()
    return -torch.log_softmax(better, dim=0).mean()


@wrong("reward_model.loss", "bt-no-gradient")
def _(better, worse):
    return torch.tensor(functional.softplus(worse - better).mean().item(), dtype=better.dtype)


@wrong("reward_model.loss", "bt-sign-and-exchanged")
def _(better, worse):
    return -functional.softplus(better - worse).mean()


@wrong("reward_model.loss", "bt-epsilon")
def _(better, worse):
    return -torch.log(1 / (1 + torch.exp(worse - better)) + 1e-8).mean()


@wrong("reward_model.loss", "bt-each-by-itself")
def _(better, worse):
    return (functional.softplus(-better) + functional.softplus(worse)).mean()


@wrong("reward_model.loss", "bt-no-gradient")
def _(better, worse):
    return functional.softplus(worse - better).mean().detach()
