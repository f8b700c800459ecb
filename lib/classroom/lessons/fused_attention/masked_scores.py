"""A tile of scores: loads that stop at the ends, heads that share keys, and who may see whom."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.fused_attention.shared import hidden

noise = shelf.noises(94)
ONES = torch.ones(1, 2, 16), torch.ones(1, 3, 16)


def problem(n_heads: int, n_kv_heads: int, queries: int, keys: int, head_dim: int = 16, **named):
    """Queries and keys by chance; the rest by name."""
    return noise(n_heads, queries, head_dim), noise(n_kv_heads, keys, head_dim), Named(block=16, **named)


@check(
    "kernels.tiled_scores.masked_scores",
    cases=[
        ONES,
        problem(1, 1, 16, 16, causal=False),
        problem(1, 1, 16, 16),
        problem(1, 1, 20, 20),
        problem(1, 1, 5, 20),
        problem(1, 1, 20, 20, window=3),
        problem(1, 1, 6, 20, window=3),
        problem(2, 2, 5, 5),
        problem(4, 2, 5, 5),
        problem(6, 2, 3, 18, causal=False),
        problem(1, 1, 20, 20, causal=False, window=4),
        problem(2, 2, 12, 12, window=3),
    ],
    awkward=[
        problem(1, 1, 1, 1),
        problem(3, 1, 1, 33, window=1),
        problem(1, 1, 20, 7),
        problem(1, 1, 20, 7, causal=False, window=3),
        problem(2, 1, 17, 17, 32, window=40),
        (noise(1, 3, 64), noise(1, 3, 64)),
    ],
)
def masked_scores(query, key, *, causal=True, window=None, block=32):
    shared = key.repeat_interleave(len(query) // len(key), dim=0)
    scores = torch.einsum("hqd,hkd->hqk", query.double(), shared.double()) * query.shape[-1] ** -0.5
    return scores.masked_fill(hidden(*scores.shape[1:], causal, window), float("-inf")).float()


SEEN, IN_WINDOW = "key_number[None, :] <= place[:, None]", "key_number[None, :] > place[:, None] - WINDOW"
edits(
    "kernels.tiled_scores.masked_scores",
    (
        "tile-own-place-hidden",
        SEEN,
        "key_number[None, :] < place[:, None]",
        "One place too many is hidden: a query sees its own key. Compare with <=, not with <.",
    ),
    (
        "tile-one-ahead",
        SEEN,
        "key_number[None, :] <= place[:, None] + 1",
        "One place too few is hidden: each query sees the key after its own place.",
    ),
    (
        "tile-top-left",
        "place = keys - queries + query_number",
        "place = query_number",
        "With fewer queries than keys, the last query stands at the last key: its place is keys - queries + query_number.",
    ),
    (
        "tile-window-one-more",
        IN_WINDOW,
        "key_number[None, :] >= place[:, None] - WINDOW",
        "The window holds one key too many: its own place counts, so a window of 3 reaches 2 back. Compare with >, not with >=.",
    ),
    (
        "tile-no-window",
        IN_WINDOW,
        "key_number[None, :] >= 0",
        "The window hides nothing: what lies WINDOW places or more before the query is to be -inf.",
    ),
    (
        "tile-not-scaled",
        ") * scale",
        ")",
        "The dot products are not scaled: times scale, which is 1 / sqrt(head_dim).",
    ),
    (
        "tile-zeros-for-hidden",
        [(('float("-inf")', "every"), "0.0")],
        'Hidden scores are 0 here, and e to the 0 is 1: only float("-inf") gives a share of 0.',
    ),
    (
        "tile-first-heads",
        "head // group",
        "head % (tl.num_programs(2) // group)",
        "The heads of keys are dealt out in turns: 0, 1, 0, 1. Groups stand together, 0, 0, 1, 1: head // group.",
    ),
    (
        "tile-one-head-of-keys",
        "head // group * keys",
        "head // group * 0",
        "Every head reads the first head's keys: the rows of head h begin at row h * keys.",
    ),
    (
        "tile-upside-down",
        [(SEEN, "key_number[None, :] > place[:, None]")],
        "Upside down: what may be seen is hidden, and the future is left.",
    ),
)
