"""Answers to `autograd.backward` as readers might write them."""

from nextword import autograd
from tests.lessons import right, wrong

TARGET = "autograd.backward"


def _order(end):
    order = autograd.topological_order(end)
    for value in order:
        value.grad = 0.0
    end.grad = 1.0
    return order


@right(TARGET)
def _(end):
    """Gradients are gathered in a dictionary, and set at the end."""
    order = autograd.topological_order(end)
    found = {value: 0.0 for value in order}
    found[end] = 1.0
    for value in order[::-1]:
        for i in range(len(value.parents)):
            found[value.parents[i]] += value.slopes[i] * found[value]
    for value in order:
        value.grad = found[value]


@right(TARGET)
def _(end):
    """Each value asks what was made of it."""
    order = autograd.topological_order(end)
    for place in range(len(order) - 1, -1, -1):
        own = order[place]
        own.grad = float(own is end)
        for child in order[place + 1 :]:
            for parent, slope in zip(child.parents, child.slopes, strict=True):
                if parent is own:
                    own.grad += child.grad * slope


@right(TARGET)
def _(end):
    """By counting: a value hands its blame on when all that was made of it has."""
    uses = {}
    for value in autograd.topological_order(end):
        value.grad, uses[value] = 0.0, 0
        for parent in value.parents:
            uses[parent] += 1
    end.grad, ready = 1.0, [end]
    while ready:
        value = ready.pop()
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad, uses[parent] = parent.grad + slope * value.grad, uses[parent] - 1
            if not uses[parent]:
                ready.append(parent)


@wrong(TARGET, "every-path")
def _(end):
    """Right, and each path is walked by itself."""
    _order(end)
    end.grad = 0.0

    def hand_on(value, blame):
        value.grad += blame
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            hand_on(parent, blame * slope)

    hand_on(end, 1.0)


@wrong(TARGET, "backward-overwrites")
def _(end):
    for value in reversed(_order(end)):
        for i, parent in enumerate(value.parents):
            parent.grad = value.grad * value.slopes[i]


@wrong(TARGET, "backward-forgets-end")
def _(end):
    for value in reversed(_order(end)):
        value.grad = 0.0
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad


@wrong(TARGET, "backward-not-reset")
def _(end):
    end.grad = 1
    for value in autograd.topological_order(end)[::-1]:
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad = parent.grad + slope * value.grad


@wrong(TARGET, "backward-not-reversed")
def _(end):
    for value in _order(end):
        for i in range(len(value.parents)):
            value.parents[i].grad += value.slopes[i] * value.grad


@wrong(TARGET, "backward-slope-alone")
def _(end):
    for value in _order(end)[::-1]:
        for i in range(len(value.parents)):
            value.parents[i].grad += value.slopes[i]


@wrong(TARGET, "backward-gradient-alone")
def _(end):
    for value in _order(end)[::-1]:
        for parent in value.parents:
            parent.grad += value.grad


@wrong(TARGET, "backward-adds-slopes")
def _(end):
    for value in _order(end)[::-1]:
        for i, parent in enumerate(value.parents):
            parent.grad = parent.grad + value.grad + value.slopes[i]


@wrong(TARGET, "backward-value-for-gradient")
def _(end):
    for value in _order(end)[::-1]:
        for i, parent in enumerate(value.parents):
            parent.grad += value.slopes[i] * value.data


@wrong(TARGET, "backward-not-reversed")
def _(end):
    _order(end)
    for parent, slope in zip(end.parents, end.slopes, strict=True):
        parent.grad += slope


@wrong(TARGET, "backward-multiplies-paths")
def _(end):
    for value in _order(end)[::-1]:
        for i, parent in enumerate(value.parents):
            parent.grad = parent.grad * value.grad * value.slopes[i]


@wrong(TARGET, "backward-too-early")
def _(end):
    _order(end)
    line = [end]
    for value in line:
        for i, parent in enumerate(value.parents):
            parent.grad += value.slopes[i] * value.grad
            if all(parent is not one for one in line):
                line.append(parent)


@wrong(TARGET, "backward-too-early-deep-first")
def _(end):
    _order(end)

    def visit(value):
        for i in range(len(value.parents)):
            value.parents[i].grad += value.slopes[i] * value.grad
            visit(value.parents[i])

    visit(end)


@wrong(TARGET, "backward-beginnings-not-reset")
def _(end):
    order = autograd.topological_order(end)
    for value in order:
        value.grad *= not value.parents
    end.grad = 1.0
    for value in order[::-1]:
        for i, parent in enumerate(value.parents):
            parent.grad += value.slopes[i] * value.grad


@wrong(TARGET, "backward-changes-values")
def _(end):
    for value in reversed(_order(end)):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad
            parent.data -= 0.1 * parent.grad
