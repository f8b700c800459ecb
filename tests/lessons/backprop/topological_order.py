"""Answers to `autograd.topological_order` as readers might write them."""

from nextword.autograd import Value
from tests.lessons import right, wrong

TARGET = "autograd.topological_order"


@right(TARGET)
def _(end):
    """From the end, by counting: a value is taken when everything that was made of it has been."""
    met, waiting, children = {end}, [end], {}
    while waiting:
        value = waiting.pop()
        for parent in value.parents:
            children[parent] = children.get(parent, 0) + 1
            if parent not in met:
                met.add(parent)
                waiting.append(parent)
    order, ready = [], [end]
    while ready:
        value = ready.pop()
        order.append(value)
        for parent in value.parents:
            children[parent] -= 1
            if children[parent] == 0:
                ready.append(parent)
    return order[::-1]


@right(TARGET)
def _(end):
    """A list alone, and parents from the last to the first."""

    def visit(value, order):
        if not any(value is one for one in order):
            for parent in reversed(value.parents):
                visit(parent, order)
            order.append(value)
        return order

    return visit(end, [])


@right(TARGET)
def _(end):
    """By how many steps each is from the beginning, on its longest path."""
    depth = {}

    def measure(value):
        if value not in depth:
            depth[value] = 1 + max([measure(parent) for parent in value.parents], default=0)
        return depth[value]

    measure(end)
    return sorted(depth, key=depth.get)


@wrong(TARGET, "order-turned-round")
def _(end):
    order, met = [], set()

    def visit(value):
        if value not in met:
            met.add(value)
            for parent in value.parents:
                visit(parent)
            order.insert(0, value)

    visit(end)
    return order


@wrong(TARGET, "order-turned-round")
def _(end):
    order, met = [], set()

    def visit(value):
        if value not in met:
            met.add(value)
            order.append(value)
            for parent in value.parents:
                visit(parent)

    visit(end)
    return order


@wrong(TARGET, "order-before-parents")
def _(end):
    """Level by level, each value where it is first met."""
    order = [end]
    for value in order:
        for parent in value.parents:
            if parent not in order:
                order.append(parent)
    return order[::-1]


@wrong(TARGET, "order-before-parents")
def _(end):
    """Put down before its parents, and all turned round."""
    order, met = [], set()

    def visit(value):
        if value in met:
            return
        met.add(value)
        order.append(value)
        for parent in value.parents:
            visit(parent)

    visit(end)
    return list(reversed(order))


@wrong(TARGET, "order-twice")
def _(end):
    order = []

    def visit(value):
        for parent in value.parents:
            visit(parent)
        order.append(value)

    visit(end)
    return order


@wrong(TARGET, "order-no-end")
def _(end):
    order, met = [], set()

    def visit(value):
        for parent in value.parents:
            if parent not in met:
                met.add(parent)
                visit(parent)
                order.append(parent)

    visit(end)
    return order


@wrong(TARGET, "order-no-beginnings")
def _(end):
    order, met = [], set()

    def visit(value):
        if value in met or not value.parents:
            return
        met.add(value)
        for parent in value.parents:
            visit(parent)
        order.append(value)

    visit(end)
    return order


@wrong(TARGET, "order-missing")
def _(end):
    return [*dict.fromkeys(end.parents), end]


@wrong(TARGET, "order-missing")
def _(end):
    """Equal numbers are taken for one value."""
    order, met = [], set()

    def visit(value):
        if value.data in met:
            return
        met.add(value.data)
        for parent in value.parents:
            visit(parent)
        order.append(value)

    visit(end)
    return order


@wrong(TARGET, "order-not-values")
def _(end):
    order, met = [], set()

    def visit(value):
        if value not in met:
            met.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value.data)

    visit(end)
    return order


@wrong(TARGET, "order-not-a-list")
def _(end):
    met = {}

    def visit(value):
        if value not in met:
            for parent in value.parents:
                visit(parent)
            met[value] = True

    visit(end)
    return tuple(met)


@wrong(TARGET, "order-strangers")
def _(end):
    order, met = [], {}

    def visit(value):
        if value not in met:
            parents = tuple(visit(parent) for parent in value.parents)
            met[value] = Value(value.data, parents, (1.0,) * len(parents))
            order.append(met[value])
        return met[value]

    visit(end)
    return order


MET = set()


@wrong(TARGET, "order-remembers")
def _(end, met=None):
    """What was met is kept from call to call."""
    order = []

    def visit(value):
        if value not in MET:
            MET.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(end)
    return order


@wrong(TARGET, "order-marks")
def _(end):
    order = []

    def visit(value):
        if not hasattr(value, "seen"):
            value.seen = True
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(end)
    return order


@wrong(TARGET, "returned-none")
def _(end):
    return sorted(range(3)).reverse()


@wrong(TARGET, "order-numbers-only")
def _(end):
    order, met = [], set()

    def visit(value):
        if value in met:
            return
        met.add(value)
        for parent, _ in zip(value.parents, value.slopes, strict=True):
            visit(parent)
        order.append(value)

    visit(end)
    return order


@wrong(TARGET, "every-path")
def _(end):
    order = []

    def visit(value):
        for parent in value.parents:
            visit(parent)
        if value not in order:
            order.append(value)

    visit(end)
    return order


@wrong(TARGET, "returned-none")
def _(end):
    order, met = [], set()

    def visit(value):
        if value not in met:
            met.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(end)
