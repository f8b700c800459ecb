"""Legal inputs by chance: groups of rewards, tokens with their chances, texts with answers, attempts."""

import torch

from nextword import verifiable
from tests.mutants.chance import G, R, randn, ri


def groups():
    """Rewards of a few groups: zeros and ones, or any numbers."""
    shape = ri(1, 5), ri(2, 7)
    return torch.randint(2, shape, generator=G).float() if R.random() < 0.5 else 3 * randn(*shape)


def groups_and_whether():
    return groups(), R.random() < 0.5


def masked():
    """Values, which of them count, one of the three ways, and what is longest."""
    shape = ri(1, 5), ri(1, 6)
    mask = torch.rand(shape, generator=G) < R.choice([0.3, 0.7, 1.1])
    values = torch.where(mask | torch.tensor(R.random() < 0.5), randn(*shape), float("inf"))
    return values, mask, R.choice(["token", "sequence", "constant"]), ri(1, 12)


def tokens():
    """Log-probabilities of now and of then, advantages, the reference's, a clip and a price."""
    shape = ri(1, 4), ri(1, 5)
    old = 0.4 * randn(*shape) - 1
    new, reference = old + 0.35 * randn(*shape), old + 0.3 * randn(*shape)
    return new, old, randn(shape[0]), reference, R.choice([0.1, 0.2, 0.3]), R.choice([0.0, 0.1, 1.0])


def texts():
    """Questions with answers: right ones of both forms, and all kinds of others."""
    made = []
    for question in verifiable.questions(ri(1, 6), G, operations=ri(1, 4)):
        right = str(verifiable.shown(question)[-1])
        others = (
            str(ri(0, 9)),
            "",
            ",",
            f"1{right}",
            f"{right},{ri(0, 9)}",
            f"{right},",
            f" {right}",
            "0,1,2,3",
        )
        made.append(question + R.choice([right, verifiable.answer(question, True), f"3,{right}", *others]))
    return (made,)


def attempts():
    n = ri(1, 14)
    return n, ri(0, n), ri(1, n)
