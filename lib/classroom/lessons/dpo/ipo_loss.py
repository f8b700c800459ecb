"""IPO's loss: the squared distance of each pair's margin from the one that is asked for."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.dpo.shared import four, leads_back

NAMES = ("chosen", "rejected", "reference_chosen", "reference_rejected", "")


@check(
    "dpo.ipo_loss",
    lives=leads_back(NAMES, *four(5, 31), 0.1),
    cases=[
        (torch.tensor([-3.0]), torch.tensor([-7.0]), torch.tensor([-5.0]), torch.tensor([-5.0]), 0.25),
        (torch.tensor([-3.0]), torch.tensor([-7.0]), torch.tensor([-5.0]), torch.tensor([-6.0]), 0.25),
        (
            torch.tensor([-3.0, -4.0]),
            torch.tensor([-5.0, -8.0]),
            torch.tensor([-3.0, -4.0]),
            torch.tensor([-5.0, -8.0]),
            0.1,
        ),
        (
            torch.tensor([-3.0, -9.0]),
            torch.tensor([-5.0, -2.0]),
            torch.tensor([-4.0, -8.0]),
            torch.tensor([-4.0, -1.0]),
            0.5,
        ),
        (*four(4, 32), 0.1),
        (*four(3, 33), 0.8),
        (*four(6, 34), 3.0),
    ],
    awkward=[(*four(1, 35), 0.2), (*four(5, 36, 60.0), 0.05), (*four(2, 37), 1.0)],
)
def ipo_loss(chosen, rejected, reference_chosen, reference_rejected, beta):
    total = 0.0
    rows = zip(
        *(one.tolist() for one in (chosen, rejected, reference_chosen, reference_rejected)), strict=True
    )
    for c, r, before_c, before_r in rows:
        total += (c - before_c - r + before_r - 0.5 / beta) ** 2
    return torch.tensor(total / len(chosen))


edits(
    "dpo.ipo_loss",
    (
        "ipo-beta-above",
        "1 / (2 * beta)",
        "beta / 2",
        "The margin asked for is 1 / (2 beta), and here beta stands above the line. The larger beta, the *less* far the policy may go. (1 / 2 * beta is beta / 2 in Python: brackets.)",
    ),
    (
        "ipo-not-halved",
        "1 / (2 * beta)",
        "1 / beta",
        "The margin asked for is 1 / (2 beta): the 2 is missing.",
    ),
    (
        "ipo-wrong-side",
        "margin - 1",
        "margin + 1",
        "The margin is pulled to *minus* 1 / (2 beta), where the rejected reply is the likelier one: either chosen and rejected are exchanged, or what is asked for is added instead of subtracted.",
    ),
    (
        "ipo-no-target",
        "(margin - 1 / (2 * beta))",
        "margin",
        "This pulls every margin to 0: the policy would stay as it is. What is asked for, 1 / (2 beta), must be subtracted first.",
    ),
    (
        "ipo-no-reference",
        "(chosen - reference_chosen.detach()) - (rejected - reference_rejected.detach())",
        "chosen - rejected",
        "The reference is forgotten. The margin is of *gains*: how much likelier each reply has become.",
    ),
    (
        "ipo-not-squared",
        "((margin - 1 / (2 * beta)) ** 2)",
        "(margin - 1 / (2 * beta)).abs()",
        "The distance was not squared. The square pulls the harder, the farther a pair is off.",
    ),
    (
        "ipo-mean-first",
        "((margin - 1 / (2 * beta)) ** 2).mean()",
        "(margin - 1 / (2 * beta)).mean() ** 2",
        "The mean was taken before the square, so that a pair too far on one side makes up for one on the other. Square each pair's, then the mean.",
    ),
    (
        "ipo-sum",
        ".mean()",
        ".sum()",
        "This is the sum over the pairs. The mean is asked for: then batches of any size compare.",
    ),
    (
        "ipo-beta-on-margin",
        "(margin - 1 / (2 * beta))",
        "(beta * margin - 1 / (2 * beta))",
        "beta multiplies the margin, too. Here the margin is in nats as it is, and beta stands only in what is asked for.",
    ),
    (
        "ipo-only-below",
        "(margin - 1 / (2 * beta))",
        "(margin - 1 / (2 * beta)).clamp(max=0)",
        "Margins that are too large cost nothing here. That they do is the point of IPO: enough is enough.",
    ),
)
