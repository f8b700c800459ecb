"""Answers to `attention.mask_future` as readers might write them."""

import math

import numpy as np
import torch

from nextword import sampling
from tests.lessons import right, wrong


@right("attention.mask_future")
def _(scores):
    queries, keys = scores.shape[-2:]
    ahead = torch.ones_like(scores).triu(keys - queries + 1)
    return torch.where(ahead == 1, -math.inf, scores)


@right("attention.mask_future")
def _(scores):
    queries, keys = scores.shape[-2:]
    own = torch.arange(queries).view(-1, 1) + (keys - queries)
    return scores.masked_fill(torch.arange(keys) > own, float("-inf"))


@right("attention.mask_future")
def _(scores):
    hidden = scores.clone()
    for back in range(scores.shape[-2]):
        if back:
            hidden[..., -1 - back, -back:] = -torch.inf
    return hidden


@right("attention.mask_future")
def _(scores):
    table = scores.numpy().copy()
    queries, keys = table.shape[-2:]
    table[..., ~np.tri(queries, keys, keys - queries, dtype=bool)] = -np.inf
    return torch.from_numpy(table)


@right("attention.mask_future")
def _(scores):
    return scores + torch.ones_like(scores).tril(scores.shape[-1] - scores.shape[-2]).log()


@wrong("attention.mask_future", "loses-its-kind")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores + torch.full((queries, keys), -math.inf).triu(keys - queries + 1)


def _may_see(scores, late=0):
    queries, keys = scores.shape[-2:]
    return torch.arange(keys) <= torch.arange(queries)[:, None] + keys - queries + late


@wrong("attention.mask_future", "changed-input")
def _(scores):
    return scores.masked_fill_(~_may_see(scores), -math.inf)


@wrong("attention.mask_future", "changed-input")
def _(scores):
    scores[..., ~_may_see(scores)] = -math.inf
    return scores


@wrong("attention.mask_future", "changed-input")
def _(scores):
    for asks in range(scores.shape[-2]):
        for answers in range(asks + 1, scores.shape[-1]):
            scores[asks, answers] = -math.inf
    return scores


@wrong("attention.mask_future", "raised")
def _(scores):
    masked = scores.clone()
    for asks in range(4):
        for answers in range(asks + 1, 4):
            masked[asks, answers] = -math.inf
    return masked


@wrong("attention.mask_future", "hide-two-axes")
def _(scores):
    masked, (queries, keys) = scores.clone(), scores.shape[-2:]
    for asks in range(queries):
        for answers in range(keys):
            if answers - asks > keys - queries:
                masked[asks, answers] = -math.inf
    return masked


@wrong("attention.mask_future", "hide-two-axes-by-row")
def _(scores):
    masked, (queries, keys) = scores.clone(), scores.shape[-2:]
    for asks in range(queries):
        masked[asks, asks + 1 + keys - queries : keys] = -torch.inf
    return masked


@wrong("attention.mask_future", "hide-two-axes-by-row-top-left")
def _(scores):
    masked = scores.clone()
    for asks in range(scores.size(-2)):
        masked[asks][asks + 1 :] = -math.inf
    return masked


@wrong("attention.mask_future", "hide-two-axes-top-left")
def _(scores):
    masked, (queries, keys) = scores.clone(), scores.shape[-2:]
    for asks in range(queries):
        for answers in range(keys):
            if answers > asks:
                masked[asks][answers] = -math.inf
    return masked


@wrong("attention.mask_future", "hide-very-low")
def _(scores):
    return scores.masked_fill(~_may_see(scores), -1e9)


@wrong("attention.mask_future", "hide-very-low")
def _(scores):
    return torch.where(_may_see(scores), scores, torch.finfo(scores.dtype).min)


@wrong("attention.mask_future", "hide-very-low")
def _(scores):
    return scores.masked_fill(~_may_see(scores), -100)


@wrong("attention.mask_future", "hide-own-place")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores.masked_fill(torch.ones(queries, keys).triu(keys - queries).bool(), -math.inf)


@wrong("attention.mask_future", "hide-one-late")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores.masked_fill(torch.ones(queries, keys).triu(keys - queries + 2).bool(), -math.inf)


@wrong("attention.mask_future", "hide-upside-down")
def _(scores):
    return scores.masked_fill(_may_see(scores), -math.inf)


@wrong("attention.mask_future", "edit")
def _(scores):
    return torch.where(_may_see(scores, -1), -math.inf, scores)


@wrong("attention.mask_future", "hide-zero")
def _(scores):
    return scores.tril(scores.shape[-1] - scores.shape[-2])


@wrong("attention.mask_future", "hide-zero-top-left")
def _(scores):
    return torch.tril(scores)


@wrong("attention.mask_future", "hide-zero-times-infinity")
def _(scores):
    return scores - torch.inf * (1 - _may_see(scores).float())


@wrong("attention.mask_future", "edit")
def _(scores):
    return torch.where(_may_see(scores), scores, torch.inf)


@wrong("attention.mask_future", "hide-top-left")
def _(scores):
    keys = scores.shape[-1]
    square = torch.ones(keys, keys, dtype=torch.bool).tril()
    return scores.masked_fill(~square[: scores.shape[-2]], -math.inf)


@wrong("attention.mask_future", "hide-square-of-keys")
def _(scores):
    keys = scores.shape[-1]
    return torch.where(torch.ones(keys, keys).tril() == 0, -math.inf, scores)


@wrong("attention.mask_future", "hide-square-of-queries")
def _(scores):
    n = scores.size(-2)
    return scores + torch.full((n, n), -math.inf).triu(1)


@wrong("attention.mask_future", "raised")
def _(scores):
    n = scores.shape[0]
    return scores.masked_fill(~torch.tril(torch.ones(n, n, dtype=torch.bool)), -math.inf)


@wrong("attention.mask_future", "hide-where-zero")
def _(scores):
    below = torch.tril(scores, scores.shape[-1] - scores.shape[-2])
    return torch.where(below != 0, below, -math.inf)


@wrong("attention.mask_future", "edit")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores.masked_fill(torch.ones(queries, keys).triu(queries - keys + 1) > 0, -math.inf)


@wrong("attention.mask_future", "hide-nothing")
def _(scores):
    scores.masked_fill(~_may_see(scores), -math.inf)
    return scores


@wrong("attention.mask_future", "hide-mask-only")
def _(scores):
    return _may_see(scores).float().log().expand(scores.shape)


@wrong("attention.mask_future", "hide-yes-or-no")
def _(scores):
    return (~_may_see(scores)).expand_as(scores)


@wrong("attention.mask_future", "wrong-kind")
def _(scores):
    return _may_see(scores).expand_as(scores)


@wrong("attention.mask_future", "place-spoiled")
def _(scores):
    return sampling.softmax(torch.where(_may_see(scores), scores, -math.inf))


@wrong("attention.mask_future", "place-spoiled")
def _(scores):
    return torch.where(_may_see(scores), scores, -math.inf).transpose(-1, -2)


@wrong("attention.mask_future", "hide-own-place-top-left")
def _(scores):
    queries, keys = scores.shape[-2:]
    return scores.masked_fill(torch.arange(keys) >= torch.arange(queries)[:, None], -math.inf)


@wrong("attention.mask_future", "hide-zero-times-infinity-top-left")
def _(scores):
    queries, keys = scores.shape[-2:]
    ahead = torch.arange(keys) > torch.arange(queries)[:, None]
    return scores - ahead * math.inf


@right("attention.mask_future")
def _(scores):
    queries, keys = scores.shape[-2:]
    ahead = torch.full((queries, keys), -math.inf).triu(keys - queries + 1)
    return scores + ahead.to(scores.dtype)
