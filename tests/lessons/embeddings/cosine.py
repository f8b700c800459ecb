"""Answers to `embeddings.cosine` as readers might write them."""

import torch

from nextword import embeddings
from tests.lessons import right, wrong


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


@wrong("embeddings.cosine", "cosine-floor")
def _(vectors, vector):
    lengths = vectors.norm(dim=-1) * vector.norm()
    return vectors @ vector / lengths.clamp(min=0.1)


@right("embeddings.cosine")
def _(vectors, vector):
    return torch.cosine_similarity(vectors, vector, dim=-1)
