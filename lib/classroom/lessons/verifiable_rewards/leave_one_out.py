"""How far each answer beat the others of its group: one's own reward must not be among what it is held against."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.verifiable_rewards.shared import AWKWARD, EQUAL, REWARDS


@check(
    "grpo.leave_one_out",
    cases=[*((rewards,) for rewards in REWARDS), (EQUAL,), (torch.tensor([[1.0, 0.0], [0.25, 0.5]]),)],
    awkward=[(rewards,) for rewards in AWKWARD],
)
def leave_one_out(rewards):
    """Answer by answer: the others are picked, and their mean is taken."""
    rows = []
    for row in rewards.double():
        others = [torch.cat([row[:i], row[i + 1 :]]) for i in range(len(row))]
        rows.append(torch.stack([own - rest.mean() for own, rest in zip(row, others, strict=True)]))
    return torch.stack(rows).to(rewards.dtype)


edits(
    "grpo.leave_one_out",
    (
        "loo-own-reward-in-the-mean",
        "(rewards.sum(dim=1, keepdim=True) - rewards) / n_others",
        "rewards.sum(dim=1, keepdim=True) / rewards.shape[1]",
        "An answer's own reward is in the mean that it is held against: this is the group's mean, and all comes out too short. "
        "Take it off the sum first, and divide by one less.",
    ),
    (
        "loo-own-reward-in-the-sum",
        "(rewards.sum(dim=1, keepdim=True) - rewards) / n_others",
        "rewards.sum(dim=1, keepdim=True) / n_others",
        "The sum holds an answer's own reward still, and is divided as if it did not. Take the reward off the sum.",
    ),
    (
        "loo-divided-by-all",
        "n_others = rewards.shape[1] - 1",
        "n_others = rewards.shape[1]",
        "The others' sum is divided by the number of all answers. There is one other fewer: rewards.shape[1] - 1.",
    ),
    (
        "loo-divided-by-prompts",
        "n_others = rewards.shape[1] - 1",
        "n_others = max(len(rewards) - 1, 1)",
        "It is divided by the number of questions less one. The others are those in the same row: rewards.shape[1] - 1.",
    ),
    (
        "loo-whole-batch",
        [
            ("rewards.sum(dim=1, keepdim=True)", "rewards.sum()"),
            ("rewards.shape[1] - 1", "rewards.numel() - 1"),
        ],
        "The others are those of the whole batch. They are to be the others of the same group: a sum for each row.",
    ),
    (
        "loo-across-groups",
        [("dim=1", "dim=0"), ("rewards.shape[1] - 1", "max(len(rewards) - 1, 1)")],
        "The sum runs down the columns, across the questions. A group is a row: dim=1.",
    ),
    (
        "loo-baseline-only",
        "return rewards - others",
        "return others",
        "This is what the others got on average. The advantage is by how much the answer's own reward beats that.",
    ),
    (
        "loo-sign",
        "return rewards - others",
        "return others - rewards",
        "The sign is turned: the best answer has the lowest number.",
    ),
    (
        "loo-divided-by-spread",
        "return rewards - others",
        "return (rewards - others) / (rewards.std(dim=1, keepdim=True) + 1e-4)",
        "It is divided by the spread of the group. RLOO does not: that is GRPO's.",
    ),
)
