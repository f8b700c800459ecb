"""Awkward tensors that checks draw from: one row, one of one, equal numbers, zeros, and sizes that all differ.

A squeeze, an axis counted from the front and a size written in go unseen wherever no axis has length 1 and where two
axes are as long as each other.
"""

import math
from collections.abc import Callable

import torch


def noises(seed: int) -> Callable[..., torch.Tensor]:
    """A source of tensors of any shape, by chance and yet the same in every run."""
    generator = torch.Generator().manual_seed(seed)
    return lambda *shape: torch.randn(*shape, generator=generator)


ONE_ROW = torch.tensor([[1.0, 2.0]])
ONE_NUMBER = torch.tensor([3.0])
ONE_OF_ONE = torch.tensor([[[-2.0]]])
BATCH_OF_ONE = torch.tensor([[[0.5, -1.0, 2.0]]])
ALL_DIFFER = noises(0)(2, 3, 5, 7)  # no two axes are as long as each other
FAR = torch.tensor([100.0, 0.0, 90.0])
FARTHER = torch.tensor([[1000.0, 0.0, 0.0], [0.0, 0.0, -1000.0]])
LIMITS = torch.tensor([3e38, -3e38, 0.0])  # nearly all that float32 can hold
HIDDEN = torch.tensor([[-math.inf, 0.5, -math.inf, 1.5, -math.inf], [-math.inf, -math.inf, 3.0, 1.0, 2.0]])
EQUAL = torch.ones(5)

LOGITS = (ONE_ROW, ONE_NUMBER, ONE_OF_ONE, BATCH_OF_ONE, 2 * ALL_DIFFER, FAR, HIDDEN)  # none has two best
VECTORS = (
    ONE_ROW,
    ONE_NUMBER,
    BATCH_OF_ONE,
    ONE_OF_ONE,
    torch.zeros(1, 3),
    torch.tensor([0.5, -3.0, 1.0]),
    ALL_DIFFER,
)


def alone(vectors: torch.Tensor) -> torch.Tensor:
    """A vector as long as these, for what compares many with one."""
    return torch.linspace(1.0, -2.0, vectors.shape[-1]) if vectors.shape[-1] > 1 else torch.tensor([1.5])


STREAMS = (
    (1, 1),
    (1, 5),
    (4, 1),
    (1, 1, 3),
    (2, 1, 3),
    (2, 3, 1),
)  # shapes: one place, one number, a batch of one
