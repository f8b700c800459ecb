"""Answers to `autograd.finite_differences` as readers might write them."""

import numpy as np

from tests.lessons import right, wrong

TARGET = "autograd.finite_differences"


@right(TARGET)
def _(loss, dials, step=1e-5):
    """On a copy, and turned back by putting the old value there."""
    dials, slopes = list(dials), []
    for i in range(len(dials)):
        old = dials[i]
        dials[i] = old + step
        up = loss(dials)
        dials[i] = old - step
        down = loss(dials)
        dials[i] = old
        slopes.append((up - down) / step / 2)
    return slopes


@right(TARGET)
def _(loss, dials, step=1e-5):
    def turned(i, by):
        return [dial + by * (i == j) for j, dial in enumerate(dials)]

    return [0.5 * (loss(turned(i, step)) - loss(turned(i, -step))) / step for i in range(len(dials))]


@right(TARGET)
def _(loss, dials, step=1e-5):
    slopes, there = [], np.array(dials, dtype=float)
    for i in range(len(there)):
        up, down = there.copy(), there.copy()
        up[i] += step
        down[i] -= step
        slopes.append((loss(up) - loss(down)) / (up[i] - down[i]))
    return slopes


def _turn(dials, i, by):
    turned = list(dials)
    turned[i] += by
    return turned


@wrong(TARGET, "differences-one-side")
def _(loss, dials, step=1e-5):
    here = loss(dials)
    return [(loss(_turn(dials, i, step)) - here) / step for i in range(len(dials))]


@wrong(TARGET, "differences-other-side")
def _(loss, dials, step=1e-5):
    here = loss(dials)
    return [(here - loss(_turn(dials, i, -step))) / step for i in range(len(dials))]


@wrong(TARGET, "differences-half-way")
def _(loss, dials, step=1e-5):
    return [(loss(_turn(dials, i, step)) - loss(dials)) / (step + step) for i in range(len(dials))]


@wrong(TARGET, "differences-one-step")
def _(loss, dials, step=1e-5):
    return [(loss(_turn(dials, i, step)) - loss(_turn(dials, i, -step))) / step for i in range(len(dials))]


@wrong(TARGET, "differences-not-divided")
def _(loss, dials, step=1e-5):
    return [loss(_turn(dials, i, step)) - loss(_turn(dials, i, -step)) for i in range(len(dials))]


@wrong(TARGET, "differences-no-brackets")
def _(loss, dials, step=1e-5):
    return [
        (loss(_turn(dials, i, step)) - loss(_turn(dials, i, -step))) * 0.5 * step for i in range(len(dials))
    ]


@wrong(TARGET, "differences-half")
def _(loss, dials, step=1e-5):
    return [(loss(_turn(dials, i, step)) - loss(_turn(dials, i, -step))) * 0.5 for i in range(len(dials))]


@wrong(TARGET, "differences-sign")
def _(loss, dials, step=1e-5):
    return [
        (loss(_turn(dials, i, -step)) - loss(_turn(dials, i, step))) / (2 * step) for i in range(len(dials))
    ]


@wrong(TARGET, "differences-all-at-once")
def _(loss, dials, step=1e-5):
    there = np.array(dials, dtype=float)
    slope = (loss(there + step) - loss(there - step)) / (2 * step)
    return [slope for _ in dials]


@wrong(TARGET, "differences-left-down")
def _(loss, dials, step=1e-5):
    slopes, dials = [], dials[:]
    for i, dial in enumerate(dials[:]):
        dials[i] = dial + step
        up = loss(dials)
        dials[i] = dial - step
        slopes.append((up - loss(dials)) / (2 * step))
    return slopes


@wrong(TARGET, "differences-half-way")
def _(loss, dials, step=1e-5):
    slopes = []
    for i in range(len(dials)):
        up = _turn(dials, i, step)
        slopes.append((loss(up) - loss(_turn(up, i, -step))) / (2 * step))
    return slopes


@wrong(TARGET, "changed-input")
def _(loss, dials, step=1e-5):
    slopes = []
    for i in range(len(dials)):
        dials[i] += step
        up = loss(dials)
        dials[i] -= 2 * step
        slopes.append((up - loss(dials)) / (2 * step))
        dials[i] += 2 * step
    return slopes


@wrong(TARGET, "argument-ignored")
def _(loss, dials, step=1e-5):
    return [(loss(_turn(dials, i, 1e-5)) - loss(_turn(dials, i, -1e-5))) / 2e-5 for i in range(len(dials))]
