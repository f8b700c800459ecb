"""Rung `kernels.decode`: attention of the newest few tokens to a long key-value cache, split over the keys.

While a model writes, one query meets thousands of keys. A program for each head would leave most of a GPU idle, so the
keys are split into parts; each program attends to its own part, and says with the log-sum-exp of its scores how much
its answer should count. A second, small kernel merges the parts. The query heads of a group are the rows of one tile,
so that the keys that they share are read once, and reading keys is all that takes time here.
Sources: Dao et al. 2023 (Flash-Decoding, https://crfm.stanford.edu/2023/10/12/flashdecoding.html); Milakov and
Gimelshein 2018 (merging softmaxes, arXiv 1805.02867).
"""

import math

import torch
from torch import Tensor

from nextword import kernels
from nextword.kernels import tl, triton

MOST_QUERIES = 8  # more are read faster by `flash_attention`, which splits over the queries
KINDS = (torch.float16, torch.bfloat16, torch.float32)
BLOCK_KEYS = 64
PROGRAMS_A_PROCESSOR = 4  # so many parts in all for each multiprocessor: enough for reads to overlap
INTERPRETED_PARTS = 4  # nothing runs side by side in the interpreter, and every tile costs
BLOCK_NUMBERS = 4096 if kernels.interpreted else 128  # of the merged answer, for each program
LOG2_E = tl.constexpr(math.log2(math.e))  # GPUs have an instruction for powers of 2, and none for powers of e
LN_2 = tl.constexpr(math.log(2))


def decode(
    query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None, *, splits: int | None = None
) -> Tensor:
    """What `attention.attend` gives for up to 8 queries, the last of which stands at the last key.

    `query` is (*batch, n_heads, queries, head_dim), `key` and `value` (*batch, n_kv_heads, keys, head_dim); `lengths`
    says for each text of the batch how many of its keys are filled, and what lies beyond is never read. A query that
    has no key to see gives zeros. It has no gradient: writing needs none.

    >>> one = torch.tensor([[[1.0], [3.0]]])  # one head, two keys
    >>> decode(torch.zeros(1, 1, 1), one, one)
    tensor([[[2.]]])
    """
    parts, lse = decode_parts(query, key, value, lengths, splits=splits)
    return merge(parts, lse)[0].to(query.dtype)


def decode_parts(
    query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None, *, splits: int | None = None
) -> tuple[Tensor, Tensor]:
    """Attention to each part of the keys by itself, in float32, and the log-sum-exp of its scores, in float64.

    The parts are (splits, *batch, n_heads, queries, head_dim), the log-sum-exps, in nats, the same without head_dim.
    Scores of 100,000 would leave a float32 only two digits after the point, and the parts are weighed by them.

    >>> one = torch.tensor([[[1.0], [3.0]]])
    >>> parts, lse = decode_parts(torch.zeros(1, 1, 1), one, one, splits=1)
    >>> parts.shape, lse.exp()
    (torch.Size([1, 1, 1, 1]), tensor([[[2.]]], dtype=torch.float64))
    """
    check_shapes(query, key, value, lengths)
    kernels.check(query, key, value)
    *batch, n_heads, queries, head_dim = query.shape
    n_kv_heads, keys = key.shape[-3:-1]
    query, key, value = (x.reshape(math.prod(batch), *x.shape[-3:]) for x in (query, key, value))
    rows = n_heads // n_kv_heads * queries
    block_rows = min(64, max(16, triton.next_power_of_2(rows)))
    row_blocks = triton.cdiv(rows, block_rows)
    programs = len(query) * n_kv_heads * row_blocks
    length, splits = part_length(keys, splits or wanted_splits(programs, query.device))
    parts = query.new_empty(splits, len(query), n_heads, queries, head_dim, dtype=torch.float32)
    lse = query.new_empty(parts.shape[:-1], dtype=torch.float64)
    if lengths is not None:
        lengths = lengths.flatten().to(query.device, torch.int32)
    attend_to_part[(programs, splits)](
        query, query.stride(), key, key.stride(), value, value.stride(),
        lengths, parts, parts.stride(), lse, lse.stride(),
        n_kv_heads, queries, keys, length, LOG2_E.value / math.sqrt(head_dim),
        GROUP=n_heads // n_kv_heads, HEAD_DIM=head_dim, BLOCK_DIM=max(16, triton.next_power_of_2(head_dim)),
        BLOCK_ROWS=block_rows, BLOCK_KEYS=BLOCK_KEYS, num_warps=4, num_stages=3,
    )  # fmt: skip
    shape = (splits, *batch, n_heads, queries)
    return parts.view(*shape, head_dim), lse.view(shape)


@triton.jit
def attend_to_part(
    query, query_strides, key, key_strides, value, value_strides,
    lengths, parts, parts_strides, lse, lse_strides,
    n_kv_heads, queries, keys, part_length, scale,
    GROUP: tl.constexpr, HEAD_DIM: tl.constexpr, BLOCK_DIM: tl.constexpr,
    BLOCK_ROWS: tl.constexpr, BLOCK_KEYS: tl.constexpr,
):  # fmt: skip
    """One part of the keys of one head of one text, against a tile of the queries of that head's group."""
    row_blocks = tl.cdiv(GROUP * queries, BLOCK_ROWS)
    program, split = tl.program_id(0), tl.program_id(1).to(tl.int64)
    batch = (program // (row_blocks * n_kv_heads)).to(tl.int64)
    kv_head = (program // row_blocks % n_kv_heads).to(tl.int64)
    length = keys
    if lengths is not None:
        length = tl.minimum(tl.load(lengths + batch), keys)

    # The rows of the tile: all queries of the group's first head, then of its next.
    row = program % row_blocks * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)
    head, place = kv_head * GROUP + row // queries, row % queries
    dim = tl.arange(0, BLOCK_DIM)
    is_row, is_dim = row < GROUP * queries, dim < HEAD_DIM
    query += batch * query_strides[0] + head[:, None] * query_strides[1] + place[:, None] * query_strides[2]
    q = tl.load(query + dim[None, :] * query_strides[3], mask=is_row[:, None] & is_dim[None, :], other=0.0)
    last_seen = length - queries + place  # the causal mask: the last query stands at the last key

    key += batch * key_strides[0] + kv_head * key_strides[1] + dim[:, None] * key_strides[3]
    value += batch * value_strides[0] + kv_head * value_strides[1] + dim[None, :] * value_strides[3]
    largest = tl.full([BLOCK_ROWS], float("-inf"), tl.float32)
    total = tl.zeros([BLOCK_ROWS], tl.float32)
    mixed = tl.zeros([BLOCK_ROWS, BLOCK_DIM], tl.float32)
    end = tl.minimum((split + 1) * part_length, length)
    for first in range(split * part_length, end, BLOCK_KEYS):
        n = first + tl.arange(0, BLOCK_KEYS)
        k = tl.load(key + n[None, :] * key_strides[2], mask=(n < end)[None, :] & is_dim[:, None], other=0.0)
        scores = tl.dot(q, k, input_precision="ieee") * scale  # in base 2
        scores = tl.where((n[None, :] <= last_seen[:, None]) & (n < end)[None, :], scores, float("-inf"))
        new_largest = tl.maximum(largest, tl.max(scores, 1))
        reference = tl.where(new_largest == float("-inf"), 0.0, new_largest)  # -inf less -inf is no number
        powers = tl.exp2(scores - reference[:, None])
        shrink = tl.exp2(largest - reference)
        total = total * shrink + tl.sum(powers, 1)
        is_value = (n < end)[:, None] & is_dim[None, :]
        v = tl.load(value + n[:, None] * value_strides[2], mask=is_value, other=0.0)
        mixed = mixed * shrink[:, None] + tl.dot(powers.to(v.dtype), v, input_precision="ieee")
        largest = new_largest

    # A part that a query does not see gives zeros, and its log-sum-exp of -inf lets it count nothing.
    total = tl.where(total == 0.0, 1.0, total)
    where = head * queries + place
    parts += split * parts_strides[0] + batch * parts_strides[1] + where[:, None] * HEAD_DIM + dim[None, :]
    tl.store(parts, mixed / total[:, None], mask=is_row[:, None] & is_dim[None, :])
    found = (largest.to(tl.float64) + tl.log2(total).to(tl.float64)) * LN_2
    tl.store(lse + split * lse_strides[0] + batch * lse_strides[1] + where, found, mask=is_row)


def merge(parts: Tensor, lse: Tensor) -> tuple[Tensor, Tensor]:
    """One answer from those of several parts of the keys, each counted by its share of the powers; and its log-sum-exp.

    The parts are (parts, ..., head_dim), and come from any kernel that also gives the log-sum-exp, in nats, of what it
    saw; what comes out may be merged again.

    >>> merge(torch.tensor([[1.0], [4.0]]), torch.tensor([2.0, 1.0]).log())  # the first counts twice as much
    (tensor([2.]), tensor(1.0986))
    """
    if parts.shape[:-1] != lse.shape or len(parts) == 0:
        raise ValueError(
            f"parts of shape {tuple(parts.shape)} want log-sum-exps of the same shape without the last axis, "
            f"and at least one part: {tuple(lse.shape)} came"
        )
    kernels.check(parts)
    parts, lse = parts.contiguous(), lse.contiguous()
    out, out_lse = torch.empty_like(parts[0]), torch.empty_like(lse[0])
    merge_parts[(triton.cdiv(out.numel(), BLOCK_NUMBERS),)](
        parts, lse, out, out_lse, len(parts), out_lse.numel(),
        HEAD_DIM=parts.shape[-1], BLOCK_PARTS=16, BLOCK_NUMBERS=BLOCK_NUMBERS, num_warps=4,
    )  # fmt: skip
    return out, out_lse


@triton.jit
def merge_parts(
    parts, lse, out, out_lse, n_parts, rows,
    HEAD_DIM: tl.constexpr, BLOCK_PARTS: tl.constexpr, BLOCK_NUMBERS: tl.constexpr,
):  # fmt: skip
    """Some numbers of the answer, each from all parts: first the largest log-sum-exp, then the sum by weight."""
    number = tl.program_id(0).to(tl.int64) * BLOCK_NUMBERS + tl.arange(0, BLOCK_NUMBERS)
    is_number = (number < rows * HEAD_DIM)[None, :]
    row = number // HEAD_DIM
    largest = tl.full([BLOCK_NUMBERS], float("-inf"), lse.dtype.element_ty)
    for first in range(0, n_parts, BLOCK_PARTS):
        part = (first + tl.arange(0, BLOCK_PARTS))[:, None]
        found = tl.load(lse + part * rows + row, mask=(part < n_parts) & is_number, other=float("-inf"))
        largest = tl.maximum(largest, tl.max(found, 0))
    reference = tl.where(largest == float("-inf"), 0.0, largest)  # -inf less -inf is no number
    total = tl.zeros([BLOCK_NUMBERS], tl.float32)
    mixed = tl.zeros([BLOCK_NUMBERS], tl.float32)
    for first in range(0, n_parts, BLOCK_PARTS):
        part = (first + tl.arange(0, BLOCK_PARTS))[:, None]
        is_there = (part < n_parts) & is_number
        found = tl.load(lse + part * rows + row, mask=is_there, other=float("-inf"))
        share = tl.exp2(((found - reference) * LOG2_E).to(tl.float32))
        x = tl.load(parts + part * (rows * HEAD_DIM) + number, mask=is_there, other=0.0)
        mixed += tl.sum(share * x, 0)
        total += tl.sum(share, 0)
    total = tl.where(total == 0.0, 1.0, total)
    tl.store(out + number, mixed / total, mask=number < rows * HEAD_DIM)
    # There is one log-sum-exp for each row of numbers.
    is_first = (number < rows * HEAD_DIM) & (number % HEAD_DIM == 0)
    tl.store(out_lse + row, largest + tl.log2(total) * LN_2, mask=is_first)


def wanted_splits(programs: int, device: torch.device) -> int:
    """Into how many parts to split the keys so that the whole GPU is busy."""
    if kernels.interpreted:
        return INTERPRETED_PARTS
    processors = torch.cuda.get_device_properties(device).multi_processor_count
    return triton.cdiv(PROGRAMS_A_PROCESSOR * processors, programs)


def part_length(keys: int, splits: int) -> tuple[int, int]:
    """The length of a part, in whole blocks of keys, and how many parts that makes: as many as wanted, or fewer.

    >>> part_length(1000, splits=4)
    (256, 4)
    >>> part_length(100, splits=4)
    (64, 2)
    """
    length = triton.cdiv(triton.cdiv(keys, splits), BLOCK_KEYS) * BLOCK_KEYS
    return length, triton.cdiv(keys, length)


def check_shapes(query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None) -> None:
    """Refuse what the kernel would read wrongly, and say what came and what was needed."""
    *batch, n_heads, queries, head_dim = query.shape
    if not 1 <= queries <= MOST_QUERIES:
        raise ValueError(f"{queries} queries: decode is for 1 to {MOST_QUERIES}, flash_attention for more")
    if key.shape != value.shape or key.shape[-1] != head_dim or [*key.shape[:-3]] != batch:
        raise ValueError(
            f"a query of {tuple(query.shape)} wants keys and values (*batch, n_kv_heads, keys, head_dim) with the "
            f"same batch and head_dim: {tuple(key.shape)} and {tuple(value.shape)} came"
        )
    if query.dtype not in KINDS or {key.dtype, value.dtype} != {query.dtype}:
        raise TypeError(
            f"query, key and value need one of {KINDS}: {query.dtype}, {key.dtype}, {value.dtype} came"
        )
    if n_heads % key.shape[-3]:
        raise ValueError(
            f"{n_heads} query heads cannot share {key.shape[-3]} heads of keys and values evenly"
        )
    if key.shape[-2] == 0:
        raise ValueError("there are no keys to attend to")
    if lengths is not None and [*lengths.shape] != batch:
        raise ValueError(
            f"one length for each text: {tuple(batch)} lengths are needed, {tuple(lengths.shape)} came"
        )
