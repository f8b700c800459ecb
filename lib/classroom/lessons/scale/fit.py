"""A power law through losses: a straight line, by least squares, through the logs of both."""

import numpy as np

from classroom.judge import comparison
from classroom.judge.listed import edits
from classroom.judge.registry import check
from nextword.scaling import PowerLaw

COMPUTE = [1e10, 2.4e10, 5.5e10, 1.3e11, 3.1e11]


def same_law(yours, needed, nan: bool = False) -> bool:
    """Whether two laws are the same but for the order in which sums were made."""
    return comparison.same(yours, needed, nan)


@check(
    "scaling.fit",
    same=same_law,
    cases=[
        ([1.0, 4.0, 16.0], [8.0, 4.0, 2.0]),
        ([1.0, 4.0, 16.0], [9.0, 5.0, 3.0], 1.0),
        ([1.0, 10.0, 100.0], [4.0, 3.0, 2.5]),
        (COMPUTE, [4.19, 3.87, 3.61, 3.31, 3.08]),
        (COMPUTE, [4.19, 3.87, 3.61, 3.31, 3.08], 1.5),
        ([16.0, 1.0, 2.0, 4.0], [2.5, 8.0, 7.0, 4.2]),
        ([2.0, 3.0, 50.0, 60.0], [5.0, 4.9, 3.4, 3.3], 0.5),
    ],
    awkward=[
        ([1.0, 2.0], [3.0, 2.0]),
        ([1e3, 1e21], [11.0, 1.9], 1.6),
        ([5.0, 7.0, 9.0], [2.0, 2.0, 2.0], 0.25),
        ([1.0, 2.0, 4.0], [1.0, 2.0, 3.0]),
        ([2.0, 2.0, 8.0], [3.0, 3.2, 1.4], 0.1),
        ((1, 2, 3), (3, 2, 1)),
    ],
    twins=["scaling.fit_with_floor"],
)
def fit(compute, losses, floor=0.0):
    """By the least squares of a matrix: a column of logs, and one of ones."""
    logs = np.log(np.array(compute, dtype=np.float64))
    table = np.stack([logs, np.ones_like(logs)], axis=1)
    wanted = np.log(np.array(losses, dtype=np.float64) - floor)
    (slope, height), *_ = np.linalg.lstsq(table, wanted, rcond=None)
    return PowerLaw(float(np.exp(height)), float(-slope), floor)


X, Y = "x = [math.log(c) for c in compute]", "y = [math.log(loss - floor) for loss in losses]"
GIVEN = "scaling.PowerLaw(math.exp(height), -slope, floor)"
SLOPE = "slope = together / sum((a - mean_x) ** 2 for a in x)"

edits(
    "scaling.fit",
    (
        "fit-losses-not-logged",
        Y,
        "y = [loss - floor for loss in losses]",
        "The line was laid through the losses, and not through their logs. A power law is straight only where both are logs.",
    ),
    (
        "fit-compute-not-logged",
        X,
        "x = list(compute)",
        "The line was laid over compute, and not over its log. A power law is straight only where both are logs.",
    ),
    (
        "fit-sign",
        GIVEN,
        "scaling.PowerLaw(math.exp(height), slope, floor)",
        "The exponent's sign is turned. Losses fall, so the slope is below 0; the law says compute ** -exponent, so the exponent is -slope.",
    ),
    (
        "fit-scale-is-a-log",
        GIVEN,
        "scaling.PowerLaw(height, -slope, floor)",
        "The scale is a log still. The line's height is the *log* of the scale: math.exp(height).",
    ),
    (
        "fit-two-bases",
        [
            (X, "x = [math.log10(c) for c in compute]"),
            (Y, "y = [math.log10(loss - floor) for loss in losses]"),
        ],
        "Two bases were mixed: logs to the base 10 on the way in, and exp, whose base is e, on the way out. 10 ** height undoes log10.",
    ),
    (
        "fit-bases-apart",
        X,
        "x = [math.log10(c) for c in compute]",
        "The log of compute has base 10 and that of the losses base e: the slope is 2.3 times too steep. Take one base for both.",
    ),
    (
        "fit-floor-not-taken-off",
        Y,
        "y = [math.log(loss) for loss in losses]",
        "The floor was not taken off. Only what lies above it falls as a power: log(loss - floor).",
    ),
    (
        "fit-floor-lost",
        GIVEN,
        "scaling.PowerLaw(math.exp(height), -slope)",
        "The floor was taken off, and is not in the law that is given: it would foretell losses without it.",
    ),
    (
        "fit-floor-taken-off-the-log",
        Y,
        "y = [math.log(loss) - floor for loss in losses]",
        "The floor was taken off the log. It is a loss: take it off before the log, log(loss - floor).",
    ),
    (
        "fit-line-turned",
        "/ sum((a - mean_x) ** 2 for a in x)",
        "/ sum((b - mean_y) ** 2 for b in y)",
        "This is the slope of compute over the losses. Divide by the squares of x, which is the log of compute.",
    ),
    (
        "fit-through-nought",
        SLOPE,
        "mean_x = mean_y = 0.0\n    slope = sum(a * b for a, b in zip(x, y, strict=True)) / sum(a * a for a in x)",
        "The line was laid through 0, so that it has no height of its own. Take the means off first.",
    ),
    (
        "fit-ends",
        SLOPE,
        "slope = (y[-1] - y[0]) / (x[-1] - x[0])",
        "Only the first point and the last make the slope. Least squares ask all of them.",
    ),
    (
        "fit-height-at-the-mean",
        "height = mean_y - slope * mean_x",
        "height = mean_y",
        "This is the line's height in the middle of the points. The scale is its height where log compute is 0: mean_y - slope * mean_x.",
    ),
)
