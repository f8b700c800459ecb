"""Lesson 05."""

import math

import numpy as np
import torch
from torch.nn import functional

from nextword import attention, sampling, toy_head
from tests.lessons import right, wrong

# ---- mix ----


@right("attention.weighted_sum")
def _(weights, value):
    return torch.einsum("...qk,...kd->...qd", weights, value)


@right("attention.weighted_sum")
def _(weights, value):
    return (weights.unsqueeze(-1) * value.unsqueeze(-3)).sum(dim=-2)


@right("attention.weighted_sum")
def _(weights, value):
    return torch.from_numpy(np.matmul(weights.numpy(), value.numpy()))


@wrong("attention.weighted_sum", "mix-transposed")
def _(weights, value):
    return torch.einsum("...kq,...kd->...qd", weights, value)


@wrong("attention.weighted_sum", "mix-order")
def _(weights, value):
    return torch.matmul(value, weights)


@wrong("attention.weighted_sum", "mix-elementwise")
def _(weights, value):
    return value * weights


@wrong("attention.weighted_sum", "mix-not-summed")
def _(weights, value):
    return torch.einsum("...qk,...kd->...qkd", weights, value)


@wrong("attention.weighted_sum", "mix-summed-over-queries")
def _(weights, value):
    return torch.einsum("...qk,...kd->...kd", weights, value)


@wrong("attention.weighted_sum", "mix-weights-summed")
def _(weights, value):
    return torch.einsum("...qk,...qd->...qd", weights, value)


@wrong("attention.weighted_sum", "mix-mean")
def _(weights, value):
    return (weights.unsqueeze(-1) * value.unsqueeze(-3)).mean(dim=-2)


@wrong("attention.weighted_sum", "mix-equal")
def _(weights, value):
    return value.mean(dim=-2, keepdim=True).expand(*value.shape[:-2], weights.shape[-2], -1)


@wrong("attention.weighted_sum", "edit")
def _(weights, value):
    return sampling.softmax(weights) @ value


@wrong("attention.weighted_sum", "place-spoiled")
def _(weights, value):
    return (weights @ value) / weights.sum(-1).unsqueeze(-1)


@wrong("attention.weighted_sum", "mix-best-only")
def _(weights, value):
    best = weights.argmax(-1, keepdim=True).expand(*weights.shape[:-1], value.shape[-1])
    return value.gather(-2, best)


@wrong("attention.weighted_sum", "mix-value-transposed")
def _(weights, value):
    return torch.einsum("...qk,...dk->...qd", weights, value)


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    return torch.einsum("qk,kd->qd", weights, value)


@wrong("attention.weighted_sum", "mix-value-lacks-an-axis")
def _(weights, value):
    return torch.sum(weights.unsqueeze(-1) * value, -2)


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    return (weights.unsqueeze(2) * value).sum(1)


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    return torch.mul(weights.unsqueeze(-1), value.unsqueeze(0)).sum(1)


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    return torch.stack([row @ value for row in weights])


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    rows = []
    for row in weights:
        rows.append(sum(weight * one for weight, one in zip(row, value, strict=False)))
    return torch.stack(rows)


@wrong("attention.weighted_sum", "wrong-kind")
def _(weights, value):
    return [row @ value for row in weights]


@wrong("attention.weighted_sum", "mix-all-axes-turned")
def _(weights, value):
    return torch.matmul(weights.permute(tuple(reversed(range(weights.ndim)))), value)


@wrong("attention.weighted_sum", "place-spoiled")
def _(weights, value):
    return torch.einsum("...qk,...kd->...qd", weights, value) + value


@wrong("attention.weighted_sum", "mix-value-all-axes-turned")
def _(weights, value):
    return torch.matmul(weights, value.permute(tuple(reversed(range(value.ndim)))))


@wrong("attention.weighted_sum", "mix-three-axes")
def _(weights, value):
    return torch.bmm(weights, value)


# ---- scores ----


@right("attention.scores")
def _(query, key):
    return torch.einsum("...qd,...kd->...qk", query, key) * query.shape[-1] ** -0.5


@right("attention.scores")
def _(query, key):
    fourth = query.size(-1) ** 0.25  # half of the scale on each side
    return (query / fourth) @ (key / fourth).mT


@right("attention.scores")
def _(query, key):
    rows = [(key @ query[..., q, :, None]).squeeze(-1) for q in range(query.shape[-2])]
    return torch.stack(rows, dim=-2) / torch.tensor(query.shape[-1]).sqrt().to(query.dtype)


@wrong("attention.scores", "stack")
def _(query, key):
    table = query.new_zeros(len(query), len(key))
    for q in range(len(query)):
        for k in range(len(key)):
            table[q, k] = query[q] @ key[k] / query.shape[-1] ** 0.5
    return table


@wrong("attention.scores", "stack")
def _(query, key):
    return torch.einsum("qd,kd->qk", query, key) / math.sqrt(query.shape[-1])


@wrong("attention.scores", "loses-its-kind")
def _(query, key):
    return torch.matmul(query, key.mT) / torch.full((1,), query.shape[-1]).sqrt()


def _root(x):
    return math.sqrt(x.shape[-1])


@wrong("attention.scores", "scores-no-scale")
def _(query, key):
    return torch.einsum("...qd,...kd->...qk", query, key)


@wrong("attention.scores", "scores-divided-by-d")
def _(query, key):
    return (query / _root(query)) @ (key / _root(key)).mT


@wrong("attention.scores", "edit")
def _(query, key):
    return query @ key.mT / query.shape[-1] ** -0.5


@wrong("attention.scores", "scores-half")
def _(query, key):
    return (query @ key.mT) / (query.shape[-1] ** 1 / 2)


@wrong("attention.scores", "scores-fixed-scale")
def _(query, key):
    return (query @ key.mT) * 0.5


@wrong("attention.scores", "scores-scale-of-queries")
def _(query, key):
    *_, queries, _ = query.shape
    return query @ key.mT / math.sqrt(queries)


@wrong("attention.scores", "scores-scale-of-keys")
def _(query, key):
    table = query @ key.mT
    return table / math.sqrt(table.shape[-1])


@wrong("attention.scores", "edit")
def _(query, key):
    return query @ key.mT * query.shape[0] ** -0.5


@wrong("attention.scores", "scores-swapped")
def _(query, key):
    return torch.einsum("...qd,...kd->...kq", query, key) / _root(key)


@wrong("attention.scores", "scores-not-turned")
def _(query, key):
    return torch.matmul(query, key) / _root(query)


@wrong("attention.scores", "scores-reshaped")
def _(query, key):
    on_its_side = key.contiguous().view(*key.shape[:-2], key.shape[-1], -1)
    return torch.matmul(query, on_its_side) / _root(query)


@wrong("attention.scores", "scores-query-turned")
def _(query, key):
    return query.transpose(-1, -2) @ key / _root(query)


@wrong("attention.scores", "stack")
def _(query, key):
    return query @ key.swapaxes(1, 0) / _root(query)


@wrong("attention.scores", "scores-all-axes")
def _(query, key):
    return torch.matmul(query, key.permute(tuple(reversed(range(key.ndim))))) / _root(query)


@wrong("attention.scores", "scores-own-place-only")
def _(query, key):
    return torch.sum(query * key, -1) / _root(query)


@wrong("attention.scores", "wrong-kind")
def _(query, key):
    return torch.mul(query, key) / _root(query)


@wrong("attention.scores", "place-spoiled")
def _(query, key):
    return sampling.softmax(query @ key.mT / _root(query))


@wrong("attention.scores", "scores-cosine")
def _(query, key):
    lengths = query.norm(dim=-1, keepdim=True) * key.norm(dim=-1).unsqueeze(-2)
    return query @ key.mT / lengths.clamp(min=1e-12)


@wrong("attention.scores", "stack")
def _(query, key):
    return query @ key.mT / math.sqrt(query.size(1))


@wrong("attention.scores", "place-spoiled")
def _(query, key):
    return attention.mask_future(query @ key.mT / _root(query))


@wrong("attention.scores", "scores-root-of-all")
def _(query, key):
    return (query @ key.mT / query.shape[-1]).sqrt()


@wrong("attention.scores", "scores-swapped-no-scale")
def _(query, key):
    return torch.einsum("...kd,...qd->...kq", key, query)


@wrong("attention.scores", "scores-all-axes-no-scale")
def _(query, key):
    return torch.matmul(query, key.permute(tuple(reversed(range(key.ndim)))))


# ---- mask_future ----


@right("attention.mask_future")
def _(scores):
    queries, keys = scores.shape[-2:]
    ahead = torch.ones_like(scores).triu(keys - queries + 1)
    return torch.where(ahead == 1, -math.inf, scores)


@right("attention.mask_future")
def _(scores):
    queries, keys = scores.shape[-2:]
    own = torch.arange(queries).view(-1, 1) + (keys - queries)
    return scores.masked_fill(torch.arange(keys) > own, float("-inf"))


@right("attention.mask_future")
def _(scores):
    hidden = scores.clone()
    for back in range(scores.shape[-2]):
        if back:
            hidden[..., -1 - back, -back:] = -torch.inf
    return hidden


@right("attention.mask_future")
def _(scores):
    table = scores.numpy().copy()
    queries, keys = table.shape[-2:]
    table[..., ~np.tri(queries, keys, keys - queries, dtype=bool)] = -np.inf
    return torch.from_numpy(table)


@right("attention.mask_future")
def _(scores):
    return scores + torch.ones_like(scores).tril(scores.shape[-1] - scores.shape[-2]).log()


@wrong("attention.mask_future", "loses-its-kind")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores + torch.full((queries, keys), -math.inf).triu(keys - queries + 1)


def _may_see(scores, late=0):
    queries, keys = scores.shape[-2:]
    return torch.arange(keys) <= torch.arange(queries)[:, None] + keys - queries + late


@wrong("attention.mask_future", "changed-input")
def _(scores):
    return scores.masked_fill_(~_may_see(scores), -math.inf)


@wrong("attention.mask_future", "changed-input")
def _(scores):
    scores[..., ~_may_see(scores)] = -math.inf
    return scores


@wrong("attention.mask_future", "changed-input")
def _(scores):
    for asks in range(scores.shape[-2]):
        for answers in range(asks + 1, scores.shape[-1]):
            scores[asks, answers] = -math.inf
    return scores


@wrong("attention.mask_future", "raised")
def _(scores):
    masked = scores.clone()
    for asks in range(4):
        for answers in range(asks + 1, 4):
            masked[asks, answers] = -math.inf
    return masked


@wrong("attention.mask_future", "hide-two-axes")
def _(scores):
    masked, (queries, keys) = scores.clone(), scores.shape[-2:]
    for asks in range(queries):
        for answers in range(keys):
            if answers - asks > keys - queries:
                masked[asks, answers] = -math.inf
    return masked


@wrong("attention.mask_future", "hide-two-axes-by-row")
def _(scores):
    masked, (queries, keys) = scores.clone(), scores.shape[-2:]
    for asks in range(queries):
        masked[asks, asks + 1 + keys - queries : keys] = -torch.inf
    return masked


@wrong("attention.mask_future", "hide-two-axes-by-row-top-left")
def _(scores):
    masked = scores.clone()
    for asks in range(scores.size(-2)):
        masked[asks][asks + 1 :] = -math.inf
    return masked


@wrong("attention.mask_future", "hide-two-axes-top-left")
def _(scores):
    masked, (queries, keys) = scores.clone(), scores.shape[-2:]
    for asks in range(queries):
        for answers in range(keys):
            if answers > asks:
                masked[asks][answers] = -math.inf
    return masked


@wrong("attention.mask_future", "hide-very-low")
def _(scores):
    return scores.masked_fill(~_may_see(scores), -1e9)


@wrong("attention.mask_future", "hide-very-low")
def _(scores):
    return torch.where(_may_see(scores), scores, torch.finfo(scores.dtype).min)


@wrong("attention.mask_future", "hide-very-low")
def _(scores):
    return scores.masked_fill(~_may_see(scores), -100)


@wrong("attention.mask_future", "hide-own-place")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores.masked_fill(torch.ones(queries, keys).triu(keys - queries).bool(), -math.inf)


@wrong("attention.mask_future", "hide-one-late")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores.masked_fill(torch.ones(queries, keys).triu(keys - queries + 2).bool(), -math.inf)


@wrong("attention.mask_future", "hide-upside-down")
def _(scores):
    return scores.masked_fill(_may_see(scores), -math.inf)


@wrong("attention.mask_future", "edit")
def _(scores):
    return torch.where(_may_see(scores, -1), -math.inf, scores)


@wrong("attention.mask_future", "hide-zero")
def _(scores):
    return scores.tril(scores.shape[-1] - scores.shape[-2])


@wrong("attention.mask_future", "hide-zero-top-left")
def _(scores):
    return torch.tril(scores)


@wrong("attention.mask_future", "hide-zero-times-infinity")
def _(scores):
    return scores - torch.inf * (1 - _may_see(scores).float())


@wrong("attention.mask_future", "edit")
def _(scores):
    return torch.where(_may_see(scores), scores, torch.inf)


@wrong("attention.mask_future", "hide-top-left")
def _(scores):
    keys = scores.shape[-1]
    square = torch.ones(keys, keys, dtype=torch.bool).tril()
    return scores.masked_fill(~square[: scores.shape[-2]], -math.inf)


@wrong("attention.mask_future", "hide-square-of-keys")
def _(scores):
    keys = scores.shape[-1]
    return torch.where(torch.ones(keys, keys).tril() == 0, -math.inf, scores)


@wrong("attention.mask_future", "hide-square-of-queries")
def _(scores):
    n = scores.size(-2)
    return scores + torch.full((n, n), -math.inf).triu(1)


@wrong("attention.mask_future", "raised")
def _(scores):
    n = scores.shape[0]
    return scores.masked_fill(~torch.tril(torch.ones(n, n, dtype=torch.bool)), -math.inf)


@wrong("attention.mask_future", "hide-where-zero")
def _(scores):
    below = torch.tril(scores, scores.shape[-1] - scores.shape[-2])
    return torch.where(below != 0, below, -math.inf)


@wrong("attention.mask_future", "edit")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores.masked_fill(torch.ones(queries, keys).triu(queries - keys + 1) > 0, -math.inf)


@wrong("attention.mask_future", "hide-nothing")
def _(scores):
    scores.masked_fill(~_may_see(scores), -math.inf)
    return scores


@wrong("attention.mask_future", "hide-mask-only")
def _(scores):
    return _may_see(scores).float().log().expand(scores.shape)


@wrong("attention.mask_future", "hide-yes-or-no")
def _(scores):
    return (~_may_see(scores)).expand_as(scores)


@wrong("attention.mask_future", "wrong-kind")
def _(scores):
    return _may_see(scores).expand_as(scores)


@wrong("attention.mask_future", "place-spoiled")
def _(scores):
    return sampling.softmax(torch.where(_may_see(scores), scores, -math.inf))


@wrong("attention.mask_future", "place-spoiled")
def _(scores):
    return torch.where(_may_see(scores), scores, -math.inf).transpose(-1, -2)


@wrong("attention.mask_future", "hide-own-place-top-left")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores.masked_fill(torch.arange(keys) >= torch.arange(queries)[:, None], -math.inf)


@wrong("attention.mask_future", "hide-zero-times-infinity-top-left")
def _(scores):
    queries, keys = scores.shape[-2:]
    ahead = torch.arange(keys) > torch.arange(queries)[:, None]
    return scores - ahead * math.inf


# ---- attend ----


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


@right("attention.attend")
def _(query, key, value, *, causal=True, window=None):
    return attention.weighted_sum(
        attention.weights(query, key, causal=causal, window=window),
        attention.repeat_kv(value, query.shape[-3]),
    )


@wrong("attention.attend", "attend-fused")
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
    weights = attention.weights(query.float(), key.float(), causal=causal, window=window)
    return weights @ attention.repeat_kv(value.float(), query.shape[-3])


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


@wrong("attention.attend", "edit")
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


# ---- set_by_hand ----


def _dials(query, key, value):
    return toy_head.HeadParameters(*(torch.tensor(matrix) for matrix in (query, key, value)))


ONES = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
HARD = [[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0]]
TOPICS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
NONE = [[0.0] * 3] * 3


@right("toy_head.set_by_hand")
def _():
    return _dials(HARD, ONES, TOPICS)


@right("toy_head.set_by_hand")
def _():
    query, key, value = torch.zeros(3, 3, 3)
    for topic in (0, 1):
        query[topic, topic] = key[topic, topic] = 1.5
        value[topic, topic] = 2.0
    query[2, 2] = key[2, 2] = 2.0
    return toy_head.HeadParameters(query, key, value)


@right("toy_head.set_by_hand")
def _():
    """Topics meet in one column, which says: here is a topic; grammar asks for what is none."""
    return _dials(
        [[0.0, 2.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]],
        [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]],
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
    )


@right("toy_head.set_by_hand")
def _():
    """Water takes from money: what is given says how far the word is from the other topic."""
    given = [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    return _dials(
        [[-2.0, 0, 0], [0, -2.0, 0], [0, 0, -2.0]], [[-1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]], given
    )


@wrong("toy_head.set_by_hand", "dials-not-dials")
def _():
    return torch.tensor(HARD), torch.tensor(ONES), torch.tensor(TOPICS)


@wrong("toy_head.set_by_hand", "dials-not-a-tensor")
def _():
    return toy_head.HeadParameters(HARD, ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-shape")
def _():
    return _dials([2.0, 2.0, 2.0], [1.0, 1.0, 1.0], [1.0, 1.0, 0.0])


@wrong("toy_head.set_by_hand", "dials-whole-numbers")
def _():
    return toy_head.HeadParameters(
        2 * torch.eye(3).long(), torch.eye(3).long(), torch.diag(torch.tensor([1, 1, 0]))
    )


@wrong("toy_head.set_by_hand", "dials-infinite")
def _():
    return _dials([[math.inf, 0, 0], [0, math.inf, 0], [0, 0, math.inf]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-by-chance")
def _():
    return toy_head.HeadParameters(torch.rand(3, 3), torch.rand(3, 3), torch.rand(3, 3))


@wrong("toy_head.set_by_hand", "dials-mix-nothing")
def _():
    return _dials(HARD, ONES, NONE)


@wrong("toy_head.set_by_hand", "dials-ask-everybody")
def _():
    return _dials(NONE, ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-ask-everybody")
def _():
    return _dials(HARD, NONE, TOPICS)


@wrong("toy_head.set_by_hand", "dials-turned")
def _():
    return _dials(HARD, ONES, [[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-turned")
def _():
    return _dials(HARD, ONES, [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-one-topic")
def _():
    return _dials(HARD, ONES, [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-unequal")
def _():
    return _dials([[2.0, 0, 0], [0, 2.0, 0], [0, 0, 2.0]], ONES, [[1.0, 0, 0], [0, 2.0, 0], [0.0, 0, 0]])


@wrong("toy_head.set_by_hand", "dials-look-at-the")
def _():
    """Topics ask for grammar."""
    return _dials([[0.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-look-away")
def _():
    """Two minuses that should cancel, and one of them is missing."""
    return _dials(
        [[-2.0, 0.0, 0.0], [0.0, -2.0, 0.0], [0.0, 0.0, 2.0]], ONES, [[1.0, 0, 0], [0, 1.0, 0], [0.0] * 3]
    )


@wrong("toy_head.set_by_hand", "dials-too-gentle")
def _():
    return _dials(HARD, ONES, [[0.3, 0.0, 0.0], [0.0, 0.3, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-too-gentle")
def _():
    """Everything gives the same mixture."""
    return _dials(HARD, ONES, [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-grammar-gives")
def _():
    return _dials(HARD, ONES, ONES)


@wrong("toy_head.set_by_hand", "dials-grammar-gives")
def _():
    return _dials(HARD, ONES, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.0]])


@wrong("toy_head.set_by_hand", "dials-the-looks-around")
def _():
    return _dials(TOPICS, ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-unbalanced")
def _():
    return _dials([[3.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-distracted")
def _():
    return _dials([[0.3, 0.0, 0.0], [0.0, 0.3, 0.0], [0.0, 0.0, 2.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-no-match")
def _():
    """Topics ask in one column and answer in another."""
    key = [[0.0, 0.0, -1.0], [0.0, 0.0, -1.0], [0.0, 0.0, 2.0]]
    return _dials([[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 2.0]], key, TOPICS)


@wrong("toy_head.set_by_hand", "dials-no-match")
def _():
    """Grammar is the only one that asks: bank takes the same from everybody, and the more there are, the less from river."""
    return _dials([[0.0] * 3, [0.0] * 3, [0.0, 0.0, 3.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-no-match")
def _():
    """The same, and what is given is large enough to be heard through many words."""
    return _dials(NONE[:2] + [[0.0, 0.0, 3.0]], ONES, [[9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0] * 3])


@wrong("toy_head.set_by_hand", "dials-no-match")
def _():
    """Each kind answers in its own column, and asks in another's."""
    return _dials([[0.0, 3.0, 0.0], [0.0, 0.0, 3.0], [3.0, 0.0, 0.0]], ONES, TOPICS)


@wrong("toy_head.set_by_hand", "dials-ask-for-all")
def _():
    """One number for a whole matrix."""
    return toy_head.HeadParameters(torch.full((3, 3), 2.0), torch.ones(3, 3), torch.tensor(TOPICS))
