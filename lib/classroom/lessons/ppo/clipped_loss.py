"""PPO's loss: ratio times advantage, and no more gain where the ratio has gone far enough."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.ppo.shared import gradients, in_a_round, mask, noises

noise = noises(195)


def one(ratio: float, advantage: float) -> tuple[torch.Tensor, ...]:
    """A single token with that ratio and advantage."""
    old = torch.tensor([[-2.0]])
    return old + torch.tensor([[ratio]]).log(), old, torch.tensor([[advantage]]), mask("x")


def are_1_where_nothing_changed(clipped_loss):
    """A policy that has not changed has ratio 1 everywhere: the loss is minus the mean advantage."""
    logs, advantages, chosen = noise(3, 5) - 3, noise(3, 5), mask("xxx..", ".xxxx", "..x..")
    needed = -advantages[chosen].mean()
    given = clipped_loss(logs.clone(), logs.clone(), advantages, chosen, 0.2)
    if given.shape == () and not given.allclose(needed, 1e-4, 1e-6):
        says = "The policy has not changed here, so every ratio is 1, and the loss is minus the mean advantage over the mask."
        called = "clipped_loss(log_probs, the same again, advantages, mask)"
        raise Wrong("clipped-ratio-1", says, called, f"{given:.4f}", f"{needed:.4f}")


def lives(check, function):
    logs = 0.3 * noise(3, 5) - 3
    given = (logs + 0.3 * noise(3, 5), logs, noise(3, 5), mask("xxx..", ".xxxx", "..x.."), 0.2)
    return gradients(check, function, *given) or in_a_round(check, function)


@check(
    "ppo.clipped_loss",
    lives=lives,
    behaviours=(are_1_where_nothing_changed,),
    cases=[
        one(1.1, 2.0),
        one(1.5, 1.0),
        one(0.5, -1.0),
        one(0.5, 1.0),
        one(1.5, -1.0),
        (torch.tensor([[3.0, 0.5]]).log(), torch.zeros(1, 2), torch.tensor([[1.0, 1.0]]), mask("xx"), 0.2),
        (
            torch.tensor([[3.0, 0.5, 2.0]]).log(),
            torch.zeros(1, 3),
            torch.tensor([[1.0, 1.0, 9.0]]),
            mask("xx."),
            0.5,
        ),
        (noise(2, 6) - 2, noise(2, 6) - 2, noise(2, 6), mask("xxxxxx", ".xxx.."), 0.2),
        (noise(3, 4) - 2, noise(3, 4) - 2, noise(3, 4), mask("xxxx", "x...", ".xx."), 0.1),
    ],
    awkward=[
        (noise(1, 1), noise(1, 1), noise(1, 1), mask("x"), 0.3),
        (noise(5, 1), noise(5, 1), noise(5, 1), mask(*"x.xxx"), 0.3),
        (noise(1, 9), noise(1, 9), noise(1, 9), mask("...xxxx.."), 0.3),
        (noise(4, 4), noise(4, 4), noise(4, 4), mask(*["xxxx"] * 4), 0.0),
        (noise(3, 3) - 40, noise(3, 3) - 40, noise(3, 3), mask("xx.", ".xx", "xxx"), 0.2),
    ],
)
def clipped_loss(log_probs, old_log_probs, advantages, mask, clip=0.2):
    """Case by case: what a ratio gains is bounded on the side that its advantage wants."""
    gains = []
    for log, old, advantage in zip(log_probs[mask], old_log_probs[mask], advantages[mask], strict=True):
        ratio = torch.exp(log - old)
        bound = torch.tensor(1 + clip if advantage > 0 else 1 - clip, dtype=ratio.dtype)
        went_far = ratio > bound if advantage > 0 else ratio < bound
        gains.append(advantage * (bound if went_far else ratio))
    return -torch.stack(gains).mean()


edits(
    "ppo.clipped_loss",
    (
        "clipped-max",
        "torch.minimum",
        "torch.maximum",
        "The larger of the two was taken. The loss is careful: of what is gained with and without the clip it takes the *smaller*.",
    ),
    (
        "clipped-no-minimum",
        "torch.minimum(ratio * advantages, clipped * advantages)",
        "clipped * advantages",
        "The clipped ratio alone was taken. Where a step has gone the wrong way, all of it counts: take the smaller of ratio * advantage and clipped * advantage.",
    ),
    (
        "clipped-not",
        "torch.minimum(ratio * advantages, clipped * advantages)",
        "ratio * advantages",
        "Nothing is clipped: the further the ratio goes, the more is gained.",
    ),
    (
        "clipped-minimum-of-ratios",
        "torch.minimum(ratio * advantages, clipped * advantages)",
        "torch.minimum(ratio, clipped) * advantages",
        "The smaller *ratio* was taken, before the advantage came in. With an advantage below 0 that is the larger gain: multiply first, then take the smaller.",
    ),
    (
        "clipped-no-exp",
        "(log_probs - old_log_probs).exp()",
        "(log_probs - old_log_probs)",
        "The difference of the logs was taken for the ratio: .exp() makes the ratio of it. With nothing changed it is 1.",
    ),
    (
        "clipped-ratio-turned",
        "log_probs - old_log_probs",
        "old_log_probs - log_probs",
        "The ratio is turned: it is the new chance divided by the old one.",
    ),
    (
        "clipped-new-to-new",
        "log_probs - old_log_probs",
        "log_probs - log_probs.detach()",
        "The ratio of the new policy to itself was taken, which is 1 always. The old one is that which wrote the texts: old_log_probs.",
    ),
    (
        "clipped-about-0",
        "clamp(1 - clip, 1 + clip)",
        "clamp(-clip, clip)",
        "The ratio was clipped about 0. It is 1 where nothing has changed: from 1 - clip to 1 + clip.",
    ),
    (
        "clipped-sign",
        "return -rollouts",
        "return rollouts",
        "The minus is missing: a loss falls, and what is gained is to rise.",
    ),
    (
        "clipped-no-mask",
        "rollouts.masked_mean(torch.minimum(ratio * advantages, clipped * advantages), mask)",
        "torch.minimum(ratio * advantages, clipped * advantages).mean()",
        "The mean was taken over all places, those outside the mask too.",
    ),
    (
        "clipped-sum",
        "rollouts.masked_mean(torch.minimum(ratio * advantages, clipped * advantages), mask)",
        "torch.where(mask, torch.minimum(ratio * advantages, clipped * advantages), 0).sum()",
        "This is the sum. The mean over the mask is asked for, so that a step is as large for few tokens as for many.",
    ),
    (
        "clipped-text-by-text",
        "-rollouts.masked_mean(torch.minimum(ratio * advantages, clipped * advantages), mask)",
        "-(torch.where(mask, torch.minimum(ratio * advantages, clipped * advantages), 0).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()",
        "A mean was taken for each text, and then the mean of those: tokens of short texts count for more. Take one mean over all tokens.",
    ),
    (
        "clipped-above-only",
        "clamp(1 - clip, 1 + clip)",
        "clamp(max=1 + clip)",
        "The ratio was clipped above only. What came worse than foreseen is made rarer, and that has gone far enough, too, at 1 - clip.",
    ),
    (
        "clipped-of-logs",
        "(log_probs - old_log_probs).exp()",
        "log_probs / old_log_probs",
        "The logs were divided. The ratio is that of the chances: e to the power of the difference of their logs.",
    ),
    (
        "clipped-log-ratio",
        "ratio.clamp(1 - clip, 1 + clip)",
        "(log_probs - old_log_probs).clamp(-clip, clip).exp()",
        "The *log* of the ratio was clipped. It is the ratio itself that stays between 1 - clip and 1 + clip.",
    ),
)
