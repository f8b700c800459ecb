"""Answers to `dpo.optimum` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("dpo.optimum")
def _(reference, rewards, beta):
    logs = torch.log(reference) + rewards / beta
    return (logs - logs.logsumexp(dim=-1, keepdim=True)).exp()


@right("dpo.optimum")
def _(reference, rewards, beta):
    said = rewards.masked_fill(reference == 0, -torch.inf)
    shares = reference * ((said - said.amax(dim=-1, keepdim=True)) / beta).exp()
    return shares / shares.sum(dim=-1, keepdim=True)


@wrong("dpo.optimum", "optimum-beta-multiplies")
def _(reference, rewards, beta):
    return torch.softmax(torch.log(reference) + beta * rewards, dim=-1)


@wrong("dpo.optimum", "optimum-beta-forgotten")
def _(reference, rewards, beta):
    return torch.softmax(torch.log(reference) + rewards, dim=-1)


@wrong("dpo.optimum", "optimum-beta-on-reference")
def _(reference, rewards, beta):
    return torch.softmax(rewards + torch.log(reference) / beta, dim=-1)


@wrong("dpo.optimum", "optimum-reference-forgotten")
def _(reference, rewards, beta):
    return torch.softmax(rewards / beta, dim=-1)


@wrong("dpo.optimum", "optimum-log-forgotten")
def _(reference, rewards, beta):
    return torch.softmax(rewards / beta + reference, dim=-1)


@wrong("dpo.optimum", "optimum-not-shared-out")
def _(reference, rewards, beta):
    return torch.exp(rewards / beta) * reference


@wrong("dpo.optimum", "optimum-overflows")
def _(reference, rewards, beta):
    pulled = reference * torch.exp(rewards / beta)
    return pulled / pulled.sum(-1, keepdim=True)


@wrong("dpo.optimum", "optimum-wrong-sign")
def _(reference, rewards, beta):
    return torch.softmax(torch.log(reference) + rewards / -beta, dim=-1)


@wrong("dpo.optimum", "optimum-over-all")
def _(reference, rewards, beta):
    logs = reference.log() + rewards / beta
    return (logs - logs.flatten().logsumexp(0)).exp()


@wrong("dpo.optimum", "optimum-only-the-best")
def _(reference, rewards, beta):
    logs = reference.log() + rewards / beta
    return (logs == logs.amax(dim=-1, keepdim=True)).float()


@wrong("dpo.optimum", "optimum-added")
def _(reference, rewards, beta):
    return torch.softmax(rewards / beta, dim=-1) + reference
