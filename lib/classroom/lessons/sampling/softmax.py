"""Exercise `sampling.softmax`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.sampling.shared import DEEP, REMOVED, ROW, ROWS, SQUARE, WIDE

FAR_APART = torch.tensor([[1000.0, 999.0], [0.0, 1.0]])


LARGE = torch.tensor([1000.0, 999.0, 0.0])


VERY_LOW = torch.tensor([-1000.0, -1001.0])


def the_impossible_stays_impossible(softmax):
    """A removed token has probability 0, and not a little: many a little make a lot."""
    removed = torch.tensor([[0.0, -math.inf, 1.0]])
    shares = ask("sampling.softmax", softmax, removed)
    if isinstance(shares, torch.Tensor) and shares.shape == removed.shape and shares[0, 1] != 0:
        says = "A logit of -inf means impossible: its probability is 0, and nothing is to be added to it."
        raise Wrong(
            "softmax-never-0", says, "softmax([[0, -inf, 1]])", str(shares[0, 1].item()), "0 for the second"
        )


@check(
    "sampling.softmax",
    behaviours=[the_impossible_stays_impossible],
    cases=[
        (ROW,),
        (ROWS,),
        (SQUARE,),
        (LARGE,),
        (FAR_APART,),
        (VERY_LOW,),
        (REMOVED,),
        (torch.tensor([7.0]),),
        (DEEP,),
        (WIDE,),
    ],
    awkward=[
        *((logits,) for logits in (*shelf.LOGITS, shelf.FARTHER, shelf.LIMITS, shelf.EQUAL)),
    ],
)
def softmax(logits):
    return torch.softmax(logits.double(), dim=-1).float()


@mistake(
    "sampling.softmax",
    "softmax-whole-table",
    "You divided by the sum of the whole table, so that all rows together sum to 1. Each row must: sum along the last axis.",
)
def _(logits):
    powers = torch.exp(logits - logits.max())
    return powers / powers.sum()


@mistake(
    "sampling.softmax",
    "softmax-axis",
    "The columns sum to 1, not the rows. The vocabulary is the last axis: dim=-1.",
)
def _(logits):
    return torch.softmax(logits, dim=0)


@mistake(
    "sampling.softmax",
    "softmax-overflow",
    "At 1000 there is a nan: e to the 1000 is infinite. Subtract the row's largest logit first; the shares stay the same.",
)
def _(logits):
    powers = torch.exp(logits)
    return powers / powers.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-one-maximum",
    "One maximum for the whole table: a row far below it becomes 0/0. Subtract each row's own largest logit.",
)
def _(logits):
    powers = torch.exp(logits - logits.max())
    return powers / powers.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-no-exp",
    "Logits were divided by their sum. Logits can be negative and probabilities cannot: take e to their power first.",
)
def _(logits):
    return logits / logits.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-base-2",
    "Powers of 2 instead of e: close, but flatter. torch.exp(x) is e to the x.",
)
def _(logits):
    powers = 2.0 ** (logits - logits.max(dim=-1, keepdim=True).values)
    return powers / powers.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-log",
    "These are log-probabilities. Leave out the log: each row must sum to 1.",
)
def _(logits):
    return torch.log_softmax(logits, dim=-1)


@mistake(
    "sampling.softmax",
    "softmax-not-divided",
    "e to the power of each logit is right, but nothing was divided: a row must sum to 1.",
)
def _(logits):
    return torch.exp(logits - logits.max(dim=-1, keepdim=True).values)


@mistake(
    "sampling.softmax",
    "softmax-keepdim",
    "Without keepdim=True a row's sum lies along the wrong axis: square tables go wrong in silence, others stop.",
)
def _(logits):
    powers = torch.exp(logits - logits.max(dim=-1, keepdim=True).values)
    return powers / powers.sum(dim=-1)


@mistake(
    "sampling.softmax",
    "softmax-sign",
    "Upside down: the largest logit got the smallest share. The sign in the exponent is wrong.",
)
def _(logits):
    return torch.softmax(-logits, dim=-1)


@mistake(
    "sampling.softmax",
    "softmax-sigmoid",
    "Each logit by itself became a share of 1 (a sigmoid). A row's tokens compete: divide by the sum over the row.",
)
def _(logits):
    return torch.sigmoid(logits)


@mistake(
    "sampling.softmax",
    "softmax-not-the-largest",
    "You subtracted the row's smallest logit, or its mean, so a huge one is left. Subtract the largest: none is above 0 then.",
)
def _(logits):
    powers = torch.exp(logits - logits.min(dim=-1, keepdim=True).values)
    return powers / powers.sum(dim=-1, keepdim=True)
