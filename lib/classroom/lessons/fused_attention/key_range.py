"""Which keys a block of queries may see: whole numbers, and every end that can be off by one."""

from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.fused_attention.shared import hidden


@check(
    "kernels.tiles.key_range",
    cases=[
        (0, 4, 12, 12),
        (4, 4, 12, 12),
        (8, 4, 12, 12),
        (4, 4, 12, 12, Named(causal=False)),
        (4, 4, 12, 12, Named(window=3)),
        (0, 4, 12, 12, Named(window=3)),
        (0, 4, 10, 30),
        (8, 4, 10, 30),
        (4, 4, 10, 30, Named(window=5)),
        (4, 4, 12, 12, Named(causal=False, window=3)),
        (0, 4, 12, 5),
        (4, 4, 12, 5),
        (8, 4, 12, 5),
        (8, 4, 12, 5, Named(window=2)),
        (8, 4, 9, 9, Named(window=1)),
    ],
    awkward=[
        (0, 1, 1, 1),
        (0, 64, 3, 7),
        (0, 64, 3, 7, Named(causal=False)),
        (2, 1, 3, 7, Named(window=100)),
        (96, 32, 100, 100),
        (64, 64, 100, 160, Named(window=64)),
        (0, 4, 12, 0, Named(causal=False)),
        (0, 4, 20, 5, Named(causal=False, window=2)),
        (0, 16, 16, 16, Named(window=16)),
    ],
)
def key_range(first_query, block, queries, keys, *, causal=True, window=None):
    seen = (~hidden(queries, keys, causal, window))[first_query : first_query + block].any(dim=0).tolist()
    places = [place for place, is_seen in enumerate(seen) if is_seen]
    return (places[0], places[-1] + 1) if places else (0, 0)


LAST, FIRST, END = (
    "min(first_query + block, queries) - 1",
    "max(0, shift + first_query - window + 1)",
    "min(keys, shift + last_query + 1)",
)
edits(
    "kernels.tiles.key_range",
    (
        "range-end-off-by-one",
        END,
        "min(keys, shift + last_query)",
        "The last key is missing: the end is one more than the place of the last query, which sees its own place too.",
    ),
    (
        "range-one-too-far",
        END,
        "min(keys, shift + last_query + 2)",
        "One key too many: the last query's own place is the last that it sees. Is the block's last query first_query + block - 1?",
    ),
    (
        "range-no-shift",
        "shift = keys - queries",
        "shift = 0",
        "The last query stands at the last key, be there fewer queries than keys or more: query q has the place keys - queries + q, and not q."
        " (With more queries, the first places are below 0.)",
    ),
    (
        "range-first-query-ends",
        LAST,
        "first_query",
        "The end is that of the first query of the block. The last one sees further, and its keys are needed too.",
    ),
    (
        "range-window-of-last",
        FIRST,
        "max(0, shift + last_query - window + 1)",
        "The beginning is that of the last query's window. The first query of the block sees further back, and its keys are needed too.",
    ),
    (
        "range-window-off-by-one",
        FIRST,
        "max(0, shift + first_query - window)",
        "The window begins one key too early: its own place counts, so a window of 3 reaches 2 back.",
    ),
    (
        "range-below-zero",
        FIRST,
        "shift + first_query - window + 1",
        "The window reaches back before the text: there is no key before 0. max(0, ...).",
    ),
    (
        "range-always-causal",
        "if causal else keys",
        "if True else keys",
        "Without the causal mask every query sees to the last key: the end is then keys.",
    ),
    (
        "range-last-included",
        "return (first, end)",
        "return (first, end - 1)",
        "The second number is the last key itself. Needed is one more, as in Python's own ranges.",
    ),
    (
        "range-empty-elsewhere",
        "(first, end) if first < end else (0, 0)",
        "(first, end)",
        "Where no query sees any key, the two numbers are not (0, 0): the end came to lie before the beginning, or below 0.",
    ),
)
