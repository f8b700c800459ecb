"""Rung `kernels.tiled_scores`: the table of scores, made tile by tile, and stored.

One program for each tile. That is half the way to `flash_attention`, which makes the same tiles and never stores one:
who may see whom, ends of texts that no block fits, and heads that share keys are all here already.
Sources: Vaswani et al. 2017 (arXiv 1706.03762); Ainslie et al. 2023 (shared keys, arXiv 2305.13245).
"""

import math

import torch

from nextword import kernels
from nextword.kernels import tl, triton


def masked_scores(
    query: torch.Tensor, key: torch.Tensor, *, causal: bool = True, window: int | None = None, block: int = 32
) -> torch.Tensor:
    """Scaled scores, -inf where a query may not see a key: (n_heads, queries, keys), in float32.

    query: (n_heads, queries, head_dim); key: (n_kv_heads, keys, head_dim); head_dim is a power of two from 16 on.
    The last query stands at the last key.

    >>> masked_scores(torch.ones(1, 2, 16), torch.ones(1, 2, 16))
    tensor([[[4., -inf],
             [4., 4.]]])
    """
    check(query, key)
    n_heads, queries, head_dim = query.shape
    n_kv_heads, keys, _ = key.shape
    scores = torch.empty(n_heads, queries, keys, device=query.device)
    grid = (triton.cdiv(queries, block), triton.cdiv(keys, block), n_heads)
    if scores.numel():
        scores_kernel[grid](
            query.contiguous(), key.contiguous(), scores, n_heads // n_kv_heads, queries, keys,
            1 / math.sqrt(head_dim), CAUSAL=causal, WINDOW=window, HEAD_DIM=head_dim, BLOCK=block,
        )  # fmt: skip
    return scores


@triton.jit
def scores_kernel(
    query, key, scores, group, queries, keys, scale,  # `group` query heads share one head of keys
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, HEAD_DIM: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """One program: a block of queries against a block of keys, in one head."""
    head = tl.program_id(2).to(tl.int64)
    query_number = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    key_number = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    feature = tl.arange(0, HEAD_DIM)

    query_row = head * queries + query_number
    key_row = head // group * keys + key_number
    query_exists, key_exists = query_number < queries, key_number < keys
    q = tl.load(
        query + query_row[:, None] * HEAD_DIM + feature[None, :], mask=query_exists[:, None], other=0.0
    )
    k = tl.load(key + key_row[:, None] * HEAD_DIM + feature[None, :], mask=key_exists[:, None], other=0.0)
    tile = tl.dot(q, tl.trans(k), input_precision="ieee") * scale

    ahead = (
        key_number[None, :] - (query_number + keys - queries)[:, None]
    )  # by how many places the key comes later
    if CAUSAL:
        tile = tl.where(ahead <= 0, tile, float("-inf"))
    if WINDOW is not None:
        tile = tl.where(ahead > -WINDOW, tile, float("-inf"))
    tl.store(
        scores + query_row[:, None] * keys + key_number[None, :],
        tile,
        mask=query_exists[:, None] & key_exists[None, :],
    )


def check(query: torch.Tensor, key: torch.Tensor) -> None:
    """Refuse what the kernel cannot compute, with a sentence."""
    kernels.check(query, key)
    if query.ndim != 3 or key.ndim != 3 or query.shape[-1] != key.shape[-1] or query.dtype != key.dtype:
        raise ValueError(
            f"query is {tuple(query.shape)} of {query.dtype} and key {tuple(key.shape)} of {key.dtype}: both need "
            "(heads, places, head_dim), the same head_dim and the same kind of number"
        )
    if query.shape[-1] < 16 or query.shape[-1] & (query.shape[-1] - 1):
        raise ValueError(f"head_dim is {query.shape[-1]}: this kernel takes a power of two from 16 on")
    if not len(key) or len(query) % len(key):
        raise ValueError(f"{len(query)} query heads cannot share {len(key)} heads of keys evenly")
