"""Rung `by_hand`: against loops, and what its dials were set for."""

import itertools
import math

import pytest
import torch

from nextword import attention, toy_head
from nextword.base import overrides

TEXTS = [list(words) for n in (1, 2, 3, 4) for words in itertools.product(toy_head.WORDS, repeat=n)]
BEFORE = [list(words) for words in itertools.product(toy_head.WORDS, repeat=3)]


def times(vector, matrix):
    return [sum(x * row[column] for x, row in zip(vector, matrix, strict=True)) for column in range(3)]


def by_loops(words, dials):
    """The head, number by number."""
    query, key, value = (matrix.tolist() for matrix in dials)
    vectors, mixed = [toy_head.WORDS[word] for word in words], []
    for place, vector in enumerate(vectors):
        asks, seen = times(vector, query), vectors[: place + 1]
        matches = [sum(a * b for a, b in zip(asks, times(x, key), strict=True)) for x in seen]
        powers = [math.exp(match / math.sqrt(3)) for match in matches]
        gives = [times(x, value) for x in seen]
        found = [
            sum(p * g[column] for p, g in zip(powers, gives, strict=True)) / sum(powers)
            for column in range(3)
        ]
        mixed.append([x + f for x, f in zip(vector, found, strict=True)])
    return torch.tensor(mixed)


def by_chance(seed):
    return toy_head.HeadParameters(*torch.randn(3, 3, 3, generator=torch.Generator().manual_seed(seed)))


@pytest.mark.parametrize("dials", [toy_head.set_by_hand(), by_chance(0), by_chance(1)])
def test_the_head_is_that_of_loops(dials):
    for words in TEXTS[::7]:
        assert torch.allclose(toy_head.apply(words, dials), by_loops(words, dials), atol=1e-4), words


def test_weights_are_what_is_mixed():
    words, dials = ["river", "the", "money", "bank"], by_chance(2)
    table = toy_head.weights(words, dials)
    assert torch.allclose(table.sum(dim=-1), torch.ones(4)) and (table.triu(1) == 0).all()
    taken = toy_head.apply(words, dials) - toy_head.embed(words)
    assert torch.allclose(table @ toy_head.embed(words) @ dials.value, taken, atol=1e-5)


def test_there_are_27_dials():
    dials = toy_head.set_by_hand()
    assert isinstance(dials, toy_head.HeadParameters) and sum(matrix.numel() for matrix in dials) == 27
    assert all(matrix.dtype == torch.float32 for matrix in dials)


@pytest.mark.parametrize("before", BEFORE, ids=" ".join)
def test_bank_leans_to_what_was_spoken_of_and_the_stays(before):
    dials = toy_head.set_by_hand()
    water, money, _ = toy_head.apply([*before, "bank"], dials)[-1].tolist()
    clues = before.count("river") - before.count("money")
    assert water == pytest.approx(money, abs=1e-5) if clues == 0 else (water - money) * clues > 0.2
    the = toy_head.apply([*before, "the"], dials)[-1]
    assert torch.allclose(the, torch.tensor(toy_head.WORDS["the"]), atol=0.1)


def test_the_order_of_what_came_before_does_not_matter_and_what_comes_after_cannot():
    dials = by_chance(3)
    one, other = (
        toy_head.apply(text.split(), dials)
        for text in ("money the river the bank", "river money the the bank")
    )
    assert torch.allclose(one[-1], other[-1], atol=1e-5)
    longer = toy_head.apply("money the river the bank money money".split(), dials)
    assert torch.allclose(longer[:5], one, atol=1e-5)


def test_it_runs_on_the_readers_attention():
    words, dials = ["river", "bank"], toy_head.set_by_hand()
    with overrides.replacing("attention.attend", lambda query, key, value, **mask: torch.zeros_like(value)):
        assert torch.equal(toy_head.apply(words, dials), toy_head.embed(words))
    assert attention.attend is overrides.original("attention.attend")


def test_what_cannot_be_read_is_said_in_a_sentence():
    with pytest.raises(
        ValueError, match="there is no 'swan' in this world of 4 words: the, river, money, bank"
    ):
        toy_head.embed(["the", "swan"])
    with pytest.raises(ValueError, match="there are no words to read"):
        toy_head.apply([], toy_head.set_by_hand())
