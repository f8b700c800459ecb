"""Lesson 04."""

import math
from collections import Counter, deque

import numpy as np
import torch

from nextword import embeddings
from tests.lessons import right, wrong

# ---- unit ----


@right("embeddings.unit")
def _(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=1e-12)


@right("embeddings.unit")
def one_by_one(vectors):
    if vectors.dim() > 1:
        return torch.stack([one_by_one(vector) for vector in vectors])
    length = math.sqrt(sum(x * x for x in vectors.tolist()))
    return vectors / length if length else vectors


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


@wrong("embeddings.unit", "edit")
def _(vectors):
    return torch.nn.functional.normalize(vectors, p=torch.inf, dim=-1)


@wrong("embeddings.unit", "unit-sizes")
def _(vectors):
    sizes = vectors.abs().sum(-1, keepdim=True)
    return vectors / torch.where(sizes > 0, sizes, 1.0)


@wrong("embeddings.unit", "unit-half")
def _(vectors):
    return vectors / ((vectors**2).sum(dim=-1, keepdim=True) ** 1 / 2).clamp(min=1e-12)


@wrong("embeddings.unit", "unit-half-at-once")
def _(vectors):
    return vectors / (vectors * vectors).sum(dim=-1, keepdim=True).clamp(min=1e-12) ** 1 / 2


@wrong("embeddings.unit", "edit")
def _(vectors):
    roots = vectors.sum(-1).unsqueeze(-1) ** 0.5
    return torch.where(roots == 0, vectors, vectors / roots)


@wrong("embeddings.unit", "edit")
def _(vectors):
    size = vectors.norm(dim=-1, keepdim=True) / vectors.shape[-1] ** 0.5
    return vectors / size.clamp(min=1e-12)


@wrong("embeddings.unit", "edit")
def _(vectors):
    lengths = (vectors**2).sum(dim=-1, keepdim=True).sqrt()
    return vectors / torch.where(lengths > 0, 1.0, lengths)


@wrong("embeddings.unit", "unit-zero-ones")
def _(vectors):
    lengths = vectors.norm(dim=-1, keepdim=True)
    return torch.where(lengths > 0, vectors / lengths, torch.ones_like(vectors))


@wrong("embeddings.unit", "unit-softmax")
def _(vectors):
    return vectors.exp() / vectors.exp().sum(dim=-1, keepdim=True)


@wrong("embeddings.unit", "table-only")
def _(vectors):
    found = torch.zeros_like(vectors)
    for row, vector in enumerate(vectors):
        if vector.norm() > 0:
            found[row] = vector / vector.norm()
    return found


# ---- cosine ----


@right("embeddings.cosine")
def _(vectors, vector):
    return (embeddings.unit(vectors) * embeddings.unit(vector)).sum(dim=-1)


@right("embeddings.cosine")
def _(vectors, vector):
    ones = [embeddings.unit(row).dot(embeddings.unit(vector)) for row in vectors.reshape(-1, len(vector))]
    return torch.stack(ones).reshape(vectors.shape[:-1])


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


@wrong("embeddings.cosine", "edit")
def _(vectors, vector):
    return embeddings.unit(vector) * embeddings.unit(vectors)


@wrong("embeddings.cosine", "place-spoiled")
def _(vectors, vector):
    return ((embeddings.unit(vectors) @ embeddings.unit(vector)) ** 2).sqrt()


@wrong("embeddings.cosine", "cosine-whole-table")
def _(vectors, vector):
    return (vectors * vector).sum(-1) / (vectors**2).sum().sqrt() / vector.norm()


@wrong("embeddings.cosine", "place-spoiled")
def _(vectors, vector):
    return torch.acos((embeddings.unit(vectors) * embeddings.unit(vector)).sum(-1).clamp(-1, 1))


@wrong("embeddings.cosine", "cosine-afterwards")
def _(vectors, vector):
    dots = vectors @ vector
    return dots / torch.where(dots.norm(dim=-1, keepdim=True) > 0, dots.norm(dim=-1, keepdim=True), 1.0)


@wrong("embeddings.cosine", "place-spoiled")
def _(vectors, vector):
    return 1 - (embeddings.unit(vectors) * embeddings.unit(vector)).sum(dim=-1)


@wrong("embeddings.cosine", "cosine-keepdim")
def _(vectors, vector):
    lengths = (vectors**2).sum(-1, keepdim=True).sqrt() * (vector**2).sum(-1, keepdim=True).sqrt()
    return (vectors @ vector) / lengths.clamp(min=1e-12)


@wrong("embeddings.cosine", "cosine-brackets")
def _(vectors, vector):
    rows, one = (vectors**2).sum(dim=-1).sqrt(), (vector**2).sum().sqrt()
    return (vectors * vector).sum(dim=-1) / rows * one


@wrong("embeddings.cosine", "cosine-no-root")
def _(vectors, vector):
    squares = vectors.norm(dim=-1).square() * (vector @ vector)
    return (vectors * vector).sum(-1) / squares.clamp(min=1e-12)


@wrong("embeddings.cosine", "cosine-mean")
def _(vectors, vector):
    return embeddings.unit(vectors) @ embeddings.unit(vector) / len(vector)


@wrong("embeddings.cosine", "cosine-lengths-added")
def _(vectors, vector):
    lengths = (vectors**2).sum(-1).sqrt() + (vector**2).sum().sqrt()
    return (vectors * vector).sum(-1) / lengths.clamp(min=1e-12)


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


# ---- ppmi ----


@right("embeddings.ppmi")
def _(counts):
    shares = counts / counts.sum()
    chance = shares.sum(1, keepdim=True) * shares.sum(0, keepdim=True)
    return torch.nan_to_num(torch.log(shares / chance)).clamp(min=0)


@right("embeddings.ppmi")
def _(counts):
    logs = counts.log() + counts.sum().log()
    logs = logs - counts.sum(1, keepdim=True).log() - counts.sum(0).log()
    return logs.masked_fill(counts == 0, 0.0).relu()


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


@wrong("embeddings.ppmi", "ppmi-upside-down")
def _(counts):
    ratio = torch.where(counts == 0, torch.ones_like(counts), _chance(counts) / counts)
    return ratio.log().clamp(min=0)


@wrong("embeddings.ppmi", "ppmi-one-sum-twice")
def _(counts):
    ratio = counts * counts.sum() / counts.sum(0) / counts.sum(0)
    return torch.nan_to_num(ratio).clamp(min=1).log()


@wrong("embeddings.ppmi", "ppmi-all-zero")
def _(counts):
    shares = torch.nan_to_num(counts / counts.sum(dim=1, keepdim=True))
    return shares.clamp(min=1e-12).log().clamp(min=0)


@wrong("embeddings.ppmi", "ppmi-shares-mixed")
def _(counts):
    rows, columns = counts.sum(1) / counts.sum(), counts.sum(0) / counts.sum()
    ratio = torch.nan_to_num(counts / torch.outer(rows, columns))
    return ratio.clamp(min=1).log()


@wrong("embeddings.ppmi", "ppmi-brackets")
def _(counts):
    shares = torch.nan_to_num(counts / counts.sum(1, keepdim=True))
    return (shares * counts.sum(0) * counts.sum()).clamp(min=1).log()


@wrong("embeddings.ppmi", "edit")
def _(counts):
    ratio = torch.nan_to_num(counts / _chance(counts))
    return ratio * (ratio > 1)


@wrong("embeddings.ppmi", "place-spoiled")
def _(counts):
    return torch.nan_to_num(counts / _chance(counts)).clamp(min=1).log() / math.log(10)


@wrong("embeddings.ppmi", "place-parts")
def _(counts):
    return torch.relu(counts - _chance(counts))


@wrong("embeddings.ppmi", "edit")
def _(counts):
    ratio = torch.where(_chance(counts) == 0, torch.ones_like(counts), counts / _chance(counts))
    return ratio.log().clamp(max=0)


@wrong("embeddings.ppmi", "place-line")
def _(counts):
    rows = counts.sum(1, keepdim=True)
    return torch.nan_to_num(counts * counts.sum() / rows / rows).clamp(min=1).log()


@wrong("embeddings.ppmi", "place-line")
def _(counts):
    sums = counts.sum(1)
    return torch.nan_to_num(counts * sums.sum() / torch.outer(sums, sums)).clamp(min=1).log()


@wrong("embeddings.ppmi", "ppmi-logs-divided")
def _(counts):
    chance = _chance(counts)
    return torch.where(counts > chance, torch.log(counts) / torch.log(chance), torch.zeros_like(counts))


# ---- nearest ----


@right("embeddings.nearest")
def _(vectors, query, n, without=()):
    cosines = embeddings.cosine(vectors, query)
    rows = [row for row in range(len(vectors)) if row not in without]
    return sorted(rows, key=lambda row: -float(cosines[row]))[:n]


@right("embeddings.nearest")
def _(vectors, query, n, without=()):
    order = np.argsort(-embeddings.cosine(vectors, query).numpy(), kind="stable")
    return list(order[~np.isin(order, list(without))][:n])


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


@wrong("embeddings.nearest", "argument-ignored")
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


@wrong("embeddings.nearest", "nearest-cut-n-plus-1")
def _(vectors, query, n, without=()):
    best = embeddings.cosine(vectors, query).sort(descending=True, stable=True).indices[: n + 1]
    return [int(row) for row in best if int(row) not in without][:n]


@wrong("embeddings.nearest", "place-line")
def _(vectors, query, n, without=()):
    ranked = _ranked(embeddings.cosine(vectors, query))
    for place, row in enumerate(ranked):
        if row in without:
            del ranked[place]
    return ranked[:n]


@wrong("embeddings.nearest", "nearest-shifted")
def _(vectors, query, n, without=()):
    kept = torch.from_numpy(np.delete(vectors.numpy(), list(without), axis=0))
    return _ranked(embeddings.cosine(kept, query))[:n]


@wrong("embeddings.nearest", "nearest-topk")
def _(vectors, query, n, without=()):
    cosines = embeddings.cosine(vectors, query)
    cosines[list(without)] = -torch.inf
    return [int(row) for row in torch.topk(cosines, n).indices]


@wrong("embeddings.nearest", "nearest-sort-values")
def _(vectors, query, n, without=()):
    return sorted(embeddings.cosine(vectors, query).tolist(), reverse=True)[:n]


@wrong("embeddings.nearest", "nearest-index")
def _(vectors, query, n, without=()):
    cosines = embeddings.cosine(vectors, query)
    rows = [int((cosines == value).nonzero()[0]) for value in cosines.sort(descending=True).values]
    return [row for row in rows if row not in without][:n]


@wrong("embeddings.nearest", "place-line")
def _(vectors, query, n, without=()):
    order = embeddings.cosine(vectors, query).argsort(descending=True, stable=True)
    return order[[int(row) not in without for row in order]][:n]


@wrong("embeddings.nearest", "nearest-abs")
def _(vectors, query, n, without=()):
    ranked = _ranked(embeddings.cosine(vectors, query).abs())
    return [row for row in ranked if row not in without][:n]


@wrong("embeddings.nearest", "nearest-n-minus")
def _(vectors, query, n, without=()):
    left = [row for row in _ranked(embeddings.cosine(vectors, query)) if row not in without]
    n -= len(without)
    return left[:n]


@wrong("embeddings.nearest", "nearest-n-minus-one")
def _(vectors, query, n, without=()):
    left = [row for row in _ranked(embeddings.cosine(vectors, query)) if row not in without]
    return left[0 : n - 1]


@wrong("embeddings.nearest", "nearest-set")
def _(vectors, query, n, without=()):
    return sorted(set(_ranked(embeddings.cosine(vectors, query))).difference(without))[:n]


# ---- analogy ----


@right("embeddings.analogy")
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[a].clone()
    query -= vectors[b]
    query += vectors[c]
    if without_inputs:
        return embeddings.nearest(vectors, query, n, without=[c, b, a])
    return embeddings.nearest(vectors, query, n)


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


@wrong("embeddings.analogy", "argument-ignored")
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


@wrong("embeddings.analogy", "analogy-c-left-in")
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[a] - vectors[b] + vectors[c]
    return embeddings.nearest(vectors, query, n, [a, b] * without_inputs)


@wrong("embeddings.analogy", "edit")
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[a] - vectors[b] + vectors[c]
    return embeddings.nearest(vectors, query, n, [a, c] * without_inputs)


@wrong("embeddings.analogy", "place-line")
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[a] - vectors[b] + vectors[c]
    return embeddings.nearest(vectors, query, n, [b, c] * without_inputs)


@wrong("embeddings.analogy", "analogy-cut-first")
def _(vectors, a, b, c, n=1, without_inputs=True):
    found = embeddings.nearest(vectors, vectors[a] - vectors[b] + vectors[c], n)
    return [row for row in found if not (without_inputs and row in (a, b, c))]


@wrong("embeddings.analogy", "place-parts")
def _(vectors, a, b, c, n=1, without_inputs=True):
    skip = 3 if without_inputs else 0
    return embeddings.nearest(vectors, vectors[a] - vectors[b] + vectors[c], n + skip)[skip:]


@wrong("embeddings.analogy", "analogy-no-c")
def _(vectors, a, b, c, n=1, without_inputs=True):
    step = vectors[a] - vectors[b]
    return embeddings.nearest(vectors, step, n, [a, b, c] * without_inputs)


@wrong("embeddings.analogy", "place-line")
def _(vectors, a, b, c, n=1, without_inputs=True):
    query, kept = vectors[a] - vectors[b] + vectors[c], vectors
    if without_inputs:
        kept = torch.from_numpy(np.delete(vectors.numpy(), [a, b, c], axis=0))
    return embeddings.nearest(kept, query, n)


@wrong("embeddings.analogy", "analogy-not-cut")
def _(vectors, a, b, c, n=1, without_inputs=True):
    found = embeddings.nearest(vectors, vectors[a] + vectors[c] - vectors[b], n + 3)
    return [row for row in found if row not in {a, b, c} or not without_inputs]


@wrong("embeddings.analogy", "analogy-without-vectors")
def _(vectors, a, b, c, n=1, without_inputs=True):
    king, man, woman = vectors[[a, b, c]]
    query = king - man + woman
    return embeddings.nearest(vectors, query, n, [king, man, woman] if without_inputs else ())


# ---- project_onto ----


@right("embeddings.project_onto")
def _(vectors, low, high):
    return (vectors @ high - vectors @ low) / torch.dist(low, high)


@right("embeddings.project_onto")
def _(vectors, low, high):
    direction = high - low
    return (vectors * direction).sum(dim=-1) / direction.norm()


@wrong("embeddings.project_onto", "ruler-not-unit")
def _(vectors, low, high):
    return vectors @ high - vectors @ low


@wrong("embeddings.project_onto", "ruler-cosine")
def _(vectors, low, high):
    return embeddings.cosine(vectors, high - low)


@wrong("embeddings.project_onto", "ruler-flipped")
def _(vectors, low, high):
    direction = low - high
    return vectors @ direction / direction.norm()


@wrong("embeddings.project_onto", "ruler-from-low")
def _(vectors, low, high):
    direction = embeddings.unit(high - low)
    return vectors @ direction - low @ direction


@wrong("embeddings.project_onto", "ruler-ends-0-and-1")
def _(vectors, low, high):
    direction = high - low
    start, end = low @ direction, high @ direction
    return (vectors @ direction - start) / (end - start)


@wrong("embeddings.project_onto", "ruler-units-apart")
def _(vectors, low, high):
    return vectors @ embeddings.unit(embeddings.unit(high) - embeddings.unit(low))


@wrong("embeddings.project_onto", "argument-ignored")
def _(vectors, low, high):
    return vectors @ high / high.norm()


@wrong("embeddings.project_onto", "ruler-squared")
def _(vectors, low, high):
    direction = high - low
    return vectors @ direction / (direction @ direction)


@wrong("embeddings.project_onto", "place-spoiled")
def _(vectors, low, high):
    direction = embeddings.unit(high - low)
    return vectors @ direction - (low @ direction + high @ direction) / 2


@wrong("embeddings.project_onto", "place-line")
def _(vectors, low, high):
    direction = high - low
    return (vectors @ direction).abs() / direction.norm()


@wrong("embeddings.project_onto", "ruler-units-apart-only")
def _(vectors, low, high):
    return vectors @ embeddings.unit(high) - vectors @ embeddings.unit(low)


@wrong("embeddings.project_onto", "ruler-bracket")
def _(vectors, low, high):
    return vectors @ embeddings.unit(high) - vectors @ low


@wrong("embeddings.project_onto", "ruler-two-cosines")
def _(vectors, low, high):
    return embeddings.cosine(vectors, high) - embeddings.cosine(vectors, low)


@wrong("embeddings.project_onto", "place-parts")
def _(vectors, low, high):
    return embeddings.cosine(vectors, high - low) * (high - low).norm()


@wrong("embeddings.project_onto", "ruler-flipped-not-unit")
def _(vectors, low, high):
    return (vectors * (low - high)).sum(-1)


@wrong("embeddings.project_onto", "ruler-from-low-not-unit")
def _(vectors, low, high):
    return vectors @ (high - low) - low @ (high - low)


@wrong("embeddings.project_onto", "ruler-difference-of-lengths")
def _(vectors, low, high):
    lengths = [(end**2).sum().sqrt() for end in (low, high)]
    return (vectors * (high - low)).sum(-1) / (lengths[1] - lengths[0])


@wrong("embeddings.project_onto", "place-line")
def _(vectors, low, high):
    direction = high - low
    return (vectors @ direction / (direction @ direction)).unsqueeze(-1) * direction


@wrong("embeddings.project_onto", "edit")
def _(vectors, low, high):
    return embeddings.unit(high - low) * vectors


@wrong("embeddings.project_onto", "ruler-sizes")
def _(vectors, low, high):
    return vectors @ torch.nn.functional.normalize(high - low, p=1, dim=0)
