"""The loss at a token: PPO's clipped gain by cases, advantages below 0 too, and the price of leaving the reference."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.verifiable_rewards.shared import noise, slopes

FAR = torch.tensor([[3.0, 0.5, 1.1, 0.95]]).log()
ZEROS = torch.zeros(1, 4)
OLD, NEW, REFERENCE = (0.4 * noise(3, 5) - 1.0 for _ in range(3))
NEW = OLD + 0.35 * noise(3, 5)
BOTH = torch.tensor([1.5, -1.0, 0.0])


def priced(beta: float, clip: float = 0.2) -> Named:
    return Named(clip=clip, beta=beta)


def gives_gradients(check, function):
    """Whether the gradient at each token is the library's own, before and after some steps, with and without a price."""
    calls = [
        (lambda one, leaf: one(leaf, OLD, BOTH), OLD),
        (lambda one, leaf: one(leaf, OLD, BOTH), NEW),
        (lambda one, leaf: one(leaf, OLD, BOTH, REFERENCE, 0.2, 0.5), NEW),
        (lambda one, leaf: one(leaf, OLD, BOTH, REFERENCE, 0.2, 0.5), OLD),
    ]
    return slopes(check, function, calls, "token-loss-no-gradient")


@check(
    "grpo.token_losses",
    lives=gives_gradients,
    cases=[
        (torch.tensor([[3.0, 0.5]]).log(), torch.zeros(1, 2), torch.tensor([2.0])),
        (FAR, ZEROS, torch.tensor([1.0])),
        (FAR, ZEROS, torch.tensor([-1.0])),
        (NEW, OLD, BOTH),
        (OLD, OLD, BOTH),
        (NEW, OLD, BOTH, None, 0.05),
        (FAR, ZEROS, torch.tensor([0.0]), torch.tensor([[0.5, 0.5, 2.0, 1.0]]).log(), priced(1.0)),
        (NEW, OLD, BOTH, REFERENCE, priced(0.5)),
        (NEW, OLD, BOTH, REFERENCE, priced(0.1, 0.4)),
        (OLD, OLD, BOTH, REFERENCE, priced(1.0)),
        (NEW, OLD, BOTH, REFERENCE),
        (NEW[:, :3], OLD[:, :3], BOTH),
        (NEW, OLD, torch.tensor([0.1237, -0.7071, 0.3333])),
        (NEW, OLD, torch.tensor([0.1237, -0.7071, 0.3333]), REFERENCE, priced(0.25)),
    ],
    awkward=[
        (NEW[:1, :1], OLD[:1, :1], BOTH[1:2], REFERENCE[:1, :1], priced(0.3)),
        (NEW[:, :1], OLD[:, :1], BOTH),
        (NEW[:2], OLD[:2], -BOTH[:2], None, 0.0),
        (5 * NEW, OLD, BOTH, OLD, priced(0.2)),
    ],
)
def token_losses(log_probs, old_log_probs, advantages, reference_log_probs=None, clip=0.2, beta=0.0):
    """By cases, token by token: a gain is cut where the ratio has gone far enough in the direction that pays."""
    losses = torch.empty_like(log_probs)
    for i, advantage in enumerate(advantages.tolist()):
        for j in range(log_probs.shape[1]):
            ratio = float((log_probs[i, j] - old_log_probs[i, j]).double().exp())
            paid = ratio
            if advantage > 0 and ratio > 1 + clip:
                paid = 1 + clip
            if advantage < 0 and ratio < 1 - clip:
                paid = 1 - clip
            losses[i, j] = -paid * advantage
            if beta:
                distance = (reference_log_probs[i, j] - log_probs[i, j]).double()
                losses[i, j] += beta * ratio * float(distance.exp() - 1 - distance)
    return losses


edits(
    "grpo.token_losses",
    (
        "token-loss-sign",
        "-torch.minimum(",
        "torch.minimum(",
        "The sign is turned: turning the dials lowers a loss, and this would make good answers rarer. The loss is *minus* the gain.",
    ),
    (
        "token-loss-maximum",
        "torch.minimum(",
        "torch.maximum(",
        "Of the two gains it takes the greater. Then whoever goes far is paid for all of it. Take the less: torch.minimum.",
    ),
    (
        "token-loss-clipped-only",
        "torch.minimum(ratio * advantages[:, None], held * advantages[:, None])",
        "held * advantages[:, None]",
        "Only the held ratio counts. Where a step went the *wrong* way, the ratio must count in full, or nothing pulls it back: take "
        "the less of both gains.",
    ),
    (
        "token-loss-not-clipped",
        "torch.minimum(ratio * advantages[:, None], held * advantages[:, None])",
        "(ratio * advantages[:, None])",
        "Nothing is clipped: a ratio of 3 counts as 3. The less of this gain and of that with the held ratio is asked for.",
    ),
    (
        "token-loss-minimum-of-ratios",
        "torch.minimum(ratio * advantages[:, None], held * advantages[:, None])",
        "(torch.minimum(ratio, held) * advantages[:, None])",
        "The less of the two *ratios* is taken, before it meets the advantage. With an advantage below 0 that is the greater gain. "
        "Multiply first, then take the less.",
    ),
    (
        "token-loss-ratio-inverted",
        "(log_probs - old_log_probs).exp()",
        "(old_log_probs - log_probs).exp()",
        "The ratio is upside down: old / new. It is how many times as likely a token is *now*: new / old.",
    ),
    (
        "token-loss-no-exp",
        "(log_probs - old_log_probs).exp()",
        "(log_probs - old_log_probs)",
        "The difference of the logs is the *log* of the ratio. .exp() makes the ratio of it: 1 where nothing has changed.",
    ),
    (
        "token-loss-ratio-of-logs",
        "(log_probs - old_log_probs).exp()",
        "log_probs / old_log_probs",
        "The logs themselves were divided. A ratio of chances is e to the *difference* of their logs.",
    ),
    (
        "token-loss-fixed-clip",
        "ratio.clamp(1 - clip, 1 + clip)",
        "ratio.clamp(0.8, 1.2)",
        "It clips at .2 always. How far is given: clip.",
    ),
    (
        "token-loss-k3-without-ratio",
        "beta * ratio * kl.k3",
        "beta * kl.k3",
        "The distance is not multiplied by the ratio. At the first step the value is the same, but not the gradient: it would be that "
        "of the other direction, KL(reference || policy).",
    ),
    (
        "token-loss-price-paid-out",
        "losses + beta * ratio",
        "losses - beta * ratio",
        "The distance is taken *off* the loss: leaving the reference would be rewarded. It is a price: add it.",
    ),
    (
        "token-loss-k1",
        "kl.k3(",
        "kl.k1(",
        "The distance is guessed by k1, the plain difference of the logs. Here it is k3, as GRPO has it.",
    ),
    (
        "token-loss-exchanged-kl",
        "kl.k3(log_probs, reference_log_probs)",
        "kl.k3(reference_log_probs, log_probs)",
        "Policy and reference are exchanged in the distance. kl.k3 takes those of the policy first.",
    ),
    (
        "token-loss-distance-from-old",
        "kl.k3(log_probs, reference_log_probs)",
        "kl.k3(log_probs, old_log_probs)",
        "The distance is that from the model that wrote. It is to be the one from the *reference*, as which it began.",
    ),
)
