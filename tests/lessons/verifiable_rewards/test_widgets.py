"""The slider over the rounds shows what was answered then, and whether it was right."""

from classroom.lessons.verifiable_rewards import widgets
from classroom.lessons.verifiable_rewards.widgets import Stage

STAGES = [
    Stage(0, ("7*3+8=3", "1+1=", "2+2=5,4")),
    Stage(1, ("7*3+8=1,9", "1+1=2", "2+2=4")),
]


def test_each_rounds_answers_are_counted():
    dial = widgets.answers(STAGES, start=1)
    assert dial.says == "‹3› of 3 are right, and ‹1› of 3 show how they came to it."
    assert "After 1 rounds" not in dial.still and "After 1 round " in dial.still
    dial.slider.index = 0
    assert "‹1› of 3 are right" in dial.text.value and "After 0 rounds" in dial.view.value


def test_the_picture_names_right_and_wrong_in_words():
    drawing, _ = widgets.answers(STAGES, start=0).draw(0)
    words = [text.get_text() for text in drawing.axes[0].texts]
    assert words.count("right") == 1 and words.count("wrong") == 2
    assert "(nothing)" in words and "7*3+8=" in words
