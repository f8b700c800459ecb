"""The slider over the time of learning shows what was written at each moment."""

from classroom.lessons.pretraining import widgets
from classroom.lessons.pretraining.widgets import Stage

STAGES = [Stage(0, 6.93, "x�\n\x00 q"), Stage(10, 4.0, "the the"), Stage(100, 2.5, "The swan <b>sang</b>.")]


def test_each_stage_is_shown_with_its_loss():
    dial = widgets.stages(STAGES, [6.9 - 0.04 * i for i in range(100)], start=2)
    assert (
        "‹The swan <b>sang</b>.›" in dial.says and "&lt;b&gt;" in dial.text.value and "<b>" not in dial.still
    )
    dial.slider.index = 1
    assert "‹the the›" in dial.text.value and "After 10 steps, ‹4.0› nats" in dial.view.value
    dial.slider.index = 0
    assert "‹x� q›" in dial.text.value
