"""`sampling.softmax`: logits to probabilities, row by row. Hard: e**1000 overflows, and the sum keeps its axis."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import same, show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.sampling.shared import DEEP, REMOVED, ROW, ROWS, SQUARE, WIDE

LARGE = torch.tensor([1000.0, 999.0, 0.0])
FAR_APART = torch.tensor([[1000.0, 999.0], [0.0, 1.0]])
VERY_LOW = torch.tensor([-1000.0, -1001.0])


def rows_are_shares(softmax):
    """What sums to 1 is each row, and neither the columns nor all at once; and the largest has the most."""
    shares = ask("sampling.softmax", softmax, ROWS)
    if not isinstance(shares, torch.Tensor) or shares.shape != ROWS.shape:
        return
    shown = f"softmax({show(ROWS)})", show(shares)
    if same(shares.sum(dim=0), torch.ones(ROWS.shape[1])):
        says = "The columns sum to 1, not the rows. The vocabulary is the last axis: dim=-1."
        raise Wrong("softmax-axis", says, *shown)
    if same(shares.sum(), torch.tensor(1.0)):
        says = "You divided by the sum of the whole table, so that all rows together sum to 1. "
        says += "Each row must: sum along the last axis."
        raise Wrong("softmax-whole-table", says, *shown)
    if same(shares, torch.softmax(-ROWS, dim=-1)):
        says = "Upside down: the largest logit got the smallest share. The sign in the exponent is wrong."
        raise Wrong("softmax-sign", says, *shown)


def the_impossible_stays_impossible(softmax):
    """A removed token has probability 0, and not a little: many a little make a lot."""
    removed = torch.tensor([[0.0, -math.inf, 1.0]])
    shares = ask("sampling.softmax", softmax, removed)
    if isinstance(shares, torch.Tensor) and shares.shape == removed.shape and 0 < shares[0, 1] < 1e-3:
        says = "A logit of -inf means impossible: its probability is 0, and nothing is to be added to it."
        shown = "softmax([[0, -inf, 1]])", str(shares[0, 1].item()), "0 for the second"
        raise Wrong("softmax-never-0", says, *shown)


@check(
    "sampling.softmax",
    behaviours=[rows_are_shares, the_impossible_stays_impossible],
    cases=[(logits,) for logits in (ROW, ROWS, SQUARE, LARGE, FAR_APART, VERY_LOW, REMOVED, DEEP, WIDE)],
    awkward=[(logits,) for logits in (*shelf.LOGITS, shelf.FARTHER, shelf.LIMITS, shelf.EQUAL)],
)
def softmax(logits):
    return torch.softmax(logits.double(), dim=-1).float()


PLACE = r"argmax|indices|\)\[1\]"


@mistake(
    "sampling.softmax",
    "softmax-overflow",
    "At 1000 there is a nan: e to the 1000 is infinite. Subtract the row's largest logit first; the shares stay the same.",
    where=f"^(?!.*({PLACE}))",
)
def _(logits):
    powers = torch.exp(logits)
    return powers / powers.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-place-subtracted",
    "You subtracted the place of the largest logit: argmax and .indices say where it is. Subtract the logit: amax, or .values.",
    where=PLACE,
)
def _(logits):
    powers = torch.exp(logits - logits.argmax(dim=-1, keepdim=True))
    return powers / powers.sum(dim=-1, keepdim=True)


edits(
    "sampling.softmax",
    (
        "softmax-one-maximum",
        "logits.max(dim=-1, keepdim=True).values",
        "logits.max()",
        "One maximum for the whole table: a row far below it becomes 0/0. Subtract each row's own largest logit.",
    ),
    (
        "softmax-clamped",
        "logits - highest",
        "logits.clamp(max=80)",
        "Large logits were cut off, so that 1000 and 999 are alike. Subtract the largest instead: the shares stay the same.",
    ),
    (
        "softmax-not-the-largest",
        "logits.max",
        "logits.min",
        "You subtracted the row's smallest logit, or its mean, so a huge one is left. Subtract the largest: none is above 0 then.",
    ),
    (
        "softmax-keepdim",
        "powers.sum(dim=-1, keepdim=True)",
        "powers.sum(dim=-1)",
        "Without keepdim=True a row's sum lies along the wrong axis: square tables go wrong in silence, others stop.",
    ),
    (
        "softmax-loop",
        ...,
        "return torch.stack([torch.softmax(row.flatten(), dim=0).reshape(row.shape) for row in logits])",
        "A loop goes along the first axis, which is right for a table alone. The vocabulary is the last axis: dim=-1, and no loop.",
    ),
    (
        "softmax-not-divided",
        " / powers.sum(dim=-1, keepdim=True)",
        "",
        "e to the power of each logit is right, but nothing was divided: a row must sum to 1.",
    ),
    (
        "softmax-no-exp",
        ...,
        "return logits / logits.sum(dim=-1, keepdim=True)",
        "Logits were divided by their sum. Logits can be negative and probabilities cannot: take e to their power first.",
    ),
    (
        "softmax-log",
        ...,
        "return torch.log_softmax(logits, dim=-1)",
        "These are log-probabilities. Leave out the log: each row must sum to 1.",
    ),
    (
        "softmax-sigmoid",
        ...,
        "return torch.sigmoid(logits)",
        "Each logit by itself became a share of 1 (a sigmoid). A row's tokens compete: divide by the sum over the row.",
    ),
)
