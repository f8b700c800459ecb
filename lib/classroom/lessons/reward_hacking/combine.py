"""One reward out of several proxies', each in its own units first."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check

noise = shelf.noises(22)
SCALES = torch.tensor([[1.0], [20.0], [0.1]])
GIVEN = torch.tensor([[0.0, 1.0], [0.0, -30.0]])
SAMPLES = torch.tensor([[-1.0, 0.0, 1.0], [-10.0, 0.0, 10.0]])


@check(
    "overoptimization.combine",
    cases=[
        (GIVEN, SAMPLES, "mean"),
        (GIVEN, SAMPLES, "minimum"),
        (GIVEN + 5, SAMPLES + 3, "mean"),
        (GIVEN + 5, SAMPLES + 3, "minimum"),
        (SCALES * noise(3, 4), SCALES * noise(3, 6), "mean"),
        (SCALES * noise(3, 4) + 2, SCALES * noise(3, 6), "minimum"),
        (SCALES.flip(0) * noise(3, 3), SCALES * noise(3, 5) - 1, "minimum"),
        (SCALES * noise(3, 3) - 4, SCALES.flip(0) * noise(3, 3), "mean"),
    ],
    awkward=[
        (noise(1, 4), 3 * noise(1, 5), "mean"),
        (noise(1, 4), 3 * noise(1, 5), "minimum"),
        (noise(4, 1), noise(4, 7) + 1, "mean"),
        (noise(4, 1), noise(4, 7) + 1, "minimum"),
        (noise(2, 2), noise(2, 2), "minimum"),
        (1e4 * noise(3, 3), 1e-3 * noise(3, 3), "mean"),
        (noise(5, 3), noise(5, 50), "minimum"),
    ],
)
def combine(rewards, samples, how="mean"):
    """Proxy by proxy, in float64."""
    standard = []
    for given, seen in zip(rewards.double(), samples.double(), strict=True):
        mean = seen.sum() / len(seen)
        spread = (((seen - mean) ** 2).sum() / (len(seen) - 1)) ** 0.5
        standard.append((given - mean) / spread)
    found = standard[0]
    for number, one in enumerate(standard[1:], start=1):
        found = torch.minimum(found, one) if how == "minimum" else (found * number + one) / (number + 1)
    return found.float()


MEAN = "samples.mean(dim=1, keepdim=True)"
SPREAD = "samples.std(dim=1, keepdim=True)"
STANDARD = "(rewards - mean) / spread"
LOWEST = "standard.amin(dim=0)"
AVERAGE = "standard.mean(dim=0)"

edits(
    "overoptimization.combine",
    (
        "combine-raw",
        STANDARD,
        "rewards",
        "The proxies were combined in the units in which they came, so that the one with the largest numbers decides alone. Put each in its own units first.",
    ),
    (
        "combine-of-the-texts",
        [(MEAN, "rewards.mean(dim=1, keepdim=True)"), (SPREAD, "rewards.std(dim=1, keepdim=True)")],
        "Mean and spread were those of the texts to be rewarded. Then a text's reward would depend on its neighbours, and could never rise on average. They are those of the samples.",
    ),
    (
        "combine-pooled",
        [(MEAN, "samples.mean()"), (SPREAD, "samples.std()")],
        "One mean and one spread were taken for all proxies together. Each has its own: dim=1, keepdim=True.",
    ),
    (
        "combine-no-spread",
        STANDARD,
        "rewards - mean",
        "The mean was taken off, and the spread forgotten: the proxy with the widest rewards still decides.",
    ),
    (
        "combine-no-mean",
        STANDARD,
        "rewards / spread",
        "The spread was divided out, and the mean not taken off: each proxy's 0 should be its mean over the samples.",
    ),
    (
        "combine-variance",
        SPREAD,
        "samples.var(dim=1, keepdim=True)",
        "You divided by the variance, which is the spread squared.",
    ),
    (
        "combine-other-spread",
        SPREAD,
        "samples.std(dim=1, keepdim=True, correction=0)",
        "The spread was that of numpy, which divides by the number of samples. torch's .std(), which is asked for, divides by one less.",
    ),
    (
        "combine-maximum",
        LOWEST,
        "standard.amax(dim=0)",
        'For "minimum" the highest was taken: then the proxy that is most mistaken decides. Take the lowest.',
    ),
    (
        "combine-always-mean",
        LOWEST,
        AVERAGE,
        '"minimum" is never asked about: the mean is given in any case.',
    ),
    (
        "combine-exchanged",
        [(AVERAGE, "standard.amax(dim=0)"), (LOWEST, AVERAGE), ("standard.amax(dim=0)", LOWEST)],
        "Mean and minimum are exchanged.",
    ),
    (
        "combine-sum",
        AVERAGE,
        "standard.sum(dim=0)",
        "The rewards were added up, not averaged: a jury of more proxies would push harder.",
    ),
    (
        "combine-over-texts",
        [(AVERAGE, "standard.mean(dim=1)"), (LOWEST, "standard.amin(dim=1)")],
        "You combined over the texts, and got one number for each proxy. Combine over the proxies, dim=0: one number for each text.",
    ),
    (
        "combine-then-standardise",
        ...,
        """
        together = rewards.mean(dim=0) if how == "mean" else rewards.amin(dim=0)
        seen = samples.mean(dim=0) if how == "mean" else samples.amin(dim=0)
        return (together - seen.mean()) / seen.std()
        """,
        "The proxies were combined first and put into units afterwards: too late, the largest numbers have decided already.",
    ),
)
