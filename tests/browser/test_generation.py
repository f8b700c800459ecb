"""Lesson 16 in a real browser: a slider over how many tokens are guessed draws other rounds, and says what was kept."""

import re


def test_the_number_of_guesses_is_chosen(lab, opened):
    place = opened("notebooks", "generation")
    lab.run_for("widget")
    assert lab.output_errors() == []
    lab.show_cell(place("widget"))
    lab.says(re.compile(r"\d+ of \d+ guesses are kept"))
    before = lab.picture()
    lab.move_slider("guessed at a time:", 2)
    lab.wait_for_new_picture(before)
    lab.screenshot("generation_guesses")
    assert lab.problems == []
