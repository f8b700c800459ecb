"""Lesson 07 in a real browser: each part of the whole machine is reached by click and by keys, and tells of itself."""

import pytest
from axe import faults
from lab import wait_until
from test_everybody import TOO_WIDE

FOCUS = "() => document.activeElement.dataset.part ?? ''"


@pytest.fixture
def machine(lab, opened):
    """The lesson, with the whole machine at work on its sentence."""
    place = opened("notebooks", "transformer")
    lab.run_for("whole-machine")
    assert lab.output_errors() == []
    lab.show_cell(place("whole-machine"))
    lab.panel().locator('[data-part="next"]').wait_for()
    return lab


def told(lab) -> str:
    return lab.panel().locator(".nextword-told").inner_text()


def go(lab, key: str, part: str) -> None:
    """Press a key, and see that it leads to a part."""
    lab.page.keyboard.press(key)
    assert lab.page.evaluate(FOCUS) == part


def test_the_whole_machine_by_mouse_and_by_keys(machine):
    lab = machine
    cell = lab.page.evaluate("() => window.opened.content.activeCellIndex")
    assert "nextword.sampling.softmax" in told(lab)
    lab.screenshot("transformer_whole")
    lab.panel().locator('[data-part="24.head.7"]').click()
    wait_until(lambda: "Layer 24, head 7" in told(lab), what="a head that tells of itself")
    assert "def weights" in told(lab) and "the library’s" in told(lab)
    words = '[data-part^="word."] .nextword-area[style*="fill"]'
    wait_until(lambda: lab.panel().locator(words).count() > 5, what="words in the colour of the head")
    go(lab, "ArrowUp", "25.head.7")
    go(lab, "End", "25.mlp")
    go(lab, "ArrowLeft", "25.stream")
    wait_until(lambda: "If the machine ended after this layer" in told(lab), what="a stream that tells")
    assert lab.panel().locator(words).count() == 0
    for _ in range(6):
        lab.page.keyboard.press("PageDown")
    wait_until(lambda: "The word “" in told(lab), what="the words at the bottom")
    go(lab, "Home", "word.0")
    wait_until(lambda: "After “The”" in lab.panel().inner_text(), what="the machine above the first word")
    assert lab.page.evaluate(FOCUS) == "word.0"  # the picture is another, and the focus is there still
    assert lab.page.evaluate("() => window.opened.content.activeCellIndex") == cell
    lab.screenshot("transformer_word")
    lab.type_into("your sentence", "A swan is a <b>bird</b> &", enter=True)
    wait_until(lambda: "After “&”" in lab.panel().inner_text(), what="a sentence of one's own")
    lab.type_into("your sentence", "", enter=True)
    lab.says("There is no text")
    assert lab.problems == []


def test_the_whole_machine_for_everybody(machine):
    lab = machine
    for theme in ("Light", "Dark"):
        lab.theme(theme)
        for part in ("next", "3.head.8", "12.mlp"):
            lab.panel().locator(f'[data-part="{part}"]').click()
            wait_until(lambda: "nextword." in told(lab), what="code")
            assert faults(lab, ".jp-MainAreaWidget:not(.lm-mod-hidden) .jp-Cell:has([data-part])") == []
        for width in (1280, 390):
            lab.resize(width)
            assert lab.page.evaluate(TOO_WIDE) == [], width
            lab.screenshot(f"transformer_{theme}_{width}")
    lab.theme("Light")
    lab.resize(1280)
    names = (
        lab.panel()
        .locator("[role=gridcell]")
        .evaluate_all("cells => cells.filter((cell) => !cell.getAttribute('aria-label')).length")
    )
    assert names == 0
    assert lab.panel().locator('[role=gridcell][tabindex="0"]').count() == 1  # one way in with Tab
