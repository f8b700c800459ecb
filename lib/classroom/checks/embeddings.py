"""Checks of lesson 04: lengths, cosines, counts, surprise, neighbours, analogies, rulers."""

import math

import torch

from classroom.checking import check

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


@check(
    "embeddings.unit",
    cases=[
        (torch.tensor([[3.0, 4.0]]),),
        (ROWS,),
        (SQUARE,),
        (torch.tensor([3.0, 4.0]),),
        (WITH_ZEROS,),
        (MANY,),
        (DEEP,),
    ],
)
def unit(vectors):
    return torch.nn.functional.normalize(vectors, dim=-1)


@check(
    "embeddings.cosine",
    cases=[
        (ROWS, torch.tensor([0.0, 5.0])),
        (ROWS, torch.tensor([3.0, 4.0])),
        (SQUARE, SQUARE[1]),
        (torch.tensor([1.0, 2.0]), torch.tensor([4.0, -2.0])),
        (WITH_ZEROS, torch.tensor([2.0, 1.0, 0.0])),
        (ROWS, torch.zeros(2)),
        (MANY, MANY[2]),
        (DEEP, DEEP[0, 1]),
        (100 * MANY, -MANY[0]),
    ],
)
def cosine(vectors, vector):
    return torch.nn.functional.cosine_similarity(vectors, vector.expand_as(vectors), dim=-1)


SENTENCE = [0, 1, 2, 3, 0, 4]


@check(
    "embeddings.cooccurrence",
    cases=[
        ([[0, 1, 2]], 3, 1),
        ([[0, 1, 2, 3]], 4, 2),
        ([[0, 1], [2, 3]], 4, 1),
        ([[0, 1, 0, 1]], 2, 1),
        ([[1, 1]], 2, 1),
        ([SENTENCE], 5, 2),
        ([[0, 1, 2], [], [3], [0, 1]], 4, 5),
        ([SENTENCE, SENTENCE[::-1], [2, 2, 2]], 6, 3),
        ([], 2, 1),
        ([[4, 0, 3, 1, 0, 2, 4, 4, 1], [0, 3, 3, 0]], 5, 4),
    ],
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
        (EQUALS, EQUALS[0], 3, []),
        (ARROWS, -ARROWS[0], 2, [4, 1]),
        (ARROWS, ARROWS[2], 9, [2]),
        (CROWD, CROWD[7], 6, [7]),
        (CROWD, CROWD[3] + CROWD[8], 5, [8, 3, 21]),
    ],
)
def nearest(vectors, query, n, without):
    cosines = [round(c, 5) for c in cosine(vectors, query).tolist()]
    found = []
    while len(found) < min(n, len(vectors) - len(set(without))):
        left = [row for row in range(len(cosines)) if row not in found and row not in without]
        found.append(max(left, key=cosines.__getitem__))
    return found


# king, man, woman, queen, and others. Rows 0 - 1 + 2 make row 3.
COURT = torch.tensor(
    [[2.0, 3.0, 0.5], [2.0, 0.2, 0.0], [-2.0, 0.3, 0.1], [-2.0, 3.1, 0.4], [0.1, 0.2, 4.0], [1.5, 2.5, 2.0]]
)


@check(
    "embeddings.analogy",
    cases=[
        (COURT, 0, 1, 2, 1, True),
        (COURT, 0, 1, 2, 2, False),
        (COURT, 3, 2, 1, 2, True),
        (COURT, 1, 0, 3, 3, True),
        (COURT, 4, 0, 5, 2, True),
        (CROWD, 1, 2, 3, 4, True),
        (CROWD, 1, 2, 3, 4, False),
        (CROWD, 20, 11, 5, 3, True),
        (CROWD, 9, 4, 17, 3, False),
    ],
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
        (torch.tensor([2.0, 7.0]), torch.tensor([0.0, 3.0]), torch.tensor([0.0, 1.0])),
        (MANY, MANY[1], MANY[4]),
        (DEEP, DEEP[1, 1], DEEP[0, 2]),
    ],
)
def place_on_ruler(vectors, low, high):
    toward = [float(h) - float(l) for l, h in zip(low, high, strict=True)]
    length = math.hypot(*toward)
    flat = vectors.reshape(-1, vectors.shape[-1]).tolist()
    reached = [sum(x * step for x, step in zip(row, toward, strict=True)) / length for row in flat]
    return torch.tensor(reached).reshape(vectors.shape[:-1])
