"""The pad asks about pair after pair, keeps each answer, goes on where it was left, and takes answers back."""

import os

import pytest
import torch

from classroom.lessons.reward_model import flags as pads
from classroom.lessons.reward_model import own_samples
from classroom.lessons.reward_model.flags import Flagging
from classroom.mine import flags, storage
from nextword import finetuning, rollouts, taste
from nextword.taste_parts import readers

OFFERS = [("The film is", f"The film is good {n}.", f"The film is dull {n}.") for n in range(6)]


@pytest.fixture(autouse=True)
def a_reader(my, monkeypatch):
    monkeypatch.setattr(flags, "_waiting", [])


def press(flagging, *what):
    for each in what:
        flagging.heard({"do": each, "number": flagging.number})


def seen(flagging):
    return flagging.pad.pair.get("a", "")[-2:-1], flagging.pad.progress


def test_each_answer_is_kept_at_once_and_the_next_pair_is_shown():
    flagging = Flagging(OFFERS)
    assert seen(flagging) == ("0", "0 of 48") and flagging.pad.note == ""
    for number, (answer, progress) in enumerate(zip(["a", "b", "skip"], ["1", "2", "2"], strict=True), 1):
        press(flagging, answer)
        assert [flag.answer for flag in flags.read().flags] == ["a", "b", "skip"][:number]
        assert seen(flagging) == (str(number), f"{progress} of 48")
    assert [choice.chosen for choice in flags.labels()] == [OFFERS[0][1], OFFERS[1][2]]


def test_an_answer_to_a_pair_that_is_gone_counts_for_nothing():
    flagging = Flagging(OFFERS)
    old = flagging.number
    press(flagging, "a")
    flagging.heard({"do": "b", "number": old})
    flagging.heard({"do": "b"})
    flagging.heard({"number": flagging.number, "do": "delete everything"})
    flagging.heard({})
    assert len(flags.read().flags) == 1 and seen(flagging) == ("1", "1 of 48")


def test_undo_brings_the_pair_back_and_its_new_answer_counts():
    flagging = Flagging(OFFERS)
    press(flagging, "a", "skip", "undo")
    assert seen(flagging) == ("1", "1 of 48") and flagging.pad.note == pads.AGAIN
    press(flagging, "undo", "b")
    assert [choice.chosen for choice in flags.labels()] == [OFFERS[0][2]]
    press(flagging, "undo", "undo", "undo")
    assert (
        flags.read().flags == () and flagging.pad.note == pads.NOTHING and seen(flagging) == ("0", "0 of 48")
    )


def test_it_goes_on_where_it_was_left_and_undo_reaches_back():
    press(Flagging(OFFERS), "a", "skip", "b")
    again = Flagging(OFFERS)
    assert seen(again) == ("3", "2 of 48")
    press(again, "undo")
    assert seen(again) == ("2", "1 of 48")
    press(again, "a")
    assert [flag.answer for flag in flags.read().flags] == ["a", "skip", "a"] and seen(again) == (
        "3",
        "2 of 48",
    )
    other_samples = Flagging([("It", "It was.", "It is.")])
    press(other_samples, "undo")
    assert other_samples.pad.pair["a"] == OFFERS[2][1]  # a pair of another day


def test_two_notebooks_share_one_file():
    one, other = Flagging(OFFERS), Flagging(OFFERS)
    press(one, "a")
    press(other, "b")  # the same pair: the first answer stays
    assert "another notebook" in other.pad.note and seen(other) == ("1", "1 of 48")
    press(other, "b")
    press(one, "a")  # pair 1 again
    assert [flag.answer for flag in flags.read().flags] == ["a", "b"] and seen(one) == ("2", "2 of 48")
    press(one, "undo")  # what did not count takes nothing from the other
    assert [flag.answer for flag in flags.read().flags] == ["a", "b"]
    press(one, "undo")
    assert [flag.answer for flag in flags.read().flags] == ["b"]


def test_when_no_pair_is_left_it_says_so_and_undo_still_works():
    flagging = Flagging(OFFERS[:2], wanted=2)
    press(flagging, "a", "b")
    assert flagging.pad.note == f"{pads.ENOUGH} {pads.NO_PAIR}" and flagging.pad.progress == "2 of 2"
    press(flagging, "a", "skip")
    assert len(flags.read().flags) == 2
    press(flagging, "undo")
    assert seen(flagging) == ("1", "1 of 2")


def test_texts_that_are_the_same_are_not_asked_about():
    assert seen(Flagging([("I", "I am 3.", "I am 3."), *OFFERS]))[0] == "0"
    assert Flagging([]).pad.note == pads.NO_PAIR


def test_all_on_one_side_is_said():
    flagging = Flagging([("I", f"I am {n}.", f"I was {n}.") for n in range(20)])
    press(flagging, *["b"] * 8)
    assert "All your 8 answers are B." in flagging.pad.note
    press(flagging, "undo", "a")
    assert flagging.pad.note == ""


def test_a_damaged_file_is_said_once_and_its_copy_kept(my):
    press(Flagging(OFFERS), "a")
    with flags.file().open("ab") as file:
        file.write(b"oops\n")
    flagging = Flagging(OFFERS)
    assert "Line 2 of" in flagging.pad.note and seen(flagging) == ("1", "1 of 48")
    press(flagging, "b")
    assert "A copy of the file is" in flagging.pad.note
    press(flagging, "b")
    assert flagging.pad.note == "" and len(flags.labels()) == 3


def test_where_nothing_can_be_written_it_says_so_and_goes_on(monkeypatch):
    flagging = Flagging(OFFERS)
    press(flagging, "a")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as without_room:
        without_room.setattr(storage, "write_whole", full)
        press(flagging, "b")
        assert "No space left" in flagging.pad.note and seen(flagging) == ("2", "2 of 48")
        press(flagging, "undo")
        assert seen(flagging) == ("1", "1 of 48")
        press(flagging, "undo")  # that one stands in the file, and cannot be struck out
        assert "No space left" in flagging.pad.note and seen(flagging) == ("1", "1 of 48")
    press(flagging, "undo")
    assert seen(flagging) == ("0", "0 of 48") and flags.read().flags == ()


def test_a_file_that_vanishes_meanwhile_is_written_anew():
    flagging = Flagging(OFFERS)
    press(flagging, "a")
    flags.file().unlink()
    press(flagging, "b")
    assert [flag.answer for flag in flags.read().flags] == ["b"] and flagging.pad.progress == "1 of 48"
    press(flagging, "undo", "undo")
    assert "no longer in" in flagging.pad.note


def test_a_page_without_a_kernel_shows_the_first_pair():
    bundle = Flagging([("<b>", "<b> & a", "<b> & b")])._repr_mimebundle_()
    assert "<b>A</b> ‹&lt;b&gt; &amp; a›" in bundle["text/html"] and bundle["text/plain"] == pads.SAYS
    assert pads.SAYS in bundle["text/html"] and "0 of 48" in bundle["text/html"]


# The samples


@pytest.fixture(scope="module")
def reviewer():
    return finetuning.reviewer()


def test_samples_are_finished_clean_and_the_same_again(reviewer, monkeypatch):
    found = own_samples.samples(*reviewer, n=64, seed=1)
    assert len(set(found)) == len(found) > 40
    assert all(text.startswith(opening) and not own_samples.is_rude(text) for opening, text in found)
    openings = {opening for opening, _ in found}
    assert len(openings) > 12 and openings <= set(finetuning.OPENINGS)  # of "I" the model likes to make "In"
    monkeypatch.setattr(rollouts, "sample", None)  # nothing is sampled again
    assert own_samples.samples(*finetuning.reviewer(), n=64, seed=1) == found
    with torch.no_grad():
        reviewer[0].embedding.weight.mul_(1.01)
    with pytest.raises(TypeError):
        own_samples.samples(*reviewer, n=64, seed=1)  # a changed model writes other texts
    with torch.no_grad():
        reviewer[0].embedding.weight.div_(1.01)


@pytest.fixture(scope="module")
def mine(reviewer):
    """Texts, features with a crude count of kind words, and the pairs to ask about."""

    def kindness(texts):
        good, bad = ("good", "best", "funny", "great", "moving"), ("bad", "dull", "too", "less", "mess")
        return torch.tensor([float(sum(map(one.count, good)) - sum(map(one.count, bad))) for one in texts])

    samples = own_samples.samples(*reviewer, n=384)
    openings, texts = map(list, zip(*samples, strict=True))
    features = taste.features(texts, kindness)
    return texts, features, taste.offers(openings, texts, features, torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("name", "learned"),
    [("plain", "not -"), ("people", "people +"), ("kind", "kind +"), ("short", "length -")],
)
def test_a_reader_who_presses_buttons_finds_their_taste_told(name, learned, mine):
    """From the first press to what the head says, by all that lies between."""
    texts, features, offers = mine
    reader = readers.all_readers(features.kindness)[name]
    spread, chance = float(reader.score(texts).std()), torch.Generator().manual_seed(1)
    flagging = Flagging(offers)
    while pads.ENOUGH not in flagging.pad.note:
        pair = flagging.pad.pair
        assert pair["a"], "no pair is left"
        (is_a,) = reader.prefers_first([pair["a"]], [pair["b"]], spread, chance)
        press(flagging, "a" if is_a else "b", *["undo", "skip"] * (pair["number"] % 9 == 4))
    assert len(flags.labels()) == 48 < len(flags.read().flags)
    assert learned in taste.fit(flags.labels(), features).says(2)


@pytest.mark.parametrize(
    "text", ["What the hell?", "It SUCKS.", "Damned fine", "a sexy film", "this-is-crap"]
)
def test_words_of_the_list_are_found(text):
    assert own_samples.is_rude(text)


@pytest.mark.parametrize(
    "text", ["Hello, shell", "assassins pass", "Sussex", "Dickens", "a peacock", "grape", "skilled", "Essex"]
)
def test_words_that_only_hold_them_are_not(text):
    assert not own_samples.is_rude(text)


def test_no_test_of_these_writes_to_the_readers_own_folder(my):
    assert os.environ["NEXTWORD_MY"] == str(my)
