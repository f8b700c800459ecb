"""Legal inputs by chance for rewards: ratings, rewards of pairs, chances and who was right, lengths."""

import torch

from tests.mutants.chance import G, R, randn, ri


def ratings():
    low = R.choice([-4, -1, 0])
    return (torch.randint(low, low + ri(1, 9), (ri(1, 12),), generator=G),)


def pairs():
    n = ri(1, 12)
    better, worse = (randn(n) * R.choice([0.1, 1, 5, 200]) for _ in range(2))
    if R.random() < 0.4:
        better, worse = better.round(), worse.round()  # with ties
    return better, worse


def chances():
    n, n_bins = ri(1, 40), R.choice([1, 2, 3, 5, 5, 8, 10])
    low = R.choice([0.5, 0.5, 0.8])
    said = low + (1 - low) * torch.rand(n, generator=G)
    return said, torch.rand(n, generator=G) < R.random(), *([] if n_bins == 5 else [n_bins])


def lengths():
    n = ri(1, 20)
    found = torch.randint(1, R.choice([2, 9, 200]), (n,), generator=G)
    return randn(n) * R.choice([1, 10]) + R.choice([0, 5]) * found.log(), found


def choices():
    n_choices, n_features, scale = ri(0, 9), ri(1, 6), R.choice([0.1, 1, 1, 20])
    return (
        randn(n_features) * R.choice([0, 1, 1]),
        randn(n_choices, n_features) * scale,
        R.choice([0.0, 0.5, 1.0, 2.0]),
    )
