"""How likely a whole reply is: the sum of the logs over its own tokens, whatever stands at all the others."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.dpo.shared import leads_back, noise


def mask(*rows: str) -> torch.Tensor:
    """A mask from rows such as "..xx": x is the reply's own."""
    return torch.tensor([[letter == "x" for letter in row] for row in rows])


def outside(log_probs: torch.Tensor, own: torch.Tensor, value: float) -> torch.Tensor:
    """The same with another number wherever the mask is False."""
    return log_probs.masked_fill(~own, value)


MIXED = mask("..xxx.", "xxxxxx", ".x....", "...xx.")


@check(
    "dpo.reply_log_probs",
    lives=leads_back(("log_probs", "", ""), -noise(4, 6).abs(), MIXED),
    cases=[
        (torch.tensor([[-9.0, -1.0, -2.0]]), mask(".xx")),
        (torch.tensor([[-1.0, -2.0, -4.0], [-8.0, -16.0, -32.0]]), mask(".x.", ".xx")),
        (torch.tensor([[-1.0, -1.0, -1.0, -1.0], [-1.0, -1.0, -1.0, -1.0]]), mask(".x..", ".xxx")),
        (-noise(4, 6).abs(), MIXED),
        (-noise(3, 3).abs(), mask("xxx", ".xx", "..x")),
    ],
    awkward=[
        (torch.tensor([[-3.0]]), mask("x")),
        (torch.tensor([[-3.0, -4.0]]), mask("..")),
        (outside(-noise(4, 6).abs(), MIXED, -math.inf), MIXED),
        (-100 * shelf.noises(5)(2, 7).abs(), mask("...xxxx", "xx.....")),
    ],
)
def reply_log_probs(log_probs, mask):
    rows = zip(log_probs.tolist(), mask.tolist(), strict=True)
    return torch.tensor([float(sum(p for p, own in zip(row, yes, strict=True) if own)) for row, yes in rows])


WHOLE = "torch.where(mask, log_probs, 0).sum(dim=-1)"

edits(
    "dpo.reply_log_probs",
    (
        "reply-averaged",
        WHOLE,
        f"{WHOLE} / mask.sum(dim=-1)",
        "This is the mean over a reply's tokens. A whole reply is as likely as the *product* of its tokens' chances, so their logs are summed.",
    ),
    (
        "reply-mask-ignored",
        WHOLE,
        "log_probs.sum(dim=-1)",
        "All tokens were summed. The mask says which of them the reply's own are: the prompt was given, and what fills a row up is no text.",
    ),
    (
        "reply-mask-turned",
        "where(mask, log_probs, 0)",
        "where(mask, 0, log_probs)",
        "The mask is turned round: just what is *not* the reply's own was summed.",
    ),
    (
        "reply-times-mask",
        WHOLE,
        "(log_probs * mask).sum(dim=-1)",
        "Outside the mask may stand anything, and 0 times -inf is no number. Choose instead of multiplying: torch.where(mask, log_probs, 0).",
    ),
    (
        "reply-one-number",
        ".sum(dim=-1)",
        ".sum()",
        "All replies were summed into one number. Each text has a sum of its own: dim=-1.",
    ),
    (
        "reply-over-texts",
        ".sum(dim=-1)",
        ".sum(dim=0)",
        "The sum went over the texts. It goes over the tokens of each text: dim=-1.",
    ),
    (
        "reply-chances",
        "log_probs, 0)",
        "log_probs.exp(), 0)",
        "The chances were added up. The chance of a whole reply is their product, and so its log is the sum of their *logs*, which you were given.",
    ),
    (
        "reply-exp",
        ".sum(dim=-1)",
        ".sum(dim=-1).exp()",
        "This is the chance itself, not its log. It is nearly 0 for any reply of some length: stay with the logs.",
    ),
    (
        "reply-wrong-sign",
        "torch.where",
        "-torch.where",
        "The sign is turned: this is the surprise. A log-probability is never above 0.",
    ),
    (
        "reply-keeps-axis",
        "dim=-1",
        "dim=-1, keepdim=True",
        "There is one axis too many: a plain row of numbers is asked for, one a text.",
    ),
)
