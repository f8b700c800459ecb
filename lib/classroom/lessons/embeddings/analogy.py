"""King - man + woman: the rows nearest to a - b + c, where the three that were asked about may be left out."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.embeddings.nearest import nearest
from classroom.lessons.embeddings.shared import CROWD, gives_row_numbers

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
    behaviours=[gives_row_numbers("embeddings.analogy", COURT, 0, 1, 2, 1, True)],
)
def analogy(vectors, a, b, c, n=1, without_inputs=True):
    recipe = torch.zeros(len(vectors))
    for row, times in ((a, 1), (b, -1), (c, 1)):
        recipe[row] += times
    return nearest(vectors, vectors.T @ recipe, n, [a, b, c] if without_inputs else [])


edits(
    "embeddings.analogy",
    (
        "analogy-order",
        "vectors[a] - vectors[b]",
        "vectors[b] - vectors[a]",
        "This is b - a + c: man - king + woman. Take b away from a.",
    ),
    (
        "analogy-turned",
        "- vectors[b] + vectors[c]",
        "- vectors[c] + vectors[b]",
        "This is a - c + b: the step goes from woman to man. Take b away, and add c.",
    ),
    (
        "analogy-brackets",
        "+",
        "-",
        "This is a - (b + c): the woman was taken away as well. Take b away, then add c.",
    ),
    (
        "analogy-sum",
        "-",
        "+",
        "All three were added. The step from b to a is a *difference*: a - b + c.",
    ),
    (
        "analogy-no-c",
        " + vectors[c]",
        "",
        "c is missing: a - b is only the step. Add it to c.",
    ),
    (
        "analogy-ids",
        "vectors[a] - vectors[b] + vectors[c]",
        "vectors[a - b + c]",
        "You reckoned with the row *numbers*. Look the vectors up first: vectors[a], vectors[b], vectors[c].",
    ),
    (
        "analogy-units",
        "query =",
        "vectors = embeddings.unit(vectors)\n    query =",
        "You brought the rows to length 1 before the sum. Others do that, too; ours takes the rows as they are.",
    ),
    (
        "analogy-nothing-left-out",
        ", [a, b, c] if without_inputs else []",
        "",
        "The words of the question are among the answers, and the first of them often wins. With without_inputs, leave out all three.",
    ),
    (
        "analogy-one-left-out",
        "[a, b, c]",
        "[a]",
        "Only a is left out; b or c can still be an answer. With without_inputs, leave out all three.",
    ),
    (
        "analogy-c-left-in",
        "[a, b, c]",
        "[a, b]",
        "c can still be an answer. With without_inputs, leave out all three.",
    ),
    (
        "analogy-flag-turned",
        "if without",
        "if not without",
        "The wrong way round: without_inputs=True means that the three are left *out*.",
    ),
    (
        "analogy-cut-first",
        "return embeddings.nearest(vectors, query, n, [a, b, c] if without_inputs else [])",
        "found = embeddings.nearest(vectors, query, n)\n"
        "    return [row for row in found if not without_inputs or row not in (a, b, c)]",
        "You took n first and left out afterwards, so too few come back. Give the three to nearest, which leaves out first.",
    ),
    (
        "analogy-not-cut",
        "return embeddings.nearest(vectors, query, n, [a, b, c] if without_inputs else [])",
        "found = embeddings.nearest(vectors, query, n + 3)\n"
        "    return [row for row in found if not without_inputs or row not in (a, b, c)]",
        "You asked for three more than n, to have enough when a, b and c are left out. Then cut what is left to n: [:n].",
    ),
    (
        "analogy-without-vectors",
        "[a, b, c]",
        "[vectors[a], vectors[b], vectors[c]]",
        "nearest was given *vectors* to leave out, and it needs the numbers of rows: [a, b, c].",
    ),
)
