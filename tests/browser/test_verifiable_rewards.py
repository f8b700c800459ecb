"""Lesson 21 in a real browser: it learns while one looks, and a slider shows the same questions round after round."""


def test_the_same_questions_are_answered_better(lab, opened):
    place = opened("notebooks", "verifiable_rewards")
    lab.run_for("stages")
    assert lab.output_errors() == []
    lab.show_cell(place("learn"))
    lab.panel().get_by_text("four runs of twelve rounds: 48 of 48, done").first.wait_for()
    lab.show_cell(place("stages"))
    before = lab.picture()
    assert lab.move_slider("rounds", steps=-12) == "0"
    lab.wait_for_new_picture(before)
    lab.screenshot("verifiable_rewards_stages")
    assert lab.problems == []
