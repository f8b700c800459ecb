"""Answers to `kernels.tiled_scores.masked_scores` as readers might write them: a kernel for each, with one slip."""

from tests.lessons import right, wrong
from tests.lessons.fused_attention.built import built

TARGET = "kernels.tiled_scores.masked_scores"
BY_ROWS = """
@triton.jit
def rows_kernel(q_pointer, k_pointer, out, n_queries, n_keys, share, factor,
                CAUSAL: tl.constexpr, WINDOW: tl.constexpr, D: tl.constexpr, B: tl.constexpr):
    number = tl.program_id(0)  # one program for a block of queries of one head; it walks over all the keys
    blocks = (n_queries + B - 1) // B
    h, i = number // blocks, number % blocks
    rows, d = i * B + tl.arange(0, B), tl.arange(0, D)
    own = rows + (n_keys - n_queries)
    q = tl.load(q_pointer + (h * n_queries + rows[:, None]) * D + d[None, :], mask=rows[:, None] < n_queries, other=0.0)
    for j in range(0, n_keys, B):
        columns = j + tl.arange(0, B)
        k = tl.load(k_pointer + ((h // share) * n_keys + columns[None, :]) * D + d[:, None], mask=columns[None, :] < n_keys, other=0.0)
        s = tl.dot(q * factor, k, input_precision="ieee")
        if CAUSAL:
            s = tl.where(own[:, None] < columns[None, :], float("-inf"), s)
        if WINDOW is not None:
            s = tl.where(own[:, None] - columns[None, :] >= WINDOW, float("-inf"), s)
        inside = (rows[:, None] < n_queries) & (columns[None, :] < n_keys)
        tl.store(out + (h * n_queries + rows[:, None]) * n_keys + columns[None, :], s, mask=inside)


def by_rows(query, key, *, causal=True, window=None, block=32):
    h, n, d = query.shape
    out = query.new_empty(h, n, key.shape[1])
    grid = (h * triton.cdiv(n, block),)
    rows_kernel[grid](query.contiguous(), key.contiguous(), out, n, key.shape[1], h // key.shape[0], d ** -0.5,
                      CAUSAL=causal, WINDOW=window, D=d, B=block)
    return out
"""
BY_TILES = """
@triton.jit
def kernel(q_at, k_at, s_at, nq, nk, group, CAUSAL: tl.constexpr, WINDOW: tl.constexpr, D: tl.constexpr, B: tl.constexpr):
    head, x, y = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    q_id, k_id, f = x * B + tl.arange(0, B), y * B + tl.arange(0, B), tl.arange(0, D)
    q_in, k_in = q_id < nq, k_id < nk
    q_at += head * nq * D
    k_at += (head // group) * nk * D
    q = tl.load(q_at + q_id[:, None] * D + f, mask=q_in[:, None], other=0.0)
    k = tl.load(k_at + k_id[:, None] * D + f, mask=k_in[:, None], other=0.0)
    s = tl.sum(q[:, None, :] * k[None, :, :], axis=2) / D ** 0.5
    behind = q_id[:, None] + nk - nq - k_id[None, :]  # places that the key lies behind
    ok = behind > -100000
    if CAUSAL:
        ok = ok & (behind >= 0)
    if WINDOW is not None:
        ok = ok & (behind < WINDOW)
    s = tl.where(ok, s, float("-inf"))
    tl.store(s_at + head * nq * nk + q_id[:, None] * nk + k_id, s, mask=q_in[:, None] & k_in[None, :])


def by_tiles(query, key, *, causal=True, window=None, block=32):
    (heads, nq, d), (kv_heads, nk, _) = query.shape, key.shape
    s = torch.full((heads, nq, nk), 7.0, device=query.device)
    kernel[(heads, -(-nq // block), -(-nk // block))](
        query.contiguous(), key.contiguous(), s, nq, nk, heads // kv_heads, causal, window, d, block)
    return s
"""
right(TARGET)(built(BY_ROWS, "by_rows"))
right(TARGET)(built(BY_TILES, "by_tiles"))


def slip(id: str, *replacements: tuple[str, str]) -> None:
    wrong(TARGET, id)(built(BY_TILES, "by_tiles", *replacements))


slip("tile-own-place-hidden", ("behind >= 0", "behind > 0"))
slip("tile-one-ahead", ("behind >= 0", "behind >= -1"))
slip("tile-top-left", ("q_id[:, None] + nk - nq - k_id", "q_id[:, None] - k_id"))
slip("tile-window-one-more", ("behind < WINDOW", "behind <= WINDOW"))
slip("tile-no-window", ("behind < WINDOW", "behind < 100000"))
slip("tile-not-scaled", (" / D ** 0.5", ""))
slip("tile-zeros-for-hidden", ('s, float("-inf")', "s, 0.0"))
slip("tile-first-heads", ("head // group", "head % (tl.num_programs(0) // group)"))
slip("tile-one-head-of-keys", ("    k_at += (head // group) * nk * D\n", ""))
slip("tile-upside-down", ("behind >= 0", "behind < 0"))
