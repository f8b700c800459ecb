"""The gradient by trying: each dial a little up and a little down, the loss's difference over the distance."""

import math

import numpy as np

from classroom.judge.listed import edits
from classroom.judge.registry import check, mistake
from classroom.lessons.backprop.shared import in_training


class Formula:
    """A loss that is shown as it is written."""

    def __init__(self, text: str):
        self.text, self.function = (
            text,
            eval(f"lambda dials: {text}", {"math": math}),
        )  # the course's own line

    def __call__(self, dials):
        return self.function(dials)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"lambda dials: {self.text}"


PRODUCT = Formula("dials[0] * dials[1] ** 2")
CUBE = Formula("dials[0] ** 3")
WAVE = Formula("math.sin(dials[0]) * math.exp(dials[1] / 3) + dials[2] ** 2 * dials[0]")


@check(
    "autograd.finite_differences",
    lives=in_training,
    cases=[
        (PRODUCT, [2.0, 3.0]),
        (CUBE, [2.0], 1.0),
        (Formula("dials[0] ** 3 + 10 * dials[1]"), [2.0, 5.0], 0.5),
        (PRODUCT, [2.0, 3.0], 0.5),
        (WAVE, [0.3, -1.0, 2.0], 0.1),
        (WAVE, [0.3, -1.0, 2.0]),
        (Formula("dials[0] * dials[1] * dials[2] * dials[3]"), [1.0, -2.0, 3.0, 0.5], 0.25),
        (Formula("abs(dials[0] - dials[1])"), [1.0, 1.0], 0.5),
        (Formula("(dials[1] - dials[0]) ** 4"), [1.0, 0.0], 2.0),
    ],
    awkward=[
        (Formula("5.0"), [1.0, 2.0]),
        (Formula("5.0"), []),
        (Formula("sum(dials) ** 3"), [1.0] * 7, 0.5),
        (
            Formula("dials[0] + dials[1] ** 2 * dials[2] ** 3 - dials[3] ** 4 * dials[1]"),
            [0.5, 2.0, 1.5, -1.0],
            0.5,
        ),
        (Formula("dials[3] ** 3 * dials[0] - dials[1] * dials[2] ** 2"), [3.0, 1.0, -2.0, 0.5], 0.5),
        (CUBE, [0.0], 3.0),
        (CUBE, [-3], 2),
        (Formula("dials[0] / 1e6 + dials[-1] ** 3 * 1e6"), [1e3, 1e-3], 1e-3),
    ],
)
def finite_differences(loss, dials, step=1e-5):
    there = np.array(dials, dtype=float)
    turns = np.eye(len(dials)) * step
    return [float(loss(list(there + turn)) - loss(list(there - turn))) / step / 2 for turn in turns]


LEFT = (
    "A dial was left turned: the next slopes are measured at another place. Turn it back, or turn it in a new list: "
    "dials[:i] + [dial + step] + dials[i + 1:]."
)
edits(
    "autograd.finite_differences",
    (
        "differences-one-side",
        [
            ("down = loss([*dials[:i], dial - step, *dials[i + 1 :]])", "down = loss(dials)"),
            ("2 * step", "step"),
        ],
        "The dial was only turned up, and compared with where it stood. On a curve one side is not like the other: "
        "turn it down as well, and divide by the whole distance, 2 * step.",
    ),
    (
        "differences-other-side",
        [("up = loss([*dials[:i], dial + step, *dials[i + 1 :]])", "up = loss(dials)"), ("2 * step", "step")],
        "The dial was only turned down, and compared with where it stood. Turn it up as well, and divide by the whole "
        "distance, 2 * step.",
    ),
    (
        "differences-half-way",
        [("down = loss([*dials[:i], dial - step, *dials[i + 1 :]])", "down = loss(dials)")],
        "The loss with the dial turned up was compared with that where the dial stood, and divided by two steps. "
        "Turn it down from there as well: from all the way up, by 2 * step.",
    ),
    (
        "differences-one-step",
        "(2 * step)",
        "step",
        "Each slope is twice as large as it is: from down to up it is two steps. Divide by 2 * step.",
    ),
    (
        "differences-not-divided",
        " / (2 * step)",
        "",
        "This is how much the loss changes, and not how steeply: divide by how far the dial was turned, 2 * step.",
    ),
    (
        "differences-no-brackets",
        "(2 * step)",
        "2 * step",
        "... / 2 * step is (... / 2) * step: it divides by 2 and multiplies by step. Put brackets: / (2 * step).",
    ),
    (
        "differences-half",
        "(2 * step)",
        "2",
        "The difference was divided by 2, and the step is forgotten: divide by 2 * step.",
    ),
    (
        "differences-sign",
        "(up - down)",
        "(down - up)",
        "Each slope has the wrong sign. It says by how much the loss rises where the dial is turned up: up - down.",
    ),
    (
        "differences-all-at-once",
        [
            ("[*dials[:i], dial + step, *dials[i + 1 :]]", "[other + step for other in dials]"),
            ("[*dials[:i], dial - step, *dials[i + 1 :]]", "[other - step for other in dials]"),
        ],
        "All dials were turned at once. Then nobody can say whose doing it was: turn one, and leave the others alone.",
    ),
)


@mistake("autograd.finite_differences", "differences-left-down", LEFT)
def _(loss, dials, step=1e-5):
    dials, slopes = list(dials), []
    for i in range(len(dials)):
        dials[i] += step
        up = loss(dials)
        dials[i] -= 2 * step
        down = loss(dials)
        slopes.append((up - down) / (2 * step))
    return slopes
