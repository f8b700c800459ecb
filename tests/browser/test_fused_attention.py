"""Lesson 09 in a real browser: the film is there, and the slider leaves fewer tiles."""


def test_the_film_is_shown_and_a_window_leaves_fewer_tiles(lab, opened):
    place = opened("notebooks", "fused_attention")
    lab.run_for("film")
    lab.show_cell(place("film"))
    assert lab.output_errors() == []
    lab.screenshot("fused_attention_film")
    lab.run_for("tiles")
    lab.show_cell(place("tiles"))
    before = lab.picture()
    assert lab.move_slider("a query sees", steps=1) == "a window of 512"
    lab.wait_for_new_picture(before)
    lab.panel().get_by_text("A window of 512: 108 of 256 tiles").first.wait_for()
    lab.screenshot("fused_attention_tiles")
    assert lab.output_errors() == []
    assert lab.problems == []
