"""Answers to `kernels.tiles.key_range` as readers might write them."""

from tests.lessons import right, wrong

TARGET = "kernels.tiles.key_range"


@right(TARGET)
def _(first_query, block, queries, keys, *, causal=True, window=None):
    """By the places of all its queries."""
    places = [keys - queries + q for q in range(first_query, min(first_query + block, queries))]
    begin, end = 0, keys
    if window is not None:
        begin = max(places[0] - window + 1, 0)
    if causal:
        end = min(places[-1] + 1, keys)
    return (0, 0) if end <= begin else (begin, end)


@right(TARGET)
def _(first_query, block, queries, keys, *, causal=True, window=None):
    """Key by key."""
    seen = set()
    for q in range(first_query, min(first_query + block, queries)):
        place = q + keys - queries
        low = 0 if window is None else place - window + 1
        high = place if causal else keys - 1
        seen |= {key for key in range(keys) if low <= key <= high}
    return (min(seen), max(seen) + 1) if seen else (0, 0)


def ends(begin, end, keys, empty=(0, 0)):
    begin, end = max(begin, 0), min(end, keys)
    return (begin, end) if begin < end else empty


def parts(first_query, block, queries, keys, causal, window):
    first = first_query + keys - queries
    last = min(first + block, keys) - 1
    return first, last, (first - window + 1 if window else 0), (last + 1 if causal else keys)


@wrong(TARGET, "range-end-off-by-one")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    _, last, begin, end = parts(first_query, block, queries, keys, causal, window)
    return ends(begin, last if causal else end, keys)


@wrong(TARGET, "range-one-too-far")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    _, last, begin, end = parts(first_query, block, queries, keys, causal, window)
    return ends(begin, last + 2 if causal else end, keys)


@wrong(TARGET, "range-no-shift")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    """Right as long as there are no more queries than keys."""
    behind = max(0, keys - queries)
    last = min(first_query + block, queries) + behind
    return ends(first_query + behind - window + 1 if window else 0, last if causal else keys, keys)


@wrong(TARGET, "range-no-shift")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    last = min(first_query + block, queries)
    return ends(first_query - window + 1 if window else 0, last if causal else keys, keys)


@wrong(TARGET, "range-first-query-ends")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    first, _, begin, end = parts(first_query, block, queries, keys, causal, window)
    return ends(begin, first + 1 if causal else end, keys)


@wrong(TARGET, "range-window-of-last")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    _, last, begin, end = parts(first_query, block, queries, keys, causal, window)
    return ends(last - window + 1 if window else 0, end, keys)


@wrong(TARGET, "range-window-off-by-one")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    first, _, begin, end = parts(first_query, block, queries, keys, causal, window)
    return ends(first - window if window else 0, end, keys)


@wrong(TARGET, "range-below-zero")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    _, _, begin, end = parts(first_query, block, queries, keys, causal, window)
    return (begin, min(end, keys)) if begin < min(end, keys) else (0, 0)


@wrong(TARGET, "range-always-causal")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    _, last, begin, _ = parts(first_query, block, queries, keys, causal, window)
    return ends(begin, last + 1, keys)


@wrong(TARGET, "range-last-included")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    _, _, begin, end = parts(first_query, block, queries, keys, causal, window)
    begin, end = ends(begin, end, keys)
    return (begin, end - 1) if end else (0, 0)


@wrong(TARGET, "range-empty-elsewhere")
def _(first_query, block, queries, keys, *, causal=True, window=None):
    _, _, begin, end = parts(first_query, block, queries, keys, causal, window)
    return max(begin, 0), min(end, keys)
