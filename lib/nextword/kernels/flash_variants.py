"""Rung `kernels.flash_variants`: what models ask of attention beside the plain kernel, each a step of a few lines.

Packed: texts of different lengths lie one after another without padding, and none sees another. Softcap: scores are
bent so that none is larger than the cap. Sinks: each head has a number of its own that takes part in the softmax and
gives nothing, so that a head may look nowhere. They may be had together, with a window, and with gradients.
Sources: Dao 2023 (packed batches, arXiv 2307.08691); Gemma Team 2024 (softcap, arXiv 2408.00118, section 2); OpenAI
2025 (learned sinks, gpt-oss model card, arXiv 2508.10925, section 2.2); Xiao et al. 2023 (arXiv 2309.17453).
"""

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from nextword.kernels import flash_variants_backward, tl, triton
from nextword.kernels.flash_attention_backward_parts import tiles
from nextword.kernels.flash_attention_parts.launching import precision
from nextword.kernels.flash_variants_backward_parts import packing
from nextword.kernels.flash_variants_backward_parts.packing import bent, span


def attend(
    query: Tensor, key: Tensor, value: Tensor, *, causal: bool = True, window: int | None = None,
    softcap: float | None = None, sinks: Tensor | None = None,
    starts: Tensor | None = None, key_starts: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Attention in one kernel with any of these, and the gradients of query, key, value and sinks.

    query: (*batch, n_heads, queries, head_dim); key and value: (*batch, n_kv_heads, keys, head_dim); sinks: (n_heads,).
    With `starts` there is no batch axis: text number i is places starts[i] to starts[i + 1] of `query`, and of `key`,
    where `key_starts` says nothing else. A number that is not finite spoils its own text, and no other.

    >>> packed = torch.tensor([[[1.0], [2.0], [8.0], [9.0]]])  # one head; a text of three places, and one of one
    >>> attend(torch.zeros(1, 4, 1), packed, packed, starts=torch.tensor([0, 3, 4])).flatten()
    tensor([1.0000, 1.5000, 3.6667, 9.0000])
    """
    return Variant.apply(query, key, value, sinks, causal, window, softcap, starts, key_starts)


class Variant(torch.autograd.Function):
    """The two directions as one step of autograd."""

    @staticmethod
    def forward(ctx, query, key, value, sinks, causal, window, softcap, starts, key_starts):
        ctx.options = {"causal": causal, "window": window, "softcap": softcap, "sinks": sinks}
        ctx.options |= {"starts": starts, "key_starts": key_starts}
        out, lse = forward(query, key, value, **ctx.options)
        ctx.save_for_backward(query, key, value, out, lse)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_out):
        grads = flash_variants_backward.backward(*ctx.saved_tensors, grad_out, **ctx.options)
        return *grads, None, None, None, None, None


def forward(
    query: Tensor, key: Tensor, value: Tensor, *, causal: bool = True, window: int | None = None,
    softcap: float | None = None, sinks: Tensor | None = None,
    starts: Tensor | None = None, key_starts: Tensor | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """What `attend` gives and, for each query, the log-sum-exp of its scores and of its head's sink, in nats.

    >>> one = torch.tensor([[[1.0]]])
    >>> forward(one, one, one, sinks=torch.tensor([1.0]))[0]  # the sink, as large as the score, takes half
    tensor([[[0.5000]]])
    """
    call = packing.prepared(query, key, value, causal, window, softcap, sinks, starts, key_starts)
    out = torch.empty(call.query.shape, dtype=query.dtype, device=query.device)
    lse = torch.empty(out.shape[:-1], dtype=precision(query), device=query.device)
    sizes = packing.tile_sizes(query)
    with torch.cuda.device_of(query):
        forward_kernel[(triton.cdiv(call.longest_query, sizes["BLOCK_QUERIES"]), *call.heads_and_texts)](
            call.query, call.query.stride(), call.key, call.key.stride(), call.value, call.value.stride(),
            out, out.stride(), lse, call.sinks, *call.common, **sizes,
        )  # fmt: skip
    return out.view(query.shape), lse.view(query.shape[:-1])


@triton.jit
def forward_kernel(
    query, q_strides, key, k_strides, value, v_strides, out, out_strides, lse, sinks,
    query_starts, key_starts, group, all_queries, all_keys, scale, back, ahead, cap,
    HEAD_DIM: tl.constexpr, BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr, BLOCK_DIM: tl.constexpr,
):  # fmt: skip
    """One program: a block of queries of one head of one text: `flash_attention` with a step for each variant."""
    head = tl.program_id(1)
    batch, q_first, queries = span(query_starts, tl.program_id(2), all_queries)
    _, k_first, keys = span(key_starts, tl.program_id(2), all_keys)
    start = tl.program_id(0) * BLOCK_QUERIES
    at_query = start + tl.arange(0, BLOCK_QUERIES)
    q_end, k_end = q_first + queries, k_first + keys  # packed: nothing beyond the own text is read
    q = tiles.load(query, q_strides, batch, head, q_first + at_query, q_end, HEAD_DIM, BLOCK_DIM)

    maximum = tl.full([BLOCK_QUERIES], float("-inf"), lse.dtype.element_ty)
    total = tl.zeros([BLOCK_QUERIES], lse.dtype.element_ty)
    mixed = tl.zeros([BLOCK_QUERIES, BLOCK_DIM], lse.dtype.element_ty)
    own = keys - queries  # the key at which query 0 stands
    first = tl.maximum(start + own - back, 0)
    last = tl.minimum(start + BLOCK_QUERIES + own + ahead, keys)
    last = tl.where(start < queries, last, 0)  # a text may be shorter than the longest: nothing to do
    for key_start in range(first, last, BLOCK_KEYS):
        at_key = key_start + tl.arange(0, BLOCK_KEYS)
        k = tiles.load(key, k_strides, batch, head // group, k_first + at_key, k_end, HEAD_DIM, BLOCK_DIM)
        v = tiles.load(value, v_strides, batch, head // group, k_first + at_key, k_end, HEAD_DIM, BLOCK_DIM)
        scores = bent(tiles.dot(q, tl.trans(k), mixed.dtype) * scale, cap)
        seen = tiles.sees(at_query[:, None], at_key[None, :], queries, keys, back, ahead)
        scores = tl.where(seen, scores, float("-inf"))
        new_maximum = tl.maximum(maximum, tl.max(scores, axis=1))
        anchor = tl.where(new_maximum == float("-inf"), 0.0, new_maximum)
        powers = tl.exp(scores - anchor[:, None])
        shrink = tl.exp(maximum - anchor)
        total = total * shrink + tl.sum(powers, axis=1)
        mixed = mixed * shrink[:, None] + tiles.dot(powers.to(v.dtype), v, mixed.dtype)
        maximum = new_maximum

    if sinks is not None:  # as if there were one more key, with this score and a value of 0
        sink = tl.load(sinks + head).to(maximum.dtype)
        new_maximum = tl.maximum(maximum, sink)
        anchor = tl.where(new_maximum == float("-inf"), 0.0, new_maximum)
        shrink = tl.exp(maximum - anchor)
        total = total * shrink + tl.exp(sink - anchor)
        mixed = mixed * shrink[:, None]
        maximum = new_maximum

    total = tl.where(total == 0, 1.0, total)  # it saw nothing: zeros, and -inf
    mixed = mixed / total[:, None]
    tiles.store(mixed, out, out_strides, batch, head, q_first + at_query, q_end, HEAD_DIM, BLOCK_DIM)
    row = (batch * tl.num_programs(1) + head).to(tl.int64) * all_queries + q_first
    tl.store(lse + row + at_query, maximum + tl.log(total), mask=at_query < queries)
