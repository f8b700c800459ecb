"""Lesson 18 in a real browser: a reward reads half a million opinions, and a slider keeps the best of n."""


def test_the_best_of_n(lab, opened):
    place = opened("notebooks", "reward_model")
    lab.run_for("widget")
    assert lab.output_errors() == []
    lab.show_cell(place("widget"))
    panel = lab.panel()
    panel.get_by_text("Best of 16").first.wait_for()
    lab.screenshot("reward_model_best_of_16")
    slider = panel.get_by_role("slider").first
    slider.focus()
    for _ in range(4):
        slider.press("ArrowLeft")
    panel.get_by_text("Best of 1:").first.wait_for()
    lab.screenshot("reward_model_best_of_1")
    assert lab.problems == []
