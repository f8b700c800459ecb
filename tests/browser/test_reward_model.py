"""Lesson 18 in a real browser: a reward reads half a million opinions, and a slider keeps the best of n."""


def test_the_best_of_n(lab, opened):
    place = opened("notebooks", "reward_model")
    lab.run_for("widget")
    assert lab.output_errors() == []
    lab.show_cell(place("widget"))
    assert lab.move_slider("n", steps=-4) == "1"
    drawn = lab.panel().locator(".widget-html img[alt^='Best of 1: ']")
    drawn.wait_for()
    assert "It keeps: ‹The film is" in drawn.get_attribute("alt")
    lab.screenshot("reward_model_best_of_1")
    assert lab.problems == []
