"""Answers to `kernels.flash_attention.forward` as readers might write them: a kernel for each, with one slip."""

from tests.lessons import right, wrong
from tests.lessons.fused_attention.built import built

TARGET = "kernels.flash_attention.forward"
EVERY_TILE = '''
@triton.jit
def walk(Q, K, V, O, L, n, m, n_heads, n_kv_heads, factor, CAUSAL: tl.constexpr, WINDOW: tl.constexpr,
         D: tl.constexpr, F: tl.constexpr, M: tl.constexpr, N: tl.constexpr):
    """Every tile is visited, and what may not be seen is hidden: slower, and right."""
    i, head = tl.program_id(0), tl.program_id(1)
    text, h = head // n_heads, head % n_heads
    kv = text * n_kv_heads + h // (n_heads // n_kv_heads)
    rows, f = i * M + tl.arange(0, M), tl.arange(0, F)
    at = (head * n + rows[:, None]) * D + f[None, :]
    inside = (rows[:, None] < n) & (f[None, :] < D)
    q = tl.load(Q + at, mask=inside, other=0.0)
    own = rows[:, None] + m - n
    big = tl.full((M,), float("-inf"), tl.float32)
    weight = tl.zeros((M,), tl.float32)
    acc = tl.zeros((M, F), tl.float32)
    for j in range(0, m, N):
        cols = j + tl.arange(0, N)
        there = (cols[:, None] < m) & (f[None, :] < D)
        k = tl.load(K + (kv * m + cols[:, None]) * D + f[None, :], mask=there, other=0.0)
        v = tl.load(V + (kv * m + cols[:, None]) * D + f[None, :], mask=there, other=0.0)
        s = tl.dot(q, tl.trans(k), input_precision="ieee") * factor
        ok = cols[None, :] < m
        if CAUSAL:
            ok = ok & (own >= cols[None, :])
        if WINDOW is not None:
            ok = ok & (own - cols[None, :] < WINDOW)
        s = tl.where(ok, s, float("-inf"))
        top = tl.maximum(tl.max(s, axis=1), big)
        p = tl.where(ok, tl.exp(s - top[:, None]), 0.0)
        down = tl.where(big == float("-inf"), 0.0, tl.exp(big - top))
        weight = tl.sum(p, axis=1) + down * weight
        acc = tl.dot(p.to(v.dtype), v, input_precision="ieee") + down[:, None] * acc
        big = top
    weight = tl.where(weight == 0, 1.0, weight)
    tl.store(O + at, (acc / weight[:, None]).to(O.dtype.element_ty), mask=inside)
    tl.store(L + head * n + rows, big + tl.log(weight), mask=rows < n)


def every_tile(query, key, value, *, causal=True, window=None, block_queries=None, block_keys=None):
    *texts, n_heads, n, d = query.shape
    n_kv_heads, m = key.shape[-3], key.shape[-2]
    out, lse = torch.empty_like(query), torch.empty(*texts, n_heads, n, device=query.device)
    M, N = block_queries or 16, block_keys or 16
    walk[(triton.cdiv(n, M), math.prod(texts) * n_heads)](
        query.contiguous(), key.contiguous(), value.contiguous(), out, lse, n, m, n_heads, n_kv_heads,
        d ** -0.5, causal, window, d, max(16, triton.next_power_of_2(d)), M, N)
    return out, lse
'''
right(TARGET)(built(EVERY_TILE, "every_tile"))
right(TARGET)(
    built(
        EVERY_TILE,
        "every_tile",
        (
            "for j in range(0, m, N):",
            "for j in range(0, tl.minimum(m, i * M + M + m - n) if CAUSAL else m, N):",
        ),
        ("d ** -0.5, causal", "1.4426950408889634 * d ** -0.5, causal"),
        ("tl.exp(s - top[:, None])", "tl.exp2(s - top[:, None])"),
        ("tl.exp(big - top)", "tl.exp2(big - top)"),
        ("big + tl.log(weight)", "(big + tl.log2(weight)) * 0.6931471805599453"),
    )
)


def slip(id: str, *replacements: tuple[str, str]) -> None:
    wrong(TARGET, id)(built(EVERY_TILE, "every_tile", *replacements))


ALL = ('tl.where(big == float("-inf"), 0.0, tl.exp(big - top))', "tl.exp(big - top)")
slip("fused-mix-not-scaled", ("down[:, None] * acc", "acc"))
slip("fused-total-not-scaled", ("down * weight", "weight"))
slip("fused-nothing-scaled", ("down[:, None] * acc", "acc"), ("down * weight", "weight"))
slip("fused-total-of-last-tile", (" + down * weight", ""))
slip("fused-last-tile", (" + down[:, None] * acc", ""))
slip("fused-padding-counts", ("ok = cols[None, :] < m", "ok = cols[None, :] >= 0"))
slip(
    "fused-no-other",
    (
        "v = tl.load(V + (kv * m + cols[:, None]) * D + f[None, :], mask=there, other=0.0)",
        "v = tl.load(V + (kv * m + cols[:, None]) * D + f[None, :], mask=there)",
    ),
)
slip("fused-no-causal-mask", ("        if CAUSAL:\n            ok = ok & (own >= cols[None, :])\n", ""))
slip(
    "fused-no-window-mask",
    ("            ok = ok & (own - cols[None, :] < WINDOW)\n", "            ok = ok & (own == own)\n"),
)
slip("fused-own-place-hidden", ("own >= cols", "own > cols"))
slip("fused-top-left", ("rows[:, None] + m - n", "rows[:, None]"))
slip("fused-window-one-more", ("< WINDOW", "<= WINDOW"))
slip(
    "fused-window-of-last-query",
    (
        "for j in range(0, m, N):",
        "for j in range(0 if WINDOW is None else tl.maximum(0, m - n + i * M + M - WINDOW), m, N):",
    ),
)
slip("fused-not-scaled", ('input_precision="ieee") * factor', 'input_precision="ieee")'))
slip("fused-nan-of-nothing", ALL, ("tl.where(ok, tl.exp(s - top[:, None]), 0.0)", "tl.exp(s - top[:, None])"))
slip("fused-maximum-forgotten", ("        big = top\n", ""))
slip(
    "fused-powers-of-two",
    ("tl.exp(s - top[:, None])", "tl.exp2(s - top[:, None])"),
    ("tl.exp(big - top)", "tl.exp2(big - top)"),
)
slip("fused-ragged-tile-left-out", ("for j in range(0, m, N):", "for j in range(0, m // N * N, N):"))
