"""Legal inputs by chance for the exercises of lesson 14: rows of weights, and heads with a mask."""

import torch

from classroom.lessons.fused_attention_backward import shared
from classroom.lessons.fused_attention_backward.weights_again import case
from tests.mutants.chance import R, randn, ri


def rows() -> tuple:
    shape = [ri(1, 3) for _ in range(ri(0, 2))] + [ri(1, 5), ri(1, 6)]
    return (2 * randn(*shape)).softmax(-1), randn(*shape)


def mask() -> dict:
    return {"causal": R.random() < 0.6, "window": R.choice([None, None, 1, 2, 5])}


def again() -> tuple:
    n_kv_heads, group, keys, head_dim = ri(1, 2), ri(1, 2), ri(1, 6), ri(1, 5)
    query, key = randn(n_kv_heads * group, ri(1, keys), head_dim), randn(n_kv_heads, keys, head_dim)
    return case(query, key, more=R.choice([0.0, 0.0, 0.5]), **mask())


def delta() -> tuple:
    shape = [ri(1, 3) for _ in range(ri(1, 3))] + [ri(1, 20), ri(1, 9)]
    return randn(*shape), randn(*shape)


def head() -> tuple:
    n_kv_heads, group, keys = ri(1, 2), ri(1, 2), ri(1, 20)
    heads, batch = (n_kv_heads * group, n_kv_heads), R.choice([(), (1,), (2,)])
    made = shared.problem(ri(0, 999), ri(1, keys), keys, heads, batch, head_dim=ri(1, 6), **mask())
    assert all(isinstance(x, torch.Tensor) for x in made[:-1])
    return made
