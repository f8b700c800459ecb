"""Lesson 04."""

import math
from collections import Counter

import numpy as np
import torch

from nextword import embeddings
from tests.classroom.instances import right, wrong

# ---- unit ----


@right("embeddings.unit")
def _(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=1e-12)


@right("embeddings.unit")
def _(vectors):
    lengths = torch.sqrt(torch.sum(vectors * vectors, dim=-1))
    return torch.nan_to_num(vectors / lengths[..., None])


@wrong("embeddings.unit", "unit-axis")
def _(vectors):
    return vectors / vectors.norm(dim=0).clamp(min=1e-12)


@wrong("embeddings.unit", "unit-whole-table")
def _(vectors):
    return vectors / torch.sqrt(torch.sum(vectors**2))


@wrong("embeddings.unit", "unit-keepdim")
def _(vectors):
    return vectors / (vectors**2).sum(dim=-1).sqrt().clamp(min=1e-12)


@wrong("embeddings.unit", "unit-no-root")
def _(vectors):
    return vectors / (vectors * vectors).sum(-1, keepdim=True).clamp(min=1e-12)


@wrong("embeddings.unit", "unit-sum")
def _(vectors):
    total = torch.sum(vectors, -1).unsqueeze(-1)
    return torch.where(total == 0, vectors, vectors / total)


@wrong("embeddings.unit", "unit-zero")
def _(vectors):
    return vectors / vectors.square().sum(-1, keepdim=True).sqrt()


@wrong("embeddings.unit", "unit-lengths")
def _(vectors):
    return torch.sqrt(torch.sum(vectors**2, dim=-1))


@wrong("embeddings.unit", "unit-largest")
def _(vectors):
    return vectors / vectors.amax(dim=-1).unsqueeze(-1)


@wrong("embeddings.unit", "unit-sizes")
def _(vectors):
    sizes = vectors.abs().sum(-1, keepdim=True)
    return vectors / torch.where(sizes > 0, sizes, 1.0)


@wrong("embeddings.unit", "unit-half")
def _(vectors):
    return vectors / ((vectors**2).sum(dim=-1, keepdim=True) ** 1 / 2).clamp(min=1e-12)


# ---- cosine ----


@right("embeddings.cosine")
def _(vectors, vector):
    return (embeddings.unit(vectors) * embeddings.unit(vector)).sum(dim=-1)


@right("embeddings.cosine")
def _(vectors, vector):
    lengths = vectors.norm(dim=-1) * vector.norm()
    return vectors @ vector / torch.where(lengths > 0, lengths, 1.0)


@wrong("embeddings.cosine", "cosine-no-lengths")
def _(vectors, vector):
    return (vectors * vector).sum(-1)


@wrong("embeddings.cosine", "cosine-one-length")
def _(vectors, vector):
    return embeddings.unit(vectors) @ vector


@wrong("embeddings.cosine", "cosine-rows-length")
def _(vectors, vector):
    return (vectors * embeddings.unit(vector)).sum(-1)


@wrong("embeddings.cosine", "cosine-axis")
def _(vectors, vector):
    columns = vectors / vectors.norm(dim=0).clamp(min=1e-12)
    return (columns * embeddings.unit(vector)).sum(dim=-1)


@wrong("embeddings.cosine", "cosine-zero")
def _(vectors, vector):
    return (vectors * vector).sum(-1) / (vectors**2).sum(-1).sqrt() / (vector**2).sum().sqrt()


@wrong("embeddings.cosine", "cosine-not-summed")
def _(vectors, vector):
    return embeddings.unit(vector) * embeddings.unit(vectors)


@wrong("embeddings.cosine", "cosine-size")
def _(vectors, vector):
    return ((embeddings.unit(vectors) @ embeddings.unit(vector)) ** 2).sqrt()


@wrong("embeddings.cosine", "cosine-whole-table")
def _(vectors, vector):
    return (vectors * vector).sum(-1) / (vectors**2).sum().sqrt() / vector.norm()


@wrong("embeddings.cosine", "cosine-angle")
def _(vectors, vector):
    return torch.acos((embeddings.unit(vectors) * embeddings.unit(vector)).sum(-1).clamp(-1, 1))


@wrong("embeddings.cosine", "cosine-afterwards")
def _(vectors, vector):
    dots = vectors @ vector
    return dots / torch.where(dots.norm(dim=-1, keepdim=True) > 0, dots.norm(dim=-1, keepdim=True), 1.0)


# ---- cooccurrence ----


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


@wrong("embeddings.cooccurrence", "cooccurrence-left-only")
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


@wrong("embeddings.cooccurrence", "cooccurrence-no-window")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i, word in enumerate(ids):
            counts.update((word, other) for other in ids[:i] + ids[i + 1 :])
    return embeddings.as_table(counts, vocab_size)


@wrong("embeddings.cooccurrence", "cooccurrence-only-at-window")
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for a, b in zip(ids, ids[window:], strict=False):
            counts[a, b] += 1
            counts[b, a] += 1
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


# ---- ppmi ----


@right("embeddings.ppmi")
def _(counts):
    shares = counts / counts.sum()
    chance = shares.sum(1, keepdim=True) * shares.sum(0, keepdim=True)
    return torch.nan_to_num(torch.log(shares / chance)).clamp(min=0)


@right("embeddings.ppmi")
def _(counts):
    ratio = counts * counts.sum() / torch.outer(counts.sum(1), counts.sum(0))
    return torch.where(counts == 0, torch.ones_like(counts), ratio).clamp(min=1).log()


def _chance(counts):
    return torch.outer(counts.sum(1), counts.sum(0)) / counts.sum()


@wrong("embeddings.ppmi", "ppmi-keepdim")
def _(counts):
    ratio = counts * counts.sum() / counts.sum(dim=1) / counts.sum(dim=0)
    return torch.nan_to_num(ratio.log()).clamp(min=0)


@wrong("embeddings.ppmi", "ppmi-below-zero")
def _(counts):
    return torch.log(counts / _chance(counts))


@wrong("embeddings.ppmi", "ppmi-zero-row")
def _(counts):
    return torch.clamp(torch.log(counts / _chance(counts)), min=0)


@wrong("embeddings.ppmi", "ppmi-clip-first")
def _(counts):
    ratio = torch.nan_to_num(counts / _chance(counts)).clamp(min=0)
    return torch.where(counts == 0, torch.zeros_like(counts), torch.log(ratio))


@wrong("embeddings.ppmi", "ppmi-log-plus-one")
def _(counts):
    return torch.log1p(torch.nan_to_num(counts / _chance(counts)))


@wrong("embeddings.ppmi", "ppmi-no-total")
def _(counts):
    ratio = counts / torch.outer(counts.sum(1), counts.sum(0))
    return torch.nan_to_num(ratio).clamp(min=1).log()


@wrong("embeddings.ppmi", "ppmi-base-2")
def _(counts):
    return torch.nan_to_num(counts / _chance(counts)).clamp(min=1).log() / math.log(2)


@wrong("embeddings.ppmi", "ppmi-no-log")
def _(counts):
    return torch.nan_to_num(counts / _chance(counts))


@wrong("embeddings.ppmi", "ppmi-row-only")
def _(counts):
    shares = counts / counts.sum(1, keepdim=True)
    return torch.nan_to_num(torch.log(shares * counts.size(1))).clamp(min=0)


@wrong("embeddings.ppmi", "ppmi-upside-down")
def _(counts):
    ratio = torch.where(counts == 0, torch.ones_like(counts), _chance(counts) / counts)
    return ratio.log().clamp(min=0)


@wrong("embeddings.ppmi", "ppmi-size")
def _(counts):
    ratio = torch.where(counts == 0, torch.ones_like(counts), counts / _chance(counts))
    return torch.abs(torch.log(ratio))


@wrong("embeddings.ppmi", "ppmi-one-sum-twice")
def _(counts):
    ratio = counts * counts.sum() / counts.sum(0) / counts.sum(0)
    return torch.nan_to_num(ratio).clamp(min=1).log()


# ---- nearest ----


@right("embeddings.nearest")
def _(vectors, query, n, without=()):
    cosines = embeddings.cosine(vectors, query)
    rows = [row for row in range(len(vectors)) if row not in without]
    return sorted(rows, key=lambda row: -float(cosines[row]))[:n]


@right("embeddings.nearest")
def _(vectors, query, n, without=()):
    found, left_out = [], set(without)
    for row in (-embeddings.cosine(vectors, query)).argsort(stable=True):
        if int(row) not in left_out:
            found.append(int(row))
        if len(found) == n:
            break
    return found


def _ranked(scores):
    return [int(row) for row in np.argsort(-scores.numpy(), kind="stable")]


@wrong("embeddings.nearest", "nearest-keeps-all")
def _(vectors, query, n, without=()):
    return _ranked(embeddings.cosine(vectors, query))[:n]


@wrong("embeddings.nearest", "nearest-cut-first")
def _(vectors, query, n, without=()):
    top = embeddings.cosine(vectors, query).sort(descending=True, stable=True).indices[:n]
    return [int(row) for row in top if int(row) not in without]


@wrong("embeddings.nearest", "nearest-drops-first")
def _(vectors, query, n, without=()):
    return _ranked(embeddings.cosine(vectors, query))[1:][:n]


@wrong("embeddings.nearest", "nearest-ascending")
def _(vectors, query, n, without=()):
    order = embeddings.cosine(vectors, query).argsort(stable=True)
    return [int(row) for row in order if int(row) not in without][:n]


@wrong("embeddings.nearest", "nearest-dot")
def _(vectors, query, n, without=()):
    return [row for row in _ranked((vectors * query).sum(-1)) if row not in without][:n]


@wrong("embeddings.nearest", "nearest-distance")
def _(vectors, query, n, without=()):
    return [row for row in _ranked(-((vectors - query) ** 2).sum(-1)) if row not in without][:n]


@wrong("embeddings.nearest", "nearest-cosines")
def _(vectors, query, n, without=()):
    cosines = embeddings.cosine(vectors, query).tolist()
    return sorted((c for row, c in enumerate(cosines) if row not in without), reverse=True)[:n]


@wrong("embeddings.nearest", "nearest-all")
def _(vectors, query, n, without=()):
    return [row for row in _ranked(embeddings.cosine(vectors, query)) if row not in set(without)]


@wrong("embeddings.nearest", "nearest-ties")
def _(vectors, query, n, without=()):
    cosines = embeddings.cosine(vectors, query).tolist()
    order = sorted(range(len(cosines)), key=lambda row: (cosines[row], row), reverse=True)
    return [row for row in order if row not in without][:n]


@wrong("embeddings.nearest", "nearest-pushed-down")
def _(vectors, query, n, without=()):
    order = _ranked(embeddings.cosine(vectors, query))
    return sorted(order, key=lambda row: row in without)[:n]


# ---- analogy ----


@right("embeddings.analogy")
def _(vectors, a, b, c, n=1, without_inputs=True):
    step = vectors[a] - vectors[b]
    left_out = {a, b, c} if without_inputs else set()
    ranked = embeddings.nearest(vectors, vectors[c] + step, n + 3, [])
    return [row for row in ranked if row not in left_out][:n]


@wrong("embeddings.analogy", "analogy-order")
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[c] + (vectors[b] - vectors[a])
    return embeddings.nearest(vectors, query, n, (a, b, c) if without_inputs else ())


@wrong("embeddings.analogy", "analogy-brackets")
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[a] - (vectors[b] + vectors[c])
    return embeddings.nearest(vectors, query, n, (a, b, c) if without_inputs else ())


@wrong("embeddings.analogy", "analogy-sum")
def _(vectors, a, b, c, n=1, without_inputs=True):
    return embeddings.nearest(vectors, vectors[[a, b, c]].sum(dim=0), n, [a, b, c] * without_inputs)


@wrong("embeddings.analogy", "analogy-nothing-left-out")
def _(vectors, a, b, c, n=1, without_inputs=True):
    return embeddings.nearest(vectors, vectors[a] - vectors[b] + vectors[c], n)


@wrong("embeddings.analogy", "analogy-one-left-out")
def _(vectors, a, b, c, n=1, without_inputs=True):
    return embeddings.nearest(vectors, vectors[a] - vectors[b] + vectors[c], n, [a] * without_inputs)


@wrong("embeddings.analogy", "analogy-always-left-out")
def _(vectors, a, b, c, n=1, without_inputs=True):
    found = embeddings.nearest(vectors, vectors[a] - vectors[b] + vectors[c], n + 3)
    return [row for row in found if row not in (a, b, c)][:n]


@wrong("embeddings.analogy", "analogy-flag-turned")
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[a] - vectors[b] + vectors[c]
    return embeddings.nearest(vectors, query, n, [a, b, c] * (not without_inputs))


@wrong("embeddings.analogy", "analogy-ids")
def _(vectors, a, b, c, n=1, without_inputs=True):
    return embeddings.nearest(vectors, vectors[a + c - b], n, [a, b, c] * without_inputs)


@wrong("embeddings.analogy", "analogy-turned")
def _(vectors, a, b, c, n=1, without_inputs=True):
    return embeddings.nearest(vectors, vectors[a] + (vectors[b] - vectors[c]), n, [a, b, c] * without_inputs)


@wrong("embeddings.analogy", "analogy-units")
def _(vectors, a, b, c, n=1, without_inputs=True):
    u = embeddings.unit(vectors)
    return embeddings.nearest(u, u[a] - u[b] + u[c], n, [a, b, c] * without_inputs)


# ---- place_on_ruler ----


@right("embeddings.place_on_ruler")
def _(vectors, low, high):
    direction = high - low
    return (vectors * direction).sum(dim=-1) / direction.norm()


@wrong("embeddings.place_on_ruler", "ruler-not-unit")
def _(vectors, low, high):
    return vectors @ high - vectors @ low


@wrong("embeddings.place_on_ruler", "ruler-cosine")
def _(vectors, low, high):
    return embeddings.cosine(vectors, high - low)


@wrong("embeddings.place_on_ruler", "ruler-flipped")
def _(vectors, low, high):
    direction = low - high
    return vectors @ direction / direction.norm()


@wrong("embeddings.place_on_ruler", "ruler-from-low")
def _(vectors, low, high):
    direction = embeddings.unit(high - low)
    return vectors @ direction - low @ direction


@wrong("embeddings.place_on_ruler", "ruler-ends-0-and-1")
def _(vectors, low, high):
    direction = high - low
    start, end = low @ direction, high @ direction
    return (vectors @ direction - start) / (end - start)


@wrong("embeddings.place_on_ruler", "ruler-units-apart")
def _(vectors, low, high):
    return vectors @ embeddings.unit(embeddings.unit(high) - embeddings.unit(low))


@wrong("embeddings.place_on_ruler", "ruler-high-only")
def _(vectors, low, high):
    return vectors @ high / high.norm()


@wrong("embeddings.place_on_ruler", "ruler-squared")
def _(vectors, low, high):
    direction = high - low
    return vectors @ direction / (direction @ direction)


@wrong("embeddings.place_on_ruler", "ruler-from-the-middle")
def _(vectors, low, high):
    direction = embeddings.unit(high - low)
    return vectors @ direction - (low @ direction + high @ direction) / 2


@wrong("embeddings.place_on_ruler", "ruler-size")
def _(vectors, low, high):
    direction = high - low
    return (vectors @ direction).abs() / direction.norm()
