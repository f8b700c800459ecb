"""Exercise `attention.scores`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.lives import in_a_model
from classroom.judge.registry import check, mistake
from classroom.lessons.attention.shared import SQUARE, _below, _dots, _keeps_its_kind, _offset, _random, more

ASK = torch.tensor([[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]])


ANSWER = torch.tensor([[3.0, 2.0, 1.0, 1.0], [1.0, 5.0, 0.0, 4.0]])


@check(
    "attention.scores",
    lives=in_a_model,
    behaviours=[_keeps_its_kind("attention.scores", ASK, ANSWER)],
    cases=[
        (ASK, ANSWER),
        (ASK[:1], torch.cat([ANSWER, ASK])),
        (torch.tensor([[3.0], [-1.0]]), torch.tensor([[2.0], [0.0], [5.0]])),
        (SQUARE, torch.tensor([[1.0, 0.0, 2.0], [3.0, 1.0, 1.0], [0.0, 4.0, 0.0]])),
        (torch.tensor([[[1.0]], [[2.0]]]), torch.tensor([[[3.0], [4.0]], [[5.0], [6.0]]])),
        (_random(3, 16), _random(5, 16)),
        (_random(2, 3, 4), _random(2, 5, 4)),
        (_random(3, 3, 3), _random(3, 3, 3)),
        (_random(2, 2, 4, 8), _random(2, 2, 4, 8)),
        (5 * _random(2, 3, 1, 64), 5 * _random(2, 3, 7, 64)),
        (torch.zeros(2, 5), _random(2, 5)),
    ],
    awkward=[
        *((more(*shape), more(*shape)) for shape in shelf.STREAMS),
        (more(3, 6), more(1, 6)),
        (shelf.ALL_DIFFER, more(2, 3, 4, 7)),
    ],
)
def scores(query, key):
    pairs = query.double()[..., :, None, :] * key.double()[..., None, :, :]
    return (pairs.sum(dim=-1) * query.shape[-1] ** -0.5).float()


@mistake(
    "attention.scores",
    "scores-no-scale",
    "The scale is missing. Sums over more numbers are larger by chance alone: divide by the root of head_dim.",
)
def _(query, key):
    return _dots(query, key)


@mistake(
    "attention.scores",
    "scores-divided-by-d",
    "Divided by head_dim itself (or twice by its root), so the weights come out too flat. Divide once by the root: 4 numbers, by 2.",
)
def _(query, key):
    return _dots(query, key) / query.shape[-1]


@mistake(
    "attention.scores",
    "scores-times",
    "Multiplied by the root of head_dim, where dividing is needed: sums over more numbers are too large already.",
)
def _(query, key):
    return _dots(query, key) * math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-half",
    "d**1/2 is (d**1)/2: the power comes before the division. Write math.sqrt(d), or d**0.5.",
)
def _(query, key):
    return _dots(query, key) / (query.shape[-1] / 2)


@mistake(
    "attention.scores",
    "scores-fourth-root",
    "The root of the root was taken. The dot product is divided once by the root of head_dim.",
)
def _(query, key):
    return _dots(query, key) / query.shape[-1] ** 0.25


@mistake(
    "attention.scores",
    "scores-rounded-root",
    "The root was cut to a whole number: of 8 it is 2.83, not 2. Leave out the int (or //).",
)
def _(query, key):
    return _dots(query, key) / math.isqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-fixed-scale",
    "Divided by 2 whatever comes. That is the root of 4: take the root of query.shape[-1], which is head_dim.",
)
def _(query, key):
    return _dots(query, key) / 2


@mistake(
    "attention.scores",
    "scores-scale-of-queries",
    "The root of the number of queries was taken. What was summed over is head_dim: query.shape[-1], the last axis.",
)
def _(query, key):
    return _dots(query, key) / math.sqrt(query.shape[-2])


@mistake(
    "attention.scores",
    "scores-scale-of-keys",
    "The root of the number of keys was taken. What was summed over is head_dim: query.shape[-1], the last axis.",
)
def _(query, key):
    return _dots(query, key) / math.sqrt(key.shape[-2])


@mistake(
    "attention.scores",
    "scores-scale-of-the-first-axis",
    "len(...) and shape[0] are the first axis: heads or places. What was summed over is head_dim: query.shape[-1], the last axis.",
)
def _(query, key):
    return _dots(query, key) / math.sqrt(len(query))


@mistake(
    "attention.scores",
    "scores-swapped",
    "Query and key are swapped. The row says who asks: row 1 holds how query 1 matches each key.",
)
def _(query, key):
    return _dots(key, query) / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-not-turned",
    "key must be turned on its side. In query @ key a row meets a column, and the columns of key are no vectors: key.transpose(-2, -1).",
)
def _(query, key):
    return query @ key / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-reshaped",
    "reshape (or view) gives key the right shape, but only cuts the same run of numbers elsewhere. transpose(-2, -1) turns it on its side.",
)
def _(query, key):
    *front, keys, head_dim = key.shape
    return query @ key.reshape(*front, head_dim, keys) / math.sqrt(head_dim)


@mistake(
    "attention.scores",
    "scores-query-turned",
    "The query was turned on its side, not the key: that matches number with number, and place with place is needed.",
)
def _(query, key):
    return query.mT @ key / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-front-axes",
    "transpose(0, 1) turns the first two axes. With heads in front those are others: count from the end, transpose(-2, -1).",
)
def _(query, key):
    return query @ key.transpose(0, 1) / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-all-axes",
    ".T turns round all axes. With heads in front that tears them apart: transpose(-2, -1) turns the last two.",
)
def _(query, key):
    return query @ key.permute(*range(key.dim())[::-1]) / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-own-place-only",
    "Each query was matched with the key of its own place only. Every query meets every key: a table, queries by keys.",
)
def _(query, key):
    return (query * key).sum(dim=-1) / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-not-summed",
    "* multiplies number by number. A score is a dot product, which adds up too: use @.",
)
def _(query, key):
    return query * key / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-softmaxed",
    "These are weights already: softmax comes later, after the future was hidden.",
)
def _(query, key):
    return torch.softmax(_dots(query, key) / math.sqrt(query.shape[-1]), dim=-1)


@mistake(
    "attention.scores",
    "scores-cosine",
    "The lengths are gone: this is a cosine. How long a query is says how hard it looks, so take the plain dot product.",
)
def _(query, key):
    unit = torch.nn.functional.normalize
    return _dots(unit(query, dim=-1), unit(key, dim=-1))


@mistake(
    "attention.scores",
    "scores-of-rows-length",
    "Divided by the root of the query's length. Divide by the root of how many numbers it has, query.shape[-1].",
)
def _(query, key):
    return _dots(query, key) / query.norm(dim=-1, keepdim=True).sqrt()


@mistake(
    "attention.scores",
    "scores-one-length",
    "Divided by the query's length. Divide by the root of how many numbers it has, query.shape[-1].",
)
def _(query, key):
    return _dots(query, key) / query.norm(dim=-1, keepdim=True)


@mistake(
    "attention.scores",
    "scores-fixed-eighth",
    "Divided by 8 whatever comes. That is the root of 64: take the root of query.shape[-1], which is head_dim.",
)
def _(query, key):
    return _dots(query, key) / 8


@mistake(
    "attention.scores",
    "scores-scale-of-the-second-axis",
    "shape[1] is the second axis: head_dim only as long as nothing stands in front. Counted from the end it always is: shape[-1].",
)
def _(query, key):
    return _dots(query, key) / math.sqrt(query.shape[1])


@mistake(
    "attention.scores",
    "scores-swapped-no-scale",
    "Two things. Query and key are swapped: the row says who asks. And the scale is missing: divide by the root of head_dim.",
)
def _(query, key):
    return _dots(key, query)


@mistake(
    "attention.scores",
    "scores-hidden",
    "The future is hidden already. That is a step of its own: here every query meets every key.",
)
def _(query, key):
    table = _dots(query, key) / math.sqrt(query.shape[-1])
    return table.masked_fill(~_below(table, _offset(table)), -math.inf)
