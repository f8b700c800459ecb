"""In how many pairs is the reward right? What makes it hard: equal rewards."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.reward_model.shared import close, in_a_fit

noise = shelf.noises(182)
FEW = torch.randint(3, (2, 31), generator=torch.Generator().manual_seed(3)).float()


@check(
    "preferences.accuracy",
    lives=in_a_fit,
    same=close,
    cases=[
        (torch.tensor([2.0, 0.0, 1.0, 3.0]), torch.tensor([1.0, 1.0, 0.5, -1.0])),
        (torch.tensor([1.0, 1.0]), torch.tensor([1.0, 0.0])),
        (torch.tensor([0.0, 0.0, 0.0]), torch.tensor([0.0, 0.0, 0.0])),
        (torch.tensor([0.0, 5.0]), torch.tensor([9.0, 5.0])),
        (noise(40), noise(40)),
        (FEW[0], FEW[1]),
    ],
    awkward=[
        (torch.tensor([3.0]), torch.tensor([3.0])),
        (torch.tensor([-1.0]), torch.tensor([-2.0])),
        (torch.tensor([-5.0, -7.0]), torch.tensor([-5.0, -6.0])),
        (torch.tensor([1e-6, 1000.0]), torch.tensor([0.0, 999.0])),
        (noise(7) - 50, noise(7) + 50),
        (noise(9).double(), noise(9).double()),
    ],
)
def accuracy(better, worse):
    points = [0.5 if b == w else float(b > w) for b, w in zip(better.tolist(), worse.tolist(), strict=True)]
    return sum(points) / len(points)


edits(
    "preferences.accuracy",
    (
        "accuracy-ties-right",
        "return ((difference > 0).float() + (difference == 0).float() / 2).mean().item()",
        "return (difference >= 0).float().mean().item()",
        "Equal rewards count as right. Then a reward that says 0 to every text is perfect. Who cannot tell two texts apart is right in half of the cases: a tie is a half.",
    ),
    (
        "accuracy-ties-wrong",
        " + (difference == 0).float() / 2",
        "",
        "Equal rewards count as wrong. Who cannot tell two texts apart is no worse than a coin: a tie is a half.",
    ),
    (
        "accuracy-ties-left-out",
        "((difference > 0).float() + (difference == 0).float() / 2).mean()",
        "(difference[difference != 0] > 0).float().mean()",
        "Pairs with equal rewards are left out. Then a reward looks good that says nothing about most pairs, and for one that never says anything there is no number. A tie is a half.",
    ),
    (
        "accuracy-exchanged",
        "difference > 0",
        "difference < 0",
        "This counts the pairs in which the *worse* text has the higher reward.",
    ),
    (
        "accuracy-of-signs",
        "((difference > 0).float() + (difference == 0).float() / 2).mean()",
        "difference.sign().mean()",
        "This is the share of right pairs less the share of wrong ones, -1 to 1. The share of right ones is asked for, 0 to 1.",
    ),
    (
        "accuracy-of-chances",
        "((difference > 0).float() + (difference == 0).float() / 2).mean()",
        "difference.sigmoid().mean()",
        "This is the mean of the chances that the reward gives. How *often* is it right? A lead of .01 counts as much as one of 5.",
    ),
    (
        "accuracy-count",
        ".mean().item()",
        ".sum().item()",
        "This is how many are right. The share is asked for: divide by the number of pairs.",
    ),
    (
        "accuracy-tensor",
        ".mean().item()",
        ".mean()",
        "The number is right, but it is a tensor. Give a plain number: .item() makes one.",
    ),
    (
        "accuracy-mean-lead",
        "((difference > 0).float() + (difference == 0).float() / 2).mean()",
        "difference.mean()",
        "This is the mean lead. How large a lead is does not count: only in how many pairs there is one.",
    ),
)
