"""Answers to `attention.attend` as readers might write them."""

import math

import torch
from torch.nn import functional

from nextword import attention, sampling
from tests.lessons import right, wrong


@right("attention.attend")
def _(query, key, value, *, causal=True, window=None):
    key, value = (attention.repeat_kv(kv, query.shape[-3]) for kv in (key, value))
    table = attention.scores(query, key)
    if causal:
        table = attention.mask_future(table)
    if window is not None:
        table = attention.mask_outside_window(table, window)
    return attention.weighted_sum(sampling.softmax(table), value)


@right("attention.attend")
def _(query, key, value, *, causal=True, window=None):
    group = query.shape[-3] // key.shape[-3]
    query = query.unflatten(-3, (-1, group))
    table = torch.einsum("...hgqd,...hkd->...hgqk", query, key) * query.shape[-1] ** -0.5
    ahead = attention.relative_positions(table)
    for hides, hidden in ((causal, ahead > 0), (window, ahead <= -(window or 0))):
        table = table.masked_fill(hidden, -math.inf) if hides else table
    return torch.einsum("...hgqk,...hkd->...hgqd", table.softmax(-1), value).flatten(-4, -3)


@right("attention.attend")
def _(query, key, value, *, causal=True, window=None):
    """One query after the other, over the keys that it may see."""
    n, behind = query.shape[-3] // key.shape[-3], key.shape[-2] - query.shape[-2]
    key, value = key.repeat_interleave(n, -3), value.repeat_interleave(n, -3)
    found = []
    for place in range(query.shape[-2]):
        end = place + behind + 1 if causal else key.shape[-2]
        seen = slice(max(0, place + behind + 1 - window) if window else 0, end)
        match = query[..., place : place + 1, :] @ key[..., seen, :].mT / query.shape[-1] ** 0.5
        found.append(torch.softmax(match, dim=-1) @ value[..., seen, :])
    return torch.cat(found, dim=-2)


@right("attention.attend")
def _(query, key, value, *, causal=True, window=None):
    ahead = attention.relative_positions(query @ key[..., :1, :, :].mT)
    seen = torch.ones_like(ahead, dtype=torch.bool)
    if causal:
        seen &= ahead <= 0
    if window:
        seen &= ahead > -window
    key, value = (attention.repeat_kv(kv, query.shape[-3]) for kv in (key, value))
    return functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)


@wrong("attention.attend", "attend-the-librarys")
def _(query, key, value, *, causal=True, window=None):
    return attention.attend_fused(query, key, value, causal=causal, window=window)


@wrong("attention.attend", "changed-input")
def _(query, key, value, *, causal=True, window=None):
    query *= query.shape[-1] ** -0.5
    key, value = (attention.repeat_kv(kv, query.shape[-3]) for kv in (key, value))
    table = query @ key.mT
    table = attention.mask_future(table) if causal else table
    table = attention.mask_outside_window(table, window) if window else table
    return table.softmax(-1) @ value


@wrong("attention.attend", "wrong-arguments")
def _(query, key, value, causal=True):
    weights = attention.weights(query, key, causal=causal)
    return attention.weighted_sum(weights, attention.repeat_kv(value, query.shape[-3]))


@wrong("attention.attend", "loses-its-kind")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query.float(), key.float(), value.float())
    return sampling.softmax(_hides(table, causal, window)) @ value


def _tables(query, key, value):
    key, value = (attention.repeat_kv(kv, query.shape[-3]) for kv in (key, value))
    return attention.scores(query, key), key, value


def _hides(table, causal, window):
    table = attention.mask_future(table) if causal else table
    return table if window is None else attention.mask_outside_window(table, window)


@wrong("attention.attend", "attend-softmax-axis")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    return _hides(table, causal, window).softmax(-2) @ value


@wrong("attention.attend", "place-line")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    return torch.matmul(_hides(table, causal, window).softmax(0), value)


@wrong("attention.attend", "attend-sees-the-future")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    if causal:
        attention.mask_future(table)
    if window is not None:
        table = attention.mask_outside_window(table, window)
    return attention.weighted_sum(sampling.softmax(table), value)


@wrong("attention.attend", "argument-ignored")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    table = attention.mask_future(table)
    if window is not None:
        table = attention.mask_outside_window(table, window)
    return attention.weighted_sum(sampling.softmax(table), value)


@wrong("attention.attend", "attend-causal-turned")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    return _hides(table, causal is False, window).softmax(-1) @ value


@wrong("attention.attend", "attend-no-softmax")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    return attention.weighted_sum(_hides(table, causal, window), value)


@wrong("attention.attend", "attend-hides-after-softmax")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    seen = _hides(torch.zeros_like(table), causal, window) == 0
    return (sampling.softmax(table) * seen) @ value


@wrong("attention.attend", "attend-infinite-weights")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    table = table if window is None else attention.mask_outside_window(table, window)
    weights = sampling.softmax(table)
    if causal:
        weights = attention.mask_future(weights)
    return attention.weighted_sum(weights, value)


@wrong("attention.attend", "attend-no-scale")
def _(query, key, value, *, causal=True, window=None):
    _, key, value = _tables(query, key, value)
    return _hides(query @ key.transpose(-2, -1), causal, window).softmax(-1) @ value


@wrong("attention.attend", "attend-scaled-twice")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query / query.shape[-1] ** 0.5, key, value)
    return _hides(table, causal, window).softmax(-1) @ value


@wrong("attention.attend", "attend-softmax-twice")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    return sampling.softmax(sampling.softmax(_hides(table, causal, window))) @ value


@wrong("attention.attend", "place-line")
def _(query, key, value, *, causal=True, window=None):
    table, key, value = _tables(query, key, value)
    return attention.weighted_sum(sampling.softmax(_hides(table, causal, window)), key)


@wrong("attention.attend", "place-line")
def _(query, key, value, *, causal=True, window=None):
    table, key, value = _tables(query, key, value)
    return attention.weighted_sum(sampling.softmax(_hides(table, causal, window)), query)


@wrong("attention.attend", "attend-matches-values")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, value, value)
    return attention.weighted_sum(sampling.softmax(_hides(table, causal, window)), value)


@wrong("attention.attend", "edit")
def _(query, key, value, *, causal=True, window=None):
    _, _, value = _tables(query, key, value)
    return attention.weighted_sum(
        sampling.softmax(_hides(attention.scores(query, query), causal, window)), value
    )


@wrong("attention.attend", "edit")
def _(query, key, value, *, causal=True, window=None):
    _, key, value = _tables(query, key, value)
    return attention.weighted_sum(
        sampling.softmax(_hides(attention.scores(key, query), causal, window)), value
    )


@wrong("attention.attend", "attend-the-librarys")
def _(query, key, value, *, causal=True, window=None):
    return attention.weights(query, key, causal=causal, window=window)


@wrong("attention.attend", "attend-returns-scores")
def _(query, key, value, *, causal=True, window=None):
    return _hides(_tables(query, key, value)[0], causal, window)


@wrong("attention.attend", "place-line")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    return attention.weighted_sum(sampling.softmax(_hides(table, causal, window)), value) + query


@wrong("attention.attend", "place-line")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    return attention.weighted_sum(sampling.softmax(_hides(table, causal, window)), value) + value


def _seen(table, causal, window):
    ahead = attention.relative_positions(table)
    seen = torch.ones_like(ahead, dtype=torch.bool)
    if causal:
        seen = seen & (ahead <= 0)
    if window is not None:
        seen = seen & (ahead > -window)
    return seen


def _with(query, key, value, fill=-math.inf, **mask):
    table, _, value = _tables(query, key, value)
    return torch.where(_seen(table, **mask), table, fill).softmax(-1) @ value


@wrong("attention.attend", "attend-top-left")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    if causal:
        table = table.masked_fill(torch.ones_like(table).triu(1) > 0, -math.inf)
    if window is not None:
        table = attention.mask_outside_window(table, window)
    return table.softmax(-1) @ value


@wrong("attention.attend", "attend-fills-zero")
def _(query, key, value, *, causal=True, window=None):
    return _with(query, key, value, fill=0.0, causal=causal, window=window)


@wrong("attention.attend", "attend-no-window")
def _(query, key, value, *, causal=True, window=None):
    return _with(query, key, value, causal=causal, window=None)


@wrong("attention.attend", "attend-window-forgets-the-future")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    hidden = table
    if causal:
        hidden = attention.mask_future(table)
    if window is not None:
        hidden = attention.mask_outside_window(table, window)
    return attention.weighted_sum(sampling.softmax(hidden), value)


@wrong("attention.attend", "attend-heads-order")
def _(query, key, value, *, causal=True, window=None):
    times = [1] * (query.dim() - 3) + [query.shape[-3] // key.shape[-3], 1, 1]
    return _with(query, key.repeat(times), value.repeat(times), causal=causal, window=window)


@wrong("attention.attend", "attend-heads-not-shared")
def _(query, key, value, *, causal=True, window=None):
    table = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5
    return _hides(table, causal, window).softmax(dim=-1) @ value


@wrong("attention.attend", "place-parts")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    powers = _hides(table, causal, window).exp()
    return (powers @ value) / powers.sum(-1, keepdim=True)


@wrong("attention.attend", "attend-window-after-softmax")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(query, key, value)
    weights = sampling.softmax(_hides(table, causal, None))
    weights = weights if window is None else attention.mask_outside_window(weights, window)
    return attention.weighted_sum(weights, value)


@wrong("attention.attend", "attend-hides-queries")
def _(query, key, value, *, causal=True, window=None):
    table, _, value = _tables(attention.mask_future(query) if causal else query, key, value)
    return attention.weighted_sum(sampling.softmax(_hides(table, False, window)), value)


@wrong("attention.attend", "attend-the-librarys")
def _(query, key, value, *, causal=True, window=None):
    weights = attention.weights(query, key, causal=causal, window=window)
    return attention.weighted_sum(weights, attention.repeat_kv(value, query.shape[-3]))


@wrong("attention.attend", "attend-the-librarys")
def _(query, key, value, *, causal=True, window=None):
    seen = attention.visible(query.shape[-2], key.shape[-2], causal, window)
    return attention.scaled_dot_product(query, key, value, attn_mask=seen)
