"""Answers to `attention_backward.weights_again` as readers might write them."""

import math

import torch

from nextword import attention
from tests.lessons import right, wrong

TARGET = "attention_backward.weights_again"


def _scores(query, key, scale=None):
    key = torch.repeat_interleave(key, query.shape[-3] // key.shape[-3], dim=-3)
    return torch.einsum("...qd,...kd->...qk", query, key) * (scale or query.shape[-1] ** -0.5)


def _unseen(table, causal=True, window=None):
    queries, keys = table.shape[-2:]
    behind = torch.arange(keys - queries, keys)[:, None] - torch.arange(keys)[None, :]
    hidden = behind < 0 if causal else torch.zeros_like(behind, dtype=torch.bool)
    return hidden if window is None else hidden | (behind >= window)


def _finish(table, lse, unseen):
    return (table - lse.unsqueeze(-1)).masked_fill(unseen, -math.inf).exp()


@right(TARGET)
def _(query, key, lse, *, causal=True, window=None):
    """A mask of its own, and 0 written in after the exponential."""
    table = _scores(query, key)
    powers = torch.exp(table - lse.unsqueeze(-1))
    return torch.where(_unseen(table, causal, window), torch.zeros_like(powers), powers)


@right(TARGET)
def _(query, key, lse, *, causal=True, window=None):
    """By the library's masks."""
    table = attention.scores(query, attention.repeat_kv(key, query.shape[-3])) - lse[..., None]
    if causal:
        table = attention.mask_future(table)
    if window is not None:
        table = attention.mask_outside_window(table, window)
    return torch.where(lse[..., None] == -math.inf, torch.zeros_like(table), table.exp())


@wrong(TARGET, "again-no-exp")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    return (table - lse.unsqueeze(-1)).masked_fill(_unseen(table, causal, window), -math.inf)


@wrong(TARGET, "again-quotient")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    return table.masked_fill(_unseen(table, causal, window), -math.inf).exp() / lse.unsqueeze(-1)


@wrong(TARGET, "again-softmax")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    powers = torch.where(_unseen(table, causal, window), 0.0, (table - table.amax(-1, keepdim=True)).exp())
    return powers / powers.sum(-1, keepdim=True).clamp(min=1e-30)


@wrong(TARGET, "again-not-divided")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    return torch.where(_unseen(table, causal, window), torch.zeros_like(table), table.exp())


@wrong(TARGET, "again-plus")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    return _finish(table, -lse, _unseen(table, causal, window))


@wrong(TARGET, "again-no-scale")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key, scale=1.0)
    return _finish(table, lse, _unseen(table, causal, window))


@wrong(TARGET, "again-no-mask")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    return torch.exp(table - lse.unsqueeze(-1))


@wrong(TARGET, "again-mask-turned-round")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    return _finish(table, lse, torch.logical_not(_unseen(table, causal, window)))


@wrong(TARGET, "again-mask-of-zero")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    logs = torch.where(_unseen(table, causal, window), torch.zeros_like(table), table - lse.unsqueeze(-1))
    return logs.exp()


@wrong(TARGET, "again-no-window")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    return _finish(table, lse, _unseen(table, causal))


@wrong(TARGET, "again-always-causal")
def _(query, key, lse, *, causal=True, window=None):
    table = _scores(query, key)
    return _finish(table, lse, _unseen(table, True, window))
