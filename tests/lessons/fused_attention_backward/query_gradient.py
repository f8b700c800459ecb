"""Answers to `kernels.flash_attention_backward.query_gradient` as readers might write them."""

import math

import torch

from nextword.kernels import tl, triton
from tests.lessons import right, wrong
from tests.lessons.fused_attention_backward.by_hand import Tables

TARGET = "kernels.flash_attention_backward.query_gradient"


@triton.jit
def one_query(
    query, key, value, grad, found, lse, delta, queries, keys, head_dim, scale, back, ahead,
    KEYS: tl.constexpr, FEATURES: tl.constexpr,
):  # fmt: skip
    """A program for each query, all of whose keys are one tile."""
    at, head = tl.program_id(0), tl.program_id(1)
    feature, place = tl.arange(0, FEATURES), tl.arange(0, KEYS)
    row = (head * queries + at) * head_dim + feature
    kind = found.dtype.element_ty
    q = tl.load(query + row, mask=feature < head_dim, other=0.0).to(kind)
    do = tl.load(grad + row, mask=feature < head_dim, other=0.0).to(kind)
    table = (head * keys + place[:, None]) * head_dim + feature[None, :]
    inside = (place < keys)[:, None] & (feature < head_dim)[None, :]
    k = tl.load(key + table, mask=inside, other=0.0).to(kind)
    v = tl.load(value + table, mask=inside, other=0.0).to(kind)
    distance = place - (at + keys - queries)
    seen = (place < keys) & (distance >= -back) & (distance <= ahead)
    log_weight = tl.sum(k * q[None, :], axis=1) * scale - tl.load(lse + head * queries + at)
    p = tl.exp(tl.where(seen, log_weight, float("-inf")))
    ds = p * (tl.sum(v * do[None, :], axis=1) - tl.load(delta + head * queries + at))
    tl.store(found + row, tl.sum(ds[:, None] * k, axis=0) * scale, mask=feature < head_dim)


@right(TARGET)
def _(query, key, value, grad_out, lse, delta, *, causal=True, window=None):
    """A program for each query, with sums in the place of matmuls."""
    group, (queries, head_dim), keys = query.shape[-3] // key.shape[-3], query.shape[-2:], key.shape[-2]
    key, value = (x.repeat_interleave(group, dim=-3) for x in (key, value))
    rows = [x.reshape(-1, x.shape[-2], head_dim).contiguous() for x in (query, key, value, grad_out)]
    found = torch.empty(rows[0].shape, dtype=delta.dtype, device=query.device)
    back, ahead = queries + keys if window is None else window - 1, 0 if causal else queries + keys
    one_query[(queries, len(found))](
        *rows, found, lse.contiguous(), delta.contiguous(), queries, keys, head_dim, 1 / math.sqrt(head_dim), back, ahead,
        KEYS=triton.next_power_of_2(keys), FEATURES=triton.next_power_of_2(head_dim),
    )  # fmt: skip
    return found.to(query.dtype).reshape(query.shape)


def _by_hand(blame, *slips):
    """The gradient from tables with some slips."""

    def query_gradient(query, key, value, grad_out, lse, delta, *, causal=True, window=None):
        case = (query, key, value, grad_out, lse, delta)
        return blame(Tables("keys", case, causal, window, *slips)).float()

    return query_gradient


for name, slip in {
    "dq-no-delta": "no delta",
    "dq-no-scale": "blame not scaled",
    "dq-scores-not-scaled": "scores not scaled",
    "dq-no-mask": "no mask",
    "dq-not-divided": "not divided",
    "dq-weight-forgotten": "no weight",
    "dq-blame-from-keys": "keys for values",
    "dq-plus-delta": "plus",
    "dq-power-of-two": "power of two",
    "dq-mask-of-zero": "mask of zero",
    "dq-never-scaled": "scores not scaled, blame not scaled",
}.items():
    wrong(TARGET, name)(_by_hand(lambda tables: tables.blame @ tables.keys, *slip.split(", ")))

wrong(TARGET, "dq-last-tile")(_by_hand(lambda tables: (tables.blame * tables.last) @ tables.keys))
wrong(TARGET, "dq-of-the-weights")(_by_hand(lambda tables: tables.weights @ tables.keys))
wrong(TARGET, "dq-mixes-values")(_by_hand(lambda tables: tables.blame @ tables.values))
