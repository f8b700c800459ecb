"""Exercise `embeddings.analogy`: its cases, its right answer found otherwise, and how people get it wrong."""

import torch

from classroom.judge.registry import check, mistake
from classroom.lessons.embeddings.nearest import nearest
from classroom.lessons.embeddings.shared import CROWD, _gives_row_numbers, _order, _unit

# king, man, woman, queen, and others. Rows 0 - 1 + 2 make row 3.
COURT = torch.tensor(
    [[2.0, 3.0, 0.5], [2.0, 0.2, 0.0], [-2.0, 0.3, 0.1], [-2.0, 3.1, 0.4], [0.1, 0.2, 4.0], [1.5, 2.5, 2.0]]
)


# Row 0 - row 1 + row 2 points as row 1 does.
STREET = torch.tensor([[3.0, 1.0], [2.0, 2.0], [3.0, 5.0], [2.0, 3.0], [5.0, 1.0], [-1.0, 1.0]])


# Rows 1 - 2 + 0: the three that are asked about are the three nearest.
BUNDLE = torch.tensor([[1.0, 0.05], [1.0, 0.1], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


# Rows 2 - 0 + 1: of those that are left, row 1 would be the best, and row 0 the next.
AWAY = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.1]])


@check(
    "embeddings.analogy",
    cases=[
        (COURT, 0, 1, 2, 1, True),
        (COURT, 0, 1, 2, 2, False),
        (COURT, 3, 2, 1, 2, True),
        (COURT, 1, 0, 3, 3, True),
        (COURT, 4, 0, 5, 2, True),
        (COURT, 0, 2, 3, 1, True),
        (COURT, 0, 3, 4, 1, True),
        (STREET, 0, 1, 2, 1, True),
        (CROWD, 1, 2, 3, 4, True),
        (CROWD, 1, 2, 3, 4, False),
        (CROWD, 20, 11, 5, 3, True),
        (CROWD, 9, 4, 17, 3, False),
    ],
    awkward=[
        (AWAY, 2, 0, 1, 2, True),
        (BUNDLE, 1, 2, 0, 1, True),
        (BUNDLE, 1, 2, 0, 2, True),
        (COURT[:3], 2, 1, 0, 2, True),
        (COURT, 0, 1, 2, 9, True),
        (COURT, 0, 2, 3, 9, False),
        (COURT, 4, 4, 4, 2, True),
    ],
    behaviours=[_gives_row_numbers("embeddings.analogy", COURT, 0, 1, 2, 1, True)],
)
def analogy(vectors, a, b, c, n=1, without_inputs=True):
    recipe = torch.zeros(len(vectors))
    for row, times in ((a, 1), (b, -1), (c, 1)):
        recipe[row] += times
    return nearest(vectors, vectors.T @ recipe, n, [a, b, c] if without_inputs else [])


def _near(vectors, query, n, without):
    return [row for row in _order(_unit(vectors) @ _unit(query)) if row not in without][:n]


@mistake(
    "embeddings.analogy",
    "analogy-order",
    "This is b - a + c: man - king + woman. Take b away from a.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[b] - vectors[a] + vectors[c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-brackets",
    "This is a - (b + c): the woman was taken away as well. Take b away, then add c.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] - vectors[c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-sum",
    "All three were added. The step from b to a is a *difference*: a - b + c.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] + vectors[b] + vectors[c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-nothing-left-out",
    "The words of the question are among the answers, and the first of them often wins. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [])


@mistake(
    "embeddings.analogy",
    "analogy-one-left-out",
    "Only a is left out; b or c can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [a] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-always-left-out",
    "The three are left out even where without_inputs is False. Then they may be answers.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [a, b, c])


@mistake(
    "embeddings.analogy",
    "analogy-flag-turned",
    "The wrong way round: without_inputs=True means that the three are left *out*.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [] if without_inputs else [a, b, c])


@mistake(
    "embeddings.analogy",
    "analogy-ids",
    "You reckoned with the row *numbers*. Look the vectors up first: vectors[a], vectors[b], vectors[c].",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a - b + c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-turned",
    "This is a - c + b: the step goes from woman to man. Take b away, and add c.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[c] + vectors[b], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-units",
    "You brought the rows to length 1 before the sum. Others do that, too; ours takes the rows as they are.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    rows = _unit(vectors)
    return _near(vectors, rows[a] - rows[b] + rows[c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-c-left-in",
    "c can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [a, b] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-b-left-in",
    "b can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [a, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-a-left-in",
    "a can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-only-c-left-out",
    "Only c is left out; a or b can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-cut-first",
    "You took n first and left out afterwards, so too few come back. Give the three to nearest, which leaves out first.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    found = _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [])
    return [row for row in found if row not in (a, b, c)] if without_inputs else found


@mistake(
    "embeddings.analogy",
    "analogy-drops-three",
    "You drop the first three. Those need not be a, b and c: leave out these, wherever they stand.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[a] - vectors[b] + vectors[c]
    return _near(vectors, query, n + 3, [])[3:] if without_inputs else _near(vectors, query, n, [])


@mistake(
    "embeddings.analogy",
    "analogy-no-c",
    "c is missing: a - b is only the step. Add it to c.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-shifted",
    "You took the three out of the table, and the rows behind moved up: their numbers are other numbers now. Give them as `without`.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    kept = [row for row in range(len(vectors)) if not without_inputs or row not in (a, b, c)]
    return _near(vectors[kept], vectors[a] - vectors[b] + vectors[c], n, [])


@mistake(
    "embeddings.analogy",
    "analogy-dot",
    "Ranked by the plain dot product: long vectors win. embeddings.nearest ranks by the cosine.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    order = _order(vectors @ (vectors[a] - vectors[b] + vectors[c]))
    return [row for row in order if not without_inputs or row not in (a, b, c)][:n]


@mistake(
    "embeddings.analogy",
    "analogy-distance",
    "Ranked by distance. embeddings.nearest ranks by the cosine: which way a row points, not how long it is.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    order = _order((vectors - (vectors[a] - vectors[b] + vectors[c])).norm(dim=-1), False)
    return [row for row in order if not without_inputs or row not in (a, b, c)][:n]
