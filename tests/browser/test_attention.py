"""Lesson 05 in a real browser: banks part, and heads look at whatever is typed."""

import re


def test_parting_and_looking(lab, opened):
    place = opened("notebooks", "attention")
    lab.run_for("yours", "explorer")
    assert lab.output_errors() == []
    lab.show_cell(place("yours"))
    box = lab.panel().locator("input[type=text]").nth(0)
    for typed, says in (
        ("", "not at its beginning"),
        ("bank of England", "not at its beginning"),
        ("He borrowed money from the bank", "ends on the side of money"),
        ("A swan slept in the reeds on the bank", "ends on the side of the river"),
    ):
        box.fill(typed)
        lab.panel().locator(".widget-html").get_by_text(says).wait_for()
    lab.screenshot("attention_yours")
    lab.show_cell(place("explorer"))
    said = lab.panel().locator(".widget-html")
    said.get_by_text("“bank” takes 0.51 from “river”").wait_for()
    lab.screenshot("attention_explorer")
    assert lab.move_slider("head", steps=2) == "2"
    said.get_by_text("Layer 4, head 2.").wait_for()
    assert lab.move_slider("who asks", steps=1) == "was"
    said.get_by_text("“was” asks: it takes").wait_for()
    box = lab.panel().locator("input[type=text]").nth(1)
    for typed, says in (
        ("", "^No text, nobody to ask"),
        ("🦆", r"^Layer 4, head 2\."),
        ("z" * 50_000, "^The first 24 of more than 24 pieces"),
        ("The swan swam. The swan swam.", r"^Layer 4, head 2\."),
    ):
        box.fill(typed)
        said.get_by_text(re.compile(says)).wait_for()
    lab.screenshot("attention_typed")
    assert lab.problems == []
