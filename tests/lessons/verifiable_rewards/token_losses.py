"""Answers to `grpo.token_losses` as readers might write them."""

import torch

from nextword import kl
from tests.lessons import right, wrong


def _losses(new, old, advantages, reference, clip, beta, gain=None, price=None, ratio=None):
    advantage = advantages.view(-1, 1)
    ratio = torch.exp(new - old) if ratio is None else ratio
    held = torch.clamp(ratio, 1 - clip, 1 + clip)
    gained = torch.min(ratio * advantage, held * advantage) if gain is None else gain(ratio, held, advantage)
    if beta == 0:
        return -gained
    return -gained + (beta * ratio * kl.k3(new, reference) if price is None else price(ratio))


@right("grpo.token_losses")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, clip, beta)


@right("grpo.token_losses")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    ratio = (log_probs - old_log_probs).exp()
    a = advantages[:, None].expand_as(ratio)
    paid = torch.where(a > 0, ratio.clamp(max=1 + clip), ratio.clamp(min=1 - clip))
    losses = -paid * a
    if beta:
        away = reference_log_probs - log_probs
        losses = losses + beta * ratio * (away.exp() - 1 - away)
    return losses


@wrong("grpo.token_losses", "token-loss-sign")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    return _losses(
        log_probs,
        old_log_probs,
        advantages,
        reference_log_probs,
        clip,
        beta,
        lambda r, h, a: -torch.min(r * a, h * a),
    )


@wrong("grpo.token_losses", "token-loss-maximum")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    return _losses(
        log_probs,
        old_log_probs,
        advantages,
        reference_log_probs,
        clip,
        beta,
        lambda r, h, a: torch.max(r * a, h * a),
    )


@wrong("grpo.token_losses", "token-loss-clipped-only")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    return _losses(
        log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, lambda r, h, a: h * a
    )


@wrong("grpo.token_losses", "token-loss-not-clipped")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    return _losses(
        log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, lambda r, h, a: r * a
    )


@wrong("grpo.token_losses", "token-loss-minimum-of-ratios")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    return _losses(
        log_probs,
        old_log_probs,
        advantages,
        reference_log_probs,
        clip,
        beta,
        lambda r, h, a: a * torch.min(r, h),
    )


@wrong("grpo.token_losses", "token-loss-ratio-inverted")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    ratio = 1 / torch.exp(log_probs - old_log_probs)
    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, ratio=ratio)


@wrong("grpo.token_losses", "token-loss-no-exp")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    ratio = log_probs - old_log_probs
    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, ratio=ratio)


@wrong("grpo.token_losses", "token-loss-ratio-of-logs")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    ratio = torch.div(log_probs, old_log_probs)
    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, ratio=ratio)


@wrong("grpo.token_losses", "token-loss-fixed-clip")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, 0.2, beta)


@wrong("grpo.token_losses", "token-loss-k3-without-ratio")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    def price(ratio):
        return kl.k3(log_probs, reference_log_probs) * beta

    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, price=price)


@wrong("grpo.token_losses", "token-loss-price-paid-out")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    def price(ratio):
        return -beta * ratio * kl.k3(log_probs, reference_log_probs)

    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, price=price)


@wrong("grpo.token_losses", "token-loss-k1")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    def price(ratio):
        return beta * ratio * (log_probs - reference_log_probs)

    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, price=price)


@wrong("grpo.token_losses", "token-loss-exchanged-kl")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    def price(ratio):
        return beta * ratio * kl.k3(reference_log_probs, log_probs)

    return _losses(log_probs, old_log_probs, advantages, reference_log_probs, clip, beta, price=price)


@wrong("grpo.token_losses", "token-loss-distance-from-old")
def _(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    return _losses(log_probs, old_log_probs, advantages, old_log_probs, clip, beta)
