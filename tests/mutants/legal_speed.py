"""Legal inputs by chance: caches of many models, rows of many texts, matrices to be made of bytes."""

import torch

from nextword.transformer import ModelConfig
from tests.mutants.chance import R, randn, ri

KINDS = (torch.float32, torch.bfloat16, torch.float16, torch.float64)


def cache():
    """A model, so many tokens of so many texts, and perhaps another kind of number."""
    n_kv_heads, group, head_dim = ri(1, 4), ri(1, 3), 2 * ri(1, 5)
    heads = n_kv_heads * group
    config = ModelConfig(
        ri(9, 99), heads * head_dim, ri(1, 5), heads, ri(3, 50), context=ri(50, 90), n_kv_heads=n_kv_heads
    )
    return (config, ri(0, 50), ri(1, 6), R.choice(KINDS))[: ri(2, 4)]


def row():
    """How far each text was read, and how many tokens it brings."""
    n = ri(1, 5)
    return [R.choice([0, 0, ri(1, 50)]) for _ in range(n)], [R.choice([1, 1, ri(2, 9)]) for _ in range(n)]


def matrix():
    """Weights, some rows much smaller than others, and now and then a row of zeros."""
    rows, columns = ri(1, 7), ri(1, 9)
    scales = torch.tensor([[R.choice([1.0, 1.0, 100.0, 0.001, 0.0])] for _ in range(rows)])
    return (randn(rows, columns) * scales,)
