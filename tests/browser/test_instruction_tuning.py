"""Lesson 17 in a real browser: a short piece of learning shows how far it is, and a slider its moments."""


def test_learning_shows_how_far_it_is(lab, opened):
    place = opened("notebooks", "instruction_tuning")
    lab.run_for("manners")
    assert lab.output_errors() == []
    lab.show_cell(place("manners"))
    lab.panel().get_by_text("learning to write about films: 50 of 50, done").first.wait_for()
    lab.panel().get_by_text("It writes:").first.wait_for()
    lab.screenshot("instruction_tuning_manners")
    assert lab.problems == []
