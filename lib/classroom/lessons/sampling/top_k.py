"""`sampling.top_k`: the k likeliest of each row stay. Hard: rows keep their order, and each has a k-th best of its own."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.sampling import shared
from classroom.lessons.sampling.shared import DEEP, REMOVED, ROW, ROWS, SQUARE, WIDE


def removes_by_minus_infinity(top_k):
    shared.removes_by_minus_infinity("sampling.top_k", top_k, 2)


def equals_leave_enough(top_k):
    """Of equals at the edge all may stay, or the first of them: k stay at the least, each as it was."""
    logits = torch.tensor([[1.0, 1.0, 0.0, 1.0], [0.0, 2.0, 2.0, 2.0]])
    kept = ask("sampling.top_k", top_k, logits, 2)
    if not isinstance(kept, torch.Tensor) or kept.shape != logits.shape:
        return
    if not ((kept == logits) | (kept == -math.inf)).all():
        return  # what is kept is changed: the cases tell
    n_kept = (kept > -math.inf).sum(dim=-1)
    if n_kept.min() < 2 or (kept[logits == 0] > -math.inf).any():
        says = "Where several logits are equally large at the edge, keep them all or the first of them: k tokens stay at the least."
        raise Wrong("top-k-equals", says, f"top_k({logits.tolist()}, 2)", show(kept))


@check(
    "sampling.top_k",
    behaviours=[removes_by_minus_infinity, equals_leave_enough],
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


BEST = "torch.topk(logits, min(k, logits.shape[-1]), dim=-1)"

edits(
    "sampling.top_k",
    (
        "top-k-zeros",
        "-math.inf",
        "0.0",
        "Removed words were given 0, and e to the 0 is 1: they can still be drawn. A removed word has logit -inf.",
    ),
    (
        "top-k-smallest",
        [("dim=-1).values", "dim=-1, largest=False).values"), ("<", ">")],
        "The k smallest were kept. Sort from the top: descending=True.",
    ),
    (
        "top-k-kthvalue",
        f"{BEST}.values[..., -1:]",
        "logits.kthvalue(min(k, logits.shape[-1]), dim=-1, keepdim=True).values",
        "You counted from the smallest, as kthvalue does. topk counts from the largest: the last of its values is the smallest that stays.",
    ),
    (
        "top-k-last-removed",
        "logits < smallest",
        "logits <= smallest",
        "The k-th best itself was removed too. It stays: only what is below it is removed.",
    ),
    (
        "top-k-last-row",
        "[..., -1:]",
        "[-1]",
        "[-1] takes the last row and not the last of each row, so all rows were measured by one. Take [..., -1:].",
    ),
    (
        "top-k-whole-table",
        f"{BEST}.values[..., -1:]",
        "torch.topk(logits.flatten(), min(k, logits.numel())).values[-1]",
        "The k best of the whole table were kept. Each row keeps its own k: work along the last axis.",
    ),
    (
        "top-k-sorted",
        ...,
        f"return {BEST}.values",
        "The kept ones came back sorted and short. A token's place is its name: keep the row's length and order.",
    ),
    (
        "top-k-row-sorted",
        "logits.masked_fill(logits < smallest",
        "logits.sort(dim=-1, descending=True).values.masked_fill(torch.arange(logits.shape[-1]) >= k",
        "The row came back in sorted order. A token's place is its name: each logit stays where it was.",
    ),
    (
        "top-k-indices",
        ...,
        f"return {BEST}.indices",
        "These are the places of the best, not logits. Give the whole row, with -inf where a token is removed.",
    ),
    (
        "top-k-argsort-once",
        "logits < smallest",
        "logits.argsort(dim=-1, descending=True) >= k",
        "argsort gives which token has each rank, not which rank each token has. Sort its result once more for that.",
    ),
)


@mistake(
    "sampling.top_k",
    "top-k-shape-1",
    "shape[1] is the second axis. One row by itself has none, and in a stack it is another: shape[-1] is always the vocabulary.",
    where=r"(shape|size\(\))\[1\]|size\(1\)",
)
def _(logits, k):
    smallest = torch.topk(logits, min(k, logits.shape[1]), dim=-1).values[..., -1:]
    return logits.masked_fill(logits < smallest, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-all-rows",
    "Each row kept the best of all rows: out[..., best] takes the same columns everywhere. out.scatter(-1, best, ...) goes row by row.",
)
def _(logits, k):
    best, kept = torch.topk(logits, min(k, logits.shape[-1])).indices, torch.full_like(logits, -math.inf)
    kept[..., best] = logits[..., best]
    return kept
