"""Every number that the end was made of is given its gradient. torch differentiates the same graphs."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check, mistake
from classroom.lessons.backprop.shared import Counted, in_training, ladder, values, written
from nextword import autograd


def see(backward, lines: str, numbers: dict, ends: tuple[str, ...] = ("end",)) -> dict[str, float]:
    """The gradients, by name, of all that the last of the ends was made of."""
    graph = values(lines, numbers)
    before = {name: (value.data, value.parents, value.slopes) for name, value in graph.items()}
    for end in ends:
        backward(graph[end])
    if before != {name: (value.data, value.parents, value.slopes) for name, value in graph.items()}:
        says = "It changed the numbers themselves, or what they remember. Only value.grad is to be set."
        raise Wrong("backward-changes-values", says, shown(lines, numbers, ends))
    reached = {id(value) for value in autograd.topological_order(graph[ends[-1]])}
    return {name: value.grad for name, value in graph.items() if id(value) in reached}


def shown(lines: str, numbers: dict, ends: tuple[str, ...] = ("end",)) -> str:
    return written(lines, numbers, *(f"backward({end})" for end in ends))


def goes_down_each_path_once(backward):
    """A graph of 41 values has 2**40 paths."""
    end = ladder()
    backward(end)
    Counted.reads = 0


@check(
    "autograd.backward",
    view=View(see, shown),
    lives=in_training,
    behaviours=[goes_down_each_path_once],
    cases=[
        ("end = a * b", {"a": 3.0, "b": 5.0}),
        ("c = a * b\nend = c + a", {"a": 4.0, "b": 0.5}),
        ("end = a * a", {"a": 3.0}),
        ("c = a * b\nd = a + b\nend = c * d", {"a": 2.0, "b": -3.0}),
        ("b = a * a\nc = b * b\nend = a + c", {"a": 2.0}),
        ("b = a * a\nc = b * b\nend = c + a", {"a": 2.0}),
        ("b = a * a\nc = b * a\nd = b * c\nend = c * d", {"a": 1.5}),
        ("b = a * a\nc = b * a\nd = b * c\nend = d * a", {"a": -1.5}),
        ("c = a * b\nend = c * a", {"a": 3.0, "b": 2.0}, ("end", "end")),
        ("c = a * b\nfirst = c * c\nend = c + b", {"a": 3.0, "b": 2.0}, ("first", "end")),
        ("c = a * b\nend = c * a", {"a": 3.0, "b": 2.0}, ("end", "c")),
    ],
    awkward=[
        ("end = a", {"a": 7.0}),
        ("end = a", {"a": 7.0}, ("end", "end", "a")),
        ("b = exp(a)\nc = log(b) * b\nend = c / a - b", {"a": 0.7}),
        ("c = a ** 3.0\nd = -c\nend = d - a / b + d * c", {"a": 0.5, "b": 4.0}),
        ("c = a * b\nd = c * c + c\ne = d * c + d\nend = e * d + c * a", {"a": 0.3, "b": -1.1}),
        ("c = a + a\nd = c + c\ne = d + d\nend = e + e + c", {"a": 1.0}),
        ("c = a * b\nd = a * c\nend = a + b", {"a": 2.0, "b": 5.0}, ("d", "end")),
    ],
)
def backward(lines, numbers, ends=("end",)):
    space, exps = {}, {"exp": torch.exp, "log": torch.log}
    space |= {name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in numbers.items()}
    for line in lines.splitlines():
        exec(line, exps, space)
        for value in space.values():
            value.retain_grad()
    space[ends[-1]].backward()
    return {name: value.grad.item() for name, value in space.items() if value.grad is not None}


edits(
    "autograd.backward",
    (
        "backward-overwrites",
        "+=",
        "=",
        "A number that was used twice is on two paths, and is blamed for both. Here the second takes the place of the first: += adds it.",
    ),
    (
        "backward-forgets-end",
        "end.grad = 1.0",
        "pass",
        "Every gradient is 0. Blame begins at the end, which rises by 1 where it rises by 1: "
        "end.grad = 1.0, once all the others are set to 0.",
    ),
    (
        "backward-not-reset",
        [("for value in order:\n        value.grad = 0.0\n    ", "")],
        "What was left from the call before is added to: right the first time, and too large the second. "
        "Set the gradient of every value in the order to 0 first.",
    ),
    (
        "backward-not-reversed",
        "reversed(order)",
        "order",
        "Blame came no farther than the end's own parents. It goes from the end back to the beginning, through the "
        "whole order: reversed(order).",
    ),
    (
        "backward-slope-alone",
        "slope * value.grad",
        "slope",
        "Each parent is given its own slope alone. What comes from behind belongs to it: the slope times the gradient of the value that was made of it.",
    ),
    (
        "backward-gradient-alone",
        "slope * value.grad",
        "value.grad",
        "Blame is handed on as it came, and the slopes are forgotten: slope * value.grad.",
    ),
    (
        "backward-adds-slopes",
        "slope * value.grad",
        "slope + value.grad",
        "Along a path slopes are multiplied, not added: slope * value.grad. What is added is the paths.",
    ),
    (
        "backward-value-for-gradient",
        "slope * value.grad",
        "slope * value.data",
        "The slope was multiplied by the number itself, value.data. Blame is passed on from value.grad.",
    ),
    (
        "backward-multiplies-paths",
        "+=",
        "*=",
        "Only the end has a gradient, and all others stay at 0. Hand it on: each parent gets slope * value.grad, "
        "added to what it has. (+= adds; with *= a 0 stays 0.)",
    ),
)


@mistake(
    "autograd.backward",
    "backward-too-early",
    "A number handed its blame on before all of it had come: where it is used on a short path and on a long one, the "
    "long one comes later. Take the values in reversed topological order.",
)
def _(end):
    for value in autograd.topological_order(end):
        value.grad = 0.0
    end.grad, met, waiting = 1.0, {end}, [end]
    while waiting:
        value = waiting.pop(0)
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad
            if parent not in met:
                met.add(parent)
                waiting.append(parent)


@mistake(
    "autograd.backward",
    "backward-too-early-deep-first",
    "A number handed its blame on before all of it had come: it is passed on anew for each path, what had come "
    "before included. Take the values in reversed topological order, each once.",
)
def _(end):
    for value in autograd.topological_order(end):
        value.grad = 0.0
    end.grad = 1.0

    def hand_on(value):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad
            hand_on(parent)

    hand_on(end)


@mistake(
    "autograd.backward",
    "backward-beginnings-not-reset",
    "The values that have no parents were not set to 0, only the others: there a second call adds to the first. "
    "Set every value of the order to 0.",
)
def _(end):
    order = autograd.topological_order(end)
    for value in order:
        if value.parents:
            value.grad = 0.0
    end.grad = 1.0
    for value in reversed(order):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad
