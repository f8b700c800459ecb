"""Answers to `embeddings.analogy` as readers might write them."""

import numpy as np
import torch

from nextword import embeddings
from tests.lessons import right, wrong


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
