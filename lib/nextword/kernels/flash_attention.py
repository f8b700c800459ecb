"""Rung `kernels.flash_attention`: attention in one kernel, which never stores the table of scores.

Each program takes one block of queries of one head and walks over the keys, a tile at a time. It keeps what
`online_softmax` keeps (running maximum, total and mix), and writes each result once. This is the plain kernel, for
reading: pointers, masks, one loop.
Sources: Dao et al. 2022 (FlashAttention, arXiv 2205.14135); Dao 2023 (FlashAttention-2, arXiv 2307.08691).
"""

import importlib
import math

import torch

from nextword.attention_parts import unseen
from nextword.kernels import tl, triton
from nextword.kernels.flash_attention_parts import launching

LOG2_E = math.log2(math.e)
LN_2 = tl.constexpr(math.log(2))


@triton.jit
def forward_kernel(
    query, query_strides, key, key_strides, value, value_strides, out, lse,
    n_heads, group, queries, keys,  # `group` query heads share one head of keys
    SCALE: tl.constexpr, CAUSAL: tl.constexpr, WINDOW: tl.constexpr, HEAD_DIM: tl.constexpr,
    BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr, BLOCK_DIM: tl.constexpr,
):  # fmt: skip
    """One program: a block of queries of one head, against every key that one of them may see."""
    # Who am I? Programs are numbered: all blocks of the first text's first head, then of its next, and so on.
    n_blocks = tl.cdiv(queries, BLOCK_QUERIES)
    first_query = tl.program_id(0) % n_blocks * BLOCK_QUERIES
    row = (tl.program_id(0) // n_blocks).to(tl.int64)  # 64 bits, for what is counted by it grows large
    text, head = row // n_heads, row % n_heads

    # Strides say how far apart two neighbours lie along an axis, in numbers: any view is read where it lies.
    query_text, query_head, query_place, query_feature = query_strides
    key_text, key_head, key_place, key_feature = key_strides
    value_text, value_head, value_place, value_feature = value_strides

    # The queries stay here for the whole program. What lies outside the text is read as 0.
    feature = tl.arange(0, BLOCK_DIM).to(tl.int64)
    query_number = first_query + tl.arange(0, BLOCK_QUERIES)
    query_exists = (query_number < queries)[:, None] & (feature < HEAD_DIM)[None, :]
    q = tl.load(
        query + text * query_text + head * query_head
        + query_number.to(tl.int64)[:, None] * query_place + feature[None, :] * query_feature,
        mask=query_exists, other=0.0,
    )  # fmt: skip

    # The first tile of keys and of values; a later one lies `start` places further on.
    in_tile = tl.arange(0, BLOCK_KEYS).to(tl.int64)
    key_tile = (
        key + text * key_text + head // group * key_head
        + in_tile[:, None] * key_place + feature[None, :] * key_feature
    )  # fmt: skip
    value_tile = (
        value + text * value_text + head // group * value_head
        + in_tile[:, None] * value_place + feature[None, :] * value_feature
    )  # fmt: skip

    # Which keys are seen by any query of this block? The last query stands at the last key.
    place = keys - queries + query_number
    first_key = 0
    end_key = keys
    if CAUSAL:
        end_key = tl.minimum(keys, keys - queries + first_query + BLOCK_QUERIES)
    if WINDOW is not None:
        first_key = tl.maximum(0, keys - queries + first_query - WINDOW + 1)

    # What is kept of all keys so far, for each query. Its kind of number is the kind that we compute in.
    maximum = tl.full([BLOCK_QUERIES], float("-inf"), lse.dtype.element_ty)
    total = tl.zeros([BLOCK_QUERIES], lse.dtype.element_ty)
    mixed = tl.zeros([BLOCK_QUERIES, BLOCK_DIM], lse.dtype.element_ty)

    for start in range(first_key, end_key, BLOCK_KEYS):
        key_number = start + tl.arange(0, BLOCK_KEYS)
        key_exists = (key_number < keys)[:, None] & (feature < HEAD_DIM)[None, :]
        skipped = tl.cast(start, tl.int64)
        k = tl.load(key_tile + skipped * key_place, mask=key_exists, other=0.0)
        v = tl.load(value_tile + skipped * value_place, mask=key_exists, other=0.0)

        scores = tl.dot(q, tl.trans(k), input_precision="ieee")  # not yet scaled
        seen = (key_number < keys)[None, :]
        if CAUSAL:
            seen = seen & (key_number[None, :] <= place[:, None])
        if WINDOW is not None:
            seen = seen & (key_number[None, :] > place[:, None] - WINDOW)
        scores = tl.where(seen, scores, float("-inf"))

        # Online softmax: a new maximum, and what was summed under the old one is scaled down to it.
        # 2 ** (x * log2(e)) is exp(x), and powers of 2 are what the hardware has: SCALE holds log2(e), too.
        new_maximum = tl.maximum(maximum, tl.max(scores, axis=1))
        anchor = tl.where(new_maximum == float("-inf"), 0.0, new_maximum)  # -inf less -inf would be NaN
        powers = tl.exp2((scores - anchor[:, None]) * SCALE)
        shrink = tl.exp2((maximum - anchor) * SCALE)
        total = total * shrink + tl.sum(powers, axis=1)
        mixed = mixed * shrink[:, None] + tl.dot(powers.to(v.dtype), v, input_precision="ieee")
        maximum = new_maximum

    # One division at the end. A query that saw nothing has a total of 0: its result is 0, its log-sum-exp -inf.
    total = tl.where(total == 0, 1.0, total)
    number = row * queries + query_number
    tl.store(lse + number, (maximum * SCALE + tl.log2(total)) * LN_2, mask=query_number < queries)
    tl.store(
        out + number[:, None] * HEAD_DIM + feature[None, :],
        (mixed / total[:, None]).to(out.dtype.element_ty),
        mask=query_exists,
    )


def forward(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *, causal: bool = True, window: int | None = None,
    block_queries: int | None = None, block_keys: int | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """Attention and, for each query, the log of the sum of exp(score), in nats; no gradient.

    query: (*batch, n_heads, queries, head_dim); key and value: (*batch, n_kv_heads, keys, head_dim). A query that
    may see nothing gives zeros, and -inf. Blocks are powers of two from 16 on.

    >>> one = torch.tensor([[[1.0], [2.0]]])  # one head, two places
    >>> out, lse = forward(torch.zeros(1, 2, 1), one, one)
    >>> out, lse
    (tensor([[[1.0000],
             [1.5000]]]), tensor([[0.0000, 0.6931]]))
    """
    launching.check(query, key, value, window)
    tile = launching.tile(query, key, block_queries, block_keys)
    *_, n_heads, queries, head_dim = query.shape
    out = torch.empty(query.shape, dtype=query.dtype, device=query.device)
    lse = torch.empty(query.shape[:-1], dtype=launching.precision(query), device=query.device)
    for q, k, v, o, l in launching.one_axis_of_texts(query, key, value, out, lse):
        launching.launch(
            forward_kernel, len(q) * n_heads * triton.cdiv(queries, tile["BLOCK_QUERIES"]),
            q, q.stride(), k, k.stride(), v, v.stride(), o, l,
            n_heads, n_heads // k.shape[1], queries, k.shape[2],
            SCALE=LOG2_E / math.sqrt(head_dim), CAUSAL=causal, WINDOW=window,
            HEAD_DIM=head_dim, BLOCK_DIM=max(16, triton.next_power_of_2(head_dim)), **tile,
        )  # fmt: skip
    return out, lse


@unseen.keeps_out_the_unseen
def attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *, causal: bool = True, window: int | None = None
) -> torch.Tensor:  # fmt: skip
    """What `attention.attend` gives, from one kernel; a query that may see nothing takes nothing: zeros.

    >>> one = torch.tensor([[[1.0], [2.0]]])
    >>> attend(torch.zeros(1, 2, 1), one, one)
    tensor([[[1.0000],
             [1.5000]]])
    """
    if torch.is_grad_enabled() and any(x.requires_grad for x in (query, key, value)):
        above = importlib.import_module(
            "nextword.kernels.flash_attention_backward"
        )  # the rung that has gradients
        return above.attend(query, key, value, causal=causal, window=window)
    return forward(query, key, value, causal=causal, window=window)[0]


def merge(
    out: torch.Tensor, lse: torch.Tensor, other_out: torch.Tensor, other_lse: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """What `forward` gives over all keys, from what it gave over some and over the others.

    >>> some, others = torch.tensor([[[4.0]]]), torch.tensor([[[8.0]]])  # the results of one query
    >>> merge(some, torch.tensor([[3.0]]).log(), others, torch.tensor([[1.0]]).log())[0]
    tensor([[[5.]]])
    """
    both = torch.logaddexp(lse, other_lse)
    anchor = both.masked_fill(both == -torch.inf, 0)
    share, other_share = (lse - anchor).exp()[..., None], (other_lse - anchor).exp()[..., None]
    return (share * out + other_share * other_out).to(out.dtype), both
