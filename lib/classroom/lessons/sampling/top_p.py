"""`sampling.top_p`: the likeliest stay until they reach p. Hard: the one that crosses p stays, and each goes back to its place."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.sampling import shared
from classroom.lessons.sampling.shared import DEEP, REMOVED, WIDE

EXAMPLE = torch.tensor([0.5, 0.41, 0.09]).log()
UNSORTED = torch.tensor([0.09, 0.5, 0.01, 0.4]).log()
NEARLY = torch.tensor([0.5, 0.39997, 0.06003, 0.04]).log()  # two reach .89997
FLAT = torch.tensor([0.26, 0.24, 0.255, 0.245]).log()


def removes_by_minus_infinity(top_p):
    shared.removes_by_minus_infinity("sampling.top_p", top_p, 0.9)


@check(
    "sampling.top_p",
    behaviours=[removes_by_minus_infinity],
    cases=[
        (EXAMPLE, 0.9),
        (EXAMPLE, 0.3),
        (EXAMPLE, 0.95),
        (UNSORTED, 0.8),
        (torch.stack([EXAMPLE, EXAMPLE.flip(0)]), 0.4),
        (torch.stack([UNSORTED, FLAT]), 0.65),
        (FLAT, 1e-6),
        (3 + UNSORTED, 0.8),
        (REMOVED, 0.9),
        (DEEP, 0.7),
        (WIDE, 0.9),
        (EXAMPLE, 1.0),
    ],
    awkward=[
        *((logits, 1.0) for logits in (3 + UNSORTED, REMOVED, shelf.EQUAL, shelf.FAR)),
        *((logits, 1.0) for logits in (shelf.BATCH_OF_ONE, shelf.ALL_DIFFER)),
        *((logits, 0.9) for logits in (shelf.EQUAL, NEARLY, *shelf.LOGITS, shelf.FARTHER.flip(-1))),
        (shelf.ALL_DIFFER, 0.35),
        (torch.tensor([100.0, 0.0, 50.0]), 1.0),
    ],
)
def top_p(logits, p):
    probabilities, order = torch.softmax(logits.double(), dim=-1).sort(dim=-1, descending=True, stable=True)
    reached_before = probabilities.cumsum(dim=-1) - probabilities
    kept = (reached_before.round(decimals=7) < p) | (p == 1)
    return torch.where(kept.gather(-1, order.argsort(dim=-1)), logits, -math.inf)


edits(
    "sampling.top_p",
    (
        "top-p-at-1",
        "p == 1",
        "p > 1",
        "At p = 1 all must stay, and some went: a sum rounds to 1 before the last ones are added. Give p = 1 a line of its own.",
    ),
    (
        "top-p-one-more",
        "> too_few",
        "> too_few + 1",
        "One too many was kept: [.5, .41, .09] with p = .9 needs two. A token stays if the likelier ones alone are below p.",
    ),
    (
        "top-p-first-missing",
        "order.argsort(dim=-1) > too_few",
        "(order.argsort(dim=-1) > too_few) | (too_few == 0)",
        "Where one word alone reaches p nothing was kept. The likeliest always stays, for before it nothing was reached.",
    ),
)

WITH_MASK = """
    def top_p(logits, p):
        probabilities, order = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
        kept = probabilities.cumsum(dim=-1) - probabilities < p
        return torch.where(kept.gather(-1, order.argsort(dim=-1)), logits, -math.inf)
"""
BACK = "kept.gather(-1, order.argsort(dim=-1))"

edits(
    "sampling.top_p",
    (
        "top-p-too-few",
        " - probabilities <",
        " <=",
        "[.5, .41, .09] with p = .9: you kept one and need two. The word that crosses p stays: test what was reached before it.",
    ),
    (
        "top-p-best-dropped",
        "< p",
        ">= p",
        "The likeliest words were dropped, and the unlikely kept. Keep from the top until p is reached.",
    ),
    (
        "top-p-threshold",
        "probabilities.cumsum(dim=-1) - probabilities < p",
        "probabilities >= p",
        "You kept words with a probability of p or more by themselves. p is what the kept ones reach together.",
    ),
    (
        "top-p-not-unsorted",
        BACK,
        "kept",
        "The right number of words, but the wrong ones: the mask is in sorted order. Bring it back to the words' own places.",
    ),
    (
        "top-p-wrong-way-back",
        BACK,
        "kept.gather(-1, order)",
        "The mask was carried back the wrong way: order says which word has each rank; its argsort says each word's rank.",
    ),
    (
        "top-p-sorted",
        [(BACK, "kept"), ("logits, -math", "logits.sort(dim=-1, descending=True).values, -math")],
        "The logits came back in sorted order. A token's place is its name: bring what is kept back to its own place.",
    ),
    (
        "top-p-zeros",
        "-math.inf",
        "0.0",
        "Removed words were given 0, and e to the 0 is 1: they can still be drawn. A removed word has logit -inf.",
    ),
    (
        "top-p-probabilities",
        "logits, -math.inf",
        "torch.softmax(logits, dim=-1), -math.inf",
        "You gave back probabilities. Give logits, so that other filters can follow; softmax comes last.",
    ),
    source=WITH_MASK,
)
