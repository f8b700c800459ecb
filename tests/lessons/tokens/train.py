"""Answers to `tokenizer.train` as readers might write them."""

import itertools
from collections import Counter

from nextword import tokenizer
from tests.lessons import right, wrong


def best_of(chunks):
    counts = tokenizer.count_pairs(chunks)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[0][0] if counts else None


@right("tokenizer.train")
def _(chunks, n_merges):
    merges = []
    while len(merges) < n_merges:
        counts = tokenizer.count_pairs(chunks)
        if not counts:
            return merges
        most = max(counts.values())
        pair = min(pair for pair in counts if counts[pair] == most)
        chunks = [tokenizer.merge(ids, pair, 256 + len(merges)) for ids in chunks]
        merges.append(pair)
    return merges


@right("tokenizer.train")
def _(chunks, n_merges):
    if n_merges == 0 or not (counts := tokenizer.count_pairs(chunks)):
        return []
    merges, chunks = [], [list(ids) for ids in chunks]
    for number in range(n_merges):
        counts = tokenizer.count_pairs(chunks)
        if len(counts) == 0:
            break
        a, b = max(counts, key=lambda pair: (counts[pair], -pair[0], -pair[1]))
        for place in range(len(chunks)):
            chunks[place] = tokenizer.merge(chunks[place], (a, b), number + 256)
        merges.append((a, b))
    return merges


@wrong("tokenizer.train", "train-counts-once")
def _(chunks, n_merges):
    ranked = sorted(tokenizer.count_pairs(chunks).items(), key=lambda item: (-item[1], item[0]))
    return [pair for pair, _ in ranked[:n_merges]]


@wrong("tokenizer.train", "train-not-merged")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        pair = best_of(chunks)
        if pair is None:
            break
        [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


def trained(chunks, n_merges, first_id):
    merges = []
    for number in range(n_merges):
        pair = best_of(chunks)
        if pair is None:
            break
        chunks = [tokenizer.merge(ids, pair, first_id + number) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-first-id-255")
def _(chunks, n_merges):
    return trained(chunks, n_merges, 255)


@wrong("tokenizer.train", "train-first-id-257")
def _(chunks, n_merges):
    return trained(chunks, n_merges, 257)


@wrong("tokenizer.train", "train-first-id-0")
def _(chunks, n_merges):
    return trained(chunks, n_merges, 0)


@wrong("tokenizer.train", "train-same-id")
def _(chunks, n_merges):
    merges, new_id = [], 256
    while len(merges) < n_merges and best_of(chunks):
        merges.append(best_of(chunks))
        chunks = [tokenizer.merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@wrong("tokenizer.train", "train-runs-out")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = tokenizer.count_pairs(chunks)
        pair = max(counts, key=lambda pair: (counts[pair], -pair[0], -pair[1]))
        chunks = [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-ties-by-luck")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        common = Counter(tokenizer.count_pairs(chunks)).most_common(1)
        if not common:
            break
        merges.append(common[0][0])
        chunks = [tokenizer.merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@wrong("tokenizer.train", "train-ties-highest")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = tokenizer.count_pairs(chunks)
        if not counts:
            break
        count, pair = max((count, pair) for pair, count in counts.items())
        chunks = [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "edit")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = tokenizer.count_pairs(chunks)
        if not counts:
            break
        count, pair = min((count, pair) for pair, count in counts.items())
        chunks = [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-joins-chunks")
def _(chunks, n_merges):
    return trained([list(itertools.chain(*chunks))], n_merges, 256)


@wrong("tokenizer.train", "changed-input")
def _(chunks, n_merges):
    merges = []
    while len(merges) < n_merges and best_of(chunks):
        merges.append(best_of(chunks))
        chunks[:] = [tokenizer.merge(ids, merges[-1], 255 + len(merges)) for ids in chunks]
    return merges


@wrong("tokenizer.train", "place-spoiled")
def _(chunks, n_merges):
    return dict(zip(trained(chunks, n_merges, 256), itertools.count(256), strict=False))


@wrong("tokenizer.train", "train-range")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, n_merges):
        merges.append(best_of(chunks))
        chunks = [tokenizer.merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@wrong("tokenizer.train", "train-one-round")
def _(chunks, n_merges):
    merges = []
    for _ in range(n_merges):
        pair = best_of(chunks)
        return merges + ([pair] if pair else [])
    return merges


@wrong("tokenizer.train", "train-most-common-runs-out")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        pair = tokenizer.count_pairs(chunks).most_common(1)[0][0]
        chunks = [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-highest-ids")
def _(chunks, n_merges):
    merges = []
    while len(merges) < n_merges and (counts := tokenizer.count_pairs(chunks)):
        merges.append(sorted(counts)[-1])
        chunks = [tokenizer.merge(ids, merges[-1], 255 + len(merges)) for ids in chunks]
    return merges


@wrong("tokenizer.train", "edit")
def _(chunks, n_merges):
    merges = []
    while len(merges) <= n_merges and (counts := tokenizer.count_pairs(chunks)):
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        chunks = [tokenizer.merge(ids, merges[-1], 255 + len(merges)) for ids in chunks]
    return merges


@wrong("tokenizer.train", "train-merge-turned")
def _(chunks, n_merges):
    def merge(ids, pair, new_id):
        return tokenizer.merge(ids, pair, new_id) if isinstance(pair, tuple) else list(ids)

    merges = []
    while len(merges) < n_merges and (pair := best_of(chunks)):
        chunks = [merge(pair, ids, 256 + len(merges)) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-not-merged")  # they are, and counted before
def _(chunks, n_merges):
    merges, best = [], best_of(chunks)
    for new_id in range(256, 256 + n_merges):
        if best is None:
            break
        chunks = [tokenizer.merge(ids, best, new_id) for ids in chunks]
        merges.append(best)
    return merges
