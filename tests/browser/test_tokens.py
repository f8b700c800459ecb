"""Lesson 03 in a real browser: the sentence melts, and whatever is typed becomes chips."""


def test_melting_and_typing(lab, opened):
    place = opened("notebooks", "tokens")
    lab.run_for("melting", "typed")
    assert lab.output_errors() == []
    lab.show_cell(place("melting"))
    assert lab.move_slider("merges", steps=6) == "1,792"
    lab.panel().locator(".widget-html").get_by_text("After 1,792 merges: English 18 tokens").wait_for()
    lab.screenshot("tokens_melting")
    lab.show_cell(place("typed"))
    box = lab.panel().locator("input[type=text]").first
    for typed, says in (
        ("", "Type something"),
        ("🦆", "4 bytes, 4 tokens"),
        ("όχθη", "8 bytes, 8 tokens"),
        ("z" * 50_000, "first 2,000"),
    ):
        box.fill(typed)
        lab.panel().locator(".widget-html").get_by_text(says).wait_for()
    box.fill("The duckling, όχθη and 鹅")
    lab.panel().locator(".widget-html").get_by_text("24 characters").wait_for()
    lab.screenshot("tokens_typed")
    assert lab.problems == []
