"""Answers to `embeddings.differences` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("embeddings.differences")
def _(vectors):
    return torch.diff(vectors, dim=-2)


@right("embeddings.differences")
def one_table_at_a_time(vectors):
    if vectors.ndim > 2:
        return torch.stack([one_table_at_a_time(table) for table in vectors])
    return vectors[1:] - vectors[:-1]


@right("embeddings.differences")
def _(vectors):
    n_rows = vectors.shape[-2]
    return vectors.narrow(-2, 1, n_rows - 1) - vectors.narrow(-2, 0, n_rows - 1)


@right("embeddings.differences")
def _(vectors):
    rows_in_front = vectors.movedim(-2, 0)
    return (rows_in_front[1:] - rows_in_front[:-1]).movedim(0, -2)


@wrong("embeddings.differences", "differences-first-axis")
def _(vectors):
    return torch.diff(vectors, dim=0)


@wrong("embeddings.differences", "differences-second-axis")
def _(vectors):
    return vectors.diff(dim=1)


@wrong("embeddings.differences", "differences-last-axis")
def _(vectors):
    return vectors.diff()


@wrong("embeddings.differences", "differences-backwards")
def _(vectors):
    return -torch.diff(vectors, dim=-2)


@wrong("embeddings.differences", "differences-from-the-first")
def _(vectors):
    first = vectors.select(-2, 0).unsqueeze(-2)
    return (vectors - first)[..., 1:, :]


@wrong("embeddings.differences", "differences-round")
def _(vectors):
    before = torch.cat([vectors[..., -1:, :], vectors[..., :-1, :]], dim=-2)
    return vectors - before


@wrong("embeddings.differences", "differences-two-apart")
def _(vectors):
    n_rows = max(vectors.shape[-2] - 2, 0)
    return vectors[..., 2:, :] - vectors[..., :n_rows, :]


@wrong("embeddings.differences", "differences-sum")
def _(vectors):
    return torch.stack([vectors[..., :-1, :], vectors[..., 1:, :]]).sum(dim=0)


@wrong("embeddings.differences", "differences-sizes")
def _(vectors):
    return torch.abs(vectors.diff(dim=-2))


@wrong("embeddings.differences", "differences-lengths")
def _(vectors):
    return (vectors.diff(dim=-2) ** 2).sum(dim=-1).sqrt()
