"""The reader's way: a guess before the answer, links that open, a home that is current, few files to look at."""

import json
import re

import nbformat
import pytest
from lab import wait_until
from nbformat.v4 import new_code_cell, new_notebook

from classroom import course
from classroom.mine import guesses

FEW_WORDS = "words = 'the little boy the little boy the little swan'.split()"
LOSS = """
import math
from classroom import exercises, where_next; from classroom.mine import mine

@mine("ngram.loss")
def loss(probabilities):
    return sum(-math.log(p) if p else math.inf for p in probabilities) / len(probabilities)
"""
OPEN = "async (path) => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }"
LIST = "async (path) => { await window.jupyterapp.commands.execute('filebrowser:go-to-path', { path }); }"
SET_SOURCE = """
async ([place, source]) => window.opened.content.widgets[place].model.sharedModel.setSource(source)
"""


@pytest.fixture
def write(lab, my):
    """Open a notebook of these cells, under a lesson's own name and in a folder of its own."""

    def open_new(cells: list) -> None:
        folder = my / "written"
        folder.mkdir(exist_ok=True)
        nbformat.write(new_notebook(cells=cells), folder / "01_next_word.ipynb")
        lab.open_notebook(f"build/{my.name}/written/01_next_word.ipynb")

    return open_new


def shows(lab, path: str) -> None:
    """Wait until the tab in front is that of this file."""
    script = "() => window.jupyterapp.shell.currentWidget?.context?.path"
    wait_until(lambda: lab.page.evaluate(script) == path, what=f"the tab of {path}")


def test_a_predict_is_a_guess(lab, my, write):
    lesson = nbformat.read(course.path("notebooks", course.find("01")), as_version=4)
    cells = [
        cell for cell in lesson.cells if cell.id in ("imports", "count-intro", "count-little", "count-look")
    ]
    answer = cells[2]
    cells[0].source += f"\n{FEW_WORDS}"
    write(cells)
    fold = lab.panel().locator(".jp-OutputPlaceholder .jp-PlaceholderText:visible")
    fold.wait_for(timeout=30_000)
    assert fold.inner_text() == guesses.FIRST
    assert "mermaid" in answer.outputs[0].text and "mermaid" not in lab.panel().inner_text()
    lab.screenshot("predict_before")

    lab.run_cell(0)
    lab.ask(SET_SOURCE, [2, answer.source.replace('guess("")', 'guess("boy, two in three")')])
    lab.run_cell(2)
    came = lab.panel().locator(".jp-OutputArea-output:visible", has_text="3 times in all")
    came.wait_for(timeout=30_000)
    assert came.inner_text().startswith("Your guess: boy, two in three\n") and fold.count() == 0
    assert "jupyter" not in lab.notebook()["cells"][2]["metadata"], "the fold stays open for good"
    kept = json.loads((my / "guesses.json").read_text())
    assert kept["next_word"]["count-little"]["guess"] == "boy, two in three"

    compares = lab.panel().locator(".jp-RenderedMarkdown summary", has_text="Compare with your guess")
    comparison = lab.panel().locator(".jp-RenderedMarkdown").get_by_text("then come mermaids")
    assert not comparison.is_visible()
    compares.click()
    comparison.wait_for()
    lab.screenshot("predict_after")
    assert lab.output_errors() == lab.problems == []


def test_no_dead_ends_and_a_home_that_is_current(lab, my, write):
    home, sheet = f"build/{my.name}/home.md", f"build/{my.name}/01_next_word.ipynb"
    lab.ask(OPEN, home)
    loss = lab.panel().locator("tr", has_text="How can text be predicted at all?")
    loss.wait_for(timeout=30_000)
    before = (my / "home.md").read_text()
    write([new_code_cell(LOSS), new_code_cell('where_next("01")'), new_code_cell('exercises("01")')])
    lab.run_all()
    assert lab.output_errors() == [] and re.search(r"[1-6] of 6 done", lab.outputs()[0])

    lab.panel().get_by_role("link", name="How far you are").click()
    shows(lab, home)
    assert (my / "home.md").read_text() != before
    wait_until(
        lambda: re.search(r"[1-6] of 6\s+\S*✓", loss.inner_text()), what="a tick for the exercise just passed"
    )
    lab.screenshot("home_after_a_pass")

    lab.ask(OPEN, f"build/{my.name}/written/01_next_word.ipynb")
    lab.panel().get_by_role("link", name="Next: 02 Sampling").click()
    shows(lab, "notebooks/02_sampling.ipynb")
    lab.ask(OPEN, f"build/{my.name}/written/01_next_word.ipynb")
    lab.panel().get_by_role("link", name="Open my/01_next_word.ipynb").click()
    shows(lab, sheet)
    of_my = lab.page.locator(f".lm-TabBar-tab.nextword-in-{my.name}")
    assert of_my.count() == 1 and "/" in of_my.evaluate(
        "t => getComputedStyle(t.children[1], '::before').content"
    )
    lab.screenshot("way_to_the_exercises")
    assert lab.problems == []


def test_few_files_to_look_at(lab):
    lab.ask(LIST, "/")
    names = lab.page.locator(".jp-DirListing-itemText")
    wait_until(lambda: "notebooks" in names.all_inner_texts(), what="the course's folder")
    assert set(names.all_inner_texts()) - {"my"} == {"START_HERE.md", "GLOSSARY.md", "notebooks", "solutions"}
    assert lab.page.get_by_text("Last Modified", exact=True).count() == 0
    lab.ask(OPEN, "START_HERE.md")
    assert lab.panel().get_by_role("link", name="Continue").is_visible()
