"""Lesson 01 in a real browser: more context copies more, and what is typed is answered."""


def test_more_context_copies_more(lab, opened):
    place = opened("notebooks", "next_word")
    lab.run_for("what-follows", "slider")
    assert lab.output_errors() == []
    lab.show_cell(place("slider"))
    assert lab.move_slider("words of context", steps=4) == "5"
    lab.panel().locator(".widget-html").get_by_text("Context 5:").wait_for()
    lab.screenshot("next_word_plagiarism")
    lab.show_cell(place("what-follows"))
    box = lab.panel().locator("input[type=text]").first
    box.fill("was obliged")
    lab.panel().locator(".widget-html").get_by_text("to 0.9").wait_for()
    box.fill("")
    lab.panel().locator(".widget-html").get_by_text("Type a word or two").wait_for()
    assert lab.problems == []
