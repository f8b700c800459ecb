"""What a policy writes, set beside what it wrote before: text against text, and how alike its texts have become."""

from collections.abc import Sequence

import torch
from torch import Tensor

from nextword import kl, rollouts, text
from nextword.rollouts import Rollouts
from nextword.transformer import Transformer


def wins(after: Tensor, before: Tensor) -> float:
    """How often a later text has the higher score than the earlier one that stands in its place; a tie is half a win.

    >>> wins(torch.tensor([1.0, 2.0, 3.0, 0.0]), torch.tensor([0.0, 2.0, 1.0, 1.0]))
    0.625
    """
    return ((after > before).float() + 0.5 * (after == before).float()).mean().item()


def decided(after: Tensor, before: Tensor) -> tuple[int, int]:
    """How many pairs the later text wins, of how many that are no tie.

    >>> decided(torch.tensor([1.0, 2.0, 3.0, 0.0]), torch.tensor([0.0, 2.0, 1.0, 1.0]))
    (2, 3)
    """
    return int((after > before).sum()), int((after != before).sum())


def distinct(texts: Sequence[str]) -> float:
    """The share of all runs of three words that are different ones: it falls where the same is said again and again.

    >>> distinct(["a b c d", "a b c e"])
    0.75
    """
    words = [text.words(one) for one in texts]
    runs = [tuple(row[i : i + 3]) for row in words for i in range(len(row) - 2)]
    return len(set(runs)) / max(1, len(runs))


@torch.no_grad()
def distance(policy: Transformer, reference: Transformer, written: Rollouts) -> float:
    """How far the policy is from the reference, in nats a text, guessed by k3 from what the policy wrote."""
    logs = rollouts.log_probs(policy, written.ids), rollouts.log_probs(reference, written.ids)
    return (kl.k3(*logs) * written.mask).sum(dim=1).mean().item()
