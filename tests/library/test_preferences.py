"""Rung `preferences`: who is asked, the pairs, and the two measures by which rewards are judged."""

from collections import Counter
from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import finetuning, preferences
from nextword.base.datasets import Rated

whole = st.lists(st.integers(-4, 4), min_size=1, max_size=9)
needs_ratings = pytest.mark.network


@given(whole)
def test_pairs_are_all_that_differ_each_once_the_better_first(ratings):
    better, worse = preferences.pairs(torch.tensor(ratings))
    places = range(len(ratings))
    needed = [(i, j) for i, j in product(places, places) if ratings[i] > ratings[j]]
    assert list(zip(better.tolist(), worse.tolist(), strict=True)) == needed


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1))
def test_accuracy_by_brute_force(both):
    better, worse = (torch.tensor(column, dtype=torch.float32) for column in zip(*both, strict=True))
    points = [1.0 if b > w else 0.5 if b == w else 0.0 for b, w in both]
    assert preferences.accuracy(better, worse) == pytest.approx(sum(points) / len(points), abs=1e-6)


def test_accuracy_of_a_constant_is_half_and_of_a_turned_reward_what_is_left():
    some = [Rated("film", str(i), (i % 9 - 4,)) for i in range(40)]
    rewards = torch.randn(40, generator=torch.Generator().manual_seed(0))
    assert preferences.judge(torch.zeros(40), some) == 0.5
    assert preferences.judge(rewards, some) + preferences.judge(-rewards, some) == pytest.approx(1)
    assert preferences.judge(torch.tensor([float(one.ratings[0]) for one in some]), some) == 1
    with pytest.raises(ValueError, match="no two texts were rated differently"):
        preferences.judge(torch.zeros(2), [Rated("film", "a", (1,)), Rated("film", "b", (1,))])


def test_calibration_error_by_brute_force():
    generator = torch.Generator().manual_seed(1)
    chances = torch.rand(500, generator=generator) / 2 + 0.5
    is_right = torch.rand(500, generator=generator) < chances
    total = 0.0
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        inside = [i for i in range(500) if low <= chances[i] < low + 0.1]
        said = sum(chances[i].item() for i in inside) / len(inside)
        true = sum(is_right[i].item() for i in inside) / len(inside)
        total += abs(said - true) * len(inside) / 500
    assert preferences.calibration_error(chances, is_right) == pytest.approx(total, abs=1e-5)


def test_who_is_right_as_often_as_he_says_has_no_error_and_who_is_sure_has_all():
    generator = torch.Generator().manual_seed(2)
    chances = torch.rand(200_000, generator=generator) / 2 + 0.5
    is_right = torch.rand(200_000, generator=generator) < chances
    assert preferences.calibration_error(chances, is_right) < 0.01
    sure = torch.ones(1000)
    assert preferences.calibration_error(sure, torch.arange(1000) % 2 == 0) == pytest.approx(0.5)
    assert [n for *_, n in preferences.calibration(torch.tensor([0.5, 1.0]), torch.tensor([True, True]))] == [
        1,
        1,
    ]


def test_halves_share_out_all_ratings_and_are_always_the_same():
    one = Rated("tweet", "Yay.", tuple(range(-4, 5)) * 2)
    first, other = preferences.halves(one)
    assert Counter(first.ratings + other.ratings) == Counter(one.ratings)
    assert len(first.ratings) == len(other.ratings) == 9 and preferences.halves(one) == (first, other)
    assert first.ratings != one.ratings[:9]  # by chance, not in the order of the file
    with pytest.raises(ValueError, match="need at least 2"):
        preferences.halves(Rated("tweet", "Yay.", (1,)))


def test_a_drawn_rating_is_each_persons_equally_often():
    some = [Rated("film", "a", (-4, 0, 0, 3))] * 8000
    drawn = Counter(preferences.draw(some, torch.Generator().manual_seed(0)).tolist())
    assert set(drawn) == {-4, 0, 3}
    assert abs(drawn[0] - 4000) < 200 and abs(drawn[-4] - 2000) < 200


@needs_ratings
def test_sentences_and_people_are_parted():
    assert len(preferences.everyone()) == 18_513
    seen = {}
    for tenths in (preferences.UNSEEN, preferences.PROXY, preferences.GOLD):
        first, other = (preferences.rated(tenths, half) for half in (0, 1))
        assert [one.text for one in first] == [one.text for one in other]
        assert {finetuning.tenth(one.text) for one in first} == set(tenths)
        seen[tenths] = {one.text for one in first}
    assert sum(map(len, seen.values())) == len(set().union(*seen.values()))  # no text in two of them
    films = preferences.rated(preferences.UNSEEN, 0, ["film"])
    _, aside = finetuning.film_sentences()
    assert {one.text for one in films} >= set(aside)  # what no policy learned from, no reward learned from
