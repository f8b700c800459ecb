"""Lesson 12 in a real browser: a short piece of learning shows how far it is, and a slider its stages."""


def test_learning_shows_how_far_it_is(lab, opened):
    place = opened("notebooks", "pretraining")
    lab.run_for("cheat")
    assert lab.output_errors() == []
    lab.show_cell(place("overfit"))
    lab.run_for("overfit")
    assert lab.output_errors() == []
    lab.panel().get_by_text("learning ten tales: 1200 of 1200, done").first.wait_for()
    lab.screenshot("pretraining_overfit")
    assert lab.problems == []
