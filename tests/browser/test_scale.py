"""Lesson 15 in a real browser: the dial over sizes tells how long each would take."""


def test_the_dial_over_sizes(lab, opened):
    place = opened("notebooks", "scale")
    lab.run_for("how-long")
    assert lab.output_errors() == []
    lab.show_cell(place("how-long"))
    before = lab.picture()
    assert lab.move_slider("dials", steps=2) == "400 billion"
    lab.wait_for_new_picture(before)
    lab.panel().get_by_text("400 billion dials: 1.9 × 10²⁵ operations").first.wait_for()
    assert lab.move_slider("dials", steps=-6) == "1 million"
    lab.panel().get_by_text("on 1,000 GPUs less than a second").first.wait_for()
    lab.screenshot("scale_how_long")
    assert lab.problems == []
