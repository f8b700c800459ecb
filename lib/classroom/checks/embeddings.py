"""Checks of lesson 04: lengths, cosines, counts, surprise, neighbours, analogies, rulers."""

import math

import torch

from classroom.checking import Wrong, check, find
from classroom.comparing import is_tensor, kind, same, show
from classroom.judging import ask
from classroom.running import run

EXERCISES = (
    "embeddings.unit",
    "embeddings.cosine",
    "embeddings.cooccurrence",
    "embeddings.ppmi",
    "embeddings.nearest",
    "embeddings.analogy",
    "embeddings.place_on_ruler",
)

_noise = torch.Generator().manual_seed(4)


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=_noise)


ROWS = torch.tensor([[3.0, 4.0], [0.0, 2.0], [-6.0, 8.0]])
SQUARE = torch.tensor([[1.0, 2.0, 2.0], [0.0, 3.0, 4.0], [-2.0, 1.0, 2.0]])
WITH_ZEROS = torch.tensor([[1.0, 1.0, 2.0], [0.0, 0.0, 0.0]])
MANY, DEEP = _random(7, 4), _random(2, 3, 4)


def _takes_any_shape(target: str, right, *others: torch.Tensor):
    """A behaviour: what is right for a table is right for one vector, and for a stack of tables."""

    def takes_any_shape(function):
        for case in find(target).cases:
            yours = run(function, case)
            if yours.changed_input or not yours.equals(run(right, case), same):
                return  # more is to be mended before shapes
        for vectors, what in ((MANY[2], "a vector by itself"), (DEEP, "a stack of tables")):
            call, needed = f"{target.split('.')[-1]}({show(vectors)}, ...)", right(vectors, *others)
            says = f"Right for a table, but not for {what}, which the library takes, too. "
            says += "dim=-1 and @ do for all of them what a loop over rows, or dim=1, does for a table only."
            try:
                yours = ask(target, function, vectors, *others)
            except Wrong as wrong:
                raise Wrong("table-only", says, wrong.call, wrong.yours, show(needed)) from None
            if not same(yours, needed):
                raise Wrong("table-only", says, call, show(yours), show(needed))

    return takes_any_shape


def _gives_row_numbers(target: str, *arguments):
    """A behaviour: rows are told by whole numbers, with which one can look them up."""

    def gives_row_numbers(function):
        found = ask(target, function, *arguments)
        if isinstance(found, list) and any(isinstance(row, float) for row in found):
            says = "These are fractions. A row number is whole, 2 and not 2.0: else no row can be looked up by it."
            raise Wrong("rows-not-whole", says, "", str(found), str([int(row) for row in found]))

    return gives_row_numbers


def _normalised(vectors):
    return torch.nn.functional.normalize(vectors, dim=-1)


def _cosines(vectors, vector):
    return torch.nn.functional.cosine_similarity(vectors, vector.expand_as(vectors), dim=-1)


def _reached(vectors, low, high):
    toward = [float(h) - float(l) for l, h in zip(low, high, strict=True)]
    length = math.hypot(*toward)
    flat = vectors.reshape(-1, vectors.shape[-1]).tolist()
    reached = [sum(x * step for x, step in zip(row, toward, strict=True)) / length for row in flat]
    return torch.tensor(reached).reshape(vectors.shape[:-1])


@check(
    "embeddings.unit",
    cases=[
        (torch.tensor([[3.0, 4.0]]),),
        (ROWS,),
        (torch.tensor([[0.3, 0.4], [0.0, -0.5]]),),
        (SQUARE,),
        (WITH_ZEROS,),
        (MANY,),
        (MANY.T / 10,),
    ],
    behaviours=[_takes_any_shape("embeddings.unit", _normalised)],
)
def unit(vectors):
    return _normalised(vectors)


@check(
    "embeddings.cosine",
    cases=[
        (ROWS, torch.tensor([0.0, 5.0])),
        (ROWS, torch.tensor([3.0, 4.0])),
        (torch.tensor([[2.0, 0.0], [0.0, 5.0], [-1.0, 0.0], [3.0, -4.0]]), torch.tensor([3.0, 0.0])),
        (SQUARE, SQUARE[1]),
        (WITH_ZEROS, torch.tensor([2.0, 1.0, 0.0])),
        (ROWS, torch.zeros(2)),
        (torch.tensor([[0.3, 0.4], [0.0, -0.2]]), torch.tensor([0.0, 0.5])),
        (MANY, MANY[2]),
        (100 * MANY, -MANY[0]),
    ],
    behaviours=[_takes_any_shape("embeddings.cosine", _cosines, MANY[0])],
)
def cosine(vectors, vector):
    return _cosines(vectors, vector)


SENTENCE = [0, 1, 2, 3, 0, 4]


def holds_fractions(cooccurrence):
    """A table of whole numbers cannot be multiplied with a vector of fractions."""
    found = ask("embeddings.cooccurrence", cooccurrence, [[0, 1, 2]], 3, 1)
    if is_tensor(found) and not found.is_floating_point():
        says = f"It gave {kind(found)}. Tables hold fractions here, as torch.zeros makes them, for @ mixes no two kinds."
        raise Wrong("cooccurrence-whole", says, "cooccurrence([[0, 1, 2]], 3, 1)")


@check(
    "embeddings.cooccurrence",
    cases=[
        ([[0, 1, 2]], 3, 1),
        ([[0, 1, 2, 3]], 4, 2),
        ([[0, 1], [2, 3]], 4, 1),
        ([[0, 1, 0, 1]], 2, 1),
        ([[1, 1]], 2, 1),
        ([SENTENCE], 5, 2),
        ([[0, 1, 2], [], [2, 3, 1, 0, 0, 2, 1], [3], [0, 1]], 4, 5),
        ([SENTENCE, SENTENCE[::-1], [2, 2, 2]], 6, 3),
        ([], 2, 1),
        ([[4, 0, 3, 1, 0, 2, 4, 4, 1], [0, 3, 3, 0]], 5, 4),
    ],
    behaviours=[holds_fractions],
)
def cooccurrence(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        stands = torch.nn.functional.one_hot(torch.tensor(ids, dtype=torch.int64), vocab_size).float()
        places = torch.arange(len(ids))
        apart = (places[:, None] - places).abs()
        counts += stands.T @ ((apart > 0) & (apart <= window)).float() @ stands
    return counts


FLAT = torch.tensor([[8.0, 2.0], [2.0, 8.0]])


@check(
    "embeddings.ppmi",
    cases=[
        (FLAT,),
        (torch.tensor([[8.0, 2.0, 1.0], [1.0, 4.0, 4.0]]),),
        (torch.tensor([[6.0, 1.0], [3.0, 2.0]]),),
        (torch.tensor([[0.0, 3.0, 1.0], [3.0, 0.0, 2.0], [1.0, 2.0, 0.0]]),),
        (torch.tensor([[2.0, 4.0], [1.0, 2.0]]),),
        (torch.tensor([[5.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 7.0]]),),
        (10 * FLAT,),
        (FLAT / 100,),
        (torch.tensor([[20.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0]]),),
        ((4 * _random(5, 5)).abs().round(),),
    ],
)
def ppmi(counts):
    table, total = counts.tolist(), float(counts.sum())
    columns = [math.fsum(column) for column in zip(*table, strict=True)]
    found = [
        [
            max(0.0, math.log(n) + math.log(total) - math.log(math.fsum(row)) - math.log(column))
            if n
            else 0.0
            for n, column in zip(row, columns, strict=True)
        ]
        for row in table
    ]
    return torch.tensor(found)


ARROWS = torch.tensor([[1.0, 0.0], [9.0, 9.0], [0.2, 0.1], [0.0, 1.0], [-1.0, 0.1]])
EQUALS = torch.tensor([[1.0, 1.0], [0.0, 2.0], [2.0, 2.0], [0.0, 5.0], [1.0, 1.0]])
CROWD = _random(30, 5)


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
    behaviours=[_gives_row_numbers("embeddings.nearest", ARROWS, ARROWS[0], 2, [0])],
)
def nearest(vectors, query, n, without):
    cosines = [round(c, 5) for c in _cosines(vectors, query).tolist()]
    found = []
    while len(found) < min(n, len(vectors) - len(set(without))):
        left = [row for row in range(len(cosines)) if row not in found and row not in without]
        found.append(max(left, key=cosines.__getitem__))
    return found


# king, man, woman, queen, and others. Rows 0 - 1 + 2 make row 3.
COURT = torch.tensor(
    [[2.0, 3.0, 0.5], [2.0, 0.2, 0.0], [-2.0, 0.3, 0.1], [-2.0, 3.1, 0.4], [0.1, 0.2, 4.0], [1.5, 2.5, 2.0]]
)


# Row 0 - row 1 + row 2 points as row 1 does.
STREET = torch.tensor([[3.0, 1.0], [2.0, 2.0], [3.0, 5.0], [2.0, 3.0], [5.0, 1.0], [-1.0, 1.0]])


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
    behaviours=[_gives_row_numbers("embeddings.analogy", COURT, 0, 1, 2, 1, True)],
)
def analogy(vectors, a, b, c, n, without_inputs):
    recipe = torch.zeros(len(vectors))
    for row, times in ((a, 1), (b, -1), (c, 1)):
        recipe[row] += times
    return nearest(vectors, vectors.T @ recipe, n, [a, b, c] if without_inputs else [])


@check(
    "embeddings.place_on_ruler",
    cases=[
        (ROWS, torch.tensor([0.0, 1.0]), torch.tensor([0.0, 5.0])),
        (ROWS, torch.tensor([1.0, 1.0]), torch.tensor([4.0, 5.0])),
        (ROWS, torch.tensor([4.0, 1.0]), torch.tensor([-2.0, 1.0])),
        (SQUARE, SQUARE[0], SQUARE[1]),
        (torch.tensor([[2.0, 7.0], [1.0, -1.0]]), torch.tensor([0.0, 3.0]), torch.tensor([0.0, 1.0])),
        (MANY, MANY[1], MANY[4]),
        (MANY.T, MANY[:, 0], MANY[:, 3]),
    ],
    behaviours=[_takes_any_shape("embeddings.place_on_ruler", _reached, MANY[1], MANY[4])],
)
def place_on_ruler(vectors, low, high):
    return _reached(vectors, low, high)
