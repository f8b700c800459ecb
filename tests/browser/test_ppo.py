"""Lesson 19 in a real browser: the slider of lambda shares out credit, and learning draws its curves meanwhile."""


def test_lambda_and_learning(lab, opened):
    place = opened("notebooks", "ppo")
    lab.run_for("lambda")
    assert lab.output_errors() == []
    lab.show_cell(place("lambda"))
    before = lab.picture()
    assert lab.move_slider("lambda", steps=-5) == "0"
    lab.wait_for_new_picture(before)
    lab.panel().locator(".widget-html").get_by_text("Most credit goes to “wonderful”").first.wait_for()
    lab.screenshot("ppo_lambda")
    lab.show_cell(place("free"))
    lab.run_for("free", seconds=300)
    assert lab.output_errors() == []
    lab.panel().get_by_text("rounds: 10 of 10").first.wait_for()
    lab.panel().get_by_text("nats from the reference").first.wait_for()
    lab.screenshot("ppo_free")
    assert lab.problems == []
