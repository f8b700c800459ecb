"""Answers to `grpo.leave_one_out` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _others(rewards):
    n = rewards.shape[1]
    return rewards @ (torch.ones(n, n) - torch.eye(n)) / (n - 1)


@right("grpo.leave_one_out")
def _(rewards):
    return rewards - _others(rewards)


@right("grpo.leave_one_out")
def _(rewards):
    n = rewards.shape[1]
    return (rewards - rewards.mean(1, keepdim=True)) * (n / (n - 1))


@wrong("grpo.leave_one_out", "loo-own-reward-in-the-mean")
def _(rewards):
    return rewards - rewards.mean(1)[:, None]


@wrong("grpo.leave_one_out", "loo-own-reward-in-the-sum")
def _(rewards):
    return rewards - rewards.sum(1)[:, None] / (rewards.shape[1] - 1)


@wrong("grpo.leave_one_out", "loo-divided-by-all")
def _(rewards):
    n = rewards.shape[1]
    return rewards - _others(rewards) * (n - 1) / n


@wrong("grpo.leave_one_out", "loo-divided-by-prompts")
def _(rewards):
    sums = rewards.sum(1, keepdim=True) - rewards
    return rewards - sums / (rewards.shape[0] - 1 or 1)


@wrong("grpo.leave_one_out", "loo-whole-batch")
def _(rewards):
    flat = rewards.flatten()
    return (flat - (flat.sum() - flat) / (len(flat) - 1)).view_as(rewards)


@wrong("grpo.leave_one_out", "loo-across-groups")
def _(rewards):
    n = len(rewards) - 1 or 1
    return rewards - (rewards.sum(0) - rewards) / n


@wrong("grpo.leave_one_out", "loo-baseline-only")
def _(rewards):
    return _others(rewards)


@wrong("grpo.leave_one_out", "loo-sign")
def _(rewards):
    return _others(rewards) - rewards


@wrong("grpo.leave_one_out", "loo-divided-by-spread")
def _(rewards):
    return (rewards - _others(rewards)) / (rewards.std(-1)[:, None] + 1e-4)
