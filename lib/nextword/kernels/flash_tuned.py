"""Rung `kernels.flash_tuned`: the forward pass of fused attention again, written for speed rather than for reading.

What it gives is what `flash_attention.forward` gives. What differs: tiles that all queries of a block see whole come
in a loop of their own, without a mask; the scale is folded into the powers of 2, one multiply-add a score; one pointer
walks, and a tile's own offsets have 32 bits, which leaves registers for larger tiles; and the longest blocks of a
causal text start first, so that none runs alone at the end. There are three forms: `pointers` runs anywhere;
`descriptors` has the copying unit of an H100 fetch the tiles; `specialised` gives that to warps of its own.
No speed is claimed here: what was measured stands in benchmarks/results/attention.md.
Sources: Dao 2023 (FlashAttention-2, arXiv 2307.08691); Shah et al. 2024 (FlashAttention-3, arXiv 2407.08608).
"""

import math

import torch
from torch import Tensor

from nextword import kernels
from nextword.kernels import flash_attention, tl, triton
from nextword.kernels.flash_attention_parts import launching

LOG2_E = math.log2(math.e)
LN_2 = tl.constexpr(math.log(2))
LOWEST = tl.constexpr(-1e30)  # a maximum to begin with: unlike -inf, it may be taken off -inf
FARTHEST = 2**24  # numbers from one place to the next: a tile's own offsets have 32 bits

# For each form, by head_dim: queries and keys of a tile, warps, tiles under way, for numbers of 16 bits. Compiled for
# an H100 (sm_90) none of them spills a register, and all multiply by wgmma.
TILES = {
    "pointers": {
        16: (128, 64, 4, 3),
        32: (128, 64, 4, 3),
        64: (128, 64, 4, 3),
        128: (128, 64, 8, 3),
        256: (128, 64, 8, 2),
    },
    "descriptors": {64: (128, 128, 8, 3), 128: (128, 128, 8, 2)},
    "specialised": {64: (128, 128, 4, 2), 128: (128, 64, 4, 3)},
}


def forward(
    query: Tensor, key: Tensor, value: Tensor, *, causal: bool = True, window: int | None = None,
    descriptors: bool = False, specialised: bool = False, tile: tuple[int, int, int, int] | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`flash_attention.forward`, tuned; by that kernel itself where a form cannot take what came: see `why_plain`.

    With `descriptors` the copying unit fetches the tiles, and `specialised` gives that to warps of its own: both
    want an NVIDIA GPU from the H100 on. `tile` is (queries, keys, warps, tiles under way).

    >>> one = torch.eye(16)[None]
    >>> torch.allclose(forward(one, one, one)[0], flash_attention.forward(one, one, one)[0])
    True
    """
    form = "specialised" if specialised else "descriptors" if descriptors else "pointers"
    launching.check(query, key, value, window)
    if why_plain(query, key, value, window, form):
        return flash_attention.forward(query, key, value, causal=causal, window=window)
    sizes = settings(tile or chosen(query, form))
    out = torch.empty(query.shape, dtype=query.dtype, device=query.device)
    lse = torch.empty(query.shape[:-1], dtype=torch.float32, device=query.device)
    *_, n_heads, queries, head_dim = query.shape
    if form != "pointers" and not kernels.interpreted:
        triton.set_allocator(room_for_descriptors)
    for q, k, v, o, l in launching.one_axis_of_texts(query, key, value, out, lse):
        launching.launch(
            {"pointers": two_loops_kernel, "descriptors": descriptors_kernel, "specialised": specialised_kernel}[form],
            triton.cdiv(queries, sizes["BLOCK_QUERIES"]) * len(q) * n_heads,
            q, q.stride()[:3], k, k.stride()[:3], v, v.stride()[:3], o, l,
            n_heads, n_heads // k.shape[1], queries, k.shape[2], LOG2_E / math.sqrt(head_dim),
            CAUSAL=causal, HEAD_DIM=head_dim, **sizes,
        )  # fmt: skip
    return out, lse


def why_plain(query: Tensor, key: Tensor, value: Tensor, window: int | None, form: str = "pointers") -> str:
    """Why the plain kernel has to answer, in a few words; empty where this form can.

    >>> why_plain(*3 * [torch.zeros(1, 4, 24)], window=None)
    'a head_dim of 24'
    """
    tensors, size = (query, key, value), query.element_size()
    if window is not None:
        return "a window"
    if query.shape[-1] not in TILES[form]:
        return f"a head_dim of {query.shape[-1]}"
    if any(x.stride(-1) != 1 for x in tensors):
        return "numbers of a head that do not lie side by side"
    if max(x.stride(-2) for x in tensors) >= FARTHEST:
        return "places that lie too far apart"
    if query.dtype == torch.float64 or (form != "pointers" and size > 2 and not kernels.interpreted):
        return f"numbers of {query.dtype}"
    if form != "pointers" and any(
        at * size % 16 for x in tensors for at in (x.storage_offset(), *x.stride()[:-1])
    ):
        return "rows that do not begin at multiples of 16 bytes"
    return "no keys" if key.shape[-2] == 0 else ""


def chosen(query: Tensor, form: str) -> tuple[int, int, int, int]:
    """The tile for this kind of number and head_dim."""
    if kernels.interpreted:
        return (64, 64, 4, 2)
    if query.element_size() > 2:
        return (64, 32, 4, 2) if query.shape[-1] <= 128 else (32, 32, 4, 2)
    *tile, under_way = TILES[form][query.shape[-1]]
    return (*tile, min(under_way, 2) if torch.version.hip else under_way)  # an AMD card has room for two


def settings(tile: tuple[int, int, int, int]) -> dict[str, int]:
    """A tile as a launch wants it."""
    return dict(zip(("BLOCK_QUERIES", "BLOCK_KEYS", "num_warps", "num_stages"), tile, strict=True))


def room_for_descriptors(size: int, _alignment: int, _stream: int | None) -> Tensor:
    """Memory on the GPU in which a kernel keeps the descriptors that it makes."""
    return torch.empty(size, device="cuda", dtype=torch.int8)


@triton.jit
def whose(queries, n_heads, group, BLOCK_QUERIES: tl.constexpr):
    """Which block of queries, which row of heads, which text, head, and head of keys; the last blocks come first."""
    n_blocks = tl.cdiv(queries, BLOCK_QUERIES)
    start = (n_blocks - 1 - tl.program_id(0) % n_blocks) * BLOCK_QUERIES
    row = (tl.program_id(0) // n_blocks).to(tl.int64)
    return start, row, row // n_heads, row % n_heads, row % n_heads // group


@triton.jit
def ends(start, queries, keys, CAUSAL: tl.constexpr, BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr):
    """How many keys all queries of a block see, in whole tiles; and how many any of them sees."""
    unmasked, end = keys, keys
    if CAUSAL:
        unmasked = tl.minimum(keys, tl.maximum(0, keys - queries + start + 1))
        end = tl.minimum(keys, tl.maximum(0, keys - queries + start + BLOCK_QUERIES))
    return unmasked // BLOCK_KEYS * BLOCK_KEYS, end


@triton.jit
def masked(scores, n, at_query, queries, keys, CAUSAL: tl.constexpr):
    """-inf where there is no key n, or where it lies ahead of the query."""
    seen = (n < keys)[None, :]
    if CAUSAL:
        seen = seen & (n[None, :] <= (keys - queries + at_query)[:, None])
    return tl.where(seen, scores, float("-inf"))


@triton.jit
def taken_in(scores, v, maximum, total, mixed, scale):
    """A tile of scores and values taken into what is kept. A score that is masked out is -inf."""
    new_maximum = tl.maximum(maximum, tl.max(scores, 1) * scale)
    powers = tl.exp2(scores * scale - new_maximum[:, None])
    shrink = tl.exp2(maximum - new_maximum)
    total = total * shrink + tl.sum(powers, 1)
    mixed = tl.dot(powers.to(v.dtype), v, mixed * shrink[:, None], input_precision="ieee")
    return new_maximum, total, mixed


@triton.jit
def written(maximum, total, mixed, out, lse, number, exists, HEAD_DIM: tl.constexpr):
    """The end of both kernels: one division, and both results stored."""
    whole = tl.where(total == 0.0, 1.0, total)
    log_sum = tl.where(total == 0.0, float("-inf"), (maximum + tl.log2(whole)) * LN_2)
    at = number[:, None] * HEAD_DIM + tl.arange(0, HEAD_DIM)[None, :]
    tl.store(out + at, (mixed / whole[:, None]).to(out.dtype.element_ty), mask=exists[:, None])
    tl.store(lse + number, log_sum, mask=exists)


@triton.jit
def two_loops_kernel(
    query, query_strides, key, key_strides, value, value_strides, out, lse,
    n_heads, group, queries, keys, scale, CAUSAL: tl.constexpr, HEAD_DIM: tl.constexpr,
    BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr,
):  # fmt: skip
    """First the tiles that every query of the block sees whole, without a mask; then the diagonal and the end."""
    start, row, text, head, kv_head = whose(queries, n_heads, group, BLOCK_QUERIES)
    feature, in_tile = tl.arange(0, HEAD_DIM), tl.arange(0, BLOCK_KEYS)
    at_query = start + tl.arange(0, BLOCK_QUERIES)
    exists = at_query < queries
    query += text * query_strides[0] + head * query_strides[1]
    places = at_query.to(tl.int64)[:, None] * query_strides[2] + feature[None, :]
    q = tl.load(query + places, mask=exists[:, None], other=0.0)
    key += text * key_strides[0] + kv_head * key_strides[1]
    value += text * value_strides[0] + kv_head * value_strides[1]
    # One pointer walks, and where the numbers of a tile lie from there never changes. Keys are turned round.
    key_tile = in_tile[None, :] * key_strides[2] + feature[:, None]
    value_tile = in_tile[:, None] * value_strides[2] + feature[None, :]
    key_step = BLOCK_KEYS * key_strides[2].to(tl.int64)
    value_step = BLOCK_KEYS * value_strides[2].to(tl.int64)

    unmasked, end = ends(start, queries, keys, CAUSAL, BLOCK_QUERIES, BLOCK_KEYS)
    maximum = tl.full([BLOCK_QUERIES], LOWEST, tl.float32)
    total = tl.zeros([BLOCK_QUERIES], tl.float32)
    mixed = tl.zeros([BLOCK_QUERIES, HEAD_DIM], tl.float32)
    for _ in range(0, unmasked, BLOCK_KEYS):
        k, v = tl.load(key + key_tile), tl.load(value + value_tile)
        scores = tl.dot(q, k, input_precision="ieee")
        maximum, total, mixed = taken_in(scores, v, maximum, total, mixed, scale)
        key += key_step
        value += value_step
    for first in range(unmasked, end, BLOCK_KEYS):
        n = first + in_tile
        k = tl.load(key + key_tile, mask=(n < keys)[None, :], other=0.0)
        v = tl.load(value + value_tile, mask=(n < keys)[:, None], other=0.0)
        scores = tl.dot(q, k, input_precision="ieee")
        scores = masked(scores, n, at_query, queries, keys, CAUSAL)
        maximum, total, mixed = taken_in(scores, v, maximum, total, mixed, scale)
        key += key_step
        value += value_step
    written(maximum, total, mixed, out, lse, row * queries + at_query, exists, HEAD_DIM)


@triton.jit
def descriptors_kernel(
    query, query_strides, key, key_strides, value, value_strides, out, lse,
    n_heads, group, queries, keys, scale, CAUSAL: tl.constexpr, HEAD_DIM: tl.constexpr,
    BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr,
):  # fmt: skip
    """The two loops again, whose tiles the copying unit fetches."""
    start, row, text, head, kv_head = whose(queries, n_heads, group, BLOCK_QUERIES)
    query += text * query_strides[0] + head * query_strides[1]
    key += text * key_strides[0] + kv_head * key_strides[1]
    value += text * value_strides[0] + kv_head * value_strides[1]
    # The copying unit fills with zeros what lies beyond the shape.
    queries_of = tl.make_tensor_descriptor(
        query, [queries, HEAD_DIM], [query_strides[2], 1], [BLOCK_QUERIES, HEAD_DIM]
    )
    keys_of = tl.make_tensor_descriptor(key, [keys, HEAD_DIM], [key_strides[2], 1], [BLOCK_KEYS, HEAD_DIM])
    values_of = tl.make_tensor_descriptor(
        value, [keys, HEAD_DIM], [value_strides[2], 1], [BLOCK_KEYS, HEAD_DIM]
    )
    q = queries_of.load([start, 0])
    at_query = start + tl.arange(0, BLOCK_QUERIES)
    unmasked, end = ends(start, queries, keys, CAUSAL, BLOCK_QUERIES, BLOCK_KEYS)
    maximum = tl.full([BLOCK_QUERIES], LOWEST, tl.float32)
    total = tl.zeros([BLOCK_QUERIES], tl.float32)
    mixed = tl.zeros([BLOCK_QUERIES, HEAD_DIM], tl.float32)
    for first in range(0, unmasked, BLOCK_KEYS):
        scores = tl.dot(q, tl.trans(keys_of.load([first, 0])), input_precision="ieee")
        maximum, total, mixed = taken_in(scores, values_of.load([first, 0]), maximum, total, mixed, scale)
    for first in range(unmasked, end, BLOCK_KEYS):
        scores = tl.dot(q, tl.trans(keys_of.load([first, 0])), input_precision="ieee")
        n = first + tl.arange(0, BLOCK_KEYS)
        scores = masked(scores, n, at_query, queries, keys, CAUSAL)
        maximum, total, mixed = taken_in(scores, values_of.load([first, 0]), maximum, total, mixed, scale)
    written(maximum, total, mixed, out, lse, row * queries + at_query, at_query < queries, HEAD_DIM)


@triton.jit
def specialised_kernel(
    query, query_strides, key, key_strides, value, value_strides, out, lse,
    n_heads, group, queries, keys, scale, CAUSAL: tl.constexpr, HEAD_DIM: tl.constexpr,
    BLOCK_QUERIES: tl.constexpr, BLOCK_KEYS: tl.constexpr,
):  # fmt: skip
    """One loop with a mask on every tile: with two, the compiler of Triton 3.7 gives warps no tasks of their own."""
    start, row, text, head, kv_head = whose(queries, n_heads, group, BLOCK_QUERIES)
    query += text * query_strides[0] + head * query_strides[1]
    key += text * key_strides[0] + kv_head * key_strides[1]
    value += text * value_strides[0] + kv_head * value_strides[1]
    # The copying unit fills with zeros what lies beyond the shape.
    queries_of = tl.make_tensor_descriptor(
        query, [queries, HEAD_DIM], [query_strides[2], 1], [BLOCK_QUERIES, HEAD_DIM]
    )
    keys_of = tl.make_tensor_descriptor(key, [keys, HEAD_DIM], [key_strides[2], 1], [BLOCK_KEYS, HEAD_DIM])
    values_of = tl.make_tensor_descriptor(
        value, [keys, HEAD_DIM], [value_strides[2], 1], [BLOCK_KEYS, HEAD_DIM]
    )
    q = queries_of.load([start, 0])
    at_query = start + tl.arange(0, BLOCK_QUERIES)
    _, end = ends(start, queries, keys, CAUSAL, BLOCK_QUERIES, BLOCK_KEYS)
    maximum = tl.full([BLOCK_QUERIES], LOWEST, tl.float32)
    total = tl.zeros([BLOCK_QUERIES], tl.float32)
    mixed = tl.zeros([BLOCK_QUERIES, HEAD_DIM], tl.float32)
    for first in tl.range(0, end, BLOCK_KEYS, warp_specialize=True):
        k, v = keys_of.load([first, 0]), values_of.load([first, 0])
        scores = tl.dot(q, tl.trans(k), input_precision="ieee")
        n = first + tl.arange(0, BLOCK_KEYS)
        scores = masked(scores, n, at_query, queries, keys, CAUSAL)
        maximum, total, mixed = taken_in(scores, v, maximum, total, mixed, scale)
    written(maximum, total, mixed, out, lse, row * queries + at_query, at_query < queries, HEAD_DIM)
