"""Answers to `dpo.reply_log_probs` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("dpo.reply_log_probs")
def _(log_probs, mask):
    return torch.stack([row[own].sum() for row, own in zip(log_probs, mask, strict=True)])


@right("dpo.reply_log_probs")
def _(log_probs, mask):
    return log_probs.masked_fill(~mask, 0.0).sum(1)


@wrong("dpo.reply_log_probs", "reply-averaged")
def _(log_probs, mask):
    return torch.stack([row[own].mean() for row, own in zip(log_probs, mask, strict=True)])


@wrong("dpo.reply_log_probs", "reply-mask-ignored")
def _(log_probs, mask):
    return torch.stack([row.sum() for row in log_probs])


@wrong("dpo.reply_log_probs", "reply-mask-turned")
def _(log_probs, mask):
    return log_probs.masked_fill(mask, 0.0).sum(-1)


@wrong("dpo.reply_log_probs", "reply-times-mask")
def _(log_probs, mask):
    return torch.einsum("tp,tp->t", log_probs, mask.to(log_probs.dtype))


@wrong("dpo.reply_log_probs", "reply-one-number")
def _(log_probs, mask):
    return log_probs[mask].sum()


@wrong("dpo.reply_log_probs", "reply-over-texts")
def _(log_probs, mask):
    return log_probs.masked_fill(~mask, 0.0).sum(0)


@wrong("dpo.reply_log_probs", "reply-chances")
def _(log_probs, mask):
    return log_probs.exp().masked_fill(~mask, 0.0).sum(1)


@wrong("dpo.reply_log_probs", "reply-exp")
def _(log_probs, mask):
    return log_probs.exp().masked_fill(~mask, 1.0).prod(dim=1)


@wrong("dpo.reply_log_probs", "reply-wrong-sign")
def _(log_probs, mask):
    return 0 - log_probs.masked_fill(~mask, 0.0).sum(1)


@wrong("dpo.reply_log_probs", "reply-keeps-axis")
def _(log_probs, mask):
    return log_probs.masked_fill(~mask, 0.0).sum(1)[:, None]


@wrong("dpo.reply_log_probs", "reply_log_probs-no-gradient")
def _(log_probs, mask):
    return torch.where(mask, log_probs, 0).sum(-1).detach()
