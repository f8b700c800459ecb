"""Answers to `embeddings.ppmi` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong


@right("embeddings.ppmi")
def _(counts):
    shares = counts / counts.sum()
    chance = shares.sum(1, keepdim=True) * shares.sum(0, keepdim=True)
    return torch.nan_to_num(torch.log(shares / chance)).clamp(min=0)


@right("embeddings.ppmi")
def _(counts):
    logs = counts.log() + counts.sum().log()
    logs = logs - counts.sum(1, keepdim=True).log() - counts.sum(0).log()
    return logs.masked_fill(counts == 0, 0.0).relu()


@right("embeddings.ppmi")
def _(counts):
    ratio = counts * counts.sum() / torch.outer(counts.sum(1), counts.sum(0))
    return torch.where(counts == 0, torch.ones_like(counts), ratio).clamp(min=1).log()


def _chance(counts):
    return torch.outer(counts.sum(1), counts.sum(0)) / counts.sum()


@wrong("embeddings.ppmi", "ppmi-keepdim")
def _(counts):
    ratio = counts * counts.sum() / counts.sum(dim=1) / counts.sum(dim=0)
    return torch.nan_to_num(ratio.log()).clamp(min=0)


@wrong("embeddings.ppmi", "ppmi-below-zero")
def _(counts):
    return torch.log(counts / _chance(counts))


@wrong("embeddings.ppmi", "ppmi-zero-row")
def _(counts):
    return torch.clamp(torch.log(counts / _chance(counts)), min=0)


@wrong("embeddings.ppmi", "ppmi-clip-first")
def _(counts):
    ratio = torch.nan_to_num(counts / _chance(counts)).clamp(min=0)
    return torch.where(counts == 0, torch.zeros_like(counts), torch.log(ratio))


@wrong("embeddings.ppmi", "ppmi-log-plus-one")
def _(counts):
    return torch.log1p(torch.nan_to_num(counts / _chance(counts)))


@wrong("embeddings.ppmi", "ppmi-no-total")
def _(counts):
    ratio = counts / torch.outer(counts.sum(1), counts.sum(0))
    return torch.nan_to_num(ratio).clamp(min=1).log()


@wrong("embeddings.ppmi", "ppmi-base-2")
def _(counts):
    return torch.nan_to_num(counts / _chance(counts)).clamp(min=1).log() / math.log(2)


@wrong("embeddings.ppmi", "ppmi-no-log")
def _(counts):
    return torch.nan_to_num(counts / _chance(counts))


@wrong("embeddings.ppmi", "ppmi-upside-down")
def _(counts):
    ratio = torch.where(counts == 0, torch.ones_like(counts), _chance(counts) / counts)
    return ratio.log().clamp(min=0)


@wrong("embeddings.ppmi", "ppmi-one-sum-twice")
def _(counts):
    ratio = counts * counts.sum() / counts.sum(0) / counts.sum(0)
    return torch.nan_to_num(ratio).clamp(min=1).log()


@wrong("embeddings.ppmi", "ppmi-all-zero")
def _(counts):
    shares = torch.nan_to_num(counts / counts.sum(dim=1, keepdim=True))
    return shares.clamp(min=1e-12).log().clamp(min=0)


@wrong("embeddings.ppmi", "ppmi-shares-mixed")
def _(counts):
    rows, columns = counts.sum(1) / counts.sum(), counts.sum(0) / counts.sum()
    ratio = torch.nan_to_num(counts / torch.outer(rows, columns))
    return ratio.clamp(min=1).log()


@wrong("embeddings.ppmi", "ppmi-brackets")
def _(counts):
    shares = torch.nan_to_num(counts / counts.sum(1, keepdim=True))
    return (shares * counts.sum(0) * counts.sum()).clamp(min=1).log()


@wrong("embeddings.ppmi", "edit")
def _(counts):
    ratio = torch.nan_to_num(counts / _chance(counts))
    return ratio * (ratio > 1)


@wrong("embeddings.ppmi", "place-spoiled")
def _(counts):
    return torch.nan_to_num(counts / _chance(counts)).clamp(min=1).log() / math.log(10)


@wrong("embeddings.ppmi", "place-parts")
def _(counts):
    return torch.relu(counts - _chance(counts))


@wrong("embeddings.ppmi", "edit")
def _(counts):
    ratio = torch.where(_chance(counts) == 0, torch.ones_like(counts), counts / _chance(counts))
    return ratio.log().clamp(max=0)


@wrong("embeddings.ppmi", "place-line")
def _(counts):
    rows = counts.sum(1, keepdim=True)
    return torch.nan_to_num(counts * counts.sum() / rows / rows).clamp(min=1).log()


@wrong("embeddings.ppmi", "place-line")
def _(counts):
    sums = counts.sum(1)
    return torch.nan_to_num(counts * sums.sum() / torch.outer(sums, sums)).clamp(min=1).log()


@wrong("embeddings.ppmi", "ppmi-logs-divided")
def _(counts):
    chance = _chance(counts)
    return torch.where(counts > chance, torch.log(counts) / torch.log(chance), torch.zeros_like(counts))
