"""Answers to `embeddings.nearest` as readers might write them."""

import numpy as np
import torch

from nextword import embeddings
from tests.lessons import right, wrong


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
