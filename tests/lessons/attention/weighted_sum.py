"""Answers to `attention.weighted_sum` as readers might write them."""

import numpy as np
import torch

from nextword import sampling
from tests.lessons import right, wrong


@right("attention.weighted_sum")
def _(weights, value):
    return torch.einsum("...qk,...kd->...qd", weights, value)


@right("attention.weighted_sum")
def _(weights, value):
    return (weights.unsqueeze(-1) * value.unsqueeze(-3)).sum(dim=-2)


@right("attention.weighted_sum")
def _(weights, value):
    return torch.from_numpy(np.matmul(weights.numpy(), value.numpy()))


@wrong("attention.weighted_sum", "mix-transposed")
def _(weights, value):
    return torch.einsum("...kq,...kd->...qd", weights, value)


@wrong("attention.weighted_sum", "mix-order")
def _(weights, value):
    return torch.matmul(value, weights)


@wrong("attention.weighted_sum", "mix-elementwise")
def _(weights, value):
    return value * weights


@wrong("attention.weighted_sum", "mix-not-summed")
def _(weights, value):
    return torch.einsum("...qk,...kd->...qkd", weights, value)


@wrong("attention.weighted_sum", "mix-summed-over-queries")
def _(weights, value):
    return torch.einsum("...qk,...kd->...kd", weights, value)


@wrong("attention.weighted_sum", "mix-weights-summed")
def _(weights, value):
    return torch.einsum("...qk,...qd->...qd", weights, value)


@wrong("attention.weighted_sum", "mix-mean")
def _(weights, value):
    return (weights.unsqueeze(-1) * value.unsqueeze(-3)).mean(dim=-2)


@wrong("attention.weighted_sum", "mix-equal")
def _(weights, value):
    return value.mean(dim=-2, keepdim=True).expand(*value.shape[:-2], weights.shape[-2], -1)


@wrong("attention.weighted_sum", "edit")
def _(weights, value):
    return sampling.softmax(weights) @ value


@wrong("attention.weighted_sum", "place-spoiled")
def _(weights, value):
    return (weights @ value) / weights.sum(-1).unsqueeze(-1)


@wrong("attention.weighted_sum", "mix-best-only")
def _(weights, value):
    best = weights.argmax(-1, keepdim=True).expand(*weights.shape[:-1], value.shape[-1])
    return value.gather(-2, best)


@wrong("attention.weighted_sum", "mix-value-transposed")
def _(weights, value):
    return torch.einsum("...qk,...dk->...qd", weights, value)


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    return torch.einsum("qk,kd->qd", weights, value)


@wrong("attention.weighted_sum", "mix-value-lacks-an-axis")
def _(weights, value):
    return torch.sum(weights.unsqueeze(-1) * value, -2)


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    return (weights.unsqueeze(2) * value).sum(1)


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    return torch.mul(weights.unsqueeze(-1), value.unsqueeze(0)).sum(1)


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    return torch.stack([row @ value for row in weights])


@wrong("attention.weighted_sum", "stack")
def _(weights, value):
    rows = []
    for row in weights:
        rows.append(sum(weight * one for weight, one in zip(row, value, strict=False)))
    return torch.stack(rows)


@wrong("attention.weighted_sum", "wrong-kind")
def _(weights, value):
    return [row @ value for row in weights]


@wrong("attention.weighted_sum", "mix-all-axes-turned")
def _(weights, value):
    return torch.matmul(weights.permute(tuple(reversed(range(weights.ndim)))), value)


@wrong("attention.weighted_sum", "place-spoiled")
def _(weights, value):
    return torch.einsum("...qk,...kd->...qd", weights, value) + value


@wrong("attention.weighted_sum", "mix-value-all-axes-turned")
def _(weights, value):
    return torch.matmul(weights, value.permute(tuple(reversed(range(value.ndim)))))


@wrong("attention.weighted_sum", "mix-three-axes")
def _(weights, value):
    return torch.bmm(weights, value)
