"""Answers to `preferences.pairs` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _places(both):
    return tuple(torch.tensor([pair[i] for pair in both], dtype=torch.long) for i in (0, 1))


def _all(ratings):
    return [(i, j) for i in range(len(ratings)) for j in range(len(ratings))]


@right("preferences.pairs")
def _(ratings):
    return _places([(i, j) for i, j in _all(ratings) if ratings[i] > ratings[j]])


@right("preferences.pairs")
def _(ratings):
    difference = ratings.unsqueeze(1) - ratings.unsqueeze(0)
    where = torch.argwhere(difference > 0)
    return where[:, 0], where[:, 1]


@wrong("preferences.pairs", "pairs-ties")
def _(ratings):
    return _places([(i, j) for i, j in _all(ratings) if not ratings[i] < ratings[j]])


@wrong("preferences.pairs", "pairs-exchanged")
def _(ratings):
    return _places([(i, j) for i, j in _all(ratings) if ratings[j] > ratings[i]])


@wrong("preferences.pairs", "pairs-exchanged-at-the-end")
def _(ratings):
    better, worse = torch.where(ratings[:, None] > ratings[None])
    return worse, better


@wrong("preferences.pairs", "pairs-both-ways")
def _(ratings):
    return torch.where((ratings[:, None] - ratings).abs() > 0)


@wrong("preferences.pairs", "pairs-only-forward")
def _(ratings):
    return _places([(i, j) for i, j in _all(ratings) if i < j and ratings[i] > ratings[j]])


@wrong("preferences.pairs", "pairs-neighbours")
def _(ratings):
    return _places([(i, i + 1) for i in range(len(ratings) - 1) if ratings[i] > ratings[i + 1]])


@wrong("preferences.pairs", "pairs-of-ratings")
def _(ratings):
    found = [(i, j) for i, j in _all(ratings) if ratings[i] > ratings[j]]
    return ratings[[i for i, _ in found]], ratings[[j for _, j in found]]


@wrong("preferences.pairs", "pairs-one-table")
def _(ratings):
    return torch.argwhere(ratings[:, None] > ratings)


@wrong("preferences.pairs", "pairs-by-two")
def _(ratings):
    return _places([(i, j) for i, j in _all(ratings) if ratings[i] - ratings[j] > 1])


@wrong("preferences.pairs", "pairs-other-order")
def _(ratings):
    better, worse = [], []
    for i in range(len(ratings)):
        for j in range(i + 1, len(ratings)):
            if ratings[i] > ratings[j]:
                better.append(i)
                worse.append(j)
            elif ratings[j] > ratings[i]:
                better.append(j)
                worse.append(i)
    return torch.tensor(better, dtype=torch.long), torch.tensor(worse, dtype=torch.long)
