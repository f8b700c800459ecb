"""Answers to `kernels.flash_attention_backward.key_value_gradients` as readers might write them."""

import math

import torch

from nextword.kernels import tl, triton
from tests.lessons import right, wrong
from tests.lessons.fused_attention_backward.by_hand import Tables

TARGET = "kernels.flash_attention_backward.key_value_gradients"


@triton.jit
def one_key(
    query, key, value, grad, found_key, found_value, lse, delta, group, queries, keys, head_dim, scale, back, ahead,
    QUERIES: tl.constexpr, FEATURES: tl.constexpr,
):  # fmt: skip
    """A program for each key, all of whose queries are one tile for each head of the group."""
    at, head = tl.program_id(0), tl.program_id(1)
    feature, place = tl.arange(0, FEATURES), tl.arange(0, QUERIES)
    own = (head * keys + at) * head_dim + feature
    kind = found_key.dtype.element_ty
    k = tl.load(key + own, mask=feature < head_dim, other=0.0).to(kind)
    v = tl.load(value + own, mask=feature < head_dim, other=0.0).to(kind)
    dk, dv = tl.zeros([FEATURES], dtype=kind), tl.zeros([FEATURES], dtype=kind)
    distance = at - (place + keys - queries)
    seen = (place < queries) & (distance >= -back) & (distance <= ahead)
    inside = (place < queries)[:, None] & (feature < head_dim)[None, :]
    for member in range(0, group):
        row = (head * group + member) * queries + place
        table = row[:, None] * head_dim + feature[None, :]
        q = tl.load(query + table, mask=inside, other=0.0).to(kind)
        do = tl.load(grad + table, mask=inside, other=0.0).to(kind)
        log_sum = tl.load(lse + row, mask=place < queries, other=0.0)
        share = tl.load(delta + row, mask=place < queries, other=0.0)
        p = tl.exp(tl.where(seen, tl.sum(q * k[None, :], axis=1) * scale - log_sum, float("-inf")))
        dv += tl.sum(p[:, None] * do, axis=0)
        ds = p * (tl.sum(do * v[None, :], axis=1) - share)
        dk += tl.sum(ds[:, None] * q, axis=0) * scale
    tl.store(found_key + own, dk, mask=feature < head_dim)
    tl.store(found_value + own, dv, mask=feature < head_dim)


@right(TARGET)
def _(query, key, value, grad_out, lse, delta, *, causal=True, window=None):
    """A program for each key, with sums in the place of matmuls."""
    group, (queries, head_dim), keys = query.shape[-3] // key.shape[-3], query.shape[-2:], key.shape[-2]
    rows = [x.reshape(-1, x.shape[-2], head_dim).contiguous() for x in (query, key, value, grad_out)]
    found = [torch.empty(rows[1].shape, dtype=delta.dtype, device=query.device) for _ in range(2)]
    back, ahead = queries + keys if window is None else window - 1, 0 if causal else queries + keys
    one_key[(keys, len(rows[1]))](
        *rows, *found, lse.contiguous(), delta.contiguous(), group, queries, keys, head_dim, 1 / math.sqrt(head_dim),
        back, ahead, QUERIES=triton.next_power_of_2(queries), FEATURES=triton.next_power_of_2(head_dim),
    )  # fmt: skip
    return found[0].to(key.dtype).reshape(key.shape), found[1].to(value.dtype).reshape(value.shape)


def _keys(tables, last=False):
    return tables.group_sum(tables.blame, tables.query, last)


def _values(tables, last=False):
    return tables.group_sum(tables.weights, tables.grad, last)


def _by_hand(both, *slips):
    """Both gradients from tables with some slips."""

    def key_value_gradients(query, key, value, grad_out, lse, delta, *, causal=True, window=None):
        case = (query, key, value, grad_out, lse, delta)
        return both(Tables("queries", case, causal, window, *slips))

    return key_value_gradients


for name, slip in {
    "dkv-no-delta": "no delta",
    "dkv-no-scale": "blame not scaled",
    "dkv-scores-not-scaled": "scores not scaled",
    "dkv-no-mask": "no mask",
    "dkv-not-divided": "not divided",
    "dkv-weight-forgotten": "no weight",
    "dkv-power-of-two": "power of two",
    "dkv-blame-from-keys": "keys for values",
}.items():
    wrong(TARGET, name)(_by_hand(lambda tables: (_keys(tables), _values(tables)), slip))

for name, both in {
    "dkv-values-scaled": lambda tables: (_keys(tables), _values(tables) * tables.query.shape[-1] ** -0.5),
    "dkv-last-tile": lambda tables: (_keys(tables, last=True), _values(tables, last=True)),
    "dkv-values-last-tile": lambda tables: (_keys(tables), _values(tables, last=True)),
    "dkv-keys-last-tile": lambda tables: (_keys(tables, last=True), _values(tables)),
    "dkv-values-by-gradients": lambda tables: (_keys(tables), tables.group_sum(tables.blame, tables.grad)),
    "dkv-keys-mix-blame": lambda tables: (tables.group_sum(tables.blame, tables.grad), _values(tables)),
    "dkv-mixes-queries": lambda tables: (_keys(tables), tables.group_sum(tables.weights, tables.query)),
}.items():
    wrong(TARGET, name)(_by_hand(both))
