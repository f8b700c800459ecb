"""Each lesson and its exercises in a real browser: run through, a dial moved, nothing wrong in the console."""

import json
import shutil

import pytest
from lab import wait_until

from classroom import course

lessons = pytest.mark.parametrize("lesson", course.written(), ids=lambda lesson: lesson.name)


@pytest.fixture
def opened(lab, my):
    """Open a copy of a course's notebook, so that a save does not touch the course."""

    def open_copy(folder: str, name: str):
        lesson = course.find(name)
        copy = my / f"{folder}_{lesson.file}"
        shutil.copy(course.path(folder, lesson), copy)
        lab.open_notebook(f"build/{my.name}/{copy.name}")
        return place_of(json.loads(copy.read_text(encoding="utf-8")))

    return open_copy


def place_of(notebook: dict):
    """From a cell's id to its place in the notebook."""
    return {cell["id"]: place for place, cell in enumerate(notebook["cells"])}.__getitem__


def text_of(lab, place: int) -> str:
    """What a cell shows, widgets included."""
    lab.show_cell(place)
    return lab.panel().locator(".jp-Cell").nth(place).locator(".jp-OutputArea").first.inner_text()


@lessons
def test_a_lesson_runs_through(lab, opened, lesson):
    opened("notebooks", lesson.name)
    lab.run_all()
    assert lab.output_errors() == []
    assert lab.problems == []


def test_the_temperature_moves_the_words_and_not_the_pins(lab, opened):
    place = opened("notebooks", "sampling")
    lab.run_all()
    lab.show_cell(place("temperature-dial"))
    before = lab.picture()
    assert lab.move_slider("temperature", steps=-4) == "0"
    lab.wait_for_new_picture(before)
    lab.page.get_by_text("Temperature 0:").first.wait_for()
    lab.screenshot("sampling_greedy")
    assert lab.problems == []


def test_more_context_copies_more(lab, opened):
    place = opened("notebooks", "next_word")
    lab.run_all()
    lab.show_cell(place("slider"))
    assert lab.move_slider("words of context", steps=4) == "5"
    lab.panel().locator(".widget-html").get_by_text("Context 5:").wait_for()
    lab.screenshot("next_word_plagiarism")
    lab.show_cell(place("what-follows"))
    box = lab.panel().locator("input[type=text]").first
    box.fill("was obliged")
    lab.page.get_by_text("to 0.9").wait_for()
    box.fill("")
    lab.page.get_by_text("Type a word or two").wait_for()
    assert lab.problems == []


@lessons
def test_blank_exercises_run_through_saying_to_do(lab, opened, lesson):
    opened("exercises", lesson.name)
    lab.run_all()
    assert lab.output_errors() == []
    assert sum("to do" in output for output in lab.outputs()) >= 5
    assert lab.problems == []


def test_an_exercise_from_wrong_to_right(lab, opened, my):
    place = opened("exercises", "next_word")
    lab.run_cell(place("imports"))
    exercise = place("loss-yours")
    heading = '@mine("ngram.loss")\ndef loss(probabilities):\n'
    lab.ask(SET_SOURCE, [exercise, f"{heading}    return -math.log(sum(probabilities) / len(probabilities))"])
    lab.run_cell(exercise)
    verdict = lab.panel().get_by_text("not yet [loss-log-of-mean]")
    verdict.wait_for()
    lab.screenshot("exercise_wrong")
    good = "    return sum(-math.log(p) if p else math.inf for p in probabilities) / len(probabilities)"
    lab.ask(SET_SOURCE, [exercise, heading + good])
    lab.run_cell(exercise)
    lab.panel().get_by_text("The library runs yours now").wait_for()
    lab.screenshot("exercise_right")
    wait_until((my / "functions/ngram.loss.py").exists, what="the kept function")
    assert lab.problems == []


SET_SOURCE = """
async ([place, source]) => window.opened.content.widgets[place].model.sharedModel.setSource(source)
"""
