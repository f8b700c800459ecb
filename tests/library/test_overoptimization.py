"""Rung `overoptimization`: best of n against brute force over all choices, and its distance against exact sums."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import kl, overoptimization


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-9, 9)), min_size=1, max_size=7), st.data())
def test_best_of_n_is_the_mean_over_all_choices(pairs, data):
    n = data.draw(st.integers(1, len(pairs)))
    proxy, gold = (torch.tensor([float(pair[i]) for pair in pairs]) for i in (0, 1))
    found = []
    for choice in itertools.combinations(pairs, n):
        best = max(one for one, _ in choice)
        equals = [
            other for one, other in pairs if one == best
        ]  # a tie is decided by chance, over all choices
        found.append(sum(equals) / len(equals))
    assert math.isclose(overoptimization.best_of_n(proxy, gold, n), sum(found) / len(found), abs_tol=1e-9)


def test_the_ends_are_the_mean_and_the_best():
    generator = torch.Generator().manual_seed(0)
    proxy, gold = torch.randn(2, 30, generator=generator)
    assert math.isclose(overoptimization.best_of_n(proxy, gold, 1), gold.double().mean(), abs_tol=1e-9)
    assert math.isclose(overoptimization.best_of_n(proxy, gold, 30), gold[proxy.argmax()], abs_tol=1e-6)
    steps = [overoptimization.best_of_n(proxy, proxy, n) for n in range(1, 31)]
    assert steps == sorted(steps)  # by its own measure more choice is never worse
    turned = [overoptimization.best_of_n(proxy, -proxy, n) for n in range(1, 31)]
    assert turned == sorted(turned, reverse=True)


@pytest.mark.parametrize("n", [1, 2, 4, 16, 64])
def test_the_distance_is_that_of_many_texts_without_equals(n):
    places = torch.arange(200_001, dtype=torch.float64) / 200_000
    chances = places[1:] ** n - places[:-1] ** n  # of the i-th text from below to be the best of n drawn anew
    exact = kl.exact(chances.clamp(min=1e-300).log(), torch.zeros_like(chances)).item()
    assert math.isclose(overoptimization.best_of_n_kl(n), exact, abs_tol=2e-3)
    assert n == 1 or overoptimization.best_of_n_kl(n) < math.log(n)


def test_equal_rewards_bring_it_nearer():
    """Two kinds of texts, each with half the chances: the best of 2 is of the better kind three times in four."""
    exact = kl.exact(torch.tensor([0.25, 0.75]).log(), torch.zeros(2)).item()
    assert exact < overoptimization.best_of_n_kl(2)


def test_what_cannot_be_told_is_refused():
    some = torch.zeros(3)
    for n in (0, 4):
        with pytest.raises(ValueError, match=f"the best of {n} cannot be told from 3 samples"):
            overoptimization.best_of_n(some, some, n)
    with pytest.raises(ValueError, match="no numbers"):
        overoptimization.best_of_n(torch.tensor([1.0, math.nan]), torch.zeros(2), 1)
    with pytest.raises(ValueError, match="the best of 0 texts"):
        overoptimization.best_of_n_kl(0)
