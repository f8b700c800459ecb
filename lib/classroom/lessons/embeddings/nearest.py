"""The n rows whose cosine with a query is highest, best first, some rows left out; of equals the first comes first."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.embeddings.shared import CROWD, cosines, gives_row_numbers

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
        (ARROWS * torch.tensor([[1.0], [1e-4], [1e-4], [1.0], [1e-4]]), ARROWS[0], 4, []),
    ],
    behaviours=[gives_row_numbers("embeddings.nearest", ARROWS, ARROWS[0], 2, [0])],
)
def nearest(vectors, query, n, without=()):
    alike = [round(c, 5) for c in cosines(vectors, query).tolist()]
    found = []
    while len(found) < min(n, len(vectors) - len(set(without))):
        left = [row for row in range(len(alike)) if row not in found and row not in without]
        found.append(max(left, key=alike.__getitem__))
    return found


edits(
    "embeddings.nearest",
    (
        "nearest-keeps-all",
        "[row for row in order if row not in without]",
        "order",
        "`without` has no effect: the word itself comes first, since nothing is nearer to it than itself.",
    ),
    (
        "nearest-cut-first",
        [("][:n]", "]"), ("in order", "in order[:n]")],
        "You cut to n first and left out afterwards, so too few come back. Leave out first, then take n.",
    ),
    (
        "nearest-cut-n-plus-1",
        "in order",
        "in order[: n + 1]",
        "You cut to n + 1 first, which leaves too few where `without` holds more than one row. Leave out first, then take n.",
    ),
    (
        "nearest-n-minus",
        "[:n]",
        "[: n - len(without)]",
        "You took fewer than n by as many as `without` holds. Those are out already: of the rest, n rows are needed.",
    ),
    (
        "nearest-n-minus-one",
        "[:n]",
        "[: n - 1]",
        "One row too few came back. [:n] ends before place n, and so it holds n rows already.",
    ),
    (
        "nearest-drops-first",
        "[row for row in order if row not in without][:n]",
        "order[1 : n + 1]",
        "You always drop the first. That is not always the word itself: leave out the rows in `without`, and only those.",
    ),
    (
        "nearest-ascending",
        "descending=True, ",
        "",
        "Upside down: the *least* alike come first. argsort counts up unless you say descending=True.",
    ),
    (
        "nearest-ties",
        ".argsort(descending=True, stable=True).tolist()",
        ".argsort(stable=True).tolist()[::-1]",
        "Of equals the last came first. Turning an ascending order round does that: say descending=True and stable=True.",
    ),
    (
        "nearest-topk",
        ".argsort(descending=True, stable=True)",
        ".topk(n + len(without)).indices",
        "topk gives equals in any order, and stops where n is more than the rows. argsort(descending=True, stable=True) ranks them all.",
    ),
    (
        "nearest-dot",
        "embeddings.cosine(vectors, query)",
        "(vectors @ query)",
        "Ranked by the plain dot product: long vectors, of frequent words, win. Rank by the cosine.",
    ),
    (
        "nearest-distance",
        "embeddings.cosine(vectors, query)",
        "(-(vectors - query).norm(dim=-1))",
        "Ranked by distance. A long arrow the same way is far off, yet as alike as can be: rank by the cosine.",
    ),
    (
        "nearest-abs",
        "query)",
        "query).abs()",
        "The minus signs of the cosines were dropped, and what points the opposite way came out as near. Rank by the cosine itself.",
    ),
    (
        "nearest-cosines",
        "[row for",
        "[float(embeddings.cosine(vectors, query)[row]) for",
        "These are the cosines. What is needed are the rows that have them: argsort, not sort.",
    ),
    (
        "nearest-sort-values",
        ".argsort(descending=True, stable=True)",
        ".sort(descending=True).values",
        "These are the cosines, from the highest down. What is needed are the rows that have them: argsort, not sort.",
    ),
    (
        "nearest-pushed-down",
        "[row for row in order if row not in without]",
        "sorted(order, key=lambda row: row in without)",
        "The rows in `without` were only moved to the end, and come back where n is large. Leave them out.",
    ),
    (
        "nearest-shifted",
        [
            ("(vectors, query)", "(vectors[[i for i in range(len(vectors)) if i not in without]], query)"),
            ("[row for row in order if row not in without]", "order"),
        ],
        "You took rows out of the table, and those behind moved up: their numbers are other numbers now. Leave out after ranking.",
    ),
    (
        "nearest-index",
        ".argsort(descending=True, stable=True).tolist()",
        ".tolist()\n    order = [order.index(one) for one in sorted(order, reverse=True)]",
        "cosines.index(value) is the first row with that cosine, each time, so of equals one comes back again and again. argsort, not sort.",
    ),
    (
        "nearest-set",
        "[row for row in order if row not in without]",
        "list(set(order) - set(without))",
        "A set forgets the order, and best first was the point. Go over the order, and keep a row if it is not in `without`.",
    ),
)
