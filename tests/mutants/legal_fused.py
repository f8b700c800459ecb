"""Legal inputs by chance for the exercises of lesson 09: summaries, blocks, ranges of keys, and heads with a mask."""

import math

from classroom.judge.registry import Named
from nextword.kernels import online_softmax
from tests.mutants.chance import R, randn, ri


def scores(n: int) -> list[float]:
    """Some of them hidden, and of any size."""
    found = (R.choice([0.5, 3, 300]) * randn(n)).tolist()
    return [-math.inf if R.random() < 0.15 else score for score in found]


def summary(value_dim: int) -> online_softmax.Summary:
    if R.random() < 0.15:
        return online_softmax.empty(value_dim)
    n = ri(1, 4)
    return online_softmax.summarise(scores(n), randn(n, value_dim).tolist())


def two_summaries() -> tuple:
    value_dim = ri(1, 3)
    return summary(value_dim), summary(value_dim)


def blocks() -> tuple:
    value_dim = ri(1, 3)
    lengths = [ri(1, 4) for _ in range(ri(0, 4))]
    return [(scores(n), randn(n, value_dim).tolist()) for n in lengths], value_dim


def mask() -> dict:
    return {"causal": R.random() < 0.6, "window": R.choice([None, None, 1, 2, 5, 30])}


def key_range() -> tuple:
    queries, block = ri(1, 20), R.choice([1, 2, 4, 16])
    first = R.randrange(0, queries, block)
    return first, block, queries, ri(0, 24), Named(**mask())


def tables() -> tuple:
    group, n_kv_heads, keys, head_dim = ri(1, 3), ri(1, 2), ri(1, 20), R.choice([16, 16, 32])
    query, key = randn(group * n_kv_heads, ri(1, 20), head_dim), randn(n_kv_heads, keys, head_dim)
    return query, key, Named(block=16, **mask())


def heads() -> tuple:
    group, n_kv_heads, keys, head_dim = ri(1, 2), ri(1, 2), ri(1, 36), ri(1, 20)
    batch, queries = R.choice([(), (1,), (2,)]), ri(1, 20)
    query = R.choice([1, 4]) * randn(*batch, group * n_kv_heads, queries, head_dim)
    key, value = (randn(*batch, n_kv_heads, keys, head_dim) for _ in range(2))
    return query, key, value, Named(block_queries=16, block_keys=16, **mask())
