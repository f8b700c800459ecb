"""Lesson 06 in a real browser: the heads of every layer, and arrows that turn while a score stays."""


def test_looking_and_turning(lab, opened):
    place = opened("notebooks", "heads_and_positions")
    lab.run_for("nine", "turning")
    assert lab.output_errors() == []
    lab.show_cell(place("nine"))
    before = lab.picture()
    assert lab.move_slider("layer", steps=7) == "18"
    lab.wait_for_new_picture(before)
    lab.panel().locator(".widget-html").get_by_text("The heads of layer 18").wait_for()
    lab.screenshot("heads_and_positions_nine")
    lab.show_cell(place("turning"))
    places = lab.slider("places further on")
    places.wait_for()
    for moved, reads in ((1, "1"), (12, "1,000"), (-9, "4")):
        assert lab.move_slider("places further on", steps=moved) == reads
        says = lab.panel().locator(".widget-html").get_by_text(f"Key at place {reads}, query")
        says.wait_for()
        assert says.inner_text().endswith(
            "115°, 29°, 7° between them, score (−0.42 + 0.88 + 0.99) / √6 = 0.59."
        )
    lab.screenshot("heads_and_positions_turning")
    assert lab.problems == []
