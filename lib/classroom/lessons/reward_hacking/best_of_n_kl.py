"""How far the best of n texts lies from the model that wrote them, in nats."""

import math

from classroom.judge.listed import edits
from classroom.judge.registry import check


@check(
    "overoptimization.best_of_n_kl",
    cases=[(2,), (16,), (4,), (3,), (1,), (100,)],
    awkward=[(5,), (7,), (64,), (1000,), (4096,)],
)
def best_of_n_kl(n):
    """Text by text: what one more to choose from adds."""
    return math.fsum(math.log(k / (k - 1)) - 1 / (k * (k - 1)) for k in range(2, n + 1))


edits(
    "overoptimization.best_of_n_kl",
    (
        "bon-log-n",
        "math.log(n) - (n - 1) / n",
        "math.log(n)",
        "This is log n alone: nothing was taken off. Take off (n - 1) / n, which is nearly one nat where n is large. (// makes a 0 of it.)",
    ),
    (
        "bon-minus-one",
        "(n - 1) / n",
        "1",
        "A whole nat is taken off. It is (n - 1) / n, which only comes near 1: with n = 1 nothing was chosen, and the distance is 0.",
    ),
    (
        "bon-bits",
        "math.log(n) - (n - 1) / n",
        "(math.log(n) - (n - 1) / n) / math.log(2)",
        "These are bits. The distance is told in nats.",
    ),
    (
        "bon-log2",
        "math.log(n)",
        "math.log2(n)",
        "The logarithm is that of base 2, and what is taken off is in nats. math.log is the natural one.",
    ),
    (
        "bon-log10",
        "math.log(n)",
        "math.log10(n)",
        "The logarithm is that of base 10. Nats need the natural one: math.log.",
    ),
    (
        "bon-upside-down",
        "(n - 1) / n",
        "n / (n - 1)",
        "The fraction stands upside down. It is (n - 1) / n, and 0 where n is 1.",
    ),
    (
        "bon-one-over-n",
        "(n - 1) / n",
        "1 / n",
        "1 / n is taken off. It is (n - 1) / n: nothing for n = 1, and nearly 1 for a large n.",
    ),
    (
        "bon-plus",
        "math.log(n) - (n - 1) / n",
        "math.log(n) + (n - 1) / n",
        "(n - 1) / n was added. It is taken off.",
    ),
    (
        "bon-wrong-sign",
        "math.log(n) - (n - 1) / n",
        "(n - 1) / n - math.log(n)",
        "The sign is turned. A distance is never below 0.",
    ),
    (
        "bon-log-n-minus-one",
        "math.log(n)",
        "math.log(max(n - 1, 1))",
        "It is the logarithm of n itself, not of n - 1.",
    ),
)
