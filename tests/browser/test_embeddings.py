"""Lesson 04 in a real browser: words turn in space, and whatever is typed makes a ruler or a sentence."""


def test_turning_and_measuring(lab, opened):
    place = opened("notebooks", "embeddings")
    lab.run_all()
    assert lab.output_errors() == []
    lab.show_cell(place("space"))
    before = lab.picture()
    assert lab.move_slider("angle", steps=1) == "240°"
    lab.wait_for_new_picture(before)
    lab.panel().locator(".widget-html").get_by_text("From 240 degrees").wait_for()
    lab.screenshot("embeddings_space")
    lab.show_cell(place("ruler"))
    box = lab.panel().locator("input[type=text]").first
    for typed, says in (
        ("", "Type two words, a colon"),
        ("cat cat: one", "there is no direction"),
        ("small large: rivver", "near it in spelling: 'river'"),
        ("bad good: terrible poor fine great excellent", "From bad to good: terrible"),
    ):
        box.fill(typed)
        lab.panel().locator(".widget-html").get_by_text(says).wait_for()
    lab.screenshot("embeddings_ruler")
    assert lab.problems == []
