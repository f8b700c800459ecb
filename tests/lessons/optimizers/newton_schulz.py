"""Answers to `optim.newton_schulz` as readers might write them."""

import torch

from nextword import optim
from tests.lessons import right, wrong


def _length(matrix, eps):
    return torch.clamp((matrix**2).sum(dim=(-2, -1), keepdim=True).sqrt(), min=eps)


@right("optim.newton_schulz")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / _length(matrix, eps)
    for _ in range(n_rounds):
        cube = x @ x.transpose(-2, -1) @ x
        fifth = x @ x.transpose(-2, -1) @ cube
        x = a * x + b * cube + c * fifth
    return x


@right("optim.newton_schulz")
def _(matrix, n_rounds=5, eps=1e-7):
    """From the other side."""
    x = matrix / _length(matrix, eps)
    for _ in range(n_rounds):
        gram = x.mT @ x
        one = torch.eye(gram.shape[-1], dtype=x.dtype)
        x = x @ (3.4445 * one - 4.775 * gram + 2.0315 * gram @ gram)
    return x


@wrong("optim.newton_schulz", "schulz-not-scaled")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    for _ in range(n_rounds):
        cube = matrix @ matrix.mT @ matrix
        matrix = a * matrix + b * cube + c * matrix @ matrix.mT @ cube
    return matrix


@wrong("optim.newton_schulz", "schulz-number-by-number")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / _length(matrix, eps)
    for _ in range(n_rounds):
        square = x * x
        x = x * (a + square * (b + square * c))
    return x


@wrong("optim.newton_schulz", "schulz-largest-number")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / matrix.abs().flatten(-2).max(-1).values[..., None, None].clamp(min=eps)
    for _ in range(n_rounds):
        cube = x @ x.mT @ x
        x = a * x + b * cube + c * x @ x.mT @ cube
    return x


@wrong("optim.newton_schulz", "schulz-stack-length")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / (matrix**2).sum().sqrt().clamp(min=eps)
    for _ in range(n_rounds):
        cube = x @ x.mT @ x
        x = a * x + b * cube + c * x @ x.mT @ cube
    return x


@wrong("optim.newton_schulz", "schulz-gram-once")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / _length(matrix, eps)
    square = x @ x.mT
    fourth = square @ square
    for _ in range(n_rounds):
        x = a * x + b * square @ x + c * fourth @ x
    return x


@wrong("optim.newton_schulz", "schulz-scaled-each-round")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix
    for _ in range(n_rounds):
        x = x / _length(x, eps)
        cube = x @ x.mT @ x
        x = a * x + b * cube + c * x @ x.mT @ cube
    return x if n_rounds else x / _length(x, eps)


@wrong("optim.newton_schulz", "schulz-no-fifth-power")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / _length(matrix, eps)
    for _ in range(n_rounds):
        cube = x @ x.mT @ x
        x = a * x + b * cube + c * cube
    return x


@wrong("optim.newton_schulz", "schulz-gram-turned")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / _length(matrix, eps)
    for _ in range(n_rounds):
        square = x.transpose(-2, -1) @ x
        x = a * x + b * square @ x + c * square @ square @ x
    return x


@wrong("optim.newton_schulz", "schulz-times")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / _length(matrix, eps)
    for _ in range(n_rounds):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) * x
    return x


@wrong("optim.newton_schulz", "schulz-one-round")
def _(matrix, n_rounds=5, eps=1e-7):
    a, b, c = optim.ROUND
    x = matrix / _length(matrix, eps)
    cube = x @ x.mT @ x
    return a * x + b * cube + c * x @ x.mT @ cube


@wrong("optim.newton_schulz", "schulz-exactly-1")
def _(matrix, n_rounds=5, eps=1e-7):
    u, s, vh = torch.linalg.svd(matrix, full_matrices=False)
    return torch.matmul(u, vh)


@wrong("optim.newton_schulz", "schulz-sum-without-x")
def _(matrix, n_rounds=5, eps=1e-7):
    _, b, c = optim.ROUND
    x = matrix / _length(matrix, eps)
    for _ in range(n_rounds):
        cube = x @ x.mT @ x
        x = b * cube + c * x @ x.mT @ cube
    return x
