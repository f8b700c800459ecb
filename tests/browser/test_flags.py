"""The pad on which readers choose between two texts, in a real browser: by mouse and keys, dark and narrow."""

import json

import nbformat
import pytest
from axe import faults
from lab import wait_until
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_everybody import TOO_WIDE

PAD = """
from classroom.lessons.reward_model.flags import Flagging
openings = ["The film is", "This movie", "A", "If you"]
ends = ["a moving, honest and often very funny look at people who lost their way.", "not bad, and not good either."]
offers = [(one, f"{one} number {n}: {ends[0]}", f"{one} number {n}: {ends[1]}") for n, one in enumerate(openings * 15)]
pad = Flagging(offers)
pad
"""
BUSY = "import time; time.sleep(9)"
LABELS = "from classroom.mine import flags\nprint(len(flags.labels()), flags.labels()[-1].chosen)"
FOCUS_IS_HERE = "() => document.activeElement.closest('.nextword-flags') !== null"


@pytest.fixture
def notebook(lab, my):
    """A notebook with the pad between two other cells; the reader's flags lie in `my`, empty."""
    (my / "flags.jsonl").unlink(missing_ok=True)
    cells = [new_markdown_cell("# Which is better?"), new_code_cell(PAD.strip()), new_code_cell(LABELS)]
    nbformat.write(new_notebook(cells=cells), my / "flagging.ipynb")
    lab.open_notebook(f"build/{my.name}/flagging.ipynb")
    lab.run_cell(1)
    assert lab.output_errors() == []
    lab.show_cell(1)
    return lab


def kept(my) -> str:
    """The answers in the file, a letter each."""
    if not (my / "flags.jsonl").exists():
        return ""
    return "".join(json.loads(line)["answer"][0] for line in (my / "flags.jsonl").read_text().splitlines())


def at(lab, progress: str) -> None:
    """Wait until the pad says how far it is, and until a new pair can be answered."""
    lab.panel().locator(".nextword-flags-progress").filter(has_text=progress).wait_for()
    lab.page.wait_for_timeout(300)  # nobody reads a pair sooner


def test_by_mouse_and_by_keys(notebook, my):
    lab, keys = notebook, notebook.page.keyboard
    cards = lab.panel().locator(".nextword-flags-card")
    status = lab.panel().get_by_role("status").filter(has_text="of 48")
    at(lab, "0 of 48")
    assert "number 0" in status.inner_text() or "number 0" in status.text_content()  # heard, not seen
    cards.first.click()
    at(lab, "1 of 48")
    assert kept(my) == "a" and "number 1:" in cards.first.inner_text()
    for key, progress, letters in (
        ("b", "2", "ab"),
        ("ArrowLeft", "3", "aba"),
        ("ArrowRight", "4", "abab"),
        ("s", "4", "ababs"),
        ("B", "5", "ababsb"),
        ("u", "4", "ababs"),
        ("u", "4", "abab"),
        ("a", "5", "ababa"),
    ):
        keys.press(key)
        wait_until(lambda letters=letters: kept(my) == letters, what=f"{letters} after {key}")
        at(lab, f"{progress} of 48")
    assert len(lab.notebook()["cells"]) == 3  # a and b made no cells, s and u did nothing to them
    for key in ("x", "d", "d", "z", "ArrowDown"):  # which mean something to JupyterLab
        keys.press(key)
        assert lab.page.evaluate(FOCUS_IS_HERE), (
            key,
            lab.page.evaluate("() => document.activeElement.outerHTML.slice(0,200)"),
        )
    assert len(lab.notebook()["cells"]) == 3
    at(lab, "5 of 48")
    assert lab.page.evaluate(FOCUS_IS_HERE)
    for _ in range(5):  # held down it counts once
        keys.down("a")
    keys.up("a")
    at(lab, "6 of 48")
    cards.last.dblclick()  # and so does a double click
    at(lab, "7 of 48")
    assert kept(my) == "ababaab"
    lab.run_cell(2)
    assert lab.outputs()[-1].startswith("7 ") and "not bad" in lab.outputs()[-1]
    assert lab.output_errors() == [] and lab.problems == []


def test_by_keyboard_alone_and_what_is_heard(notebook, my):
    lab, keys = notebook, notebook.page.keyboard
    at(lab, "0 of 48")
    group = lab.panel().get_by_role("group", name="which text do you like better?")
    first = group.get_by_role("button", name="A The film is number 0: a moving")
    first.focus()
    for name in ("B The film is number 0: not bad", "Skip", "Undo"):
        keys.press("Tab")
        assert group.get_by_role("button", name=name).evaluate("one => one === document.activeElement"), name
    ring = "one => getComputedStyle(one).outlineStyle"
    assert group.get_by_role("button", name="Undo").evaluate(ring) == "solid"
    keys.press("Enter")
    group.get_by_text("There is no answer to take back.").wait_for()
    keys.press("Shift+Tab")
    at(lab, "0 of 48")
    keys.press("Space")  # skip
    wait_until(lambda: kept(my) == "s", what="a skip")
    at(lab, "0 of 48")
    keys.press("b")
    at(lab, "1 of 48")
    assert kept(my) == "sb"
    assert group.get_by_role("button", name="Skip").evaluate("one => one === document.activeElement")
    assert "A: A number 2" in group.get_by_role("status").text_content()
    assert lab.problems == []


def test_it_goes_on_where_it_was_left(notebook, my):
    lab = notebook
    at(lab, "0 of 48")
    lab.panel().locator(".nextword-flags-card").first.click()
    at(lab, "1 of 48")
    lab.ask("async () => window.opened.sessionContext.session.kernel.restart()")
    lab.run_cell(1)
    at(lab, "1 of 48")
    lab.panel().locator(".nextword-flags-card").filter(has_text="number 1:").first.wait_for()
    lab.press("Undo")
    at(lab, "0 of 48")
    lab.panel().locator(".nextword-flags-card").filter(has_text="number 0:").first.wait_for()
    assert kept(my) == ""


def test_while_the_kernel_is_busy_it_says_so_and_the_answer_is_kept_later(notebook, my):
    lab = notebook
    at(lab, "0 of 48")
    lab.ask(
        "async () => window.opened.sessionContext.session.kernel.requestExecute({ code: BUSY })".replace(
            "BUSY", repr(BUSY)
        )
    )
    lab.panel().locator(".nextword-flags-card").first.click()
    lab.panel().locator(".nextword-flags-note").filter(has_text="Nothing is kept yet").wait_for()
    assert kept(my) == ""
    at(lab, "1 of 48")
    assert kept(my) == "a" and lab.panel().locator(".nextword-flags-note").inner_text() == ""
    assert lab.problems == []


def test_on_a_dark_and_on_a_narrow_page(notebook):
    lab = notebook
    at(lab, "0 of 48")
    lab.screenshot("flags_light")
    try:
        for theme, width in (("Light", 1280), ("Dark", 1280), ("Dark", 390), ("Light", 390)):
            lab.theme(theme)
            lab.resize(width)
            lab.show_cell(1)
            lab.page.wait_for_timeout(500)
            lab.screenshot(f"flags_{theme.lower()}_{width}")
            assert lab.page.evaluate(TOO_WIDE) == [], width
            assert faults(lab) == [], (theme, width)
    finally:
        lab.theme("Light")
        lab.resize(1280)
    assert lab.problems == []
