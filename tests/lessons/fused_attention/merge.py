"""Answers to `kernels.online_softmax.merge` as readers might write them."""

import math

from nextword.kernels.online_softmax import Summary
from tests.lessons import right, wrong

TARGET = "kernels.online_softmax.merge"


def scaled(part, maximum):
    """A summary's total and mix, measured from another maximum."""
    factor = math.exp(part.maximum - maximum) if part.maximum > -math.inf else 0.0
    return factor * part.total, [factor * x for x in part.mixed]


@right(TARGET)
def _(one, other):
    """The larger one stays as it is, the other comes down."""
    if one.maximum < other.maximum:
        one, other = other, one
    total, mixed = scaled(other, one.maximum)
    together = [x + y for x, y in zip(one.mixed, mixed, strict=True)]
    return Summary(one.maximum, one.total + total, together)


@right(TARGET)
def _(one, other):
    """Nothing first."""
    if one.total == 0:
        return other
    if other.total == 0:
        return one
    top = max(one[0], other[0])
    powers = [math.exp(part[0] - top) for part in (one, other)]
    mixed = [powers[0] * x + powers[1] * y for x, y in zip(one[2], other[2], strict=True)]
    return Summary(top, powers[0] * one[1] + powers[1] * other[1], mixed)


def both(one, other, factors, totals=None, maximum=max):
    a, b = factors
    c, d = totals or factors
    mixed = [a * x + b * y for x, y in zip(one.mixed, other.mixed, strict=True)]
    return Summary(maximum(one.maximum, other.maximum), c * one.total + d * other.total, mixed)


def power(part, maximum):
    return math.exp(part.maximum - maximum) if part.maximum > -math.inf else 0.0


def powers(one, other, maximum=max):
    top = maximum(one.maximum, other.maximum)
    return power(one, top), power(other, top)


@wrong(TARGET, "summary-not-scaled")
def _(one, other):
    mixed = [sum(pair) for pair in zip(one.mixed, other.mixed, strict=True)]
    return Summary(max(one[0], other[0]), one[1] + other[1], mixed)


@wrong(TARGET, "summary-total-not-scaled")
def _(one, other):
    return both(one, other, powers(one, other), totals=(1, 1))


@wrong(TARGET, "summary-mixed-not-scaled")
def _(one, other):
    return both(one, other, (1, 1), totals=powers(one, other))


@wrong(TARGET, "summary-first-only")
def _(one, other):
    return both(one, other, (powers(one, other)[0], 1))


@wrong(TARGET, "summary-second-only")
def _(one, other):
    return both(one, other, (1, powers(one, other)[1]))


@wrong(TARGET, "summary-upside-down")
def _(one, other):
    top = max(one.maximum, other.maximum)
    a, b = (math.exp(min(top - part.maximum, 700.0)) for part in (one, other))
    return both(one, other, (a, b))


@wrong(TARGET, "summary-smaller-maximum")
def _(one, other):
    return both(one, other, powers(one, other, min), maximum=min)


@wrong(TARGET, "summary-nan-of-nothing")
def _(one, other):
    top = max(one.maximum, other.maximum)
    if top == -math.inf:
        return both(one, other, (math.nan, math.nan))
    return both(one, other, (math.exp(one.maximum - top), math.exp(other.maximum - top)))


@wrong(TARGET, "summary-larger-wins")
def _(one, other):
    return one if one.maximum >= other.maximum else other


@wrong(TARGET, "summary-weighted-mean")
def _(one, other):
    a, b = powers(one, other)
    total = a * one.total + b * other.total
    shares = (a * one.total / total, b * other.total / total) if total else (0, 0)
    return both(one, other, shares, totals=(a, b))


@wrong(TARGET, "summary-of-an-iterator")
def _(one, other):
    maximum, total, mixed = both(one, other, powers(one, other))
    return Summary(maximum, total, (x for x in mixed))


@wrong(TARGET, "summary-without-names")
def _(one, other):
    return tuple(both(one, other, powers(one, other)))
