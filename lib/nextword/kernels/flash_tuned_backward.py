"""Rung `kernels.flash_tuned_backward`: the gradients of fused attention again, written for speed.

What it gives is what `flash_attention_backward.backward` gives. What differs is what differs in `flash_tuned`: tiles
that are seen whole come in a loop without a mask, powers are of 2 with the scale folded in, and one pointer walks, so
that registers are left for larger tiles. No speed is claimed here: what was measured stands in
benchmarks/results/attention.md.
Sources: Dao 2023 (FlashAttention-2, arXiv 2307.08691), algorithm 2.
"""

import math

import torch
from torch import Tensor

from nextword import kernels
from nextword.kernels import flash_attention_backward, flash_tuned, tl, triton
from nextword.kernels.flash_attention_backward_parts import launching

LOG2_E = tl.constexpr(math.log2(math.e))

# By head_dim, for numbers of 16 bits: queries and keys of a tile, warps, tiles under way. Compiled for an H100 (sm_90)
# none of them spills a register, and all multiply by wgmma.
QUERY_TILES = {16: (128, 64, 4, 2), 32: (128, 64, 4, 2), 64: (128, 64, 8, 3), 128: (128, 64, 8, 3)}
KEY_TILES = {16: (64, 64, 4, 2), 32: (64, 64, 4, 2), 64: (64, 128, 8, 3), 128: (32, 128, 8, 2)}


def backward(
    query: Tensor, key: Tensor, value: Tensor, out: Tensor, lse: Tensor, grad_out: Tensor, *,
    causal: bool = True, window: int | None = None,
    query_tile: tuple[int, int, int, int] | None = None, key_tile: tuple[int, int, int, int] | None = None,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """`flash_attention_backward.backward`, tuned; by that itself where these kernels have no form for what came.

    A tile is (queries, keys, warps, tiles under way), one for each of the two kernels.

    >>> one = torch.eye(16)[None]
    >>> out, lse = flash_tuned.forward(one, one, one)
    >>> found, plain = (f(one, one, one, out, lse, one) for f in (backward, flash_attention_backward.backward))
    >>> all(torch.allclose(a, b, atol=1e-6) for a, b in zip(found, plain))
    True
    """
    plain = flash_tuned.why_plain(query, key, value, window) or query.shape[-1] not in QUERY_TILES
    if plain or grad_out.stride(-1) != 1 or query.shape[-2] > key.shape[-2] or query.numel() == 0:
        return flash_attention_backward.backward(
            query, key, value, out, lse, grad_out, causal=causal, window=window
        )
    launching.check(query, key, value, grad_out, window)
    delta = flash_attention_backward.delta(out, grad_out)
    q, k, v, grad = (launching.with_one_batch(x) for x in (query, key, value, grad_out))
    made = [torch.empty(x.shape, dtype=x.dtype, device=x.device) for x in (q, k, v)]
    (batch, n_heads, queries, head_dim), (_, n_kv_heads, keys, _) = q.shape, k.shape
    read = [part for x in (q, k, v, grad) for part in (x, x.stride()[:3])]
    common = (lse.contiguous(), delta, n_heads // n_kv_heads, queries, keys, 1 / math.sqrt(head_dim))
    fixed = {"CAUSAL": causal, "HEAD_DIM": head_dim}
    tiles = [tile or chosen(q, table) for tile, table in ((query_tile, QUERY_TILES), (key_tile, KEY_TILES))]
    blocks = [triton.cdiv(queries, tiles[0][0]), triton.cdiv(keys, tiles[1][1])]
    sizes = [fixed | flash_tuned.settings(tile) for tile in tiles]
    with torch.cuda.device_of(query):
        query_kernel[(blocks[0], n_heads, batch)](*read, made[0], *common, **sizes[0])
        key_value_kernel[(blocks[1], n_kv_heads, batch)](*read, *made[1:], *common, **sizes[1])
    return tuple(grad.view(x.shape) for grad, x in zip(made, (query, key, value), strict=True))


def chosen(query: Tensor, table: dict[int, tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    """The tile for this kind of number and head_dim."""
    if kernels.interpreted:
        return (64, 64, 4, 2)
    if query.element_size() > 2:
        return (32, 32, 4, 2)
    *tile, under_way = table[query.shape[-1]]
    return (*tile, min(under_way, 2) if torch.version.hip else under_way)  # an AMD card has room for two


@triton.jit
def head_of(x, strides, batch, head):
    """Where a head of a text begins; in 64 bits, for a batch may hold more numbers than 32 bits count."""
    return x + tl.cast(batch, tl.int64) * strides[0] + tl.cast(head, tl.int64) * strides[1]


@triton.jit
def rows_of(x, strides, first, length, BLOCK: tl.constexpr, HEAD_DIM: tl.constexpr, MASKED: tl.constexpr):
    """A tile of rows from `first` on, of a head that begins at x; zeros beyond the length."""
    row = tl.arange(0, BLOCK)
    x += tl.cast(first, tl.int64) * strides[2]
    at = x + (row[:, None] * strides[2] + tl.arange(0, HEAD_DIM)[None, :])
    if MASKED:
        return tl.load(at, mask=(first + row < length)[:, None], other=0.0)
    else:
        return tl.load(at)


@triton.jit
def gathered_for_queries(
    q, do, log_sum, share, dq, key, key_strides, value, value_strides, at_query, queries, keys, scale, first, last,
    MASKED: tl.constexpr, CAUSAL: tl.constexpr, HEAD_DIM: tl.constexpr, BLOCK_KEYS: tl.constexpr,
):  # fmt: skip
    """One of the two loops: what the keys of some tiles give to the queries' gradients."""
    for start in range(first, last, BLOCK_KEYS):
        k = rows_of(key, key_strides, start, keys, BLOCK_KEYS, HEAD_DIM, MASKED)
        v = rows_of(value, value_strides, start, keys, BLOCK_KEYS, HEAD_DIM, MASKED)
        powers = tl.dot(q, tl.trans(k), input_precision="ieee") * (scale * LOG2_E) - log_sum[:, None]
        if MASKED:
            at_key = start + tl.arange(0, BLOCK_KEYS)
            powers = flash_tuned.masked(powers, at_key, at_query, queries, keys, CAUSAL)
        p = tl.exp2(powers)
        dp = tl.dot(do, tl.trans(v), input_precision="ieee")
        ds = p * (dp - share[:, None])
        dq = tl.dot(ds.to(k.dtype), k, dq, input_precision="ieee")
    return dq


@triton.jit
def query_kernel(
    query, query_strides, key, key_strides, value, value_strides, grad, grad_strides, grad_query, lse, delta,
    group, queries, keys, scale, CAUSAL: tl.constexpr, HEAD_DIM: tl.constexpr,
    BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr,
):  # fmt: skip
    """A block of queries: their gradients, from all keys that they see. The longest blocks come first."""
    head, batch = tl.program_id(1), tl.program_id(2)
    start = (tl.num_programs(0) - 1 - tl.program_id(0)) * BLOCK_QUERIES
    at_query = start + tl.arange(0, BLOCK_QUERIES)
    q = rows_of(
        head_of(query, query_strides, batch, head),
        query_strides,
        start,
        queries,
        BLOCK_QUERIES,
        HEAD_DIM,
        True,
    )
    do = rows_of(
        head_of(grad, grad_strides, batch, head), grad_strides, start, queries, BLOCK_QUERIES, HEAD_DIM, True
    )
    row = (batch * tl.num_programs(1) + head).to(tl.int64) * queries
    log_sum = tl.load(lse + row + at_query, mask=at_query < queries, other=0.0) * LOG2_E
    share = tl.load(delta + row + at_query, mask=at_query < queries, other=0.0)
    key, value = (
        head_of(key, key_strides, batch, head // group),
        head_of(value, value_strides, batch, head // group),
    )
    whole, end = flash_tuned.ends(start, queries, keys, CAUSAL, BLOCK_QUERIES, BLOCK_KEYS)
    dq = tl.zeros([BLOCK_QUERIES, HEAD_DIM], tl.float32)
    dq = gathered_for_queries(
        q, do, log_sum, share, dq, key, key_strides, value, value_strides, at_query, queries, keys, scale, 0, whole,
        False, CAUSAL, HEAD_DIM, BLOCK_KEYS,
    )  # fmt: skip
    dq = gathered_for_queries(
        q, do, log_sum, share, dq, key, key_strides, value, value_strides, at_query, queries, keys, scale, whole, end,
        True, CAUSAL, HEAD_DIM, BLOCK_KEYS,
    )  # fmt: skip
    at = (row + at_query)[:, None] * HEAD_DIM + tl.arange(0, HEAD_DIM)[None, :]
    tl.store(
        grad_query + at, (dq * scale).to(grad_query.dtype.element_ty), mask=(at_query < queries)[:, None]
    )


@triton.jit
def gathered_for_keys(
    k, v, dk, dv, query, query_strides, grad, grad_strides, lse, delta, at_key, queries, keys, scale, first, last,
    DIAGONAL: tl.constexpr, HEAD_DIM: tl.constexpr, BLOCK_QUERIES: tl.constexpr,
):  # fmt: skip
    """One of the loops: what the queries of some tiles give to keys and values; the tables are turned round.

    A query beyond the last is read as 0, as is its gradient, and gives nothing; a key beyond the last is not stored.
    """
    for start in range(first, last, BLOCK_QUERIES):
        at_query = start + tl.arange(0, BLOCK_QUERIES)
        q = rows_of(query, query_strides, start, queries, BLOCK_QUERIES, HEAD_DIM, True)
        do = rows_of(grad, grad_strides, start, queries, BLOCK_QUERIES, HEAD_DIM, True)
        log_sum = tl.load(lse + at_query, mask=at_query < queries, other=0.0) * LOG2_E
        share = tl.load(delta + at_query, mask=at_query < queries, other=0.0)
        powers = tl.dot(k, tl.trans(q), input_precision="ieee") * (scale * LOG2_E) - log_sum[None, :]
        if DIAGONAL:
            seen = at_key[:, None] <= (keys - queries + at_query)[None, :]
            powers = tl.where(seen, powers, float("-inf"))
        p = tl.exp2(powers)
        dv = tl.dot(p.to(do.dtype), do, dv, input_precision="ieee")
        dp = tl.dot(v, tl.trans(do), input_precision="ieee")
        ds = p * (dp - share[None, :])
        dk = tl.dot(ds.to(q.dtype), q, dk, input_precision="ieee")
    return dk, dv


@triton.jit
def key_value_kernel(
    query, query_strides, key, key_strides, value, value_strides, grad, grad_strides, grad_key, grad_value,
    lse, delta, group, queries, keys, scale, CAUSAL: tl.constexpr, HEAD_DIM: tl.constexpr,
    BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr,
):  # fmt: skip
    """A block of keys: their gradients, from the queries on the diagonal, and from those that see them all."""
    kv_head, batch = tl.program_id(1), tl.program_id(2)
    start = tl.program_id(0) * BLOCK_KEYS
    at_key = start + tl.arange(0, BLOCK_KEYS)
    k = rows_of(
        head_of(key, key_strides, batch, kv_head), key_strides, start, keys, BLOCK_KEYS, HEAD_DIM, True
    )
    v = rows_of(
        head_of(value, value_strides, batch, kv_head), value_strides, start, keys, BLOCK_KEYS, HEAD_DIM, True
    )
    first, whole = 0, 0
    if CAUSAL:  # the first query that sees a key of the block; and from where on each sees all of them
        first = tl.maximum(0, start - (keys - queries)) // BLOCK_QUERIES * BLOCK_QUERIES
        whole = tl.maximum(0, start + BLOCK_KEYS - 1 - (keys - queries))
        whole = tl.minimum(queries, tl.cdiv(whole, BLOCK_QUERIES) * BLOCK_QUERIES)
    dk = tl.zeros([BLOCK_KEYS, HEAD_DIM], tl.float32)
    dv = tl.zeros([BLOCK_KEYS, HEAD_DIM], tl.float32)
    for head in range(kv_head * group, (kv_head + 1) * group):
        q, do = head_of(query, query_strides, batch, head), head_of(grad, grad_strides, batch, head)
        row = (batch * tl.num_programs(1) * group + head).to(tl.int64) * queries
        if CAUSAL:
            dk, dv = gathered_for_keys(
                k, v, dk, dv, q, query_strides, do, grad_strides, lse + row, delta + row, at_key, queries, keys, scale,
                first, whole, True, HEAD_DIM, BLOCK_QUERIES,
            )  # fmt: skip
        dk, dv = gathered_for_keys(
            k, v, dk, dv, q, query_strides, do, grad_strides, lse + row, delta + row, at_key, queries, keys, scale,
            whole, queries, False, HEAD_DIM, BLOCK_QUERIES,
        )  # fmt: skip
    row = (batch * tl.num_programs(1) + kv_head).to(tl.int64) * keys
    at = (row + at_key)[:, None] * HEAD_DIM + tl.arange(0, HEAD_DIM)[None, :]
    tl.store(grad_key + at, (dk * scale).to(grad_key.dtype.element_ty), mask=(at_key < keys)[:, None])
    tl.store(grad_value + at, dv.to(grad_value.dtype.element_ty), mask=(at_key < keys)[:, None])
