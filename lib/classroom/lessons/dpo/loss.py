"""DPO's loss: the surprise at people's choices, when what a policy implies is taken for their rewards."""

import math

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.dpo.shared import four, leads_back

NAMES = ("chosen", "rejected", "reference_chosen", "reference_rejected", "")


@check(
    "dpo.loss",
    lives=leads_back(NAMES, *four(5, 21), 0.1),
    cases=[
        (torch.tensor([-3.0]), torch.tensor([-5.0]), torch.tensor([-4.0]), torch.tensor([-4.0]), 1.0),
        (torch.tensor([-3.0]), torch.tensor([-5.0]), torch.tensor([-3.0]), torch.tensor([-5.0]), 0.1),
        (
            torch.tensor([-3.0, -2.0]),
            torch.tensor([-5.0, -9.0]),
            torch.tensor([-4.0, -8.0]),
            torch.tensor([-4.0, -1.0]),
            0.5,
        ),
        (*four(4, 22), 0.1),
        (*four(3, 23), 0.7),
        (*four(7, 24), 2.0),
    ],
    awkward=[
        (*four(1, 25), 0.1),
        (torch.tensor([-900.0]), torch.tensor([-10.0]), torch.tensor([-20.0]), torch.tensor([-800.0]), 1.0),
        (
            torch.tensor([-10.0, -5.0]),
            torch.tensor([-900.0, -6.0]),
            torch.tensor([-800.0, -7.0]),
            torch.tensor([-20.0, -6.0]),
            1.0,
        ),
        (*four(5, 26, 40.0), 0.05),
    ],
)
def loss(chosen, rejected, reference_chosen, reference_rejected, beta):
    total = 0.0
    rows = zip(
        *(one.tolist() for one in (chosen, rejected, reference_chosen, reference_rejected)), strict=True
    )
    for c, r, before_c, before_r in rows:
        margin = beta * (c - r - before_c + before_r)
        total += max(0.0, -margin) + math.log1p(math.exp(-abs(margin)))
    return torch.tensor(total / len(chosen))


edits(
    "dpo.loss",
    (
        "dpo-loss-exchanged",
        "better - worse",
        "worse - better",
        "Chosen and rejected are exchanged: this loss falls when what people did *not* choose becomes likelier.",
    ),
    (
        "dpo-loss-log-of-sigmoid",
        "functional.logsigmoid(better - worse)",
        "torch.sigmoid(better - worse).log()",
        "Far from 0 sigmoid is rounded to 0, and the log of 0 is no number that can be learned from. functional.logsigmoid takes both at once, and stays exact.",
    ),
    (
        "dpo-loss-wrong-sign",
        "-functional.logsigmoid",
        "functional.logsigmoid",
        "The sign is turned: a surprise is minus the log of a chance, and is never below 0.",
    ),
    (
        "dpo-loss-no-log",
        "functional.logsigmoid",
        "torch.sigmoid",
        "The log is missing: the loss is the mean of -log of the chance, not of the chance.",
    ),
    (
        "dpo-loss-sum",
        ".mean()",
        ".sum()",
        "This is the sum over the pairs. The mean is asked for: then batches of any size compare.",
    ),
    (
        "dpo-loss-each-pair",
        ".mean()",
        "",
        "Each pair's loss was given. One number is asked for: their mean.",
    ),
    (
        "dpo-loss-mean-first",
        "functional.logsigmoid(better - worse).mean()",
        "functional.logsigmoid((better - worse).mean())",
        "The mean was taken before the sigmoid. Each pair has a chance of its own: sigmoid and log first, then the mean.",
    ),
    (
        "dpo-loss-ratio",
        "better - worse",
        "better / worse",
        "The rewards were divided. By Bradley and Terry the *difference* of two rewards decides.",
    ),
    (
        "dpo-loss-beta-twice",
        "better - worse",
        "beta * (better - worse)",
        "beta is in it twice: the implicit rewards hold it already.",
    ),
    (
        "dpo-loss-beta-divides",
        "better - worse",
        "(better - worse) / beta**2",
        "beta divides the nats, and it must multiply them: an implicit reward is beta times the log of the ratio.",
    ),
    (
        "dpo-loss-beta-outside",
        "-functional.logsigmoid(better - worse).mean()",
        "-beta * functional.logsigmoid((better - worse) / beta).mean()",
        "beta multiplies the whole loss. It belongs inside the sigmoid, where it turns nats into points of reward.",
    ),
    (
        "dpo-loss-references-exchanged",
        "dpo.implicit_rewards(chosen, reference_chosen, beta)\n    worse = dpo.implicit_rewards(rejected, reference_rejected, beta)",
        "dpo.implicit_rewards(chosen, reference_rejected, beta)\n    worse = dpo.implicit_rewards(rejected, reference_chosen, beta)",
        "Each reply is measured against the *other* reply's reference, or, which comes to the same, the references are added and not subtracted. How much likelier a reply has become, only its own reference can say.",
    ),
    (
        "dpo-loss-no-reference",
        "dpo.implicit_rewards(chosen, reference_chosen, beta)\n    worse = dpo.implicit_rewards(rejected, reference_rejected, beta)",
        "beta * chosen\n    worse = beta * rejected",
        "The reference has no part in it: it is forgotten, or the same is taken off both replies, so that it cancels. Then a reply that was likely before anything was learned counts as rewarded.",
    ),
    (
        "dpo-loss-chosen-only",
        "better - worse",
        "better",
        "Only the chosen replies are in it. A choice is between two: the difference of their rewards decides.",
    ),
)
