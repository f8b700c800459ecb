"""Rungs `text` and `ngram`: against brute force, closed forms and properties."""

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextword import ngram, text

letters = st.lists(st.sampled_from("abc"), max_size=30)


@given(letters, st.integers(0, 4))
def test_counts_are_those_of_a_slow_search(tokens, n_context):
    table = ngram.count_next(tokens, n_context)
    for context, counts in table.items():
        for token, times in counts.items():
            run = [*context, token]
            assert times == sum(tokens[i : i + len(run)] == run for i in range(len(tokens)))
    assert sum(counts.total() for counts in table.values()) == max(0, len(tokens) - n_context)


@given(letters.filter(bool), st.integers(0, 3), letters)
def test_the_blend_is_a_distribution_and_holds_nothing_impossible(tokens, n_context, context):
    model = ngram.NGram(tokens, n_context, vocabulary="abcd")
    distribution = model.distribution(context)
    assert math.isclose(sum(distribution.values()), 1)
    assert min(distribution.values()) > 0
    for token, p in distribution.items():
        assert math.isclose(p, model.probability(context, token))


def test_the_blend_by_hand():
    model = ngram.NGram("aab", 1, vocabulary="ab")
    before = (2 + 2 * 0.5) / (3 + 2)  # how common `a` is: seen 2 of 3 times, 2 kinds
    assert math.isclose(model.probability("a", "a"), (1 + 2 * before) / (2 + 2))


def test_bits_per_byte_of_uniform_guessing_is_8():
    nothing_read = ngram.NGram(b"", 0, vocabulary=range(256))
    message = bytes(range(256))
    assert math.isclose(ngram.bits_per_byte(nothing_read.surprise(message), len(message)), 8)


@given(st.lists(st.floats(1e-6, 1), min_size=1))
def test_loss_is_the_log_of_the_geometric_mean(probabilities):
    geometric = math.exp(math.fsum(map(math.log, probabilities)) / len(probabilities))
    assert math.isclose(math.exp(-ngram.loss(probabilities)), geometric, rel_tol=1e-9)


@given(letters, letters, st.integers(1, 4))
def test_copied_share_is_a_share_and_a_copy_is_all_copied(tokens, source, run):
    if tokens:
        assert 0 <= ngram.copied_share(tokens, source, run) <= 1
    if len(source) >= run:
        assert ngram.copied_share(source, source, run) == 1


def test_a_shortened_model_is_the_shorter_model():
    tokens = random.Random(0).choices("abcd", k=200)
    shorter, short = ngram.NGram(tokens, 3).shortened(1), ngram.NGram(tokens, 1)
    assert shorter.surprise(tokens) == short.surprise(tokens)
    assert shorter.write("a", 50, random.Random(1)) == short.write("a", 50, random.Random(1))
    with pytest.raises(ValueError, match="n_context 4 is not possible"):
        short.shortened(4)


def test_writing_follows_its_seed_and_its_counts():
    model = ngram.NGram("the swan and the duck".split(), 1)
    assert model.write(["and"], 1, random.Random(0)) == ["the"]
    followers = Counter(model.write(["the"], 1, random.Random(seed))[0] for seed in range(2000))
    assert set(followers) == {"swan", "duck"}
    assert abs(followers["swan"] - 1000) < 120


@given(st.text())
def test_words_of_any_text_lose_only_space(raw):
    joined = "".join(text.words(raw))
    assert (
        joined == "".join(raw.lower().split())
        or not raw.isprintable()
        or "\u0307" in joined
        or not raw.isascii()
    )


def test_words_keep_apostrophes_and_hyphens():
    assert text.words("It's the elder-tree's 12 buds--and more.") == [
        *("it's", "the", "elder-tree's", "12", "buds", "-", "-", "and", "more", "."),
    ]


@pytest.mark.network
def test_the_corpus():
    book = text.tales()
    assert len(book) == 127
    assert {"The Ugly Duckling", "The Little Mermaid", "The Snow Queen"} <= set(book)
    train, unseen = text.split(book)
    assert len(train) + len(unseen) + 1 == len("\n".join(book.values()))
    assert not any(tale in train for tale in unseen.split("\n") if len(tale) > 200)
    assert all("\r" not in tale and "\ufeff" not in tale and "  " not in tale for tale in book.values())
