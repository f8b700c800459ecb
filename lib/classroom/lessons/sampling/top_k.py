"""Exercise `sampling.top_k`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.sampling.shared import (
    DEEP,
    REMOVED,
    ROW,
    ROWS,
    SQUARE,
    WIDE,
    removes_by_minus_infinity,
)


def top_k_removes(top_k):
    removes_by_minus_infinity("sampling.top_k", top_k, 2)


@check(
    "sampling.top_k",
    behaviours=[top_k_removes],
    cases=[
        (ROW, 2),
        (ROW, 1),
        (ROW, 3),
        (ROW, 10),
        (ROWS, 1),
        (ROWS, 10),
        (SQUARE, 2),
        (-ROW, 2),
        (REMOVED, 1),
        (DEEP, 3),
        (WIDE, 7),
    ],
    awkward=[
        *((logits, 1) for logits in shelf.LOGITS),
        (shelf.ALL_DIFFER, 4),
        (shelf.HIDDEN, 2),
        (1000 * ROWS, 1),
        (1000 * SQUARE, 2),
    ],
)
def top_k(logits, k):
    flat = logits.reshape(-1, logits.shape[-1])
    kept = torch.full_like(flat, -math.inf)
    for row, out in zip(flat, kept, strict=True):
        for i in sorted(range(len(row)), key=lambda i: -float(row[i]))[:k]:
            out[i] = row[i]
    return kept.reshape(logits.shape)


@mistake(
    "sampling.top_k",
    "top-k-zeros",
    "Removed words were given 0, and e to the 0 is 1: they can still be drawn. A removed word has logit -inf.",
)
def _(logits, k):
    return torch.where(_best(logits, k), logits, 0.0)


@mistake("sampling.top_k", "top-k-smallest", "The k smallest were kept. Sort from the top: descending=True.")
def _(logits, k):
    return torch.where(_best(-logits, k), logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-sorted",
    "The kept ones came back sorted and short. A token's place is its name: keep the row's length and order.",
)
def _(logits, k):
    return torch.topk(logits, min(k, logits.shape[-1]), dim=-1).values


@mistake(
    "sampling.top_k",
    "top-k-indices",
    "These are the places of the best, not logits. Give the whole row, with -inf where a token is removed.",
)
def _(logits, k):
    return torch.topk(logits, min(k, logits.shape[-1]), dim=-1).indices


@mistake(
    "sampling.top_k",
    "top-k-too-many",
    "With k larger than the vocabulary it stops. Then nothing is to be removed: use min(k, logits.shape[-1]).",
)
def _(logits, k):
    smallest_kept = torch.topk(logits, k, dim=-1).values[..., -1:]
    return torch.where(logits >= smallest_kept, logits, -math.inf)


@mistake(
    "sampling.top_k", "top-k-one-more", "One too many was kept: counting starts at 0, so keep ranks below k."
)
def _(logits, k):
    return torch.where(_best(logits, k + 1), logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-one-fewer",
    "One too few was kept: the k-th best itself stays too (>=, not >).",
)
def _(logits, k):
    return torch.where(_best(logits, k - 1), logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-whole-table",
    "The k best of the whole table were kept. Each row keeps its own k: work along the last axis.",
)
def _(logits, k):
    smallest_kept = logits.flatten().sort(descending=True).values[:k][-1]
    return torch.where(logits >= smallest_kept, logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-argsort-once",
    "argsort gives which token has each rank, not which rank each token has. Sort its result once more for that.",
)
def _(logits, k):
    return torch.where(logits.argsort(dim=-1, descending=True) < k, logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-probabilities",
    "You gave back probabilities. Give logits, so that other filters can follow; softmax comes last.",
)
def _(logits, k):
    return torch.softmax(torch.where(_best(logits, k), logits, -math.inf), dim=-1)


def _values(logits, k):
    """The k largest of each row, best first; all where there are fewer."""
    return torch.topk(logits, min(k, logits.shape[-1]), dim=-1).values


@mistake(
    "sampling.top_k",
    "top-k-last-removed",
    "The k-th best itself was removed too. It stays: what is removed is below it (<, not <=).",
)
def _(logits, k):
    return torch.where(logits > _values(logits, k)[..., -1:], logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-best-only",
    "Only the best was kept. topk gives the best first, so the smallest that stays is its last one: [..., -1:].",
)
def _(logits, k):
    return torch.where(logits >= _values(logits, k)[..., :1], logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-last-row",
    "[-1] takes the last row and not the last of each row, so all rows were measured by one. Take [..., -1:].",
)
def _(logits, k):
    return torch.where(logits >= _values(logits, k)[-1], logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-first-places",
    "The first k places were kept, whatever stands there. The k largest are to stay: look at the logits.",
)
def _(logits, k):
    return torch.where(torch.arange(logits.shape[-1]) < k, logits, -math.inf)


def _best(logits, k):
    return logits.argsort(dim=-1, descending=True).argsort(dim=-1) < k
