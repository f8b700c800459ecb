"""Lesson 11 in a real browser: the learning rate decides whether a walk creeps, arrives or flies out."""


def test_the_rate_moves_the_path(lab, opened):
    place = opened("notebooks", "optimizers")
    lab.run_for("valley")
    assert lab.output_errors() == []
    lab.show_cell(place("valley"))
    before = lab.picture()
    assert lab.move_slider("learning rate", steps=-6) == "0.005"
    lab.wait_for_new_picture(before)
    lab.panel().locator(".widget-html").get_by_text("on its way still").wait_for()
    assert lab.move_slider("learning rate", steps=9) == "0.08"
    lab.panel().locator(".widget-html").get_by_text("flies out of the valley").wait_for()
    lab.screenshot("optimizers_valley")
    assert lab.problems == []
