"""The slider over a climb shows proxy, truth and a text of each measurement."""

from classroom.lessons.reward_hacking import widgets
from nextword.overoptimization import Point

POINTS = [Point(0.0, 0.0, 0.1, 0.9, 1.0), Point(4.0, 2.0, 1.5, 0.8, 1.0), Point(20.0, 5.0, -1.0, 0.4, 0.9)]


def test_each_measurement_is_shown_with_its_text():
    dial = widgets.climb(POINTS, ["One day.", "The hen <b>fed</b>\nthe cat.", "Helped helped."], start=2)
    assert "‹Helped helped.›" in dial.says and "At ‹20› nats" in dial.view.value
    dial.slider.index = 1
    assert "‹The hen &lt;b&gt;fed&lt;/b&gt; the cat.›" in dial.text.value and "<b>fed" not in dial.text.value
    assert "At ‹4› nats the proxy says ‹2.0›, and the truth is ‹1.5›" in dial.view.value
    dial.slider.index = 0
    assert "‹One day.›" in dial.text.value
