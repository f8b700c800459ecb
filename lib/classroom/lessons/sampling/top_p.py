"""Exercise `sampling.top_p`: its cases, its right answer found otherwise, and how people get it wrong."""

import itertools
import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.sampling.shared import DEEP, REMOVED, WIDE, removes_by_minus_infinity


def top_p_removes(top_p):
    removes_by_minus_infinity("sampling.top_p", top_p, 0.9)


EXAMPLE = torch.tensor([0.5, 0.41, 0.09]).log()


UNSORTED = torch.tensor([0.09, 0.5, 0.01, 0.4]).log()


NEARLY = torch.tensor([0.5, 0.39997, 0.06003, 0.04]).log()  # two reach .89997


FLAT = torch.tensor([0.26, 0.24, 0.255, 0.245]).log()


@check(
    "sampling.top_p",
    behaviours=[top_p_removes],
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
        (3 + UNSORTED, 1.0),
        (REMOVED, 1.0),
        (shelf.EQUAL, 0.9),
        (shelf.EQUAL, 1.0),
        (NEARLY, 0.9),
        *((logits, 0.9) for logits in shelf.LOGITS),
        *((logits, 1.0) for logits in (shelf.FAR, shelf.BATCH_OF_ONE, shelf.ALL_DIFFER)),
        (shelf.ALL_DIFFER, 0.35),
        (shelf.FARTHER.flip(-1), 0.9),
        (torch.tensor([100.0, 0.0, 50.0]), 1.0),
    ],
)
def top_p(logits, p):
    flat = logits.reshape(-1, logits.shape[-1])
    kept = torch.full_like(flat, -math.inf)
    for row, out in zip(flat, kept, strict=True):
        chances = torch.softmax(row.double(), dim=-1).tolist()
        order = sorted(range(len(row)), key=lambda i: -row[i].item())
        reached = itertools.accumulate(chances[i] for i in order)
        n = sum(round(total, 7) < p for total in reached) + 1 if p < 1 else len(order)
        for i in order[:n]:
            out[i] = row[i]
    return kept.reshape(logits.shape)


def _top_p(logits, p, kept_of=lambda before, after, p: before < p):
    """top_p with a part exchanged: which of the sorted tokens are kept."""
    chances, order = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
    after = chances.cumsum(dim=-1)
    kept = kept_of(after - chances, after, p)
    return torch.where(kept.gather(-1, order.argsort(dim=-1)), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-too-few",
    "[.5, .41, .09] with p = .9: you kept one and need two. The word that crosses p stays: test what was reached before it.",
)
def _(logits, p):
    return _top_p(logits, p, lambda before, after, p: after <= p)


@mistake(
    "sampling.top_p",
    "top-p-too-few-but-first",
    "The word that crosses p is missing (the first was saved by hand). Keep a word when what was reached before it is below p.",
)
def _(logits, p):
    return _top_p(logits, p, lambda before, after, p: (after <= p) | (before == 0))


@mistake(
    "sampling.top_p",
    "top-p-best-dropped",
    "The likeliest words were dropped, and the unlikely kept. Keep from the top until p is reached.",
)
def _(logits, p):
    return _top_p(logits, p, lambda before, after, p: ~(before < p))


@mistake(
    "sampling.top_p",
    "top-p-not-unsorted",
    "The right number of words, but the wrong ones: the mask is in sorted order. Bring it back to the words' own places.",
)
def _(logits, p):
    chances = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True).values
    return torch.where(chances.cumsum(dim=-1) - chances < p, logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-wrong-way-back",
    "The mask was carried back the wrong way: order says which word has each rank; its argsort says each word's rank.",
)
def _(logits, p):
    chances, order = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
    return torch.where((chances.cumsum(dim=-1) - chances < p).gather(-1, order), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-not-sorted",
    "You added up in the order of the vocabulary. Sort first: the likeliest words count first.",
)
def _(logits, p):
    chances = torch.softmax(logits, dim=-1)
    return torch.where(chances.cumsum(dim=-1) - chances < p, logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-of-logits",
    "You added up logits. p is a share of probability: take the softmax first.",
)
def _(logits, p):
    ordered, order = logits.sort(dim=-1, descending=True)
    kept = ordered.cumsum(dim=-1) - ordered < p
    return torch.where(kept.gather(-1, order.argsort(dim=-1)), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-threshold",
    "You kept words with a probability of p or more by themselves. p is what the kept ones reach together.",
)
def _(logits, p):
    return torch.where(torch.softmax(logits, dim=-1) >= p, logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-zeros",
    "Removed words were given 0, and e to the 0 is 1: they can still be drawn. A removed word has logit -inf.",
)
def _(logits, p):
    kept = _top_p(logits, p)
    return torch.where(kept == -math.inf, 0.0, kept)


@mistake(
    "sampling.top_p",
    "top-p-probabilities",
    "You gave back probabilities. Give logits, so that other filters can follow; softmax comes last.",
)
def _(logits, p):
    return torch.softmax(_top_p(logits, p), dim=-1)


@mistake(
    "sampling.top_p",
    "top-p-ascending",
    "Sorted from the smallest, you kept the unlikeliest words until p was reached. Sort from the top: descending=True.",
)
def _(logits, p):
    chances, order = torch.softmax(logits, dim=-1).sort(dim=-1)
    kept = chances.cumsum(dim=-1) - chances < p
    return torch.where(kept.gather(-1, order.argsort(dim=-1)), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-sorted",
    "The logits came back in sorted order. A token's place is its name: bring what is kept back to its own place.",
)
def _(logits, p):
    ordered = logits.sort(dim=-1, descending=True).values
    chances = torch.softmax(ordered, dim=-1)
    return torch.where(chances.cumsum(dim=-1) - chances < p, ordered, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-min-p",
    "Each was compared with p times the best: that is min-p. Here they are added up, from the top, until p is reached.",
)
def _(logits, p):
    chances = torch.softmax(logits, dim=-1)
    return torch.where(chances >= p * chances.amax(dim=-1, keepdim=True), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-one-more",
    "One too many was kept: [.5, .41, .09] with p = .9 needs two. A token stays if the likelier ones alone are below p.",
)
def _(logits, p):
    def kept(before, after, p):
        return torch.cat([torch.ones_like(before[..., :1]), before[..., :-1]], dim=-1) < p

    return _top_p(logits, p, lambda *sums: kept(*sums) | (sums[0] == 0))


@mistake(
    "sampling.top_p",
    "top-p-at-1",
    "At p = 1 all must stay, and some went: a sum rounds to 1 before the last ones are added. Give p = 1 a line of its own.",
)
def _(logits, p):
    return _top_p(logits, p)


@mistake(
    "sampling.top_p",
    "top-p-axis",
    "You sorted and added up along the first axis. The vocabulary is the last one: dim=-1.",
)
def _(logits, p):
    return _top_p(logits.transpose(0, -1), p).transpose(0, -1)
