"""The reward for which a policy is the best one: beta times by how many nats each reply has become likelier."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.dpo.shared import four, leads_back

A, B = four(5, 11)[:2]


@check(
    "dpo.implicit_rewards",
    lives=leads_back(("log_probs", "reference", ""), A, B, 0.3),
    cases=[
        (torch.tensor([-3.0]), torch.tensor([-5.0]), 0.5),
        (torch.tensor([-3.0, -8.0]), torch.tensor([-5.0, -7.0]), 0.1),
        (torch.tensor([-3.0, -8.0, -2.0]), torch.tensor([-3.0, -8.0, -2.0]), 0.1),
        (*four(4, 12)[:2], 0.3),
        (*four(3, 13)[:2], 2.0),
    ],
    awkward=[
        (torch.tensor([-500.0, -1.0]), torch.tensor([-100.0, -300.0]), 0.05),
        (torch.tensor([0.0]), torch.tensor([-4.0]), 1.0),
        (*four(6, 14)[:2], 1.0),
    ],
)
def implicit_rewards(log_probs, reference, beta):
    return torch.tensor(
        [beta * p - beta * q for p, q in zip(log_probs.tolist(), reference.tolist(), strict=True)]
    )


WHOLE = "beta * (log_probs - reference.detach())"

edits(
    "dpo.implicit_rewards",
    (
        "implied-beta-divides",
        "beta * (log_probs - reference.detach())",
        "(log_probs - reference.detach()) / beta",
        "beta divides, and it must multiply. In the optimum the *reward* is divided by beta; turned round, the log of the ratio is multiplied by it.",
    ),
    (
        "implied-beta-forgotten",
        "beta * ",
        "",
        "beta is missing: it says how many points of reward a nat is worth.",
    ),
    (
        "implied-reference-forgotten",
        "(log_probs - reference.detach())",
        "log_probs",
        "The reference is missing. What counts is not how likely a reply is, but how much likelier than before: else common phrases would be worth most.",
    ),
    (
        "implied-exchanged",
        "log_probs - reference.detach()",
        "reference.detach() - log_probs",
        "Policy and reference are exchanged. What has become likelier than it was has the higher reward.",
    ),
    (
        "implied-ratio-of-logs",
        "log_probs - reference.detach()",
        "log_probs / reference.detach()",
        "The logs were divided. The log of a ratio is the *difference* of the logs.",
    ),
    (
        "implied-ratio",
        "(log_probs - reference.detach())",
        "(log_probs - reference.detach()).exp()",
        "This is the ratio itself. Its log is asked for: leave out the exp.",
    ),
    (
        "implied-chances",
        "log_probs - reference.detach()",
        "log_probs.exp() - reference.detach().exp()",
        "The chances were subtracted. Subtract their logs, as they were given.",
    ),
    (
        "implied-beta-on-one",
        WHOLE,
        "beta * log_probs - reference.detach()",
        "beta multiplies only the policy's part. It belongs before the whole difference: set brackets.",
    ),
    (
        "implied-sum",
        "log_probs - reference.detach()",
        "log_probs + reference.detach()",
        "The logs were added up. What counts is the difference: how much likelier than with the reference.",
    ),
)
