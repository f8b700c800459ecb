"""Answers to `attention.scores` as readers might write them."""

import math

import torch

from nextword import attention, sampling
from tests.lessons import right, wrong


@right("attention.scores")
def _(query, key):
    return torch.einsum("...qd,...kd->...qk", query, key) * query.shape[-1] ** -0.5


@right("attention.scores")
def _(query, key):
    fourth = query.size(-1) ** 0.25  # half of the scale on each side
    return (query / fourth) @ (key / fourth).mT


@right("attention.scores")
def _(query, key):
    rows = [(key @ query[..., q, :, None]).squeeze(-1) for q in range(query.shape[-2])]
    return torch.stack(rows, dim=-2) / torch.tensor(query.shape[-1]).sqrt().to(query.dtype)


@wrong("attention.scores", "stack")
def _(query, key):
    table = query.new_zeros(len(query), len(key))
    for q in range(len(query)):
        for k in range(len(key)):
            table[q, k] = query[q] @ key[k] / query.shape[-1] ** 0.5
    return table


@wrong("attention.scores", "stack")
def _(query, key):
    return torch.einsum("qd,kd->qk", query, key) / math.sqrt(query.shape[-1])


@wrong("attention.scores", "loses-its-kind")
def _(query, key):
    return torch.matmul(query, key.mT) / torch.full((1,), query.shape[-1]).sqrt()


def _root(x):
    return math.sqrt(x.shape[-1])


@wrong("attention.scores", "scores-no-scale")
def _(query, key):
    return torch.einsum("...qd,...kd->...qk", query, key)


@wrong("attention.scores", "scores-divided-by-d")
def _(query, key):
    return (query / _root(query)) @ (key / _root(key)).mT


@wrong("attention.scores", "edit")
def _(query, key):
    return query @ key.mT / query.shape[-1] ** -0.5


@wrong("attention.scores", "scores-half")
def _(query, key):
    return (query @ key.mT) / (query.shape[-1] ** 1 / 2)


@wrong("attention.scores", "scores-fixed-scale")
def _(query, key):
    return (query @ key.mT) * 0.5


@wrong("attention.scores", "scores-scale-of-queries")
def _(query, key):
    *_, queries, _ = query.shape
    return query @ key.mT / math.sqrt(queries)


@wrong("attention.scores", "scores-scale-of-keys")
def _(query, key):
    table = query @ key.mT
    return table / math.sqrt(table.shape[-1])


@wrong("attention.scores", "edit")
def _(query, key):
    return query @ key.mT * query.shape[0] ** -0.5


@wrong("attention.scores", "scores-swapped")
def _(query, key):
    return torch.einsum("...qd,...kd->...kq", query, key) / _root(key)


@wrong("attention.scores", "scores-not-turned")
def _(query, key):
    return torch.matmul(query, key) / _root(query)


@wrong("attention.scores", "scores-reshaped")
def _(query, key):
    on_its_side = key.contiguous().view(*key.shape[:-2], key.shape[-1], -1)
    return torch.matmul(query, on_its_side) / _root(query)


@wrong("attention.scores", "scores-query-turned")
def _(query, key):
    return query.transpose(-1, -2) @ key / _root(query)


@wrong("attention.scores", "stack")
def _(query, key):
    return query @ key.swapaxes(1, 0) / _root(query)


@wrong("attention.scores", "scores-all-axes")
def _(query, key):
    return torch.matmul(query, key.permute(tuple(reversed(range(key.ndim))))) / _root(query)


@wrong("attention.scores", "scores-own-place-only")
def _(query, key):
    return torch.sum(query * key, -1) / _root(query)


@wrong("attention.scores", "wrong-kind")
def _(query, key):
    return torch.mul(query, key) / _root(query)


@wrong("attention.scores", "place-spoiled")
def _(query, key):
    return sampling.softmax(query @ key.mT / _root(query))


@wrong("attention.scores", "scores-cosine")
def _(query, key):
    lengths = query.norm(dim=-1, keepdim=True) * key.norm(dim=-1).unsqueeze(-2)
    return query @ key.mT / lengths.clamp(min=1e-12)


@wrong("attention.scores", "stack")
def _(query, key):
    return query @ key.mT / math.sqrt(query.size(1))


@wrong("attention.scores", "place-spoiled")
def _(query, key):
    return attention.mask_future(query @ key.mT / _root(query))


@wrong("attention.scores", "scores-root-of-all")
def _(query, key):
    return (query @ key.mT / query.shape[-1]).sqrt()


@wrong("attention.scores", "scores-swapped-no-scale")
def _(query, key):
    return torch.einsum("...kd,...qd->...kq", key, query)


@wrong("attention.scores", "scores-all-axes-no-scale")
def _(query, key):
    return torch.matmul(query, key.permute(tuple(reversed(range(key.ndim)))))
