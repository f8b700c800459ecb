"""Valleys to walk in: a loss of a few dials whose bottom is known, so that one can count who is there first."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from nextword import optim

NEAR = 0.1  # a walk has arrived where this share of its first distance is left, and it never leaves again
DOUBLE = torch.float64


@dataclass(frozen=True)
class Valley:
    """A loss of n dials: half the sum of curvature x distance squared, along n directions at right angles.

    A point is a column of n numbers, or a matrix of several columns, each of which walks in the same valley.
    """

    curvatures: Tensor  # (n,)
    directions: Tensor  # (..., n, n), a direction in each column; the axes themselves where nothing is turned

    def gradient(self, x: Tensor) -> Tensor:
        """The slope at points of shape (..., n, columns)."""
        return self.directions @ (self.curvatures[:, None] * (self.directions.mT @ x))

    def loss(self, x: Tensor) -> Tensor:
        """How high above the bottom points stand, one number for each matrix."""
        return (self.curvatures[:, None] * (self.directions.mT @ x) ** 2).sum(dim=(-2, -1)) / 2


def valley(*curvatures: float, degrees: float = 0.0) -> Valley:
    """A valley whose directions are the axes, or two axes turned by some degrees.

    >>> valley(1.0, 30.0).gradient(torch.tensor([[2.0], [1.0]], dtype=DOUBLE)).flatten().tolist()
    [2.0, 30.0]
    """
    directions = torch.eye(len(curvatures), dtype=DOUBLE)
    if degrees:
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        directions = torch.tensor([[cosine, -sine], [sine, cosine]], dtype=DOUBLE)
    return Valley(torch.tensor(curvatures, dtype=DOUBLE), directions)


def ladder(steepest: float, n: int = 6) -> list[float]:
    """Curvatures from 1 to the steepest, each the same number of times the one before.

    >>> ladder(100.0, n=3)
    [1.0, 10.0, 100.0]
    """
    return [steepest ** (k / (n - 1)) for k in range(n)]


def turned_by_chance(curvatures: list[float], n_starts: int) -> Valley:
    """A valley for each start, whose directions point anywhere."""
    n = len(curvatures)
    noise = torch.randn(n_starts, n, n, generator=torch.Generator().manual_seed(1), dtype=DOUBLE)
    return Valley(torch.tensor(curvatures, dtype=DOUBLE), torch.linalg.qr(noise)[0])


def starts(n: int, rows: int, columns: int = 1) -> Tensor:
    """So many points by chance, all at distance 1 from the bottom; shape (n, rows, columns)."""
    noise = torch.randn(n, rows, columns, generator=torch.Generator().manual_seed(0), dtype=DOUBLE)
    return noise / noise.norm(dim=(-2, -1), keepdim=True)


def walk(rule: str, where: Valley, start: Tensor, n_steps: int, lr: float | Tensor, **settings) -> Tensor:
    """The points on the way, the start first; shape (n_steps + 1, *start.shape)."""
    x, kept = start, [torch.zeros_like(start) for _ in optim.MEMORIES[rule]]
    places = [x]
    for n in range(1, n_steps + 1):
        gradient = where.gradient(x)
        if rule == "sgd":
            turn = optim.sgd(gradient, lr=lr)
        elif rule == "momentum":
            turn, *kept = optim.momentum(gradient, *kept, lr=lr, **settings)
        elif rule == "adamw":
            turn, *kept = optim.adamw(x, gradient, *kept, n, lr=lr, **settings)
        else:
            turn, *kept = optim.muon(x, gradient, *kept, lr=lr, **settings)
        x = x + turn
        places.append(x)
    return torch.stack(places)


def arrivals(places: Tensor) -> Tensor:
    """For each start, after how many steps it is near the bottom and stays there; infinite where it never does.

    >>> arrivals(torch.tensor([1.0, 0.3, 0.05, 0.2, 0.09, 0.02])[:, None, None, None]).tolist()
    [4.0]
    """
    distance = places.norm(dim=(-2, -1))
    near = distance <= NEAR * distance[0]
    from_here_on = near.flip(0).cummin(dim=0).values.flip(0)
    steps = from_here_on.long().argmax(dim=0).double()
    return steps.masked_fill(~from_here_on[-1], math.inf)


def fewest_steps(
    rule: str, where: Valley, points: Tensor, rates: Tensor, n_steps: int
) -> tuple[float, float]:
    """With the best of the rates: the median over all starts of the steps that they take, and that rate."""
    every = points.expand(len(rates), *points.shape)
    found = arrivals(walk(rule, where, every, n_steps, rates[:, None, None, None]))
    medians = found.sort(dim=1).values[:, points.shape[0] // 2]
    return float(medians.min()), float(rates[medians.argmin()])
