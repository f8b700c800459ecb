"""Lesson 13 in a real browser: moment by moment, what waits and what does not."""


def test_the_slider_moves_through_moments(lab, opened):
    place = opened("notebooks", "recurrence")
    lab.run_for("widget")
    assert lab.output_errors() == []
    lab.show_cell(place("widget"))
    before = lab.picture()
    assert lab.move_slider("moment", steps=4) == "7"
    lab.wait_for_new_picture(before)
    lab.screenshot("recurrence_moments")
    assert lab.problems == []
