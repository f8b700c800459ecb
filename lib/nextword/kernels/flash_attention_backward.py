"""Rung `kernels.flash_attention_backward`: the gradients of fused attention, which never hold the table of weights.

The forward pass kept one number a query, the log of the sum of its exponentials. From it each tile of weights is made
anew, P = exp(S - lse), used and forgotten. With `delta` in hand, softmax's backward needs one number a row, too. One
kernel gathers for each tile of keys over the queries, another for each tile of queries over the keys: nobody adds to
a number that somebody else writes, so that the same call gives the same bits.
Sources: Dao et al. 2022 (arXiv 2205.14135), appendix B; Dao 2023 (arXiv 2307.08691), algorithm 2.
"""

import math

import torch
from torch.autograd.function import once_differentiable

from nextword import kernels
from nextword.attention_parts import unseen
from nextword.kernels import flash_attention, tl, triton
from nextword.kernels.flash_attention_backward_parts import launching, tiles

Tensor = torch.Tensor


class FlashAttention(torch.autograd.Function):
    """Fused attention as one step of autograd: both directions are kernels, and `lse` is all that is kept between."""

    @staticmethod
    def forward(ctx, query: Tensor, key: Tensor, value: Tensor, causal: bool, window: int | None) -> Tensor:
        out, lse = flash_attention.forward(query, key, value, causal=causal, window=window)
        ctx.save_for_backward(query, key, value, out, lse)
        ctx.mask = {"causal": causal, "window": window}
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_out: Tensor):
        return *backward(*ctx.saved_tensors, grad_out, **ctx.mask), None, None


@unseen.keeps_out_the_unseen
def attend(
    query: Tensor, key: Tensor, value: Tensor, *, causal: bool = True, window: int | None = None
) -> Tensor:
    """What `attention.attend` gives, and its gradients, from fused kernels.

    >>> one = torch.ones(1, 2, 16, requires_grad=True)  # one head, two places
    >>> attend(torch.zeros(1, 2, 16), torch.zeros(1, 2, 16), one).sum().backward()
    >>> one.grad[0, :, 0]  # the first is seen by itself and, by half, by the second
    tensor([1.5000, 0.5000])
    """
    return FlashAttention.apply(query, key, value, causal, window)


def backward(
    query: Tensor, key: Tensor, value: Tensor, out: Tensor, lse: Tensor, grad_out: Tensor,
    *, causal: bool = True, window: int | None = None,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """The gradients of query, key and value, from the output, its gradient, and `lse` (*batch, n_heads, queries).

    Each has the shape and the kind of number of what it is the gradient of. A query that sees no key gets 0.
    """
    shares = delta(out, grad_out)
    grad_query = query_gradient(query, key, value, grad_out, lse, shares, causal=causal, window=window)
    grad_key, grad_value = key_value_gradients(
        query, key, value, grad_out, lse, shares, causal=causal, window=window
    )
    return grad_query, grad_key, grad_value


def delta(out: Tensor, grad_out: Tensor) -> Tensor:
    """For each query the dot product of its output and that output's gradient: (*batch, n_heads, queries).

    It equals the sum over the keys of weight times the weight's gradient, which softmax's backward takes off.

    >>> delta(torch.full((1, 1, 4), 0.5), torch.tensor([[[1.0, 2.0, 3.0, 4.0]]]))
    tensor([[5.]])
    """
    kernels.check(out, grad_out)
    x, grad = launching.with_one_batch(out), launching.with_one_batch(grad_out)
    batch, n_heads, queries, head_dim = x.shape
    sums = torch.empty(batch, n_heads, queries, dtype=launching.precision(out), device=out.device)
    grid = (triton.cdiv(queries, 64), n_heads, batch)
    sizes = {"HEAD_DIM": head_dim, "BLOCK_QUERIES": 64, "BLOCK_DIM": launching.width(head_dim)}
    launching.launch(delta_kernel, grid, x, x.stride(), grad, grad.stride(), sums, queries, **sizes)
    return sums.reshape(out.shape[:-1])


@triton.jit
def delta_kernel(
    out, out_strides, grad, grad_strides, sums, queries,
    HEAD_DIM: tl.constexpr, BLOCK_QUERIES: tl.constexpr, BLOCK_DIM: tl.constexpr,
):  # fmt: skip
    head, batch = tl.program_id(1), tl.program_id(2)
    at_query = tl.program_id(0) * BLOCK_QUERIES + tl.arange(0, BLOCK_QUERIES)
    o = tiles.load(out, out_strides, batch, head, at_query, queries, HEAD_DIM, BLOCK_DIM)
    do = tiles.load(grad, grad_strides, batch, head, at_query, queries, HEAD_DIM, BLOCK_DIM)
    exact: tl.constexpr = sums.dtype.element_ty
    row = (batch * tl.num_programs(1) + head).to(tl.int64) * queries
    tl.store(sums + row + at_query, tl.sum(o.to(exact) * do.to(exact), axis=1), mask=at_query < queries)


def key_value_gradients(
    query: Tensor, key: Tensor, value: Tensor, grad_out: Tensor, lse: Tensor, delta: Tensor,
    *, causal: bool = True, window: int | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The gradients of key and value: each program has one tile of keys, and goes through the queries that see it.

    Query heads that share a head of keys are gone through one after the other, into the same two sums.
    """
    launching.check(query, key, value, grad_out, window)
    q, k, v, grad = (launching.with_one_batch(x) for x in (query, key, value, grad_out))
    grad_k, grad_v = torch.empty_like(k), torch.empty_like(v)
    (batch, n_heads, queries, head_dim), (_, n_kv_heads, keys, _) = q.shape, k.shape
    sizes = launching.tile_sizes(q, over="queries")
    grid = (triton.cdiv(keys, sizes["BLOCK_KEYS"]), n_kv_heads, batch)
    launching.launch(
        *(key_value_kernel, grid),
        *(part for x in (q, k, v, grad, grad_k, grad_v) for part in (x, x.stride())),
        *(lse.contiguous(), delta.contiguous()),
        *(n_heads // n_kv_heads, queries, keys, 1 / math.sqrt(head_dim)),
        *launching.reach(queries, keys, causal, window),
        HEAD_DIM=head_dim,
        **sizes,
    )
    return grad_k.reshape(key.shape), grad_v.reshape(value.shape)


@triton.jit
def key_value_kernel(
    query, q_strides, key, k_strides, value, v_strides, grad, grad_strides,
    grad_key, dk_strides, grad_value, dv_strides, lse, delta,
    group, queries, keys, scale, back, ahead,
    HEAD_DIM: tl.constexpr, BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr, BLOCK_DIM: tl.constexpr,
):  # fmt: skip
    kv_head, batch = tl.program_id(1), tl.program_id(2)
    start_key = tl.program_id(0) * BLOCK_KEYS
    at_key = start_key + tl.arange(0, BLOCK_KEYS)
    k = tiles.load(key, k_strides, batch, kv_head, at_key, keys, HEAD_DIM, BLOCK_DIM)
    v = tiles.load(value, v_strides, batch, kv_head, at_key, keys, HEAD_DIM, BLOCK_DIM)
    dk = tl.zeros([BLOCK_KEYS, BLOCK_DIM], dtype=delta.dtype.element_ty)
    dv = tl.zeros([BLOCK_KEYS, BLOCK_DIM], dtype=delta.dtype.element_ty)
    own = queries - keys  # the query that stands at key 0
    first = tl.maximum(start_key + own - ahead, 0)  # the first query that sees a key of this tile
    last = tl.minimum(start_key + BLOCK_KEYS + own + back, queries)  # and the one after the last

    for head in range(kv_head * group, (kv_head + 1) * group):
        row = (batch * tl.num_programs(1) * group + head).to(tl.int64) * queries
        for start in range(first, last, BLOCK_QUERIES):
            at_query = start + tl.arange(0, BLOCK_QUERIES)
            q = tiles.load(query, q_strides, batch, head, at_query, queries, HEAD_DIM, BLOCK_DIM)
            do = tiles.load(grad, grad_strides, batch, head, at_query, queries, HEAD_DIM, BLOCK_DIM)
            log_sum = tl.load(lse + row + at_query, mask=at_query < queries, other=0.0)
            share = tl.load(delta + row + at_query, mask=at_query < queries, other=0.0)

            # Each table is turned round here: keys are its rows, queries its columns.
            s = tiles.dot(k, tl.trans(q), dk.dtype) * scale
            seen = tiles.sees(at_query[None, :], at_key[:, None], queries, keys, back, ahead)
            p = tl.exp(tl.where(seen, s - log_sum[None, :], float("-inf")))
            dv += tiles.dot(p.to(do.dtype), do, dv.dtype)
            dp = tiles.dot(v, tl.trans(do), dv.dtype)
            ds = p * (dp - share[None, :])
            dk += tiles.dot(ds.to(q.dtype), q, dk.dtype)

    tiles.store(dk * scale, grad_key, dk_strides, batch, kv_head, at_key, keys, HEAD_DIM, BLOCK_DIM)
    tiles.store(dv, grad_value, dv_strides, batch, kv_head, at_key, keys, HEAD_DIM, BLOCK_DIM)


def query_gradient(
    query: Tensor, key: Tensor, value: Tensor, grad_out: Tensor, lse: Tensor, delta: Tensor,
    *, causal: bool = True, window: int | None = None,
) -> Tensor:  # fmt: skip
    """The gradient of query: each program has one tile of queries, and goes through the keys that they see."""
    launching.check(query, key, value, grad_out, window)
    q, k, v, grad = (launching.with_one_batch(x) for x in (query, key, value, grad_out))
    grad_q = torch.empty_like(q)
    (batch, n_heads, queries, head_dim), (_, n_kv_heads, keys, _) = q.shape, k.shape
    sizes = launching.tile_sizes(q, over="keys")
    grid = (triton.cdiv(queries, sizes["BLOCK_QUERIES"]), n_heads, batch)
    launching.launch(
        *(query_kernel, grid),
        *(part for x in (q, k, v, grad, grad_q) for part in (x, x.stride())),
        *(lse.contiguous(), delta.contiguous()),
        *(n_heads // n_kv_heads, queries, keys, 1 / math.sqrt(head_dim)),
        *launching.reach(queries, keys, causal, window),
        HEAD_DIM=head_dim,
        **sizes,
    )
    return grad_q.reshape(query.shape)


@triton.jit
def query_kernel(
    query, q_strides, key, k_strides, value, v_strides, grad, grad_strides,
    grad_query, dq_strides, lse, delta,
    group, queries, keys, scale, back, ahead,
    HEAD_DIM: tl.constexpr, BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr, BLOCK_DIM: tl.constexpr,
):  # fmt: skip
    head, batch = tl.program_id(1), tl.program_id(2)
    start_query = tl.program_id(0) * BLOCK_QUERIES
    at_query = start_query + tl.arange(0, BLOCK_QUERIES)
    q = tiles.load(query, q_strides, batch, head, at_query, queries, HEAD_DIM, BLOCK_DIM)
    do = tiles.load(grad, grad_strides, batch, head, at_query, queries, HEAD_DIM, BLOCK_DIM)
    row = (batch * tl.num_programs(1) + head).to(tl.int64) * queries
    log_sum = tl.load(lse + row + at_query, mask=at_query < queries, other=0.0)
    share = tl.load(delta + row + at_query, mask=at_query < queries, other=0.0)
    dq = tl.zeros([BLOCK_QUERIES, BLOCK_DIM], dtype=delta.dtype.element_ty)
    own = keys - queries  # the key at which query 0 stands
    first = tl.maximum(start_query + own - back, 0)  # the first key that a query of this tile sees
    last = tl.minimum(start_query + BLOCK_QUERIES + own + ahead, keys)  # and the one after the last

    for start in range(first, last, BLOCK_KEYS):
        at_key = start + tl.arange(0, BLOCK_KEYS)
        k = tiles.load(key, k_strides, batch, head // group, at_key, keys, HEAD_DIM, BLOCK_DIM)
        v = tiles.load(value, v_strides, batch, head // group, at_key, keys, HEAD_DIM, BLOCK_DIM)
        s = tiles.dot(q, tl.trans(k), dq.dtype) * scale
        seen = tiles.sees(at_query[:, None], at_key[None, :], queries, keys, back, ahead)
        p = tl.exp(tl.where(seen, s - log_sum[:, None], float("-inf")))
        dp = tiles.dot(do, tl.trans(v), dq.dtype)
        ds = p * (dp - share[:, None])
        dq += tiles.dot(ds.to(k.dtype), k, dq.dtype)

    tiles.store(dq * scale, grad_query, dq_strides, batch, head, at_query, queries, HEAD_DIM, BLOCK_DIM)
