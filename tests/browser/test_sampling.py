"""Lesson 02 in a real browser: the temperature moves the words, and not the pins; top-k greys the bars."""


def test_the_dials_change_the_pictures(lab, opened):
    place = opened("notebooks", "sampling")
    lab.run_for("temperature-dial", "topk-dial")
    assert lab.output_errors() == []
    lab.show_cell(place("temperature-dial"))
    before = lab.picture()
    assert lab.move_slider("temperature", steps=-4) == "0"
    lab.wait_for_new_picture(before)
    lab.panel().locator(".widget-html").get_by_text("Temperature 0:").wait_for()
    lab.screenshot("sampling_greedy")
    lab.show_cell(place("topk-dial"))
    assert lab.move_slider("top-k", steps=-3) == "1"
    lab.panel().locator(".widget-html").get_by_text("k = 1:").wait_for()
    assert lab.problems == []
