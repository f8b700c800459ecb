"""Answers to `embeddings.project_onto` as readers might write them."""

import torch

from nextword import embeddings
from tests.lessons import right, wrong


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
