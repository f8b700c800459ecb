"""Rung `kernels.online_softmax`: a softmax that reads its scores once, and never holds them all.

Softmax seems to need all scores twice: for the maximum, then for the powers. But a running maximum, a running total
and a running mix are enough; when a larger maximum comes, what was summed before is scaled down. Two such summaries
of different keys can be merged, in any order: that is what lets attention work block by block.
Sources: Milakov and Gimelshein 2018 (online softmax, arXiv 1805.02867); Rabe and Staats 2021 (arXiv 2112.05682).
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Summary(NamedTuple):
    """What is kept of the scores and values seen so far, however many they were."""

    maximum: float  # the largest score
    total: float  # the sum of exp(score - maximum)
    mixed: list[float]  # the sum of exp(score - maximum) * value, feature by feature


def empty(value_dim: int) -> Summary:
    """The summary of nothing: no score, no sum.

    >>> empty(2)
    Summary(maximum=-inf, total=0.0, mixed=[0.0, 0.0])
    """
    return Summary(-math.inf, 0.0, [0.0] * value_dim)


def summarise(scores: Sequence[float], values: Sequence[Sequence[float]]) -> Summary:
    """The summary of one block of scores and their values, all at hand; -inf is a score that takes nothing.

    >>> summarise([0.0, 0.0], [[1.0], [3.0]])
    Summary(maximum=0.0, total=2.0, mixed=[4.0])
    """
    maximum = max(scores)
    powers = [scaled_power(score, maximum) for score in scores]
    features = zip(*values, strict=True)
    mixed = [sum(power * one for power, one in zip(powers, feature, strict=True)) for feature in features]
    return Summary(maximum, sum(powers), mixed)


def scaled_power(score: float, maximum: float) -> float:
    """exp(score - maximum), at most 1; 0 for a score of -inf, even where the maximum is -inf too.

    >>> scaled_power(1000.0, 1000.0), scaled_power(-math.inf, -math.inf)
    (1.0, 0.0)
    """
    return 0.0 if score == -math.inf else math.exp(score - maximum)


def merge(one: Summary, other: Summary) -> Summary:
    """The summary of both blocks together: each is scaled to the larger maximum, then they are added.

    >>> merge(Summary(0.0, 1.0, [5.0]), Summary(0.0, 3.0, [1.0]))
    Summary(maximum=0.0, total=4.0, mixed=[6.0])
    """
    maximum = max(one.maximum, other.maximum)
    a, b = (scaled_power(each.maximum, maximum) for each in (one, other))
    mixed = [a * x + b * y for x, y in zip(one.mixed, other.mixed, strict=True)]
    return Summary(maximum, a * one.total + b * other.total, mixed)


def attend(
    blocks: Iterable[tuple[Sequence[float], Sequence[Sequence[float]]]], value_dim: int
) -> list[float]:
    """One query's attention, from blocks of scores and values that come one after another and are then forgotten.

    Where no score is more than -inf, nothing is taken: zeros.

    >>> attend([([0.0], [[1.0]]), ([0.0, 0.0], [[4.0], [7.0]])], value_dim=1)
    [4.0]
    """
    seen = empty(value_dim)
    for scores, values in blocks:
        seen = merge(seen, summarise(scores, values))
    return [x / seen.total if seen.total else 0.0 for x in seen.mixed]


def log_sum_exp(summary: Summary) -> float:
    """log(sum(exp(score))) of all scores of a summary, in nats: one number from which every weight can be had again.

    >>> log_sum_exp(Summary(1000.0, 1.0, [0.0]))
    1000.0
    """
    return summary.maximum + math.log(summary.total) if summary.total else -math.inf
