"""Answers to `ppo.clipped_loss` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _mean(gains, mask):
    return -gains[mask].mean()


@right("ppo.clipped_loss")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)[mask]
    gained = advantages[mask]
    return torch.max(-ratio * gained, -ratio.clip(1 - clip, 1 + clip) * gained).mean()


@right("ppo.clipped_loss")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = (log_probs - old_log_probs).exp()
    better = torch.where(ratio > 1 + clip, 1 + clip, ratio)
    worse = torch.where(ratio < 1 - clip, 1 - clip, ratio)
    return _mean(torch.where(advantages > 0, better, worse) * advantages, mask)


@wrong("ppo.clipped_loss", "clipped-max")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)
    return _mean(torch.max(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages), mask)


@wrong("ppo.clipped_loss", "clipped-no-minimum")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    return _mean((log_probs - old_log_probs).exp().clip(1 - clip, 1 + clip) * advantages, mask)


@wrong("ppo.clipped_loss", "clipped-not")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    return _mean(log_probs.exp() / old_log_probs.exp() * advantages, mask)


@wrong("ppo.clipped_loss", "clipped-minimum-of-ratios")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)
    smaller = torch.min(ratio, ratio.clip(1 - clip, 1 + clip))
    return _mean(smaller * advantages, mask)


@wrong("ppo.clipped_loss", "clipped-no-exp")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = log_probs - old_log_probs
    return _mean(torch.min(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages), mask)


@wrong("ppo.clipped_loss", "clipped-ratio-turned")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = old_log_probs.exp() / log_probs.exp()
    return _mean(torch.min(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages), mask)


@wrong("ppo.clipped_loss", "clipped-new-to-new")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    old = log_probs.clone().detach()
    ratio = torch.exp(log_probs - old)
    return _mean(torch.min(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages), mask)


@wrong("ppo.clipped_loss", "clipped-about-0")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)
    return _mean(torch.min(ratio * advantages, ratio.clip(-clip, clip) * advantages), mask)


@wrong("ppo.clipped_loss", "clipped-sign")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)
    return torch.min(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages)[mask].mean()


@wrong("ppo.clipped_loss", "clipped-no-mask")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)
    return -torch.mean(torch.min(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages))


@wrong("ppo.clipped_loss", "clipped-sum")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)
    return -torch.min(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages)[mask].sum()


@wrong("ppo.clipped_loss", "clipped-text-by-text")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)
    gains = torch.min(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages)
    return -torch.stack(
        [row[chosen].sum() / max(1, chosen.sum()) for row, chosen in zip(gains, mask, strict=True)]
    ).mean()


@wrong("ppo.clipped_loss", "clipped-above-only")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.exp(log_probs - old_log_probs)
    return _mean(torch.min(ratio * advantages, torch.clip(ratio, max=1 + clip) * advantages), mask)


@wrong("ppo.clipped_loss", "clipped-of-logs")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    ratio = torch.div(log_probs, old_log_probs)
    return _mean(torch.min(ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages), mask)


@wrong("ppo.clipped_loss", "clipped-log-ratio")
def _(log_probs, old_log_probs, advantages, mask, clip=0.2):
    change = log_probs - old_log_probs
    return _mean(torch.min(change.exp() * advantages, change.clip(-clip, clip).exp() * advantages), mask)
