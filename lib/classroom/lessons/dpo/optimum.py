"""The policy with the most reward at the price of its distance: the reference's chances, each times e to the reward over beta."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.dpo.shared import noise

HALF = torch.tensor([0.5, 0.5])
UNEVEN = torch.tensor([0.7, 0.2, 0.1])
MANY = 5000  # replies: a little too much in each is far too much in all


def shares_sum_to_one(optimum):
    """Chances must sum to 1, however many replies there are."""
    even, rewards = torch.full((MANY,), 1 / MANY), torch.zeros(MANY)
    shares = ask("dpo.optimum", optimum, even, rewards, 1.0)
    if not isinstance(shares, torch.Tensor) or shares.shape != even.shape:
        return  # that is said otherwise
    total = shares.double().sum().item()
    if not math.isclose(total, 1, rel_tol=1e-3):
        says = f"The chances sum to {total:.4g}. Some reply must be given, so they have to sum to 1."
        call = f"optimum(torch.full(({MANY},), 1 / {MANY}), torch.zeros({MANY}), 1.0).sum()"
        raise Wrong("optimum-sum", says, call, f"{total:.4g}", "1")


@check(
    "dpo.optimum",
    cases=[
        (HALF, torch.tensor([math.log(3), 0.0]), 1.0),
        (UNEVEN, torch.tensor([0.0, 0.0, 0.0]), 0.5),
        (UNEVEN, torch.tensor([0.0, 1.0, 2.0]), 0.5),
        (UNEVEN, torch.tensor([0.0, 1.0, 2.0]), 4.0),
        (UNEVEN, torch.tensor([5.0, 6.0, 7.0]), 1.0),
        (noise(5).softmax(-1), noise(5), 0.3),
        (noise(6).softmax(-1), 2 * noise(6), 1.0),
        (noise(2, 4).softmax(-1), noise(2, 4), 0.7),
    ],
    awkward=[
        (UNEVEN, torch.tensor([0.0, 50.0, 90.0]), 0.1),
        (UNEVEN, torch.tensor([-500.0, -501.0, -500.5]), 1.0),
        (torch.tensor([0.6, 0.4, 0.0]), torch.tensor([0.0, 1.0, 9.0]), 1.0),
        (torch.tensor([[0.0, 1.0], [0.5, 0.5]]), torch.tensor([[105.0, -33.0], [1.0, 2.0]]), 0.1),
        (torch.tensor([[0.3, 0.7], [0.6, 0.4]]), torch.tensor([[0.0, 0.1], [500.0, 500.2]]), 0.2),
        (torch.tensor([1.0]), torch.tensor([-3.0]), 0.2),
        (noise(3, 3).softmax(-1), noise(3, 3), 1.5),
        (shelf.noises(7)(2, 3, 4).softmax(-1), shelf.noises(8)(2, 3, 4), 0.5),
    ],
    behaviours=[shares_sum_to_one],
)
def optimum(reference, rewards, beta):
    def of_row(chances: list[float], worth: list[float]) -> list[float]:
        best = max(r for p, r in zip(chances, worth, strict=True) if p > 0)
        pulled = [
            p * math.exp((r - best) / beta) if p > 0 else 0.0 for p, r in zip(chances, worth, strict=True)
        ]
        return [share / math.fsum(pulled) for share in pulled]

    tables = (one.reshape(-1, one.shape[-1]).tolist() for one in (reference, rewards))
    rows = zip(*tables, strict=True)
    return torch.tensor([of_row(*row) for row in rows]).reshape(reference.shape)


WHOLE = "(reference.log() + rewards / beta).softmax(dim=-1)"

edits(
    "dpo.optimum",
    (
        "optimum-beta-multiplies",
        "rewards / beta",
        "rewards * beta",
        "beta multiplies the rewards, and it must divide them: the dearer a nat of distance, the *less* the policy is moved by a reward.",
    ),
    (
        "optimum-beta-forgotten",
        "rewards / beta",
        "rewards",
        "beta is missing: it says what a nat of distance costs, and so how far a reward moves the policy.",
    ),
    (
        "optimum-beta-on-reference",
        "reference.log() + rewards / beta",
        "reference.log() / beta + rewards",
        "beta divides the log of the reference. It belongs under the reward: with rewards of 0 the reference itself must come out.",
    ),
    (
        "optimum-reference-forgotten",
        "reference.log() + rewards / beta",
        "rewards / beta",
        "The reference is missing. What it never says stays unsaid, and with rewards of 0 it must come out itself.",
    ),
    (
        "optimum-log-forgotten",
        "reference.log()",
        "reference",
        "softmax takes the exp of everything, also of the reference's chances. So their *log* must go in.",
    ),
    (
        "optimum-not-shared-out",
        WHOLE,
        "reference * (rewards / beta).exp()",
        "These are not shares yet: they do not sum to 1. Divide each row by its sum, which is called Z, or take softmax, which does it.",
    ),
    (
        "optimum-overflows",
        WHOLE,
        "reference * (rewards / beta).exp() / (reference * (rewards / beta).exp()).sum(dim=-1, keepdim=True)",
        "The formula is right, but exp of a large number overflows, and of a very negative one is 0. In logs nothing does: softmax of the log of the reference plus the reward over beta.",
    ),
    (
        "optimum-wrong-sign",
        "+ rewards",
        "- rewards",
        "The sign of the rewards is turned: the worst becomes the likeliest.",
    ),
    (
        "optimum-over-all",
        WHOLE,
        "(reference.log() + rewards / beta).flatten().softmax(dim=0).view(rewards.shape)",
        "The shares were taken over all prompts at once. Each row is a prompt of its own, and sums to 1: dim=-1.",
    ),
    (
        "optimum-only-the-best",
        WHOLE,
        "torch.nn.functional.one_hot((reference.log() + rewards / beta).argmax(dim=-1), rewards.shape[-1]).float()",
        "Only the best reply is left. The price of distance is there so that all keep some of their chance.",
    ),
    (
        "optimum-added",
        WHOLE,
        "reference + (rewards / beta).softmax(dim=-1)",
        "Reference and rewards were added up. The chances of the reference are *multiplied* by e to the reward over beta: the logs are what is added.",
    ),
)
