"""A distance guessed from drawn tokens: never below 0, right on average, in the right direction."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.ppo.shared import gradients, in_a_round, noises

noise = noises(191)
POLICY = torch.tensor([0.5, 0.3, 0.15, 0.05], dtype=torch.float64).log()
UNIFORM = torch.full((4,), 0.25, dtype=torch.float64).log()


def lives(check, function):
    return gradients(check, function, noise(6), noise(6)) or in_a_round(check, function)


def are_right_on_average(k3):
    """Weighed by the policy's own chances, the guesses give the exact distance, here as for a pair by chance."""
    for policy, reference, name in (
        (POLICY, UNIFORM, "four even chances"),
        (UNIFORM, POLICY, "(.5, .3, .15, .05)"),
    ):
        exact = (policy.exp() * (policy - reference)).sum().item()
        given = k3(policy.clone(), reference.clone())
        if given.shape != policy.shape:
            return  # the cases say it better
        mean = (policy.exp() * given).sum().item()
        if abs(mean - exact) > 1e-4:
            says = f"On average over what the policy draws it says {mean:.4f}, and the exact distance from {name} is {exact:.4f}."
            raise Wrong("k3-average", says, "k3(logs of a policy's chances, logs of the reference's)")


@check(
    "kl.k3",
    lives=lives,
    behaviours=(are_right_on_average,),
    cases=[
        (torch.tensor([0.5, 0.05]).log(), torch.tensor([0.25, 0.25]).log()),
        (torch.tensor([-1.0, -2.0, -3.0]), torch.tensor([-1.0, -2.0, -3.0])),
        (torch.tensor([-1.0]), torch.tensor([-4.0])),
        (torch.tensor([-4.0]), torch.tensor([-1.0])),
        (noise(2, 3) - 2, noise(2, 3) - 2),
    ],
    awkward=[
        (torch.tensor(-1.5), torch.tensor(-0.5)),
        (noise(1, 1), noise(1, 1)),
        (noise(5, 1), noise(5, 1)),
        (noise(2, 3, 4), noise(2, 3, 4)),
        (noise(0), noise(0)),
    ],
)
def k3(log_probs, reference_log_probs):
    policy, reference = log_probs.exp(), reference_log_probs.exp()
    return (reference - policy) / policy - (reference / policy).log()


edits(
    "kl.k3",
    (
        "k3-ratio-turned",
        "log_ratio = reference_log_probs - log_probs",
        "log_ratio = log_probs - reference_log_probs",
        "The ratio is turned: it is the reference's chance divided by the policy's, since the tokens were drawn by the policy. With the chances (.5, .3, .15, .05) against four even ones the mean is .2158 this way, and .2442 is right.",
    ),
    (
        "k3-sign-turned",
        "return log_ratio.exp() - 1 - log_ratio",
        "return -(log_ratio.exp() - 1 - log_ratio)",
        "The sign is turned: a distance is never below 0. With the chances (.5, .3, .15, .05) against four even ones the mean is -.2442 this way, and .2442 is right.",
    ),
    (
        "k3-log-added",
        "- 1 - log_ratio",
        "- 1 + log_ratio",
        "The log is added. It is ratio - 1 *minus* its log: then both cancel near a ratio of 1, and nothing is below 0.",
    ),
    (
        "k3-both-turned",
        [
            ("log_ratio = reference_log_probs - log_probs", "log_ratio = log_probs - reference_log_probs"),
            ("- 1 - log_ratio", "- 1 + log_ratio"),
        ],
        "Two turns: the ratio is the reference's chance divided by the policy's, and its log is taken off, not added.",
    ),
    (
        "k3-is-k1",
        "log_ratio.exp() - 1 - log_ratio",
        "-log_ratio",
        "This is k1, the log of the ratio alone. It is right on average, and jumps about 0: add ratio - 1, which is 0 on average.",
    ),
    (
        "k3-is-k1-turned",
        "log_ratio.exp() - 1 - log_ratio",
        "log_ratio",
        "This is k1 with its sign turned. k3 is ratio - 1 - log(ratio); its last part alone would be -log(ratio).",
    ),
    (
        "k3-is-k2",
        "log_ratio.exp() - 1 - log_ratio",
        "log_ratio**2 / 2",
        "This is k2, half the square of the log: near the truth for small distances only. k3 is ratio - 1 - log(ratio).",
    ),
    (
        "k3-no-one",
        ".exp() - 1 - ",
        ".exp() - ",
        "The 1 is missing: two equal chances would be 1 nat apart. ratio - 1 is what is 0 on average.",
    ),
    (
        "k3-no-exp",
        "log_ratio.exp() - 1 - log_ratio",
        "log_ratio - 1 - log_ratio.abs().log()",
        "The difference of the logs was taken for the ratio. It is the ratio's log: .exp() makes the ratio of it.",
    ),
    (
        "k3-weighed",
        "return log_ratio.exp() - 1 - log_ratio",
        "return log_probs.exp() * (log_ratio.exp() - 1 - log_ratio)",
        "Each guess is multiplied by its chance. The tokens were drawn by the policy already, likely ones oftener: that would count the chance twice.",
    ),
    (
        "k3-mean",
        "return log_ratio.exp() - 1 - log_ratio",
        "return (log_ratio.exp() - 1 - log_ratio).mean()",
        "This is one number, the mean. A guess is asked for at each place.",
    ),
)
