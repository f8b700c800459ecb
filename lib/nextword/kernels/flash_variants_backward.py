"""Rung `kernels.flash_variants_backward`: the gradients of packed, softcapped and sinking attention.

As in `flash_attention_backward`, tiles of weights are made anew from the log-sum-exp, and nobody adds to what somebody
else writes. A softcap multiplies each score's gradient by the slope of its tanh. A sink changes no formula of query,
key and value, for the log-sum-exp holds it already; its own gradient is that of a key whose value is 0: minus the sum
of its weight times delta.
Sources: as in `flash_variants`; Dao 2023 (arXiv 2307.08691), algorithm 2.
"""

import torch
from torch import Tensor

from nextword.kernels import flash_attention_backward, tl, triton
from nextword.kernels.flash_attention_backward_parts import tiles
from nextword.kernels.flash_variants_backward_parts import packing
from nextword.kernels.flash_variants_backward_parts.packing import bent, slope, span


def backward(
    query: Tensor, key: Tensor, value: Tensor, out: Tensor, lse: Tensor, grad_out: Tensor, *,
    causal: bool = True, window: int | None = None, softcap: float | None = None, sinks: Tensor | None = None,
    starts: Tensor | None = None, key_starts: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:  # fmt: skip
    """The gradients of query, key, value and sinks, from what `flash_variants.forward` gave and was given."""
    delta = flash_attention_backward.delta(out, grad_out)
    call = packing.prepared(query, key, value, causal, window, softcap, sinks, starts, key_starts)
    grad = grad_out.reshape(call.query.shape)
    grad_query, grad_key, grad_value = (
        torch.empty(x.shape, dtype=x.dtype, device=x.device) for x in (call.query, call.key, call.value)
    )
    read = [part for x in (call.query, call.key, call.value, grad) for part in (x, x.stride())]
    sums, sizes = (lse.contiguous(), delta.contiguous()), packing.tile_sizes(query)
    small = packing.tile_sizes(query, widest=64)  # two sums are kept for each key
    with torch.cuda.device_of(query):
        query_kernel[(triton.cdiv(call.longest_query, sizes["BLOCK_QUERIES"]), *call.heads_and_texts)](
            *read, grad_query, grad_query.stride(), *sums, *call.common, **sizes
        )
        key_value_kernel[(triton.cdiv(call.longest_key, small["BLOCK_KEYS"]), *call.kv_heads_and_texts)](
            *read, grad_key, grad_key.stride(), grad_value, grad_value.stride(), *sums, *call.common, **small
        )
    of_sinks = None if sinks is None else sink_gradient(sinks, lse, delta)
    return grad_query.view(query.shape), grad_key.view(key.shape), grad_value.view(value.shape), of_sinks


def sink_gradient(sinks: Tensor, lse: Tensor, delta: Tensor) -> Tensor:
    """The gradient of each head's sink: minus the sum over its queries of the sink's weight times delta.

    Softmax's backward is weight * (gradient of the weight - delta), and a sink, with a value of 0, has no first term.

    >>> sink_gradient(torch.zeros(1), torch.tensor([[2.0]]).log(), torch.tensor([[3.0]]))  # half the weight
    tensor([-1.5000])
    """
    weight = (sinks[:, None] - lse).exp().masked_fill(lse == -torch.inf, 0)  # (*batch, n_heads, queries)
    return -(weight * delta).movedim(-2, 0).flatten(1).sum(1).to(sinks.dtype)


@triton.jit
def query_kernel(
    query, q_strides, key, k_strides, value, v_strides, grad, grad_strides, grad_query, dq_strides, lse, delta,
    query_starts, key_starts, group, all_queries, all_keys, scale, back, ahead, cap,
    HEAD_DIM: tl.constexpr, BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr, BLOCK_DIM: tl.constexpr,
):  # fmt: skip
    """One program: the gradients of a block of queries, from all keys that they see."""
    head = tl.program_id(1)
    batch, q_first, queries = span(query_starts, tl.program_id(2), all_queries)
    _, k_first, keys = span(key_starts, tl.program_id(2), all_keys)
    start = tl.program_id(0) * BLOCK_QUERIES
    at_query = start + tl.arange(0, BLOCK_QUERIES)
    q_end, k_end = q_first + queries, k_first + keys
    q = tiles.load(query, q_strides, batch, head, q_first + at_query, q_end, HEAD_DIM, BLOCK_DIM)
    do = tiles.load(grad, grad_strides, batch, head, q_first + at_query, q_end, HEAD_DIM, BLOCK_DIM)
    row = (batch * tl.num_programs(1) + head).to(tl.int64) * all_queries + q_first
    log_sum = tl.load(lse + row + at_query, mask=at_query < queries, other=0.0)
    share = tl.load(delta + row + at_query, mask=at_query < queries, other=0.0)
    dq = tl.zeros([BLOCK_QUERIES, BLOCK_DIM], dtype=delta.dtype.element_ty)
    own = keys - queries  # the key at which query 0 stands
    first = tl.maximum(start + own - back, 0)
    last = tl.minimum(start + BLOCK_QUERIES + own + ahead, keys)
    last = tl.where(start < queries, last, 0)
    for key_start in range(first, last, BLOCK_KEYS):
        at_key = key_start + tl.arange(0, BLOCK_KEYS)
        k = tiles.load(key, k_strides, batch, head // group, k_first + at_key, k_end, HEAD_DIM, BLOCK_DIM)
        v = tiles.load(value, v_strides, batch, head // group, k_first + at_key, k_end, HEAD_DIM, BLOCK_DIM)
        scores = bent(tiles.dot(q, tl.trans(k), dq.dtype) * scale, cap)
        seen = tiles.sees(at_query[:, None], at_key[None, :], queries, keys, back, ahead)
        p = tl.exp(tl.where(seen, scores - log_sum[:, None], float("-inf")))
        ds = p * (tiles.dot(do, tl.trans(v), dq.dtype) - share[:, None]) * slope(scores, cap)
        dq += tiles.dot(ds.to(k.dtype), k, dq.dtype)
    tiles.store(
        dq * scale, grad_query, dq_strides, batch, head, q_first + at_query, q_end, HEAD_DIM, BLOCK_DIM
    )


@triton.jit
def key_value_kernel(
    query, q_strides, key, k_strides, value, v_strides, grad, grad_strides,
    grad_key, dk_strides, grad_value, dv_strides, lse, delta,
    query_starts, key_starts, group, all_queries, all_keys, scale, back, ahead, cap,
    HEAD_DIM: tl.constexpr, BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr, BLOCK_DIM: tl.constexpr,
):  # fmt: skip
    """One program: the gradients of a block of keys and values, from all queries that see them; tables turned round."""
    kv_head = tl.program_id(1)
    batch, q_first, queries = span(query_starts, tl.program_id(2), all_queries)
    _, k_first, keys = span(key_starts, tl.program_id(2), all_keys)
    start = tl.program_id(0) * BLOCK_KEYS
    at_key = start + tl.arange(0, BLOCK_KEYS)
    q_end, k_end = q_first + queries, k_first + keys
    k = tiles.load(key, k_strides, batch, kv_head, k_first + at_key, k_end, HEAD_DIM, BLOCK_DIM)
    v = tiles.load(value, v_strides, batch, kv_head, k_first + at_key, k_end, HEAD_DIM, BLOCK_DIM)
    dk = tl.zeros([BLOCK_KEYS, BLOCK_DIM], dtype=delta.dtype.element_ty)
    dv = tl.zeros([BLOCK_KEYS, BLOCK_DIM], dtype=delta.dtype.element_ty)
    own = queries - keys  # the query that stands at key 0
    first = tl.maximum(start + own - ahead, 0)
    last = tl.minimum(start + BLOCK_KEYS + own + back, queries)
    last = tl.where(start < keys, last, 0)
    for head in range(kv_head * group, (kv_head + 1) * group):
        row = (batch * tl.num_programs(1) * group + head).to(tl.int64) * all_queries + q_first
        for query_start in range(first, last, BLOCK_QUERIES):
            at_query = query_start + tl.arange(0, BLOCK_QUERIES)
            q = tiles.load(query, q_strides, batch, head, q_first + at_query, q_end, HEAD_DIM, BLOCK_DIM)
            do = tiles.load(grad, grad_strides, batch, head, q_first + at_query, q_end, HEAD_DIM, BLOCK_DIM)
            log_sum = tl.load(lse + row + at_query, mask=at_query < queries, other=0.0)
            share = tl.load(delta + row + at_query, mask=at_query < queries, other=0.0)
            scores = bent(tiles.dot(k, tl.trans(q), dk.dtype) * scale, cap)
            seen = tiles.sees(at_query[None, :], at_key[:, None], queries, keys, back, ahead)
            p = tl.exp(tl.where(seen, scores - log_sum[None, :], float("-inf")))
            dv += tiles.dot(p.to(do.dtype), do, dv.dtype)
            ds = p * (tiles.dot(v, tl.trans(do), dv.dtype) - share[None, :]) * slope(scores, cap)
            dk += tiles.dot(ds.to(q.dtype), q, dk.dtype)
    tiles.store(
        dk * scale, grad_key, dk_strides, batch, kv_head, k_first + at_key, k_end, HEAD_DIM, BLOCK_DIM
    )
    tiles.store(dv, grad_value, dv_strides, batch, kv_head, k_first + at_key, k_end, HEAD_DIM, BLOCK_DIM)
