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


def test_each_reader_has_a_line_for_each_seed(monkeypatch):
    rows = [
        {"name": name, "sentences": n, "seed": seed, "accuracy": 0.6 + 0.01 * seed}
        for name, *_ in widgets.READERS
        for n in (300, 1000)
        for seed in range(4)
    ]
    rows += [{"name": widgets.CEILING, "sentences": 0, "seed": 0, "accuracy": 0.89}]
    shown = []
    monkeypatch.setattr(widgets.figures, "show", lambda drawing, says: shown.append(drawing))
    widgets.by_size(rows)
    (axes,) = shown[0].axes
    lines = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_marker() != "None"]
    assert len(lines) == 12 and {tuple(line.get_xdata()) for line in lines} == {(300, 1000)}
    assert {line.get_marker() for line in lines} == set("os^")
    assert [line.get_ydata()[0] for line in axes.lines if line.get_marker() == "None"] == [0.89]
