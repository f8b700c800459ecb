"""Answers to `neural_ngram.windows` as readers might write them."""

import torch
from torch.nn import functional

from tests.lessons import right, wrong


def _gather(vectors, places, before=0.0):
    """The vectors at these places, a row of them for each window; `before` where there is none."""
    rows = []
    for window in places:
        row = [
            vectors[..., i, :] if 0 <= i < vectors.shape[-2] else torch.full_like(vectors[..., 0, :], before)
            for i in window
        ]
        rows.append(torch.cat(row, dim=-1))
    return torch.stack(rows, dim=-2)


def _places(vectors, n, first=None):
    first = 1 - n if first is None else first
    return [[place + first + i for i in range(n)] for place in range(vectors.shape[-2])]


@right("neural_ngram.windows")
def _(vectors, n):
    return _gather(vectors, _places(vectors, n))


@right("neural_ngram.windows")
def _(vectors, n):
    padded = functional.pad(vectors, (0, 0, n - 1, 0))
    return padded.unfold(-2, n, 1).transpose(-1, -2).flatten(-2)


@wrong("neural_ngram.windows", "windows-newest-first")
def _(vectors, n):
    return _gather(vectors, [window[::-1] for window in _places(vectors, n)])


@wrong("neural_ngram.windows", "windows-without-own")
def _(vectors, n):
    return _gather(vectors, _places(vectors, n, -n))


@wrong("neural_ngram.windows", "windows-one-more")
def _(vectors, n):
    return _gather(vectors, _places(vectors, n + 1))


@wrong("neural_ngram.windows", "windows-look-ahead")
def _(vectors, n):
    return _gather(vectors, _places(vectors, n, 0))


@wrong("neural_ngram.windows", "windows-first-again")
def _(vectors, n):
    return _gather(vectors, [[max(0, i) for i in window] for window in _places(vectors, n)])


@wrong("neural_ngram.windows", "windows-summed")
def _(vectors, n):
    return _gather(vectors, _places(vectors, n)).unflatten(-1, (n, -1)).sum(-2)


@wrong("neural_ngram.windows", "windows-by-feature")
def _(vectors, n):
    return functional.pad(vectors, (0, 0, n - 1, 0)).unfold(-2, n, 1).flatten(-2)


@wrong("neural_ngram.windows", "windows-from-the-end")
def _(vectors, n):
    seq_len = vectors.shape[-2]
    return _gather(vectors, [[i % seq_len for i in window] for window in _places(vectors, n)])
