"""Progress is never lost, never half-written, and never an obstacle."""

import json
import os
import subprocess
import sys

import pytest

from classroom import course
from classroom.judge import registry
from classroom.mine import progress


def damaged(my):
    return {path.read_bytes() for path in my.glob("progress-damaged-*.json")}


def test_what_is_noted_is_read_again(my):
    progress.note("ngram.loss", "tried")
    progress.note("ngram.loss", "tried")
    progress.note("ngram.loss", "passed")
    exercise = progress.read()["exercises"]["ngram.loss"]
    assert exercise["attempts"] == 2 and exercise["passed"] == exercise["tried"]
    assert progress.done("ngram.loss") and not progress.done("ngram.smooth")


def test_the_first_day_stays(my):
    my.mkdir()
    progress.file().write_text(
        '{"exercises": {"ngram.loss": {"passed": "2020-01-01"}}, "of a later version": 1}'
    )
    progress.note("ngram.loss", "passed")
    assert progress.read()["exercises"]["ngram.loss"] == {"passed": "2020-01-01"}
    assert progress.read()["of a later version"] == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"exercises": []}',
        b'{"exercises": {"ngram.loss": 3}}',
        b"[" * 9999,
    ],
)
def test_a_damaged_file_is_put_aside_and_not_lost(my, content):
    my.mkdir()
    for another in (content, content + b" "):
        progress.file().write_bytes(another)
        assert progress.read() == {"exercises": {}} and progress.first_time()
        progress.note("ngram.loss", "tried")
        assert list(progress.read()["exercises"]) == ["ngram.loss"]
    assert damaged(my) == {content, content + b" "}, "the second of a day is not put over the first"


def test_odd_attempts_are_no_obstacle(my):
    my.mkdir()
    progress.file().write_text('{"exercises": {"ngram.loss": {"attempts": "many"}}}')
    progress.note("ngram.loss", "tried")
    assert progress.read()["exercises"]["ngram.loss"]["attempts"] == 1


@pytest.mark.parametrize("name", ["replace", "open", "fsync"])
def test_where_nothing_can_be_written_nothing_happens(my, monkeypatch, name):
    progress.note("ngram.loss", "tried")
    before = progress.file().read_bytes()

    def deny(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, name, deny)
    progress.note("ngram.loss", "passed")
    progress.mark_opened()
    monkeypatch.undo()
    assert (my / "progress.json").read_bytes() == before
    assert not list(my.glob("*.part"))


def test_a_file_in_the_place_of_my_is_no_obstacle(my):
    my.write_text("a diary")
    progress.note("ngram.loss", "passed")
    assert my.read_text() == "a diary" and not progress.done("ngram.loss")


def test_continuous_integration_notes_nothing(my, monkeypatch):
    monkeypatch.setenv("CI", "true")
    progress.note("ngram.loss", "passed")
    progress.mark_opened()
    assert not my.exists()


def test_notebooks_that_note_at_once_lose_nothing(my):
    program = "import sys; from classroom.mine.progress import note\n"
    program += "for n in range(40): note(sys.argv[1] + str(n), 'seen')"
    running = [subprocess.Popen([sys.executable, "-c", program, name]) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len(progress.read()["exercises"]) == 120


def test_a_lock_that_is_never_given_back_costs_the_record_only(my, monkeypatch):
    from filelock import FileLock

    monkeypatch.setattr(progress, "PATIENCE", 0.1)
    my.mkdir()
    with FileLock(my / ".progress.lock"):
        progress.note("ngram.loss", "passed")
    assert not progress.file().exists()


def test_the_file_is_whole_whenever_writing_stops(my, monkeypatch):
    progress.note("ngram.loss", "tried")
    before = progress.file().read_bytes()

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        progress.note("ngram.loss", "passed")
    assert progress.file().read_bytes() == before and json.loads(before)


def test_the_next_lesson_is_the_first_with_something_left(my):
    first, second, *others = course.written()
    assert progress.next_lesson() == first
    for check in registry.of_lesson(first):
        progress.note(check.target, "seen")
    assert progress.next_lesson() == second
    for lesson in (second, *others):
        for check in registry.of_lesson(lesson):
            progress.note(check.target, "passed")
    assert progress.next_lesson() == course.written()[-1]
