"""Answers to `scaling.fit` as readers might write them."""

import math
import statistics

import numpy as np

from nextword import scaling
from tests.lessons import right, wrong

TARGET = "scaling.fit"


def line(x, y):
    """Slope and height by numpy."""
    slope, height = np.polyfit(np.array(x), np.array(y), 1)
    return float(slope), float(height)


def logs(numbers, base=math.e):
    return [math.log(number) / math.log(base) for number in numbers]


def above(losses, floor):
    return [loss - floor for loss in losses]


@right(TARGET)
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute), logs(above(losses, floor)))
    return scaling.PowerLaw(math.exp(height), -slope, floor)


@right(TARGET)
def _(compute, losses, floor=0.0):
    found = statistics.linear_regression(logs(compute, 10), logs(above(losses, floor), 10))
    return scaling.PowerLaw(scale=10**found.intercept, exponent=-found.slope, floor=floor)


@right(TARGET)
def _(compute, losses, floor=0.0):
    x, y, n = logs(compute), logs(above(losses, floor)), len(compute)
    sx, sy = sum(x), sum(y)
    sxx, sxy = sum(a * a for a in x), sum(a * b for a, b in zip(x, y, strict=True))
    slope = (n * sxy - sx * sy) / (n * sxx - sx**2)
    return scaling.PowerLaw(math.e ** ((sy - slope * sx) / n), -slope, floor)


@wrong(TARGET, "fit-losses-not-logged")
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute), above(losses, floor))
    return scaling.PowerLaw(math.exp(height), -slope, floor)


@wrong(TARGET, "fit-compute-not-logged")
def _(compute, losses, floor=0.0):
    x, y = compute, logs(above(losses, floor))
    found = statistics.linear_regression(x, y)
    return scaling.PowerLaw(math.exp(found.intercept), -found.slope, floor)


@wrong(TARGET, "fit-sign")
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute), logs(above(losses, floor)))
    return scaling.PowerLaw(math.exp(height), slope, floor)


@wrong(TARGET, "fit-scale-is-a-log")
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute), logs(above(losses, floor)))
    return scaling.PowerLaw(height, -slope, floor)


@wrong(TARGET, "fit-two-bases")
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute, 10), logs(above(losses, floor), 10))
    return scaling.PowerLaw(math.exp(height), -slope, floor)


@wrong(TARGET, "fit-bases-apart")
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute, 10), logs(above(losses, floor)))
    return scaling.PowerLaw(math.exp(height), -slope, floor)


@wrong(TARGET, "fit-floor-not-taken-off")
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute), logs(losses))
    return scaling.PowerLaw(math.exp(height), -slope, floor)


@wrong(TARGET, "fit-floor-lost")
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute), logs(above(losses, floor)))
    return scaling.PowerLaw(math.exp(height), -slope)


@wrong(TARGET, "fit-floor-taken-off-the-log")
def _(compute, losses, floor=0.0):
    slope, height = line(logs(compute), above(logs(losses), floor))
    return scaling.PowerLaw(math.exp(height), -slope, floor)


@wrong(TARGET, "fit-line-turned")
def _(compute, losses, floor=0.0):
    x, y = np.log(compute), np.log(np.array(losses) - floor)
    x0, y0 = x - x.mean(), y - y.mean()
    slope = float(x0 @ y0 / (y0 @ y0))
    return scaling.PowerLaw(math.exp(float(y.mean() - slope * x.mean())), -slope, floor)


@wrong(TARGET, "fit-through-nought")
def _(compute, losses, floor=0.0):
    x, y = np.log(compute), np.log(np.array(losses) - floor)
    return scaling.PowerLaw(1.0, -float(x @ y / (x @ x)), floor)


@wrong(TARGET, "fit-ends")
def _(compute, losses, floor=0.0):
    x, y = logs(compute), logs(above(losses, floor))
    slope = (y[0] - y[-1]) / (x[0] - x[-1])
    return scaling.PowerLaw(math.exp(sum(y) / len(y) - slope * sum(x) / len(x)), -slope, floor)


@wrong(TARGET, "fit-height-at-the-mean")
def _(compute, losses, floor=0.0):
    y = logs(above(losses, floor))
    slope, _ = line(logs(compute), y)
    return scaling.PowerLaw(math.exp(sum(y) / len(y)), -slope, floor)
