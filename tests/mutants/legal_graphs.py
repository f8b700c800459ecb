"""Legal inputs by chance: formulas, graphs of numbers, and arrays of numpy; and whether an order is one."""

import random

import numpy as np

from classroom.lessons.backprop.finite_differences import Formula
from nextword.autograd import Value
from tests.mutants.chance import R, ri


def formula():
    n = ri(1, 5)
    terms = [
        f"{R.choice(['', '-'])}{R.uniform(0.5, 3):.2f} * dials[{ri(0, n - 1)}] ** {ri(1, 3)} * dials[{ri(0, n - 1)}]"
        for _ in range(ri(1, 4))
    ]
    dials = [round(R.uniform(-2, 2), 2) for _ in range(n)]
    return Formula(" + ".join(terms)), dials, R.choice([1e-3, 0.1, 0.5, 1.0, 2.0])


def two_numbers():
    return R.choice([R.uniform(-9, 9), 0.0, 1.0, -1.0]), R.choice([R.uniform(-9, 9), 0.0, 1.0, None])


def graph():
    """A few lines, each of which makes a value of two before it, and one call of backward or two."""
    names, lines = ["a", "b"], []
    for new in [*"cdefg"[: ri(0, 5)], "end"]:
        first, second = R.choice(names), R.choice(names)
        lines.append(f"{new} = {R.choice(['{} * {}', '{} + {}', '{} - {}']).format(first, second)}")
        names.append(new)
    ends = R.choice([("end",), ("end",), ("end", "end"), (names[-2], "end")])
    return "\n".join(lines), {"a": R.uniform(-2, 2), "b": R.uniform(-2, 2)}, ends


def copied():
    """A gradient, and the shape that something had before it was copied."""
    shape = [ri(1, 4) for _ in range(ri(0, 4))]
    own = [R.choice([1, n]) for n in shape[ri(0, len(shape)) :]]
    return array(shape), tuple(own)


def logits():
    shape = [ri(1, 4) for _ in range(ri(1, 4))]
    return array(shape) * R.choice([1, 5, 300]), ri(-len(shape), len(shape) - 1), array(shape)


def array(shape):
    return np.random.default_rng(ri(0, 10**6)).normal(size=shape)


def order_is_bad(topological_order) -> str:
    """What is wrong with a topological order, by other graphs than its check's: a chain, a fan, and some by chance."""
    chance = random.Random(77)
    for _ in range(100):
        made = []
        for _ in range(chance.randint(1, 12)):
            parents = tuple(chance.choices(made, k=chance.randint(0, 3))) if made else ()
            made.append(Value(float(chance.randint(0, 3)), parents, (1.0,) * len(parents)))
        try:
            order = topological_order(made[-1])
        except BaseException as error:  # a loop without end raises no Exception
            return repr(error)
        reached = {made[-1]}
        for value in reversed(made):
            if value in reached:
                reached |= {*value.parents}
        if not isinstance(order, list) or len(order) != len(reached) or {*order} != reached:
            return "not all of them, each once"
        if any(order.index(parent) > order.index(value) for value in order for parent in value.parents):
            return "before its parents"
    return ""
