"""Lesson 03 in a real browser: the sentence melts, and whatever is typed becomes chips."""

import json
import shutil

from classroom import course


def test_melting_and_typing(lab, my):
    lesson = course.find("tokens")
    copy = my / f"widgets_{lesson.file}"
    shutil.copy(course.path("notebooks", lesson), copy)
    ids = [cell["id"] for cell in json.loads(copy.read_text(encoding="utf-8"))["cells"]]
    lab.open_notebook(f"build/{my.name}/{copy.name}")
    lab.run_all()
    assert lab.output_errors() == []
    lab.show_cell(ids.index("melting"))
    assert lab.move_slider("merges", steps=6) == "1,792"
    lab.panel().locator(".widget-html").get_by_text("After 1,792 merges: English 18 tokens").wait_for()
    lab.screenshot("tokens_melting")
    lab.show_cell(ids.index("typed"))
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
