"""The slider over n keeps the best of the first n, and shows what both rewards say of it."""

import torch

from classroom.lessons.reward_model import widgets

SAMPLES = [f"<b>{letter}{i}</b>" for letter in "pq" for i in range(4)]
GIVEN = torch.tensor([[0.0, 1.0, 2.0, -9.0], [5.0, 0.0, 0.0, 6.0]])
JUDGING = -GIVEN


def test_the_best_of_the_first_n_are_kept():
    dial = widgets.best_of(["p", "q"], SAMPLES, GIVEN, JUDGING, start=2)
    assert dial.says == "It keeps: ‹<b>p2</b>› · ‹<b>q3</b>›"  # of four
    assert "&lt;b&gt;" in dial.text.value and "<b>" not in dial.still
    assert "Best of 4: ‹+4.0› by the reward that chooses, ‹-4.0› by the other" in dial.view.value
    dial.slider.index = 1
    assert "p1" in dial.text.value and "q0" in dial.text.value and "Best of 2: ‹+3.0›" in dial.view.value
    dial.slider.index = 0
    assert "p0" in dial.text.value and "Best of 1: ‹+2.5›" in dial.view.value
    assert len(dial.slider.options) == 3  # there are four of each: 8 and 16 are not offered
