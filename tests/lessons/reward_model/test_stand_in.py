"""Whose choices a head learns from: the reader's own from twenty-four on, else a simulated reader's, and that is said."""

import pytest
import torch

from classroom.lessons.reward_model import stand_in
from classroom.mine import flags
from nextword import taste

SAMPLES = [
    ("The film is", f"The film is{' not' * (n % 3)} good {'and long ' * (n % 5)}{n}.") for n in range(80)
]


@pytest.fixture(autouse=True)
def a_reader(my, monkeypatch):
    monkeypatch.setattr(flags, "_waiting", [])


@pytest.fixture(scope="module")
def features():
    return taste.features([text for _, text in SAMPLES], lambda texts: torch.zeros(len(texts)))


def choose(n, answer=None):
    for number in range(n):
        opening, text = SAMPLES[number]
        flags.keep(flags.flag(opening, text, f"{opening} {number}!", answer or "ab"[number % 2]))


@pytest.mark.parametrize(
    ("n", "said"), [(0, "You have not chosen yet"), (1, "1 choice so far"), (23, "23 choices so far")]
)
def test_few_choices_are_not_used_and_that_is_said(n, said, features):
    choose(n)
    found = stand_in.answers(SAMPLES, features)
    assert said in found.whose and "a simulated reader stands in, who wants no denying" in found.whose
    assert found.reader.name == "plain" and len(found.choices) == 20  # of 80 samples, four each
    nots = [one.rejected.count(" not") - one.chosen.count(" not") for one in found.choices]
    assert sum(nots) > 5
    assert (
        found.choices == stand_in.answers(SAMPLES, features).choices
    )  # the same again, whatever was drawn between


def test_from_twenty_four_on_they_are_the_readers_own(features):
    choose(24)
    found = stand_in.answers(SAMPLES, features)
    assert found.reader is None and found.choices == flags.labels() and found.whose == "24 choices of yours."


def test_what_is_odd_about_them_is_said_with_them(features):
    choose(24, "b")
    assert "All your 24 answers are B." in stand_in.answers(SAMPLES, features).whose
