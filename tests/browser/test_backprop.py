"""Lesson 10 in a real browser: blame goes back step by step, and one dial tells which way to turn."""


def test_blame_is_passed_back_and_a_dial_is_turned(lab, opened):
    place = opened("notebooks", "backprop")
    lab.run_for("passing")
    assert lab.output_errors() == []
    lab.show_cell(place("passing"))
    before = lab.picture()
    assert lab.move_slider("asked so far", steps=-1) == "guess"
    lab.wait_for_new_picture(before)
    lab.panel().get_by_text("guess is asked. Its gradient is 6").first.wait_for()
    lab.screenshot("backprop_passing")
    lab.run_for("one")
    lab.show_cell(place("one"))
    assert lab.output_errors() == []
    lab.screenshot("backprop_one")
    assert lab.problems == []
