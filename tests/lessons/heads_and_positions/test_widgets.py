"""The moving pictures of lesson 06: what they say is what they show, at every place of their sliders."""

import math

import pytest
import torch

from classroom.lessons.heads_and_positions import widgets as widgets

SIZE = 6


def one_back() -> torch.Tensor:
    """Every piece looks at the piece before, the first at itself."""
    return torch.eye(SIZE)[[0, *range(SIZE - 1)]]


def at_first() -> torch.Tensor:
    return torch.eye(SIZE)[[0] * SIZE]


def even() -> torch.Tensor:
    """Every piece looks at all that it may see alike."""
    return torch.ones(SIZE, SIZE).tril() / torch.arange(1.0, SIZE + 1)[:, None]


PATTERNS = torch.stack(
    [
        torch.stack([one_back(), torch.eye(SIZE), at_first(), even()]),
        torch.stack([even(), even(), one_back(), one_back()]),
    ]
)


def test_habits_are_those_of_each_head():
    habits = widgets.habits(PATTERNS)
    assert habits["before"][0].tolist()[:3] == [1, 0, 0]
    assert habits["itself"][0].tolist()[:3] == [0, 1, 0]
    assert habits["first"][0].tolist()[:3] == [0, 0, 1]
    expected = sum(1 / n for n in range(3, SIZE + 1)) / (SIZE - 2)  # the places 2, 3, ... see 3, 4, ...
    assert all(math.isclose(float(habits[name][0, 3]), expected, rel_tol=1e-5) for name in habits)


@pytest.mark.parametrize(
    "shares, name",
    [
        ({"before": 0.2, "itself": 0.51, "first": 0.1}, "itself"),
        ({"before": 0.5, "itself": 0.2, "first": 0.3}, None),
    ],
)
def test_a_favourite_has_more_than_half(shares, name):
    assert widgets.favourite(shares) == name


def test_what_the_heads_look_at_is_told():
    dial = widgets.nine_heads(PATTERNS, start=0)
    assert dial.says == (
        "The heads of layer 0, mostly one back: 0 (1.00); mostly itself: 1 (1.00); mostly the first: 2 (1.00); "
        "no favourite: 3."
    )
    before = dial.view.value
    dial.slider.value = 1
    assert dial.text.value == "The heads of layer 1, mostly one back: 2 (1.00), 3 (1.00); no favourite: 0, 1."
    assert dial.view.value != before and dial._repr_mimebundle_()["text/html"].count("<img") == 1


def test_weights_are_painted_from_white_to_their_colour():
    painted = widgets.painted(torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
    assert painted[0].tolist() == [[1, 1, 1], [1, 1, 1]]
    gold, blue = painted[1].tolist()
    assert gold[0] > gold[2] and blue[2] > blue[0]


def test_arrows_turn_and_the_score_stays():
    dial = widgets.turning(head_dim=6, base=64)
    pictures, told = set(), set()
    for _, moved in dial.slider.options:
        dial.slider.value = moved
        pictures.add(dial.view.value)
        start = f"Key at place {moved:,}, query at place {moved + 2:,}: "
        assert dial.text.value.startswith(start)
        told.add(dial.text.value.removeprefix(start))
    speeds = [1, 1 / 4, 1 / 16]
    angles = ", ".join(f"{math.degrees(2 * speed):.0f}°" for speed in speeds)
    score = sum(math.cos(2 * speed) for speed in speeds) / math.sqrt(6)
    assert told == {f"{angles} between them, score (−0.42 + 0.88 + 0.99) / √6 = {score:.2f}."}
    assert len(pictures) == len(dial.slider.options)


def test_arrows_stand_under_the_words():
    drawing, says = widgets.under_words(["The", " sw", "ans"], head_dim=4, base=100)
    assert says == "By place 2, “ans”, the arrows have turned by 115°, 11°."
    written = {text.get_text() for text in drawing.axes[0].texts}
    assert {"The", "sw", "ans", "57.3°\na place", "5.7°\na place"} <= written
