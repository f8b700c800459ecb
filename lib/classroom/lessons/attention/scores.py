"""Scaled dot products of every query with every key: a table, queries by keys, over the root of head_dim."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import check
from classroom.lessons.attention.shared import SQUARE, keeps_its_kind

noise = shelf.noises(52)
ASK = torch.tensor([[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]])
ANSWER = torch.tensor([[3.0, 2.0, 1.0, 1.0], [1.0, 5.0, 0.0, 4.0]])


@check(
    "attention.scores",
    lives=in_a_model,
    behaviours=[keeps_its_kind("attention.scores", ASK, ANSWER)],
    cases=[
        (ASK, ANSWER),
        (ASK[:1], torch.cat([ANSWER, ASK])),
        (torch.tensor([[3.0], [-1.0]]), torch.tensor([[2.0], [0.0], [5.0]])),
        (SQUARE, torch.tensor([[1.0, 0.0, 2.0], [3.0, 1.0, 1.0], [0.0, 4.0, 0.0]])),
        (torch.tensor([[[1.0]], [[2.0]]]), torch.tensor([[[3.0], [4.0]], [[5.0], [6.0]]])),
        (noise(3, 16), noise(5, 16)),
        (noise(2, 3, 4), noise(2, 5, 4)),
        (noise(3, 3, 3), noise(3, 3, 3)),
        (noise(2, 2, 4, 8), noise(2, 2, 4, 8)),
        (5 * noise(2, 3, 1, 64), 5 * noise(2, 3, 7, 64)),
        (torch.zeros(2, 5), noise(2, 5)),
    ],
    awkward=[
        *((noise(*shape), noise(*shape)) for shape in shelf.STREAMS),
        (noise(3, 6), noise(1, 6)),
        (shelf.ALL_DIFFER, noise(2, 3, 4, 7)),
    ],
)
def scores(query, key):
    pairs = query.double()[..., :, None, :] * key.double()[..., None, :, :]
    return (pairs.sum(dim=-1) * query.shape[-1] ** -0.5).float()


edits(
    "attention.scores",
    (
        "scores-no-scale",
        " / math.sqrt(query.shape[-1])",
        "",
        "The scale is missing. Sums over more numbers are larger by chance alone: divide by the root of head_dim.",
    ),
    (
        "scores-divided-by-d",
        "math.sqrt(query.shape[-1])",
        "query.shape[-1]",
        "Divided by head_dim itself (or twice by its root), so the weights come out too flat. Divide once by the root: 4 numbers, by 2.",
    ),
    (
        "scores-half",
        "math.sqrt(query.shape[-1])",
        "(query.shape[-1] / 2)",
        "d**1/2 is (d**1)/2: the power comes before the division. Write math.sqrt(d), or d**0.5.",
    ),
    (
        "scores-root-of-all",
        "query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])",
        "(query @ key.transpose(-2, -1) / query.shape[-1]) ** 0.5",
        "The root was taken of the whole quotient, and below 0 it is nan. Only head_dim stands under it: math.sqrt(query.shape[-1]).",
    ),
    (
        "scores-fixed-scale",
        "math.sqrt(query.shape[-1])",
        "2",
        "Divided by 2 whatever comes. That is the root of 4: take the root of query.shape[-1], which is head_dim.",
    ),
    (
        "scores-scale-of-queries",
        "query.shape[-1]",
        "query.shape[-2]",
        "The root of the number of queries was taken. What was summed over is head_dim: query.shape[-1], the last axis.",
    ),
    (
        "scores-scale-of-keys",
        "query.shape[-1]",
        "key.shape[-2]",
        "The root of the number of keys was taken. What was summed over is head_dim: query.shape[-1], the last axis.",
    ),
    (
        "scores-swapped",
        "query @ key.transpose",
        "key @ query.transpose",
        "Query and key are swapped. The row says who asks: row 1 holds how query 1 matches each key.",
    ),
    (
        "scores-swapped-no-scale",
        "query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])",
        "key @ query.transpose(-2, -1)",
        "Two things. Query and key are swapped: the row says who asks. And the scale is missing: divide by the root of head_dim.",
    ),
    (
        "scores-not-turned",
        "key.transpose(-2, -1)",
        "key",
        "key must be turned on its side. In query @ key a row meets a column, and the columns of key are no vectors: key.transpose(-2, -1).",
    ),
    (
        "scores-query-turned",
        "query @ key.transpose(-2, -1)",
        "query.transpose(-2, -1) @ key",
        "The query was turned on its side, not the key: that matches number with number, and place with place is needed.",
    ),
    (
        "scores-reshaped",
        "key.transpose(-2, -1)",
        "key.reshape(*key.shape[:-2], key.shape[-1], -1)",
        "reshape (or view) gives key the right shape, but only cuts the same run of numbers elsewhere. transpose(-2, -1) turns it on its side.",
    ),
    (
        "scores-all-axes",
        "transpose(-2, -1)",
        "permute(*range(key.ndim)[::-1])",
        ".T turns round all axes. With heads in front that tears them apart: transpose(-2, -1) turns the last two.",
    ),
    (
        "scores-all-axes-no-scale",
        "transpose(-2, -1) / math.sqrt(query.shape[-1])",
        "permute(*range(key.ndim)[::-1])",
        "Two things. The scale is missing: divide by the root of head_dim. And .T turns round all axes, heads too: transpose(-2, -1).",
    ),
    (
        "scores-own-place-only",
        "query @ key.transpose(-2, -1)",
        "(query * key).sum(dim=-1)",
        "Each query was matched with the key of its own place only. Every query meets every key: a table, queries by keys.",
    ),
    (
        "scores-cosine",
        "query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])",
        "torch.nn.functional.normalize(query, dim=-1) @ torch.nn.functional.normalize(key, dim=-1).mT",
        "The lengths are gone: this is a cosine. How long a query is says how hard it looks, so take the plain dot product.",
    ),
)
