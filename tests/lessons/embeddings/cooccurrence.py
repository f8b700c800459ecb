"""Answers to `embeddings.cooccurrence` as readers might write them."""

from collections import Counter, deque

import numpy as np
import torch

from nextword import embeddings
from tests.lessons import right, wrong


@right("embeddings.cooccurrence")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i, word in enumerate(ids):
            for other in ids[max(0, i - window) : i] + ids[i + 1 : i + 1 + window]:
                counts[word, other] += 1
    return embeddings.as_table(counts, vocab_size)


@right("embeddings.cooccurrence")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        before = deque(maxlen=window)
        for word in ids:
            for other in before:
                counts[word, other] += 1
                counts[other, word] += 1
            before.append(word)
    return embeddings.as_table(counts, vocab_size)


@right("embeddings.cooccurrence")
def _(texts, vocab_size, window):
    table = np.zeros((vocab_size, vocab_size))
    for ids in texts:
        for d in range(1, min(window + 1, len(ids))):
            np.add.at(table, (ids[d:], ids[:-d]), 1)
            np.add.at(table, (ids[:-d], ids[d:]), 1)
    return torch.tensor(table, dtype=torch.float32)


@right("embeddings.cooccurrence")
def _(texts, vocab_size, window):
    table = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i in range(len(ids)):
            for j in range(i + 1, min(len(ids), i + window + 1)):
                table[ids[i], ids[j]] += 1
                table[ids[j], ids[i]] += 1
    return table


@wrong("embeddings.cooccurrence", "cooccurrence-itself")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i, word in enumerate(ids):
            for other in ids[max(0, i - window) : i + window + 1]:
                counts[word, other] += 1
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-right-only")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for distance in range(1, window + 1):
            counts.update(zip(ids, ids[distance:], strict=False))
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "edit")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i, word in enumerate(ids):
            for other in ids[max(0, i - window) : i]:
                counts[word, other] += 1
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-window-short")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for distance in range(1, window):
            for pair in zip(ids, ids[distance:], strict=False):
                counts[pair] += 1
                counts[pair[::-1]] += 1
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-one-side-short")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i in range(len(ids)):
            for j in range(max(0, i - window), min(len(ids), i + window)):
                if j != i:
                    counts[ids[i], ids[j]] += 1
    return embeddings.as_table(counts, vocab_size)


def _both_ways(ids, window):
    for i in range(len(ids)):
        for j in range(max(0, i - window), min(len(ids), i + window + 1)):
            if j != i:
                yield ids[i], ids[j]


@wrong("embeddings.cooccurrence", "cooccurrence-crosses")
def _(texts, vocab_size, window):
    return embeddings.as_table(Counter(_both_ways(sum(texts, []), window)), vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-twice")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for a, b in _both_ways(ids, window):
            counts[a, b] += 1
            counts[b, a] += 1
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-wraps")
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i in range(len(ids)):
            near = ids[i - window : i]
            near += ids[i + 1 : i + window + 1]
            for other in near:
                counts[ids[i], other] += 1
    return counts


@wrong("embeddings.cooccurrence", "cooccurrence-wraps-by-one")
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i in range(len(ids)):
            for d in range(1, window + 1):
                counts[ids[i], ids[i - d]] += 1
                if i + d <= len(ids) - 1:
                    counts[ids[i], ids[i + d]] += 1
    return counts


@wrong("embeddings.cooccurrence", "cooccurrence-once")
def _(texts, vocab_size, window):
    pairs = {pair for ids in texts for pair in _both_ways(ids, window)}
    return embeddings.as_table(dict.fromkeys(pairs, 1), vocab_size)


@wrong("embeddings.cooccurrence", "argument-ignored")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i, word in enumerate(ids):
            counts.update((word, other) for other in ids[:i] + ids[i + 1 :])
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-same-word")
def _(texts, vocab_size, window):
    pairs = Counter(pair for ids in texts for pair in _both_ways(ids, window) if pair[0] != pair[1])
    return embeddings.as_table(pairs, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-last-text")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        counts = Counter(_both_ways(ids, window))
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "edit")
def _(texts, vocab_size, window):
    return embeddings.as_table(
        Counter(pair for ids in texts for pair in _both_ways(ids, window + 1)), vocab_size
    )


@wrong("embeddings.cooccurrence", "edit")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i, word in enumerate(ids):
            for other in ids[max(0, i - window) : i] + ids[i + 1 : i + 2 + window]:
                counts[word, other] += 1
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "argument-ignored")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for a, b in zip(ids, ids[1:], strict=False):
            counts[a, b] += 1
            counts[b, a] += 1
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-index")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for word in ids:
            i = ids.index(word)
            for other in ids[max(0, i - window) : i] + ids[i + 1 : i + 1 + window]:
                counts[word, other] += 1
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-places")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        counts.update(_both_ways(range(len(ids)), window))
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-lost-repeats")
def _(texts, vocab_size, window):
    counts = np.zeros((vocab_size, vocab_size), dtype=np.float32)
    for ids in texts:
        for distance in range(1, min(window + 1, len(ids))):
            counts[ids[distance:], ids[:-distance]] += 1
            counts[ids[:-distance], ids[distance:]] += 1
    return torch.from_numpy(counts)


@wrong("embeddings.cooccurrence", "cooccurrence-first-text")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        counts.update(_both_ways(ids, window))
        return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-weighted")
def _(texts, vocab_size, window):
    table = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for distance in range(1, window + 1):
            for a, b in zip(ids, ids[distance:], strict=False):
                table[a, b] += 1 / distance
                table[b, a] += 1 / distance
    return table


@wrong("embeddings.cooccurrence", "cooccurrence-itself-and-short")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i in range(len(ids)):
            for j in range(max(0, i - window), min(len(ids), i + window)):
                counts[ids[i], ids[j]] += 1
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-itself-and-wraps")
def _(texts, vocab_size, window):
    table = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i in range(len(ids)):
            for other in ids[i - window : i + window + 1]:
                table[ids[i], other] += 1
    return table


@wrong("embeddings.cooccurrence", "cooccurrence-only-full")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i in range(window, len(ids) - window):
            counts.update((ids[i], other) for other in ids[i - window : i] + ids[i + 1 : i + 1 + window])
    return embeddings.as_table(counts, vocab_size)
