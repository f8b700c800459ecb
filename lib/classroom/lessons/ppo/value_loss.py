"""How far the value head is from what did come."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.ppo.shared import gradients, in_a_round, mask, noises

noise = noises(196)


def row(*numbers: float) -> torch.Tensor:
    return torch.tensor([numbers])


def lives(check, function):
    given = (noise(3, 5), noise(3, 5), noise(3, 5), mask("xxx..", ".xxxx", "..x.."))
    return gradients(check, function, *given) or in_a_round(check, function)


@check(
    "ppo.value_loss",
    lives=lives,
    cases=[
        (row(1.0), row(2.0), row(3.0), mask("x")),
        (row(1.0, 1.0), row(1.0, 2.0), row(0.0, 0.0), mask("xx")),
        (row(5.0, 1.0), row(2.0, 0.5), row(-3.0, 0.25), mask("xx")),
        (row(5.0, 1.0, 9.0), row(2.0, 0.5, 1.0), row(-3.0, 0.25, 4.0), mask(".x.")),
        (noise(2, 4), noise(2, 4), noise(2, 4), mask("xx..", ".xxx")),
        (noise(3, 5), noise(3, 5), noise(3, 5), mask("xxxxx", "x....", "..xx.")),
    ],
    awkward=[
        (noise(5, 1), noise(5, 1), noise(5, 1), mask(*"x.xxx")),
        (noise(1, 9), noise(1, 9), noise(1, 9), mask("...xxxx..")),
        (noise(4, 4), noise(4, 4), noise(4, 4), mask(*["xxxx"] * 4)),
        (torch.zeros(2, 2), torch.zeros(2, 2), torch.zeros(2, 2), mask("xx", "x.")),
    ],
)
def value_loss(values, old_values, advantages, mask):
    apart = values[mask] - old_values[mask] - advantages[mask]
    return (apart @ apart) / len(apart)


edits(
    "ppo.value_loss",
    (
        "value-target-advantages",
        "old_values + advantages",
        "advantages",
        "The value head was compared with the advantages. They say how much *better* it came; what came is that plus what had been foreseen.",
    ),
    (
        "value-target-old",
        "old_values + advantages",
        "old_values",
        "The value head was compared with what it had foreseen itself. Nothing can be learned from that: add the advantages.",
    ),
    (
        "value-target-turned",
        "old_values + advantages",
        "old_values - advantages",
        "The advantages were taken off. It came *better* than foreseen by them: add them.",
    ),
    (
        "value-target-moves",
        "came = old_values + advantages",
        "came = values + advantages",
        "What came was made from the new values, so that it moves along with them, and the distance is always the advantage. Take those that were foreseen when the text was written: old_values.",
    ),
    (
        "value-not-squared",
        "(values - came) ** 2",
        "(values - came).abs()",
        "The distance was not squared.",
    ),
    (
        "value-signed",
        "(values - came) ** 2",
        "(values - came)",
        "The difference was not squared: too high and too low cancel, and far too low is best of all.",
    ),
    (
        "value-half",
        "rollouts.masked_mean((values - came) ** 2, mask)",
        "rollouts.masked_mean((values - came) ** 2, mask) / 2",
        "Half of it was taken, as some do. Here it is the plain mean of the squares.",
    ),
    (
        "value-no-mask",
        "rollouts.masked_mean((values - came) ** 2, mask)",
        "((values - came) ** 2).mean()",
        "The mean was taken over all places, those outside the mask too.",
    ),
    (
        "value-sum",
        "rollouts.masked_mean((values - came) ** 2, mask)",
        "torch.where(mask, (values - came) ** 2, 0).sum()",
        "This is the sum. The mean over the mask is asked for.",
    ),
    (
        "value-outside-as-0",
        "rollouts.masked_mean((values - came) ** 2, mask)",
        "torch.where(mask, (values - came) ** 2, 0).mean()",
        "Places outside the mask were set to 0, and then counted in the mean. Divide by the number of places where the mask is True.",
    ),
    (
        "value-text-by-text",
        "rollouts.masked_mean((values - came) ** 2, mask)",
        "(torch.where(mask, (values - came) ** 2, 0).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()",
        "A mean was taken for each text, and then the mean of those: tokens of short texts count for more. Take one mean over all tokens.",
    ),
)
