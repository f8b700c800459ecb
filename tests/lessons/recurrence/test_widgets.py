"""Lesson 13's slider: the steps that are made in each moment are those of the rule, and no step comes before its needs."""

import pytest

from classroom.lessons.recurrence import widgets
from nextword import recurrent


@pytest.mark.parametrize("is_recurrent", [True, False])
@pytest.mark.parametrize("n_tokens, n_layers", [(12, 3), (1, 4), (5, 1)])
def test_the_last_moment_is_what_the_rung_says(is_recurrent, n_tokens, n_layers):
    made = widgets.moments(n_tokens, n_layers, is_recurrent)
    assert max(made.values()) == recurrent.steps_in_a_row(n_tokens, n_layers, is_recurrent, False)
    for (token, layer), moment in made.items():
        assert moment > made.get((token, layer - 1), 0)
        if is_recurrent:
            assert moment > made.get((token - 1, layer), 0)


def test_the_slider_counts_what_is_made():
    dial = widgets.reading(start=3)
    assert "After 3 moments: 6 of 36 steps, and 36 of 36" in dial.still
    dial.slider.index = 13
    assert "After 14 moments: 36 of 36 steps, and 36 of 36" in dial.view.value
    dial.slider.index = 0
    assert "After 1 moments: 1 of 36 steps, and 12 of 36" in dial.view.value
    assert "needs 14 moments, the transformer 3" in dial.says
