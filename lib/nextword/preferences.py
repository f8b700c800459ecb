"""Rung `preferences`: what people like better, taken from what single people said.

A rating is one person's. Two ratings of two sentences make a pair, a better and a worse one, unless they are the same;
pairs are what a reward model learns from, and what it is judged by. What judges must not have taught: the sentences are
parted, and so are the ratings of each. (The data do not say who gave which, so one worker may be on both sides.)
Sources: Christiano et al. 2017 (arXiv 1706.03741), section 2.2; the ratings: Hutto and Gilbert 2014 (VADER).
"""

import functools
import random
import zlib
from collections.abc import Sequence
from dataclasses import replace

import torch

from nextword import finetuning
from nextword.base import datasets
from nextword.base.datasets import Rated
from nextword.base.shapes import Bool, Float, Int, Tensor

KINDS = ("film", "product", "tweet")  # news is rated by its theme more than by how it is said
UNSEEN, PROXY, GOLD = (
    (0,),
    (1, 2, 3, 4),
    (5, 6, 7, 8, 9),
)  # tenths of the sentences; from 0 nothing ever learns


def halves(one: Rated) -> tuple[Rated, Rated]:
    """A sentence with one half of its ratings, and with the other half: the same halves always.

    >>> first, other = halves(Rated("film", "A gem.", (4, 3, 2, 3)))
    >>> sorted(first.ratings + other.ratings)
    [2, 3, 3, 4]
    """
    if len(one.ratings) < 2:
        raise ValueError(f"{one.text!r} has {len(one.ratings)} ratings, and two halves need at least 2")
    ratings = list(one.ratings)
    random.Random(zlib.crc32(one.text.encode())).shuffle(ratings)
    middle = len(ratings) // 2
    return replace(one, ratings=tuple(ratings[:middle])), replace(one, ratings=tuple(ratings[middle:]))


@functools.cache
def everyone() -> tuple[Rated, ...]:
    """All rated sentences of films, products and tweets, with plain quotation marks and dashes."""
    found = datasets.human_ratings()
    return tuple(replace(one, text=finetuning.tidy(one.text)) for one in found if one.kind in KINDS)


def rated(tenths: Sequence[int], half: int, kinds: Sequence[str] = KINDS) -> list[Rated]:
    """The sentences of some tenths, with one half of the ratings of each: 0 or 1.

    A reward model learns from `rated(PROXY, 0)`. Half 1 has other ratings, and `GOLD` other sentences.
    """
    chosen = [one for one in everyone() if one.kind in kinds and finetuning.tenth(one.text) in tenths]
    return [halves(one)[half] for one in chosen]


def draw(some: Sequence[Rated], generator: torch.Generator | None = None) -> Int[Tensor, "texts"]:
    """For each sentence one of its ratings, by chance.

    >>> draw([Rated("film", "A gem.", (4, 4)), Rated("film", "A bore.", (-2, -2))])
    tensor([ 4, -2])
    """
    places = torch.rand(len(some), generator=generator).tolist()
    return torch.tensor(
        [one.ratings[int(place * len(one.ratings))] for one, place in zip(some, places, strict=True)]
    )


def pairs(
    ratings: Int[Tensor, "texts"] | Float[Tensor, "texts"],
) -> tuple[Int[Tensor, "pairs"], Int[Tensor, "pairs"]]:
    """Every two texts of which one is rated higher: the places of the better, and those of the worse.

    Where two ratings are the same nobody preferred anything, and there is no pair. A pair stands once, the better
    ones in their order, and the worse ones of each in theirs.

    >>> pairs(torch.tensor([3, -1, 3]))
    (tensor([0, 2]), tensor([1, 1]))
    """
    better, worse = (ratings[:, None] > ratings).nonzero(as_tuple=True)
    return better, worse


def accuracy(better: Float[Tensor, "pairs"], worse: Float[Tensor, "pairs"]) -> float:
    """The share of pairs in which a reward is higher for the text that people like better; the same for both is half.

    >>> accuracy(torch.tensor([2.0, 0.0, 1.0, 1.0]), torch.tensor([1.0, 1.0, 0.5, 1.0]))
    0.625
    """
    if len(better) == 0:
        raise ValueError("there are no pairs: no two texts were rated differently")
    difference = better - worse
    return ((difference > 0).float() + (difference == 0).float() / 2).mean().item()


def judge(rewards: Float[Tensor, "texts"], some: Sequence[Rated], seed: int = 0) -> float:
    """The accuracy of rewards on all pairs of some sentences, one drawn rating for each of them."""
    better, worse = pairs(draw(some, torch.Generator().manual_seed(seed)))
    return accuracy(rewards[better], rewards[worse])


def calibration(
    chances: Float[Tensor, "pairs"], is_right: Bool[Tensor, "pairs"], n_bins: int = 5
) -> list[tuple[float, float, int]]:
    """What was said and what came true: a mean chance, the share that was right, and how many pairs, for each bin.

    `chances` are those that a model gives to the text which it prefers, .5 to 1; each bin is a like part of that, and
    an empty one is left out.

    >>> calibration(torch.tensor([0.55, 0.95, 0.96]), torch.tensor([True, True, False]))
    [(0.55, 1.0, 1), (0.955, 0.5, 2)]
    """
    bins = ((chances - 0.5) * 2 * n_bins).long().clamp(0, n_bins - 1)
    found = []
    for number in range(n_bins):
        inside = bins == number
        if inside.any():
            said, true = chances[inside].mean().item(), is_right[inside].float().mean().item()
            found.append((round(said, 6), round(true, 6), int(inside.sum())))
    return found


def calibration_error(
    chances: Float[Tensor, "pairs"], is_right: Bool[Tensor, "pairs"], n_bins: int = 5
) -> float:
    """By how much a model's chances are off (ECE): the mean distance in each bin, by how many pairs are in it.

    Source: Naeini et al. 2015; Guo et al. 2017 (arXiv 1706.04599), section 2.

    >>> round(calibration_error(torch.tensor([0.9, 0.9]), torch.tensor([True, False])), 3)
    0.4
    """
    found = calibration(chances, is_right, n_bins)
    return sum(n * abs(said - true) for said, true, n in found) / len(chances)
