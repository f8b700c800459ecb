"""Answers to `grpo.group_advantages` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _spread(rewards, below):
    above = rewards - rewards.mean(1)[:, None]
    return (above.pow(2).sum(1) / below).sqrt()[:, None]


@right("grpo.group_advantages")
def _(rewards, divide=True):
    centred = torch.stack([row - row.mean() for row in rewards])
    return centred / (_spread(rewards, rewards.shape[1] - 1) + 1e-4) if divide else centred


@right("grpo.group_advantages")
def _(rewards, divide=True):
    mean = rewards.mean(-1, True)
    below = rewards.std(-1, keepdim=True) + 1e-4 if divide else torch.ones_like(mean)
    return (rewards - mean) / below


@wrong("grpo.group_advantages", "advantages-whole-batch")
def _(rewards, divide=True):
    above = rewards - rewards.sum() / rewards.numel()
    return above / (rewards.std(1, keepdim=True) + 1e-4) if divide else above


@wrong("grpo.group_advantages", "advantages-all-of-the-batch")
def _(rewards, divide=True):
    flat = rewards.flatten()
    above = flat - flat.mean()
    return (above / (flat.std() + 1e-4) if divide else above).view_as(rewards)


@wrong("grpo.group_advantages", "advantages-across-groups")
def _(rewards, divide=True):
    above = rewards - rewards.mean(0)
    return above / (rewards.std(0) + 1e-4) if divide else above


@wrong("grpo.group_advantages", "advantages-batch-spread")
def _(rewards, divide=True):
    above = rewards - rewards.mean(1, keepdim=True)
    return above / (rewards.flatten().std() + 1e-4) if divide else above


@wrong("grpo.group_advantages", "advantages-never-divided")
def _(rewards, divide=True):
    return rewards - rewards.mean(1)[:, None]


@wrong("grpo.group_advantages", "advantages-always-divided")
def _(rewards, divide=True):
    above = rewards - rewards.mean(1)[:, None]
    return above / (_spread(rewards, rewards.shape[1] - 1) + 1e-4)


@wrong("grpo.group_advantages", "advantages-by-n")
def _(rewards, divide=True):
    above = rewards - rewards.mean(1)[:, None]
    return above / (_spread(rewards, rewards.shape[1]) + 1e-4) if divide else above


@wrong("grpo.group_advantages", "advantages-variance")
def _(rewards, divide=True):
    above = rewards - rewards.mean(1)[:, None]
    return above / (_spread(rewards, rewards.shape[1] - 1) ** 2 + 1e-4) if divide else above


@wrong("grpo.group_advantages", "advantages-nothing-added")
def _(rewards, divide=True):
    above = rewards - rewards.mean(1)[:, None]
    return above / rewards.std(1)[:, None] if divide else above


@wrong("grpo.group_advantages", "advantages-other-tiny-number")
def _(rewards, divide=True):
    above = rewards - rewards.mean(1)[:, None]
    return above / (rewards.std(1)[:, None] + 1e-9) if divide else above


@wrong("grpo.group_advantages", "advantages-not-centred")
def _(rewards, divide=True):
    return rewards / (rewards.std(1)[:, None] + 1e-4) if divide else rewards.clone()


@wrong("grpo.group_advantages", "advantages-sign")
def _(rewards, divide=True):
    above = rewards.mean(1)[:, None] - rewards
    return above / (rewards.std(1)[:, None] + 1e-4) if divide else above
