"""An order of a graph in which each value stands once, and after its parents. There are many: behaviour is judged."""

import random

import numpy as np

from classroom.judge.comparison import kind
from classroom.judge.explanations import plain
from classroom.judge.registry import Wrong, check_by_behaviour, find
from classroom.judge.sandbox import Outcome
from classroom.lessons.backprop.shared import Counted, in_training, ladder, values, written
from nextword.autograd import Value
from nextword.tensor_autograd import Tensor

GRAPHS = (  # the plainest first
    ("end = a + b", {"a": 1.0, "b": 2.0}),
    ("c = a * b\nd = c * c\nend = d + a", {"a": 2.0, "b": 3.0}),
    ("b = a + a\nend = b * a", {"a": 1.0}),
    ("end = a", {"a": 5.0}),
    ("c = a * b\nd = c * c\nend = a + d", {"a": 2.0, "b": 3.0}),
    ("c = a * b\nd = a + b\nend = c * d", {"a": 2.0, "b": 2.0}),  # two of them look alike
    ("b = a * a\nc = b * a\nd = b * c\nend = c * d", {"a": 1.5}),
    ("b = a * a\nc = b * a\nd = b * c\nend = a * d", {"a": 1.5}),
)


def within(end) -> list:
    """Everything that a value was made of, and the value itself, in any order."""
    found, waiting = [], [end]
    while waiting:
        value = waiting.pop()
        if not any(value is one for one in found):
            found.append(value)
            waiting += value.parents
    return found


def looked_at(order, graph: dict, shown: str) -> None:
    """Raises Wrong where an order is none, and says in which way."""
    end, names = graph["end"], {id(value): name for name, value in graph.items()}
    if not isinstance(order, list):
        raise Wrong("order-not-a-list", f"It gave {kind(order)}, and a list of the values is needed.", shown)
    strangers = [one for one in order if id(one) not in names]
    told = "[" + ", ".join(names.get(id(one), repr(one)) for one in order[:12]) + "]"
    if strangers and all(isinstance(one, Value | Tensor) for one in strangers):
        says = "It holds values that are none of the graph's: give the values themselves, no copies."
        raise Wrong("order-strangers", says, shown, told)
    if strangers:
        says = f"It holds {kind(strangers[0])}. Give the values themselves: value, and not value.data or value.parents."
        raise Wrong("order-not-values", says, shown, told)
    twice = [one for one in order if sum(one is other for other in order) > 1]
    if twice:
        says = f"{names[id(twice[0])]} stands in it more than once: it can be reached on more than one path. "
        says += "Remember which values were met, and pass over those."
        raise Wrong("order-twice", says, shown, told)
    missing = [one for one in within(end) if not any(one is other for other in order)]
    _nothing_is_missing(missing, end, names, (shown, told))
    too_early = _before_its_parent(order)
    if too_early and len(order) > 1 and not _before_its_parent(order[::-1]):
        says = (
            "The order is turned round: here the end comes first. Each value must stand after its parents, "
        )
        says += "so that the end is the last: put a value down once its parents are down."
        raise Wrong("order-turned-round", says, shown, told)
    if too_early:
        value, parent = (names[id(one)] for one in too_early)
        says = f"{value} stands before {parent}, of which it was made. Put a value down only when all its parents are down, "
        says += "those that are reached on a longer path, too."
        raise Wrong("order-before-parents", says, shown, told)


def _nothing_is_missing(missing: list, end, names: dict, shown: tuple[str, str]) -> None:
    if len(missing) == 1 and missing[0] is end:
        raise Wrong("order-no-end", "The end itself is missing: it is the last of the order.", *shown)
    if not missing:
        return
    missed = ", ".join(sorted({names[id(one)] for one in missing}))
    if all(not one.parents for one in missing):
        says = f"The beginnings are missing: {missed}. What was made of nothing belongs to the order, too."
        raise Wrong("order-no-beginnings", says, *shown)
    says = f"Missing: {missed}. Parents have parents too: go on until there are none."
    there = [one for one in within(end) if not any(one is other for other in missing)]
    if all(any(np.array_equal(one.data, other.data) for other in there) for one in missing):
        says += " Two values with equal numbers are two values: are they told apart by their numbers?"
    raise Wrong("order-missing", says, *shown)


def _before_its_parent(order: list):
    """The first value that stands before one of its parents, and that parent."""
    place = {id(one): n for n, one in enumerate(order)}
    for one in order:
        for parent in one.parents:
            if place[id(parent)] > place[id(one)]:
                return one, parent
    return None


def _ordered(topological_order, graph: dict, shown: str) -> list:
    before = {name: vars(value).copy() for name, value in graph.items()}
    order = topological_order(graph["end"])
    if order is None:
        raise plain(find("autograd.topological_order"), topological_order, shown, Outcome())
    looked_at(order, graph, shown)
    if any(vars(value) != before[name] for name, value in graph.items()):
        says = "It leaves a mark on the values, or changes what they remember, and the next call would find that there. "
        raise Wrong("order-marks", f"{says}Keep what was met in a set of your own.", shown)
    return order


def puts_each_after_its_parents(topological_order):
    """In small graphs, each value stands once and after its parents."""
    for lines, numbers in GRAPHS:
        _ordered(topological_order, values(lines, numbers), written(lines, numbers, "topological_order(end)"))


def chance_graph(chance: random.Random) -> dict:
    """Some values, each made of some of those before it."""
    made = []
    for _ in range(chance.randint(1, 9)):
        parents = tuple(chance.choice(made) for _ in range(chance.randint(0, 3) if made else 0))
        made.append(Value(float(chance.randint(0, 2)), parents, (1.0,) * len(parents)))
    return {f"v{n}": value for n, value in enumerate(made)} | {"end": made[-1]}


def keeps_order_in_any_graph(topological_order):
    """The same in graphs by chance."""
    chance = random.Random(10)
    for _ in range(60):
        graph = chance_graph(chance)
        names = {id(value): name for name, value in graph.items()}
        lines = [
            f"{names[id(one)]} of ({', '.join(names[id(p)] for p in one.parents)})"
            for one in within(graph["end"])
        ]
        _ordered(topological_order, graph, f"topological_order(end), {', '.join(lines)}")


def begins_anew(topological_order):
    """A second call gives as much as the first, and leaves nothing behind."""
    lines, numbers = GRAPHS[1]
    graph, shown = values(lines, numbers), written(lines, numbers, "topological_order(end), twice")
    first = len(_ordered(topological_order, graph, shown))
    again = topological_order(graph["end"])
    if not isinstance(again, list) or len(again) != first:
        says = "The second call gave another answer than the first: what was met is remembered from before, in a default "
        says += "argument or on the values. Make the list and the set anew inside."
        raise Wrong("order-remembers", says, shown)


def takes_tensors_too(topological_order):
    """What it asks of a value is its parents: the tensors of the second engine have those, too."""
    a = Tensor([1.0, 2.0])
    b = Tensor([2.0, 4.0], (a, a))
    graph = {"a": a, "b": b, "end": Tensor(6.0, (b,))}
    shown = "a = Tensor([1, 2]); b = a + a; topological_order(b.sum())"
    try:
        _ordered(topological_order, graph, shown)
    except (AttributeError, ValueError, TypeError) as error:
        says = "A graph of tensors stops it. Ask a value for its parents alone, and tell values apart by what they are "
        raise Wrong(
            "order-numbers-only", f"{says}(is, or a set), not by their numbers.", shown, str(error)
        ) from None
    except Wrong as wrong:
        says = (
            f"In a graph of tensors: {wrong.says} Ask a value for its parents alone, of whatever kind it is."
        )
        raise Wrong("order-numbers-only", says, shown, wrong.yours) from None


def goes_down_each_path_once(topological_order):
    """A graph of 41 values has 2**40 paths, and a chain of 200 is no trouble."""
    end = ladder()
    order = topological_order(end)
    Counted.reads = 0
    if len(order) != 41:
        raise Wrong("order-missing", f"Of 41 values in a row it gave {len(order)}.", "x = x + x, 40 times")
    chain = [Value(0.0)]
    for _ in range(200):
        chain.append(Value(0.0, (chain[-1],), (1.0,)))
    _ordered(
        topological_order,
        {f"v{n}": one for n, one in enumerate(chain)} | {"end": chain[-1]},
        "200 steps in a row",
    )


check_by_behaviour(
    "autograd.topological_order",
    puts_each_after_its_parents,
    begins_anew,
    keeps_order_in_any_graph,
    takes_tensors_too,
    goes_down_each_path_once,
    lives=in_training,
)
