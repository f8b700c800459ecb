"""Answers to `finetuning.loss` as readers might write them."""

import math

import torch

from nextword import rollouts
from tests.lessons import right, wrong


def _nats(logits, ids):
    return -logits.log_softmax(-1).gather(-1, ids[:, 1:, None]).squeeze(-1)


@right("finetuning.loss")
def _(logits, ids, mask):
    return _nats(logits, ids).masked_fill(~mask, 0).sum() / mask.sum()


@right("finetuning.loss")
def _(logits, ids, mask):
    labels = ids[:, 1:].masked_fill(~mask, -100)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)


@right("finetuning.loss")
def _(logits, ids, mask):
    return -rollouts.masked_mean(rollouts.token_log_probs(logits, ids[:, 1:]), mask)


@wrong("finetuning.loss", "sft-loss-of-everything")
def _(logits, ids, mask):
    return _nats(logits, ids).mean()


@wrong("finetuning.loss", "sft-loss-mean-over-all")
def _(logits, ids, mask):
    return torch.where(mask, _nats(logits, ids), torch.zeros(())).mean()


@wrong("finetuning.loss", "sft-loss-sum")
def _(logits, ids, mask):
    return _nats(logits, ids).masked_fill(~mask, 0).sum()


@wrong("finetuning.loss", "sft-loss-mean-of-means")
def _(logits, ids, mask):
    found = [
        row[counts].mean() if counts.any() else row.sum() * 0
        for row, counts in zip(_nats(logits, ids), mask, strict=True)
    ]
    return torch.stack(found).mean()


@wrong("finetuning.loss", "sft-loss-sum-over-texts")
def _(logits, ids, mask):
    return _nats(logits, ids).masked_fill(~mask, 0).sum(1).mean()


@wrong("finetuning.loss", "sft-loss-not-shifted")
def _(logits, ids, mask):
    return -logits.log_softmax(-1).gather(-1, ids[:, :-1, None]).squeeze(-1)[mask].mean()


@wrong("finetuning.loss", "sft-loss-mask-turned")
def _(logits, ids, mask):
    left = mask.logical_not()
    return rollouts.masked_mean(_nats(logits, ids), left)


@wrong("finetuning.loss", "sft-loss-logits-blanked")
def _(logits, ids, mask):
    return _nats(torch.where(mask[..., None], logits, torch.zeros(())), ids).mean()


@wrong("finetuning.loss", "sft-loss-wrong-sign")
def _(logits, ids, mask):
    return rollouts.masked_mean(rollouts.token_log_probs(logits, ids[:, 1:]), mask)


@wrong("finetuning.loss", "sft-loss-bits")
def _(logits, ids, mask):
    return _nats(logits, ids)[mask].mean() * math.log2(math.e)


@wrong("finetuning.loss", "sft-loss-no-gradient")
def _(logits, ids, mask):
    return torch.tensor(_nats(logits, ids)[mask].mean().item())
