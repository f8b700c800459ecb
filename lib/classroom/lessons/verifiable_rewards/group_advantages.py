"""How far each answer beat its group: the mean along the right axis, and the spread with one less below it."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.verifiable_rewards.shared import AWKWARD, EQUAL, REWARDS

TINY = 1e-4


@check(
    "grpo.group_advantages",
    cases=[
        *((rewards, False) for rewards in REWARDS),
        *((rewards, True) for rewards in REWARDS),
        (EQUAL, False),
        (EQUAL, True),
        (torch.tensor([[1.0, 0.0], [0.0, 1.0]]),),
    ],
    awkward=[*((rewards, divide) for rewards in (*AWKWARD, shelf.ONE_ROW) for divide in (True, False))],
)
def group_advantages(rewards, divide=True):
    """Group by group, in plain numbers."""
    rows = []
    for row in rewards.tolist():
        mean = sum(row) / len(row)
        spread = (sum((reward - mean) ** 2 for reward in row) / (len(row) - 1)) ** 0.5
        rows.append([(reward - mean) / (spread + TINY if divide else 1.0) for reward in row])
    return torch.tensor(rows)


edits(
    "grpo.group_advantages",
    (
        "advantages-whole-batch",
        "rewards.mean(dim=1, keepdim=True)",
        "rewards.mean()",
        "Each answer is held against the mean of *all* answers. Then a question that is easy makes all its answers look good. "
        "Hold it against its own group: a mean for each row.",
    ),
    (
        "advantages-all-of-the-batch",
        [
            ("rewards.mean(dim=1, keepdim=True)", "rewards.mean()"),
            ("rewards.std(dim=1, keepdim=True)", "rewards.std()"),
        ],
        "Mean and spread are those of *all* answers. Then a question that is easy makes all its answers look good. "
        "Take both of each group: along dim=1.",
    ),
    (
        "advantages-across-groups",
        [(("dim=1", "every"), "dim=0")],
        "Mean and spread are taken down the columns, across the questions. A group is a row: dim=1.",
    ),
    (
        "advantages-batch-spread",
        "rewards.std(dim=1, keepdim=True)",
        "rewards.std()",
        "The mean is the group's, and the spread is that of all answers. (trl has that as scale_rewards='batch'.) "
        "Here each group is divided by its own: dim=1.",
    ),
    (
        "advantages-never-divided",
        "if divide:",
        "if False:",
        "It never divides by the spread. Where divide is true, it is to.",
    ),
    (
        "advantages-always-divided",
        "if divide:",
        "if True:",
        "It divides by the spread also where divide is False.",
    ),
    (
        "advantages-by-n",
        "rewards.std(dim=1, keepdim=True)",
        "rewards.std(dim=1, keepdim=True, correction=0)",
        "The spread has the number of answers below its root, n. Here, as in torch.std and in trl, one less stands there: n - 1. "
        "numpy's std has n. In a group of 8 the difference is 7 in 100, and the same for all: a matter of what was agreed.",
    ),
    (
        "advantages-variance",
        "rewards.std(dim=1, keepdim=True)",
        "rewards.var(dim=1, keepdim=True)",
        "It divides by the variance. The spread, the standard deviation, is its root.",
    ),
    (
        "advantages-nothing-added",
        " + grpo.TINY)",
        ")",
        "Where all answers of a group got the same reward, it is 0 divided by 0. Add grpo.TINY to the spread.",
    ),
    (
        "advantages-other-tiny-number",
        "grpo.TINY",
        "1e-8",
        "What is added to the spread is another tiny number than grpo.TINY, which is 0.0001 as in trl. Where a group's spread is "
        "small that shows.",
    ),
    (
        "advantages-not-centred",
        "above = rewards - rewards.mean(dim=1, keepdim=True)",
        "above = rewards",
        "No mean is taken off: with rewards of 0 and 1 no answer is ever pushed down.",
    ),
    (
        "advantages-sign",
        "rewards - rewards.mean(dim=1, keepdim=True)",
        "rewards.mean(dim=1, keepdim=True) - rewards",
        "The sign is turned: the best answer has the lowest number. What is above the mean has to come out above 0.",
    ),
)
