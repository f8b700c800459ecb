"""The slider shows what was written at each moment; the table that is quoted says what is said of it."""

import json

from classroom import paths
from classroom.lessons.instruction_tuning import widgets
from classroom.lessons.instruction_tuning.widgets import Moment

MOMENTS = [
    Moment(0, 3.0, 1.6, "The film was\na swan."),
    Moment(5, 2.4, 1.7, "<b>"),
    Moment(50, 2.1, 1.9, "Dull."),
]


def test_each_moment_is_shown_with_both_measures():
    dial = widgets.manners(MOMENTS, start=2)
    assert dial.says == "It writes: ‹Dull.›"
    dial.slider.index = 0
    assert "‹The film was a swan.›" in dial.text.value
    assert "After 0 steps: films ‹3.0›, tales ‹1.6› bits per byte" in dial.view.value
    dial.slider.index = 1
    assert "&lt;b&gt;" in dial.text.value and "<b>" not in dial.text.value


def test_what_the_lesson_says_of_the_benchmark_stands_in_its_table():
    """With each of four seeds everything that was said teaches replies better than the replies alone."""
    runs = json.loads((paths.root() / "benchmarks/results/rlhf_sft.json").read_text())["runs"]
    cost = {(run["what counts"], run["seed"]): run["replies put aside, nats a token"] for run in runs}
    assert len(cost) == 8
    assert all(cost["everything", seed] + 0.1 < cost["replies", seed] for seed in range(4))
    assert all(run["replies that end, of 12"] == 12 for run in runs)
    likelier = [run["own prompt likelier"] / run["pairs"] for run in runs]
    assert 0.45 < min(likelier) and max(likelier) < 0.6  # a coin, or little better
