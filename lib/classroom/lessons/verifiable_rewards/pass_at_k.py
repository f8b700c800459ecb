"""pass@k without bias: all choices of k of the attempts are counted."""

import itertools

from classroom.judge.listed import edits
from classroom.judge.registry import check


@check(
    "verifiable.pass_at_k",
    cases=[
        (4, 1, 1),
        (4, 1, 2),
        (4, 2, 2),
        (4, 0, 2),
        (4, 4, 3),
        (4, 3, 2),
        (8, 1, 8),
        (10, 3, 4),
        (8, 5, 2),
        (6, 2, 5),
    ],
    awkward=[(1, 0, 1), (1, 1, 1), (7, 7, 7), (7, 0, 7), (12, 2, 3), (9, 8, 2), (12, 6, 6), (5, 4, 1)],
)
def pass_at_k(n, n_right, k):
    """By looking at every choice."""
    choices = list(itertools.combinations([True] * n_right + [False] * (n - n_right), k))
    return sum(map(any, choices)) / len(choices)


RIGHT = "1 - math.comb(n - n_right, k) / math.comb(n, k)"
edits(
    "verifiable.pass_at_k",
    (
        "pass-plain-formula",
        RIGHT,
        "1 - (1 - n_right / n) ** k",
        "This draws each attempt anew, and may draw one twice. Its mean over many questions is too low, the more so the nearer k is "
        "to n. Count the choices of k *different* attempts.",
    ),
    (
        "pass-share-of-right",
        RIGHT,
        "n_right / n",
        "This is pass@1, whatever k is.",
    ),
    (
        "pass-k-times",
        RIGHT,
        "min(1.0, k * n_right / n)",
        "Chances were added up. Two attempts may both be right, and would be counted twice.",
    ),
    (
        "pass-all-right",
        RIGHT,
        "math.comb(n_right, k) / math.comb(n, k)",
        "This is the chance that *all* k are right. One that is right is enough.",
    ),
    (
        "pass-power-k",
        RIGHT,
        "(n_right / n) ** k",
        "This is about the chance that *all* k are right, each drawn anew. One that is right is enough, and none is drawn twice.",
    ),
    (
        "pass-none-right",
        RIGHT,
        "math.comb(n - n_right, k) / math.comb(n, k)",
        "This is the chance that *none* of the k is right. One minus it is asked for.",
    ),
    (
        "pass-any-at-all",
        RIGHT,
        "float(n_right > 0)",
        "It is 1 as soon as any of the n attempts is right. Only k of them may be looked at.",
    ),
    (
        "pass-exactly-one",
        RIGHT,
        "n_right * math.comb(n - n_right, k - 1) / math.comb(n, k)",
        "This is the chance that *exactly* one of the k is right. Two or more are welcome, too.",
    ),
    (
        "pass-wrong-swapped",
        "math.comb(n - n_right, k)",
        "math.comb(n_right, k)",
        "Right and wrong are exchanged: it is one minus the chance that all k are right. What has to be taken off is the chance "
        "that all k are *wrong*.",
    ),
)
