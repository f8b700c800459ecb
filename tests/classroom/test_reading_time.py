"""The minutes that a lesson states are those that its words, its code and its figures take."""

import doctest
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from classroom import course
from tools import reading_time
from tools.reading_time import Amount

NEARLY = 5  # minutes: nobody reads to the minute
each_lesson = pytest.mark.parametrize("lesson", course.written(), ids=lambda lesson: lesson.name)


@each_lesson
def test_the_stated_minutes_are_those_it_takes(lesson):
    stated, takes = lesson.minutes[0], reading_time.read(course.path("notebooks", lesson)).minutes
    assert abs(stated - takes) <= NEARLY, (
        f"course.toml says {stated} minutes, and by words, code and figures it is {takes:.0f}"
    )


@each_lesson
def test_the_lesson_states_the_minutes_of_the_table(lesson):
    title = nbformat.read(course.path("notebooks", lesson), as_version=4).cells[0].source
    [stated] = re.findall(r"^\| Time \| about (\d+) minutes", title, re.M)
    assert int(stated) == lesson.minutes[0]


def test_examples():
    assert doctest.testmod(reading_time).failed == 0


def picture() -> dict:
    return new_output("display_data", {"text/html": '<img alt="a swan">', "text/plain": "a swan"})


def test_what_is_counted():
    source = new_output("display_data", {"text/markdown": "`a.b`\n```python\ndef b():\n\n    pass\n```"})
    widget = new_output("execute_result", {"text/html": "<div>", "text/plain": ""}, execution_count=1)
    card = new_output("display_data", {"text/html": "<div>three exercises</div>"})
    cells = [
        new_markdown_cell("# A swan\n\n<details><summary>and</summary>a duck</details>"),
        new_code_cell("x = 1\n\nx", outputs=[picture(), source, widget, card]),
    ]
    assert reading_time.of_notebook(new_notebook(cells=cells)) == Amount(words=5, lines=4, figures=2)


def test_a_second_reading_is_not_counted():
    cells = [
        new_markdown_cell("one\n## Second reading: two three\nfour"),
        new_code_cell("x", outputs=[picture()]),
        new_markdown_cell("### five\n```python\n# no heading\n```"),
        new_code_cell("x"),
        new_markdown_cell("six\n## seven\neight"),
        new_code_cell("x"),
    ]
    assert reading_time.of_notebook(new_notebook(cells=cells)) == Amount(words=3, lines=1)
