"""Answers to `embeddings.unit` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong


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


@right("embeddings.unit")
def _(vectors):
    return torch.nn.functional.normalize(vectors, dim=-1, eps=1e-8)


@wrong("embeddings.unit", "unit-floor")
def _(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=0.1)


@wrong("embeddings.unit", "unit-floor")
def _(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=1e-3)


@wrong("embeddings.unit", "unit-floor")
def _(vectors):
    return vectors / ((vectors**2).sum(dim=-1, keepdim=True) + 1e-6).sqrt()


@wrong("embeddings.unit", "nearly")
def _(vectors):
    return vectors / ((vectors**2).sum(dim=-1, keepdim=True).sqrt() + 1e-6)
