"""Exercise `embeddings.nearest`: its cases, its right answer found otherwise, and how people get it wrong."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.embeddings.shared import CROWD, _cosines, _gives_row_numbers, _order, _unit

ARROWS = torch.tensor([[1.0, 0.0], [9.0, 9.0], [0.2, 0.1], [0.0, 1.0], [-1.0, 0.1]])


EQUALS = torch.tensor([[1.0, 1.0], [0.0, 2.0], [2.0, 2.0], [0.0, 5.0], [1.0, 1.0]])


@check(
    "embeddings.nearest",
    cases=[
        (ARROWS, ARROWS[0], 2, [0]),
        (ARROWS, ARROWS[0], 3, []),
        (ARROWS, torch.tensor([0.0, 7.0]), 2, []),
        (ARROWS, ARROWS[3], 3, [3]),
        (ARROWS, ARROWS[1], 2, [0, 3]),
        (ARROWS, ARROWS[0], 2, [0, 2]),
        (EQUALS, EQUALS[0], 3, []),
        (ARROWS, -ARROWS[0], 2, [4, 1]),
        (ARROWS, ARROWS[2], 9, [2]),
        (CROWD, CROWD[7], 6, [7]),
        (CROWD, CROWD[3] + CROWD[8], 5, [8, 3, 21]),
    ],
    awkward=[
        (ARROWS[:2], ARROWS[0], 3, [1, 0]),
        (shelf.ONE_ROW, ARROWS[0], 1, []),
        (shelf.ONE_ROW, ARROWS[0], 2, [0]),
        (EQUALS, torch.zeros(2), 2, [1]),
        (EQUALS, -EQUALS[1], 5, [2, 4, 4]),
    ],
    behaviours=[_gives_row_numbers("embeddings.nearest", ARROWS, ARROWS[0], 2, [0])],
)
def nearest(vectors, query, n, without=()):
    cosines = [round(c, 5) for c in _cosines(vectors, query).tolist()]
    found = []
    while len(found) < min(n, len(vectors) - len(set(without))):
        left = [row for row in range(len(cosines)) if row not in found and row not in without]
        found.append(max(left, key=cosines.__getitem__))
    return found


@mistake(
    "embeddings.nearest",
    "nearest-keeps-all",
    "`without` has no effect: the word itself comes first, since nothing is nearer to it than itself.",
)
def _(vectors, query, n, without=()):
    return _order(_unit(vectors) @ _unit(query))[:n]


@mistake(
    "embeddings.nearest",
    "nearest-cut-first",
    "You cut to n first and left out afterwards, so too few come back. Leave out first, then take n.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query))[:n] if row not in without]


@mistake(
    "embeddings.nearest",
    "nearest-drops-first",
    "You always drop the first. That is not always the word itself: leave out the rows in `without`, and only those.",
)
def _(vectors, query, n, without=()):
    return _order(_unit(vectors) @ _unit(query))[1 : n + 1]


@mistake(
    "embeddings.nearest",
    "nearest-ascending",
    "Upside down: the *least* alike come first. argsort counts up unless you say descending=True.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query), False) if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-dot",
    "Ranked by the plain dot product: long vectors, of frequent words, win. Rank by the cosine.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(vectors @ query) if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-distance",
    "Ranked by distance. A long arrow the same way is far off, yet as alike as can be: rank by the cosine.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order((vectors - query).norm(dim=-1), False) if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-cosines",
    "These are the cosines. What is needed are the rows that have them: argsort, not sort.",
)
def _(vectors, query, n, without=()):
    cosines = _unit(vectors) @ _unit(query)
    return [float(cosines[row]) for row in _order(cosines) if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-all",
    "All rows came back, in order. Only the first n are needed.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query)) if row not in without]


@mistake(
    "embeddings.nearest",
    "nearest-ties",
    "Of equals the last came first. Turning an ascending order round does that: say descending=True and stable=True.",
)
def _(vectors, query, n, without=()):
    order = _order(_unit(vectors) @ _unit(query), False)[::-1]
    return [row for row in order if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-pushed-down",
    "The rows in `without` were only moved to the end, and come back where n is large. Leave them out.",
)
def _(vectors, query, n, without=()):
    cosines = _unit(vectors) @ _unit(query)
    cosines[list(without)] = -2.0
    return _order(cosines)[:n]


@mistake(
    "embeddings.nearest",
    "nearest-cut-n-plus-1",
    "You cut to n + 1 first, which leaves too few where `without` holds more than one row. Leave out first, then take n.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query))[: n + 1] if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-drops-first-too",
    "After leaving out `without` you drop one more, the best of those that are left. Take [:n].",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query)) if row not in without][1 : n + 1]


@mistake(
    "embeddings.nearest",
    "nearest-first-of-without",
    "Only the first row of `without` was left out. It may hold several, or none: ask `row not in without`.",
)
def _(vectors, query, n, without=()):
    out = list(without)[:1]
    return [row for row in _order(_unit(vectors) @ _unit(query)) if row not in out][:n]


@mistake(
    "embeddings.nearest",
    "nearest-removes-while-looping",
    "You took rows out of the list while a loop went over it, which then steps over the one behind. Build a new list.",
)
def _(vectors, query, n, without=()):
    order = _order(_unit(vectors) @ _unit(query))
    for row in order:
        if row in without:
            order.remove(row)
    return order[:n]


@mistake(
    "embeddings.nearest",
    "nearest-places",
    "`without` holds row numbers, and you left out *places* of the order. Ask about the row: row not in without.",
)
def _(vectors, query, n, without=()):
    order = _order(_unit(vectors) @ _unit(query))
    return [row for place, row in enumerate(order) if place not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-shifted",
    "You took rows out of the table, and those behind moved up: their numbers are other numbers now. Leave out after ranking.",
)
def _(vectors, query, n, without=()):
    kept = vectors[[row for row in range(len(vectors)) if row not in without]]
    return _order(_unit(kept) @ _unit(query))[:n]


@mistake(
    "embeddings.nearest",
    "nearest-zeroed",
    "You set the cosines of `without` to 0, which beats every one below 0, and they come back. Leave the rows out.",
)
def _(vectors, query, n, without=()):
    cosines = _unit(vectors) @ _unit(query)
    cosines[list(without)] = 0.0
    return _order(cosines)[:n]


@mistake(
    "embeddings.nearest",
    "nearest-topk",
    "topk gives equals in any order, and stops where n is more than the rows. argsort(descending=True, stable=True) ranks them all.",
)
def _(vectors, query, n, without=()):
    top = (_unit(vectors) @ _unit(query)).topk(n + len(without)).indices.tolist()
    return [row for row in top if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-worst-first",
    "The best stands last. Count down, with descending=True, and take from the beginning.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query), False) if row not in without][-n:]


@mistake(
    "embeddings.nearest",
    "nearest-sort-values",
    "These are the cosines, from the highest down. What is needed are the rows that have them: argsort, not sort.",
)
def _(vectors, query, n, without=()):
    cosines = (_unit(vectors) @ _unit(query)).sort(descending=True).values.tolist()
    return [value for value in cosines if value not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-index",
    "cosines.index(value) is the first row with that cosine, each time, so of equals one comes back again and again. argsort, not sort.",
)
def _(vectors, query, n, without=()):
    cosines = (_unit(vectors) @ _unit(query)).tolist()
    order = [cosines.index(value) for value in sorted(cosines, reverse=True)]
    return [row for row in order if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-set",
    "A set forgets the order, and best first was the point. Go over the order, and keep a row if it is not in `without`.",
)
def _(vectors, query, n, without=()):
    return list(set(range(len(vectors))) - set(without))[:n]


@mistake(
    "embeddings.nearest",
    "nearest-tensor",
    "The rows are right, but they came as a tensor. A list is needed: .tolist() makes one.",
)
def _(vectors, query, n, without=()):
    return torch.tensor([row for row in _order(_unit(vectors) @ _unit(query)) if row not in without][:n])
