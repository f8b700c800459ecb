"""Answers to `tokenizer.count_pairs` as readers might write them."""

import itertools
from collections import Counter, defaultdict

from tests.lessons import right, wrong


@wrong("tokenizer.count_pairs", "count-pairs-past-the-end")
def _(chunks):
    counts = {}
    for ids in chunks:
        for i, left in enumerate(ids):
            pair = (left, ids[i + 1])
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@right("tokenizer.count_pairs")
def _(chunks):
    counts = {}
    for ids in chunks:
        for i in range(1, len(ids)):
            pair = ids[i - 1], ids[i]
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@right("tokenizer.count_pairs")
def _(chunks):
    counts = defaultdict(int)
    for ids in chunks:
        for pair in itertools.pairwise(ids):
            counts[pair] += 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-across")
def _(chunks):
    return Counter(itertools.pairwise(sum(chunks, [])))


@wrong("tokenizer.count_pairs", "count-pairs-once")
def _(chunks):
    counts = {}
    for ids in chunks:
        for pair in itertools.pairwise(ids):
            counts[pair] = 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-once-a-chunk")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts.update({(ids[i], ids[i + 1]) for i in range(len(ids) - 1)})
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-no-overlap")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        for pair in set(itertools.pairwise(ids)):
            i = 0
            while i < len(ids) - 1:
                hit = (ids[i], ids[i + 1]) == pair
                counts[pair] += hit
                i += 2 if hit else 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-every-second")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        for i in range(0, len(ids) - 1, 2):
            counts[ids[i], ids[i + 1]] += 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-last-missing")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts.update(itertools.pairwise(ids[:-1]))
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-last-chunk")
def _(chunks):
    counts = {}
    for ids in chunks:
        counts = {}
        for pair in itertools.pairwise(ids):
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@wrong("tokenizer.count_pairs", "edit")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts.update(itertools.pairwise(ids))
        return counts
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-unordered")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        for a, b in itertools.pairwise(ids):
            counts[min(a, b), max(a, b)] += 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-wraps")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts.update(zip(ids[-1:] + ids[:-1], ids, strict=True))
    return counts


@wrong("tokenizer.count_pairs", "edit")
def _(chunks):
    return Counter(pair for ids in chunks for pair in zip(ids[1:], ids, strict=False))


@wrong("tokenizer.count_pairs", "count-pairs-halves")
def _(chunks):
    counts = {}
    for ids in chunks:
        for place in range(len(ids)):
            pair = (*ids[place : place + 2],)
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-update-ids")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        for pair in zip(ids, ids[1:], strict=False):
            counts.update(pair)
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-no-overlap")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        i = 0
        while i < len(ids) - 1:
            counts[ids[i], ids[i + 1]] += 1
            i += 2 if ids[i] == ids[i + 1] else 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-from-0")
def _(chunks):
    counts = {}
    for ids in chunks:
        for pair in itertools.pairwise(ids):
            counts[pair] = counts.get(pair, -1) + 1
    return counts
