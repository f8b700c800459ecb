"""Lesson 22 in a real browser: a climb shows how far it is, and a slider what was written on the way."""

import re


def test_a_climb_shows_what_it_writes(lab, opened):
    place = opened("notebooks", "reward_hacking")
    lab.run_for("climb-widget")
    assert lab.output_errors() == []
    lab.show_cell(place("climb"))
    lab.panel().get_by_text(re.compile("climbing: 66 of 66, proxy .*, done")).first.wait_for()
    lab.show_cell(place("climb-widget"))
    said = lab.panel().locator(".widget-html")
    said.get_by_text("It writes: ‹One day a mouse").first.wait_for()
    lab.screenshot("reward_hacking_climb")
    assert lab.move_slider("measurement", steps=-11) == "1"
    said.get_by_text("It writes: ‹One day a mouse").first.wait_for()
    lab.screenshot("reward_hacking_start")
    assert lab.problems == []
