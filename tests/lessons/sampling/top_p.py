"""Answers to `sampling.top_p` as readers might write them."""

import math

import numpy as np
import torch

from tests.lessons import right, wrong
from tests.lessons.sampling.shared import rows


def per_row(logits, keep_of_row):
    """Keep, in each row, the places that `keep_of_row(probabilities)` names."""
    out = torch.full_like(rows(logits), -math.inf)
    for row, kept in zip(rows(logits), out, strict=True):
        for place in keep_of_row(torch.softmax(row, dim=-1).tolist()):
            kept[place] = row[place]
    return out.reshape(logits.shape)


@right("sampling.top_p")
def _(logits, p):
    def until_p(chances):
        total, kept = 0.0, []
        for place in sorted(range(len(chances)), key=chances.__getitem__, reverse=True):
            kept.append(place)
            total += chances[place]
            if total >= p and p < 1:
                break
        return kept

    return per_row(logits, until_p)


@right("sampling.top_p")
def _(logits, p):
    if p >= 1:
        return logits.clone()
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) >= p
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = False
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@right("sampling.top_p")
def _(logits, p):
    if p == 1:
        return logits
    chances, order = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
    n = (chances.cumsum(dim=-1) < p).sum(dim=-1, keepdim=True) + 1
    return torch.where(order.argsort(dim=-1) < n, logits, -math.inf)


@right("sampling.top_p")
def _(logits, p):
    table = np.atleast_2d(logits.numpy()).reshape(-1, logits.shape[-1]).astype(float)
    chances = np.exp(table - table.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    out = np.full_like(table, -np.inf)
    for row, (share, kept) in enumerate(zip(chances, out, strict=True)):
        order = np.argsort(-share, kind="stable")
        n = len(order) if p == 1 else np.searchsorted(np.cumsum(share[order]), p) + 1
        kept[order[:n]] = table[row, order[:n]]
    return torch.from_numpy(out).float().reshape(logits.shape)


@wrong("sampling.top_p", "top-p-at-1")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) >= p
    remove = torch.cat([torch.zeros_like(remove[..., :1]), remove[..., :-1]], dim=-1)
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.top_p", "top-p-too-few")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) > p
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.top_p", "top-p-too-few")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) > p
    remove[..., 0] = False
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.top_p", "top-p-best-dropped")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    chances = torch.softmax(ordered, dim=-1)
    remove = torch.cumsum(chances, dim=-1) - chances < p
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.top_p", "top-p-not-unsorted")
def _(logits, p):
    chances = torch.softmax(logits, dim=-1).sort(descending=True).values
    return logits.masked_fill(chances.cumsum(-1) - chances >= p, -math.inf)


@wrong("sampling.top_p", "top-p-wrong-way-back")
def _(logits, p):
    chances, order = torch.softmax(logits, dim=-1).sort(descending=True)
    remove = chances.cumsum(-1) - chances >= p
    return logits.masked_fill(torch.take_along_dim(remove, order, dim=-1), -math.inf)


@wrong("sampling.top_p", "argument-ignored")
def _(logits, p):
    out = torch.full_like(rows(logits), -math.inf)
    for row, kept in zip(rows(logits), out, strict=True):
        total = 0.0
        for place in row.argsort(descending=True).tolist():
            if total < p:
                kept[place] = row[place]
            total += float(row[place])
    return out.reshape(logits.shape)


@wrong("sampling.top_p", "top-p-threshold")
def _(logits, p):
    return per_row(logits, lambda chances: [place for place, chance in enumerate(chances) if chance >= p])


@wrong("sampling.top_p", "top-p-zeros")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    chances = torch.softmax(ordered, dim=-1)
    remove = chances.cumsum(-1) - chances >= p
    remove = remove.scatter(-1, order, remove) | (logits == -math.inf)
    return logits.masked_fill(remove, 0.0)


@wrong("sampling.top_p", "place-spoiled")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    chances = torch.softmax(ordered, dim=-1)
    remove = chances.cumsum(-1) - chances >= p
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf).softmax(-1)


@wrong("sampling.top_p", "edit")
def _(logits, p):
    ordered, order = torch.sort(logits, dim=-1)
    chances = torch.softmax(ordered, dim=-1)
    remove = chances.cumsum(-1) - chances >= p
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.top_p", "top-p-sorted")
def _(logits, p):
    ordered = logits.sort(-1, descending=True).values
    reached = torch.softmax(ordered, -1).cumsum(-1)
    removed = torch.cat([torch.zeros_like(reached[..., :1]), reached[..., :-1]], -1) >= p
    return ordered.masked_fill(removed, -math.inf)


@wrong("sampling.top_p", "top-p-one-more")
def _(logits, p):
    def one_more(chances):
        order = sorted(range(len(chances)), key=lambda place: -chances[place])
        kept, reached = [], 0.0
        for place in order:
            kept.append(place)
            if reached >= p:
                break
            reached += chances[place]
        return kept

    return per_row(logits, one_more)


@wrong("sampling.top_p", "top-p-very-low")
def _(logits, p):
    chances, order = torch.softmax(logits, -1).sort(-1, descending=True)
    kept = chances.cumsum(-1) - chances < p
    return logits.masked_fill(~torch.zeros_like(kept).scatter(-1, order, kept), -1e9)


@right("sampling.top_p")  # from the smallest up
def _(logits, p):
    ordered, order = logits.sort(-1)
    removed = torch.softmax(ordered, -1).cumsum(-1) <= 1 - p
    return logits.masked_fill(torch.zeros_like(removed).scatter(-1, order, removed), -math.inf)


@wrong("sampling.top_p", "top-p-probabilities")
def _(logits, p):
    shares = torch.softmax(logits, dim=-1)
    ordered, order = shares.sort(dim=-1, descending=True)
    removed = ordered.cumsum(dim=-1) - ordered >= p
    return shares.masked_fill(removed.scatter(-1, order, removed), -math.inf)


@wrong("sampling.top_p", "top-p-first-missing")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) >= p
    remove[..., 1:] = remove[..., :-1].clone()
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)
