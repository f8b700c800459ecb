"""A Predict is a guess: the answer is out of sight, the guess stands beside what came, and is kept."""

import json
import os
import re
import types

import nbformat
import pytest

from classroom import course, guess
from classroom.mine import guesses
from tools import notebooks

each_lesson = pytest.mark.parametrize("lesson", course.written(), ids=lambda lesson: lesson.name)
FOLD = "<details><summary>Compare with your guess</summary>\n\n"


@pytest.fixture
def cell(monkeypatch):
    """Run as the cell `count-little` of lesson 01 in JupyterLab, in a notebook just begun."""
    import IPython

    shell = types.SimpleNamespace(get_parent=lambda: {"metadata": {"cellId": "count-little"}})
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/01_next_word.ipynb")
    monkeypatch.setattr(guesses, "_said", "")


def test_a_guess_is_shown_and_kept(my, cell, capsys):
    guess(" boy, one in ten ")
    assert capsys.readouterr().out == "Your guess: boy, one in ten\n"
    kept = json.loads((my / "guesses.json").read_text())
    assert kept["next_word"]["count-little"]["guess"] == "boy, one in ten"
    guess()
    assert capsys.readouterr().out == "Your guess: boy, one in ten\n"


def test_an_empty_line_brings_back_what_was_kept(my, cell, capsys):
    guess("girl")
    guess("boy")  # a later one takes its place
    guess("")
    assert re.fullmatch(r"Your guess, of \d{4}-\d\d-\d\d: boy", capsys.readouterr().out.splitlines()[-1])


def test_without_a_guess_it_asks_for_one(my, cell, capsys):
    guess("")
    guess()
    assert capsys.readouterr().out.splitlines() == [guesses.FIRST, guesses.BEFORE]
    assert not my.exists()


def test_a_number_is_a_guess_too(my, cell, capsys):
    guess(0)
    assert capsys.readouterr().out == "Your guess: 0\n"


@pytest.mark.parametrize("name", ["somewhere.ipynb", ""])
def test_outside_a_lesson_it_is_shown_and_not_kept(my, cell, monkeypatch, capsys, name):
    monkeypatch.setenv("JPY_SESSION_NAME", name)
    guess("boy")
    guess("")
    assert capsys.readouterr().out.splitlines() == ["Your guess: boy", guesses.FIRST]
    assert not my.exists()


def test_continuous_integration_keeps_nothing(my, cell, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    guess("boy")
    assert capsys.readouterr().out == "Your guess: boy\n" and not my.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"next_word": {"zero": 3}}'])
def test_a_damaged_file_is_no_obstacle_and_not_lost(my, cell, content):
    my.mkdir()
    guesses.file().write_bytes(content)
    guess("boy")
    assert guesses.read()["next_word"]["count-little"]["guess"] == "boy"
    assert [path.read_bytes() for path in my.glob("saved/*/guesses.json")] == [content]


def test_where_nothing_can_be_written_the_cell_runs_on(my, cell, monkeypatch, capsys):
    def deny(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", deny)
    guess("boy")
    assert capsys.readouterr().out == "Your guess: boy\n" and guesses.read() == {}


@each_lesson
def test_the_answer_to_each_predict_is_folded_and_asked_for(lesson):
    cells = nbformat.read(course.path("notebooks", lesson), as_version=4).cells
    for place, cell in enumerate(cells):
        if cell.cell_type != "markdown" or "**Predict:**" not in cell.source:
            continue
        assert cell.source.count("**Predict:**") == 1, f"{cell.id}: two guesses before one answer"
        assert "\n#" not in cell.source[cell.source.index("**Predict:**") :], (
            f"{cell.id} goes on to a new section"
        )
        answer = cells[place + 1]
        assert answer.cell_type == "code" and "predict" in answer.metadata.tags, (
            f"{cell.id}: its answer is in sight"
        )
        assert answer.source.startswith('guess("")  # your guess'), f"{answer.id} has no line for the guess"
        prose = "\n\n".join(c.source for c in cells[place + 1 :] if c.cell_type == "markdown")
        until = re.split(r"^#|\*\*Predict:\*\*", prose, flags=re.M)[0]
        assert FOLD in until, f"{cell.id}: nothing compares the guess with what came"


@each_lesson
def test_what_is_folded_does_not_show_its_first_line(lesson):
    """JupyterLab shows the first line of a folded output: it must be ours, as plain text."""
    for cell in nbformat.read(course.path("notebooks", lesson), as_version=4).cells:
        if "predict" in cell.metadata.get("tags", []):
            assert cell.metadata.jupyter == {"outputs_hidden": True}
            first = cell.outputs[0]
            assert first.output_type == "stream" and first.name == "stdout", cell.id
            line = first.text.splitlines()[0]
            assert line == (guesses.FIRST if cell.source.startswith('guess("")') else guesses.BEFORE), cell.id


def test_the_tag_brings_the_fold_through_normalising():
    cell = nbformat.v4.new_code_cell("guess('')", metadata={"tags": ["predict"]})
    other = nbformat.v4.new_code_cell("1", metadata={"jupyter": {"outputs_hidden": True}})
    made = notebooks.normalise(nbformat.v4.new_notebook(cells=[cell, other]))
    assert made.cells[0].metadata == {"tags": ["predict"], "jupyter": {"outputs_hidden": True}}
    assert made.cells[1].metadata == {}
