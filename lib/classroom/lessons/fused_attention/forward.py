"""The forward kernel of fused attention: its range of keys, its masks, and the running softmax."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.fused_attention.shared import alike, exact, in_a_model

noise = shelf.noises(95)


def problem(
    n_heads: int, n_kv_heads: int, queries: int, keys: int, head_dim=32, batch=(), times=1.0, **named
):
    """Queries, keys and values by chance; the rest by name."""
    query = times * noise(*batch, n_heads, queries, head_dim)
    key, value = (noise(*batch, n_kv_heads, keys, head_dim) for _ in range(2))
    return query, key, value, Named(block_queries=16, block_keys=16, **named)


@check(
    "kernels.flash_attention.forward",
    lives=in_a_model,
    same=alike,
    cases=[  # that a walk over all tiles cuts into the same ones
        (torch.zeros(1, 2, 32), noise(1, 2, 32), noise(1, 2, 32), Named(block_queries=16, block_keys=16)),
        problem(1, 1, 16, 16, causal=False),
        problem(1, 1, 16, 40, causal=False),
        problem(1, 1, 16, 48, causal=False, times=4.0),
        problem(1, 1, 16, 16),
        problem(1, 1, 5, 36),
        problem(1, 1, 16, 16, window=3),
        problem(1, 1, 12, 12, causal=False, window=4),
        problem(2, 2, 5, 5),
        problem(4, 2, 5, 5),
        problem(2, 1, 9, 9, batch=(2,)),
        problem(1, 1, 20, 7),
    ],
    awkward=[
        problem(1, 1, 1, 1, 1),
        problem(1, 1, 20, 20),
        problem(1, 1, 40, 40, window=3),
        problem(4, 2, 18, 18, window=5),
        problem(2, 2, 20, 7, causal=False, window=3),
        problem(1, 1, 20, 20, causal=False, window=4),
        problem(6, 2, 1, 33, 8, window=20),
        problem(1, 1, 33, 50, 24, window=17),
        problem(2, 1, 3, 4, 32, batch=(1, 2)),
        problem(1, 1, 40, 40, times=60.0),
        tuple(x.half() for x in problem(2, 1, 20, 20)[:3]),
    ],
)
def forward(query, key, value, *, causal=True, window=None, block_queries=None, block_keys=None):
    return exact(query, key, value, causal=causal, window=window)


SEEN, IN_WINDOW = "key_number[None, :] <= place[:, None]", "key_number[None, :] > place[:, None] - WINDOW"
edits(
    "kernels.flash_attention.forward",
    (
        "fused-mix-not-scaled",
        "mixed * shrink[:, None]",
        "mixed",
        "When a larger maximum comes, the mix so far is too large, and stays so: multiply it by shrink[:, None] before the new tile's share is added.",
    ),
    (
        "fused-total-not-scaled",
        "total * shrink",
        "total",
        "When a larger maximum comes, the total so far is too large, and stays so: multiply it by shrink before the new tile's share is added.",
    ),
    (
        "fused-nothing-scaled",
        [("mixed * shrink[:, None]", "mixed"), ("total * shrink", "total")],
        "When a larger maximum comes, total and mix so far are too large, and stay so. Before the new tile's share is added, both are multiplied by shrink, "
        "exp(old maximum - new maximum).",
    ),
    (
        "fused-total-of-last-tile",
        "total * shrink + tl.sum(powers, axis=1)",
        "tl.sum(powers, axis=1)",
        "The total holds the last tile alone. Add this tile's powers to what was summed before.",
    ),
    (
        "fused-last-tile",
        "mixed * shrink[:, None] + tl.dot",
        "tl.dot",
        "The mix holds the last tile alone. Add this tile's share to what was mixed before.",
    ),
    (
        "fused-padding-counts",
        "seen = (key_number < keys)[None, :]",
        "seen = (key_number >= 0)[None, :]",
        "Past the last key zeros were read, and their scores of 0 count: hide them, too, (key_number < keys)[None, :].",
    ),
    (
        "fused-no-other",
        (", mask=k_exists, other=0.0", "every"),
        ", mask=k_exists",
        "Nothing says what stands past the last key, and a share of 0 times nan is nan. A GPU promises nothing there (the check puts nan): other=0.0 adds nothing.",
    ),
    (
        "fused-no-causal-mask",
        SEEN,
        "key_number[None, :] < keys",
        "Each query sees what comes after it. Where the walk ends is not enough: in a tile that it visits there are keys ahead of some queries. "
        "Hide them: key_number[None, :] <= place[:, None].",
    ),
    (
        "fused-no-window-mask",
        IN_WINDOW,
        "key_number[None, :] < keys",
        "The window hides nothing inside a tile. Where the walk begins is not enough: in a tile that it visits there are keys too far back for some queries. "
        "Hide them: key_number[None, :] > place[:, None] - WINDOW.",
    ),
    (
        "fused-own-place-hidden",
        SEEN,
        "key_number[None, :] < place[:, None]",
        "One place too many is hidden: a query sees its own key. Compare with <=, not with <.",
    ),
    (
        "fused-top-left",
        [
            ("place = keys - queries + query_number", "place = query_number"),
            (
                "tl.minimum(keys, keys - queries + first_query + BLOCK_QUERIES)",
                "tl.minimum(keys, first_query + BLOCK_QUERIES)",
            ),
            ("keys - queries + first_query - WINDOW + 1", "first_query - WINDOW + 1"),
        ],
        "With fewer queries than keys, the last query stands at the last key: places begin at keys - queries.",
    ),
    (
        "fused-window-one-more",
        [(IN_WINDOW, "key_number[None, :] >= place[:, None] - WINDOW"), ("- WINDOW + 1)", "- WINDOW)")],
        "The window holds one key too many: its own place counts, so a window of 3 reaches 2 back. Compare with >, not with >=.",
    ),
    (
        "fused-window-of-last-query",
        "first_query - WINDOW + 1)",
        "first_query + BLOCK_QUERIES - WINDOW)",
        "The walk begins too late: at the window of the block's last query. The first query of the block sees further back.",
    ),
    (
        "fused-not-scaled",
        ") * scale",
        ")",
        "The dot products are not scaled: times scale, which is 1 / sqrt(head_dim).",
    ),
    (
        "fused-nan-of-nothing",
        'tl.where(new_maximum == float("-inf"), 0.0, new_maximum)',
        "new_maximum",
        'A query that has seen no key yet has a maximum of -inf, and -inf less -inf is nan. Subtract 0 there: tl.where(new_maximum == float("-inf"), 0.0, new_maximum).',
    ),
    (
        "fused-maximum-forgotten",
        "\n        maximum = new_maximum",
        "",
        "The new maximum is not kept for the next tile: maximum = new_maximum, at the end of each round.",
    ),
    (
        "fused-powers-of-two",
        [("tl.exp(scores", "tl.exp2(scores"), ("tl.exp(maximum", "tl.exp2(maximum")],
        "These are powers of 2, and powers of e are needed: tl.exp. (With tl.exp2 the scores would first have to be multiplied by log2(e), 1.4427.)",
    ),
    (
        "fused-ragged-tile-left-out",
        "range(first, end, BLOCK_KEYS)",
        "range(first, end // BLOCK_KEYS * BLOCK_KEYS, BLOCK_KEYS)",
        "The walk goes over whole tiles alone, and the rest of the keys is left out: range(first, end, BLOCK_KEYS) reaches it, and masks keep what lies beyond out.",
    ),
)
