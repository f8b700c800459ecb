"""Two summaries of an online softmax merged: what was summed under the smaller maximum is scaled down."""

import math
from collections.abc import Iterator

from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.fused_attention.shared import in_an_attention
from nextword.kernels.online_softmax import Summary

NOTHING = Summary(-math.inf, 0.0, [0.0, 0.0])
TWO = Summary(0.0, 2.0, [4.0])
THREE = Summary(math.log(3), 1.0, [9.0])


def gives_a_summary(merge):
    """The next line reads it by names."""
    found = ask("kernels.online_softmax.merge", merge, TWO, TWO)
    if isinstance(found, tuple | list) and not isinstance(found, Summary):
        says = "It gives its three parts without their names. Give online_softmax.Summary(maximum, total, mixed)."
        raise Wrong(
            "summary-without-names", says, "merge(Summary(0.0, 2.0, [4.0]), Summary(0.0, 2.0, [4.0]))"
        )
    if isinstance(found, Summary) and isinstance(found.mixed, Iterator):
        says = "Its mix can be gone through once only, and is a list where it is needed: [...] makes one."
        raise Wrong(
            "summary-of-an-iterator", says, "merge(Summary(0.0, 2.0, [4.0]), Summary(0.0, 2.0, [4.0]))"
        )


@check(
    "kernels.online_softmax.merge",
    lives=in_an_attention,
    before=[gives_a_summary],
    cases=[
        (TWO, THREE),
        (THREE, TWO),
        (Summary(0.0, 1.0, [5.0]), Summary(0.0, 3.0, [1.0])),
        (Summary(2.0, 1.5, [1.0, -2.0]), Summary(-1.0, 4.0, [3.0, 0.5])),
        (Summary(-1.0, 4.0, [3.0, 0.5]), Summary(2.0, 1.5, [1.0, -2.0])),
        (Summary(1000.0, 1.0, [1.0]), Summary(1001.0, 1.0, [2.0])),
        (Summary(-1000.0, 2.0, [1.0]), Summary(-1001.0, 1.0, [2.0])),
        (NOTHING, Summary(1.0, 2.0, [3.0, 4.0])),
        (Summary(1.0, 2.0, [3.0, 4.0]), NOTHING),
        (NOTHING, NOTHING),
    ],
    awkward=[
        (Summary(0.0, 1.0, []), Summary(1.0, 1.0, [])),
        (Summary(-5.0, 1.0, [0.0]), Summary(-5.0, 1.0, [0.0])),
        (Summary(700.0, 1.0, [1.0]), Summary(-700.0, 1.0, [1.0])),
        (Summary(0.5, 3.0, [1.0, 2.0, 3.0, 4.0]), Summary(0.25, 1.0, [-4.0, 0.0, 1.0, 9.0])),
    ],
)
def merge(one, other):
    """By the log of each sum, where the library scales sums."""
    maximum = max(one.maximum, other.maximum)
    if maximum == -math.inf:
        return Summary(maximum, 0.0, [0.0] * len(one.mixed))
    total, mixed = 0.0, [0.0] * len(one.mixed)
    for part in (one, other):
        if part.total:
            power = math.exp(
                math.log(part.total) + part.maximum - maximum
            )  # its own sum, under the new maximum
            total += power
            mixed = [x + power * y / part.total for x, y in zip(mixed, part.mixed, strict=True)]
    return Summary(maximum, total, mixed)


A, B = (
    "online_softmax.scaled_power(one.maximum, maximum)",
    "online_softmax.scaled_power(other.maximum, maximum)",
)
TOTAL, MIXED = "a * one.total + b * other.total", "a * x + b * y"
edits(
    "kernels.online_softmax.merge",
    (
        "summary-not-scaled",
        [(A, "1.0"), (B, "1.0")],
        "The sums were added as they stand. They were made under two different maxima: each is first multiplied by exp(its maximum - the new one).",
    ),
    (
        "summary-total-not-scaled",
        TOTAL,
        "one.total + other.total",
        "The mixes are scaled, and the totals are not. Both are sums of the same powers: scale both.",
    ),
    (
        "summary-mixed-not-scaled",
        MIXED,
        "x + y",
        "The totals are scaled, and the mixes are not. Both are sums of the same powers: scale both.",
    ),
    (
        "summary-first-only",
        B,
        "1.0",
        "Only the first summary is scaled. The larger maximum may be the first one's: then the second has to come down.",
    ),
    (
        "summary-second-only",
        A,
        "1.0",
        "Only the second summary is scaled. The larger maximum may be the second one's: then the first has to come down.",
    ),
    (
        "summary-upside-down",
        [
            (A, "math.exp(min(maximum - one.maximum, 700.0))"),
            (B, "math.exp(min(maximum - other.maximum, 700.0))"),
        ],
        "The scaling goes the wrong way: what was summed under a smaller maximum is too large, and is multiplied by exp(old - new), at most 1.",
    ),
    (
        "summary-smaller-maximum",
        "max(one.maximum, other.maximum)",
        "min(one.maximum, other.maximum)",
        "The smaller maximum was taken. Everything is to be measured from the larger one: then no power is more than 1, and none overflows.",
    ),
    (
        "summary-nan-of-nothing",
        [
            (A, "math.exp(one.maximum - maximum) if maximum > -math.inf else math.nan"),
            (B, "math.exp(other.maximum - maximum) if maximum > -math.inf else math.nan"),
        ],
        "Two summaries of nothing: -inf less -inf is nan. There is nothing to scale there: online_softmax.scaled_power gives 0.",
    ),
    (
        "summary-larger-wins",
        ...,
        "return max(one, other, key=lambda part: part.maximum)",
        "The summary with the larger maximum was taken, and the other left out. Smaller scores count less, but they count.",
    ),
    (
        "summary-weighted-mean",
        MIXED,
        "(a * one.total * x + b * other.total * y) / (a * one.total + b * other.total or 1.0)",
        "This makes a mean of the mixes. A mix is a sum that has not been divided yet, so two of them are added: a * x + b * y.",
    ),
)
