"""Rewards less what a line through the logs of lengths explains. What makes it hard: the mean stays, and equal lengths."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.reward_model.shared import nearly

noise = shelf.noises(183)
LENGTHS = torch.randint(1, 90, (40,), generator=torch.Generator().manual_seed(8))


@check(
    "reward_model.without_length",
    same=nearly,
    cases=[
        (torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1, 10, 100])),
        (torch.tensor([0.0, 1.0, 5.0]), torch.tensor([1, 10, 100])),
        (torch.tensor([3.0, 1.0]), torch.tensor([5, 20])),
        (torch.tensor([2.0, 2.0, 2.0]), torch.tensor([4, 9, 30])),
        (noise(40), LENGTHS),
        (2 * LENGTHS.log() + noise(40) + 5, LENGTHS),
    ],
    awkward=[
        (torch.tensor([1.0, -1.0, 3.0]), torch.tensor([7, 7, 7])),
        (3 * noise(5), torch.tensor([7, 7, 7, 7, 7])),
        (3 * noise(3), torch.tensor([7, 4, 7])),
        (noise(4), torch.tensor([99, 99, 98, 99])),
        (torch.tensor([4.0]), torch.tensor([12])),
        (noise(9) - 40, LENGTHS[:9].float()),
        (-3 * LENGTHS[:20].log() + noise(20), LENGTHS[:20]),
        (noise(12).double(), LENGTHS[5:17].double()),
        (100 * noise(15), LENGTHS[20:35] * 50),
    ],
)
def without_length(rewards, lengths):
    """By least squares: the line's two numbers at once, from a table of ones and logs."""
    logs = lengths.double().log()
    if logs.min() == logs.max():
        return rewards.clone()
    table = torch.stack([torch.ones_like(logs), logs], dim=1)
    start, slope = torch.linalg.lstsq(table, rewards.double()[:, None]).solution[:, 0]
    return (rewards.double() - start - slope * logs + rewards.double().mean()).to(rewards.dtype)


edits(
    "reward_model.without_length",
    (
        "length-no-log",
        [("logs = lengths.log() - lengths.log().mean()", "logs = lengths.float() - lengths.float().mean()")],
        "The line goes through the lengths themselves. Their logs are asked for: from 5 words to 10 is as much as from 50 to 100.",
    ),
    (
        "length-not-centred",
        " - lengths.log().mean()",
        "",
        "The mean of the logs was not taken off, so the line is forced through 0. Then it takes away what is no trend at all, and the mean of the rewards moves.",
    ),
    (
        "length-mean-gone",
        "return rewards - slope * logs",
        "return rewards - rewards.mean() - slope * logs",
        "The mean of the rewards is gone, too. Only what goes with length is to be taken away: their mean stays.",
    ),
    (
        "length-added",
        "return rewards - slope",
        "return rewards + slope",
        "What goes with length is added once more. Take it away.",
    ),
    (
        "length-the-line",
        "return rewards - slope * logs",
        "return rewards.mean() + slope * logs",
        "This is the line itself: what length explains. What it does *not* explain is asked for.",
    ),
    (
        "length-slope-turned",
        "logs.square().sum().clamp(min=1e-6)",
        "(rewards - rewards.mean()).square().sum().clamp(min=1e-6)",
        "The slope is that of a line which explains lengths by rewards: divide by the squares of the logs, not of the rewards.",
    ),
    (
        "length-covariance",
        " / logs.square().sum().clamp(min=1e-6)",
        " / len(logs)",
        "This is how rewards and logs go together (their covariance), and not yet a slope: divide by the sum of the squares of the logs.",
    ),
    (
        "length-by-spread",
        "logs.square().sum().clamp(min=1e-6)",
        "logs.square().sum().sqrt().clamp(min=1e-6)",
        "It is divided by the root of the sum of squares. A slope wants the sum of squares itself.",
    ),
    (
        "length-all-alike",
        ".clamp(min=1e-6)",
        "",
        "Where all texts have the same length, this divides 0 by 0, or one rounding error by another: rewards become nan, or anything. There is nothing to explain: they should stay as they are. .clamp(min=1e-6) keeps the divisor from 0.",
    ),
    (
        "length-divided",
        "return rewards - slope * logs",
        "return rewards / lengths",
        "Each reward was divided by its length. That makes a new bias, for short texts, and turns it round where rewards are below 0. Take away what a line explains.",
    ),
    (
        "length-slope-one",
        "slope = (logs * rewards).sum() / logs.square().sum().clamp(min=1e-6)",
        "slope = 1.0",
        "Every reward lost its log length, whether or not rewards go with length. By how much they do is the slope, which is to be found first.",
    ),
)
