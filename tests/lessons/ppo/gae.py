"""Answers to `ppo.gae` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _shifted(table):
    """What stands one place further on; behind the last place 0."""
    return torch.cat([table[:, 1:], torch.zeros_like(table[:, :1])], dim=1)


def _summed(surprises, weight):
    """Each surprise plus `weight` times what was found for the next."""
    found = [surprises[:, -1]]
    for place in range(surprises.shape[1] - 2, -1, -1):
        found.insert(0, surprises[:, place] + weight * found[0])
    return torch.stack(found, dim=1)


@right("ppo.gae")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    values = values * mask
    surprises = (rewards + gamma * _shifted(values) - values) * mask
    return _summed(surprises, gamma * lam) * mask


@right("ppo.gae")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    n = rewards.shape[1]
    own = mask.to(values.dtype)
    surprises = own * (rewards - values * own + gamma * _shifted(values * own))
    steps = torch.arange(n)[:, None] - torch.arange(n)[None]  # of the later place from the earlier one
    weights = torch.where(steps >= 0, (gamma * lam) ** steps.clamp(min=0), 0.0).to(surprises.dtype)
    return own * (surprises @ weights)


@wrong("ppo.gae", "gae-no-bootstrap")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    return _summed((rewards - values) * mask, gamma * lam) * mask


@wrong("ppo.gae", "gae-value-of-padding")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    surprises = (rewards + gamma * _shifted(values) - values) * mask
    return _summed(surprises, gamma * lam) * mask


@wrong("ppo.gae", "gae-over-padding")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    return _summed(rewards + gamma * _shifted(values) - values, gamma * lam)


@wrong("ppo.gae", "gae-values-swapped")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    values = values * mask
    return _summed((rewards + gamma * values - _shifted(values)) * mask, gamma * lam) * mask


@wrong("ppo.gae", "gae-no-value")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    surprises = (rewards + gamma * _shifted(values * mask)) * mask
    return _summed(surprises, gamma * lam) * mask


@wrong("ppo.gae", "gae-no-gamma")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    values = values * mask
    return _summed((rewards + _shifted(values) - values) * mask, gamma * lam) * mask


@wrong("ppo.gae", "gae-gamma-and-lambda-exchanged")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    values = values * mask
    return _summed((rewards + lam * _shifted(values) - values) * mask, lam * gamma) * mask


@wrong("ppo.gae", "gae-later-without-lambda")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    values = values * mask
    return _summed((rewards + gamma * _shifted(values) - values) * mask, gamma) * mask


@wrong("ppo.gae", "gae-td-error")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    values = values * mask
    return (rewards + gamma * _shifted(values) - values) * mask


@wrong("ppo.gae", "gae-forwards")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    advantages, before, value = torch.zeros_like(values), 0.0, torch.zeros_like(values[:, 0])
    for place in range(values.shape[1]):
        before = (rewards[:, place] + gamma * value - values[:, place] + gamma * lam * before) * mask[
            :, place
        ]
        advantages[:, place], value = before, values[:, place] * mask[:, place]
    return advantages


@wrong("ppo.gae", "gae-returns")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    values = values * mask
    surprises = (rewards + gamma * _shifted(values) - values) * mask
    return _summed(surprises, gamma * lam) * mask + values


@wrong("ppo.gae", "gae-returns-leak")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    return mask * ((mask * rewards).sum(dim=1)[:, None] - values)


@wrong("ppo.gae", "gae-lambda-in-both")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    values, weight = values * mask, gamma * lam
    return _summed((rewards + weight * _shifted(values) - values) * mask, weight) * mask


@wrong("ppo.gae", "gae-advantage-of-padding")
def _(rewards, values, mask, gamma=1.0, lam=0.95):
    surprises = rewards + gamma * _shifted(values * mask) - values
    return _summed(surprises, gamma * lam) * mask
