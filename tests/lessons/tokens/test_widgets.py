"""The moving pictures of lesson 03 answer whatever a reader types, and store a still of themselves."""

import pytest

from classroom.lessons.tokens import widgets as widgets
from nextword.tokenizer import Tokenizer

TOK = Tokenizer.train("the swan and the duckling, the duck and the swans " * 3, 280)


@pytest.mark.parametrize(
    "typed, says",
    [
        ("swan", "4 characters, 4 bytes, 2 tokens."),
        ("", "No text, no tokens. Type something."),
        ("🦆", "1 character, 4 bytes, 4 tokens."),
        ("όχθη", "4 characters, 8 bytes, 8 tokens."),
        ("\ud83e", "half of a pair"),
        ("z" * 1_000_000, "The first 2,000 of these 1,000,000 characters: "),
        ("z" * 300, "300 tokens. The first 200 are drawn."),
    ],
)
def test_whatever_is_typed_gets_an_answer(typed, says):
    typing = widgets.what_it_sees(TOK)
    typing.update({"new": typed})
    assert says in typing.says
    assert len(typing.view.value) < 100_000


def test_what_is_typed_is_never_a_page_of_its_own():
    typing = widgets.what_it_sees(TOK, "<b>")
    assert "<b>" not in typing.view.value and "&lt;" in typing.view.value


def test_the_sentences_melt():
    dial = widgets.melting(TOK, {"one": "the swan", "two": "é"})
    assert dial.slider.options[0][1] == 0 and dial.slider.options[-1][1] == len(TOK.merges)
    for _, n_merges in dial.slider.options:
        dial.slider.value = n_merges
        assert f"After {n_merges} merges: one" in dial.text.value
    assert "two 2 tokens." in dial.text.value
    assert "<b>one: " in dial._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    "token, seen", [(b" \n", "·↵"), (b"\x00", "00"), (b"\xc3\xa9", "é"), (b"\xf0\x9f", "F0 9F")]
)
def test_every_token_can_be_seen(token, seen):
    assert widgets.visible(token) == seen
