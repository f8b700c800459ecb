"""The moving pictures of lesson 04 answer whatever a reader types, and store a still of themselves."""

import pytest
import torch

from classroom.lessons.embeddings import widgets as widgets
from nextword.embeddings import Embeddings

NAMES = ["cat", "cats", "one", "two", "swan", "swans", "river", "bank", "zero"]
WORDS = Embeddings(NAMES, torch.randn(9, 6, generator=torch.Generator().manual_seed(2)))


@pytest.mark.parametrize(
    "typed, says",
    [
        ("cat cats: one two", "From cat to cats: "),
        ("  CAT cats :one,two ", "From cat to cats: "),
        ("cat cats: cat", "From cat to cats: cat "),
        ("", "Type two words, a colon"),
        ("cat cats", "Type two words, a colon"),
        ("cat: one two", "Type two words, a colon"),
        ("one two three: cat", "Type two words, a colon"),
        ("cat cats:", "There is nothing to place yet"),
        ("cat cats: swam", "no vector for 'swam'; near it in spelling: 'swan', 'swans'"),
        ("kat cats: one", "no vector for 'kat'"),
        ("cat cat: one", "from 'cat' to 'cat' there is no direction"),
        ("cat cats: 🦆 <b>", "no vector for '🦆'"),
        ("cat cats: " + "one " * 17, "17 words are too many"),
    ],
)
def test_whatever_is_typed_gets_an_answer(typed, says):
    ruler = widgets.your_ruler(WORDS, "cat cats: one two")
    ruler.update({"new": typed})
    assert says in ruler.says
    assert ("<img" in ruler.view.value) == says.startswith("From cat")


def test_the_ruler_reads_in_order():
    ruler = widgets.your_ruler(WORDS, "cat cats: " + " ".join(NAMES[2:]))
    places = WORDS.project_onto("cat", "cats", NAMES[2:])
    told = [part.split()[0] for part in ruler.says.removeprefix("From cat to cats: ").split(", ")]
    assert told == sorted(places, key=places.get)


def test_words_turn_in_space():
    dial = widgets.in_space(WORDS, {"cats": ["cat", "cats"], "birds": ["swan", "swans"], "one": ["one"]})
    pictures = set()
    for _, angle in dial.slider.options:
        dial.slider.value = angle
        assert dial.text.value.startswith(f"From {angle} degrees.")
        pictures.add(dial.view.value)
    assert len(pictures) == len(dial.slider.options) == 12
    assert dial._repr_mimebundle_()["text/html"].count("<img") == 1


def test_togetherness_is_a_mean_over_pairs():
    vectors = torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
    assert widgets.togetherness(vectors, [2, 1]) == (1, 0)
