"""The way through: each end leads on, and the reader's home is true after every step."""

import fnmatch
import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

import nbformat
import pytest

from classroom import course, paths
from classroom.app import exercise_copies, lab
from classroom.display import links
from classroom.display.verdict import Verdict
from classroom.judge import registry
from classroom.mine import decorator, home, progress, steps, storage
from classroom.mine import onward as ends
from nextword.base import overrides

LESSONS = course.written()
FIRST, SECOND, LAST = LESSONS[0], LESSONS[1], LESSONS[-1]
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


@pytest.fixture
def shown(monkeypatch):
    """The cards that were shown."""
    cards = []
    for module in (decorator, exercise_copies, ends):
        monkeypatch.setattr(module, "show", cards.append)
    return cards


def do(lesson, what="passed"):
    for check in registry.of_lesson(lesson):
        progress.note(check.target, what)


def line(lesson):
    return next(row for row in home.text().splitlines() if row.startswith(f"| {lesson.number} "))


# The home


def test_the_home_of_one_who_begins(my):
    assert "**Begin: [00 Meet the machine](" in home.text()
    assert f"[0 of {len(steps.targets(FIRST))}](" in line(FIRST)
    assert f"{FIRST.minutes[0] + sum(steps.minutes(FIRST).values())} min" in line(FIRST)


def test_the_home_follows_every_step(my):
    progress.note_read(FIRST.name)
    assert "Continue: [00 Meet the machine, exercises](" in home.text() and "| ✓ |" in line(FIRST)
    first, second, *_ = steps.targets(FIRST)
    before = steps.minutes_left(FIRST)
    progress.note(first, "passed")
    progress.note(second, "seen")
    assert "✓◐○" in line(FIRST) and "[2 of " in line(FIRST)
    assert steps.minutes_left(FIRST) == before - steps.minutes(FIRST)[first] - steps.minutes(FIRST)[second]
    do(FIRST)
    assert "Continue: [01 Next word](" in home.text() and "| done |" in line(FIRST)


def test_the_home_of_one_who_is_through(my):
    for lesson in LESSONS:
        do(lesson)
    assert "All exercises are done" in home.text() and steps.next_step() is None


@pytest.mark.skipif(not importlib.util.find_spec("triton"), reason="no Triton: the engine room is shut")
def test_the_engine_room_lies_on_nobodys_way(my):
    after = {name: steps.following(course.find(name)).name for name in ("transformer", "gpu_kernels")}
    assert after == {"transformer": "backprop", "gpu_kernels": "fused_attention"}
    assert steps.following(course.find("fused_attention")).name == "backprop"
    main_way = [lesson for lesson in LESSONS if not lesson.uses_kernels]
    for lesson in main_way[:-1]:
        do(lesson)
    assert main_way[-1].title in steps.next_step().says.lower(), "not begun, it waits until the way is done"
    progress.note(steps.targets(course.find("gpu_kernels"))[0], "tried")
    assert "08" in steps.next_step().says, "begun, it goes on"
    do(main_way[-1])
    do(course.find("gpu_kernels"))
    assert "09" in steps.next_step().says


def test_a_machine_without_triton_is_not_sent_there(my, monkeypatch):
    monkeypatch.setattr(
        course.Lesson, "missing", property(lambda self: "triton" if self.uses_kernels else "")
    )
    for lesson in LESSONS:
        if not lesson.uses_kernels:
            do(lesson)
    assert steps.next_step() is None


def test_who_began_the_exercises_is_not_sent_back_to_read(my):
    progress.note(steps.targets(FIRST)[-1], "tried")
    assert "exercises](" in home.onward()


@each_lesson
def test_each_exercise_has_its_minutes(lesson):
    assert steps.targets(lesson) == [check.target for check in registry.of_lesson(lesson)]
    assert all(steps.minutes(lesson).values()) and steps.lesson_of(steps.targets(lesson)[-1]) == lesson


def test_the_links_of_the_home_lead_somewhere(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(paths, "my", lambda: paths.root() / "my")  # read only
    found = re.findall(r"\]\((.+?)\)", home.text())
    for address in found:
        assert (paths.root() / "exercises" / address).exists(), (
            address
        )  # a folder of the same depth and names
    assert len(found) == 2 + 2 * len(LESSONS)


def test_the_home_is_written_when_it_has_changed(my, monkeypatch):
    home.refresh()
    assert home.file().read_text() == home.text()
    monkeypatch.setattr(storage, "write_whole", lambda *_: pytest.fail("nothing has changed"))
    home.refresh()


def test_continuous_integration_has_no_home(my, monkeypatch):
    monkeypatch.setenv("CI", "true")
    home.refresh()
    assert not my.exists()


def test_where_no_home_can_be_written_the_lesson_goes_on(my):
    my.write_text("a diary")
    home.refresh()
    assert my.read_text() == "a diary"


@pytest.mark.parametrize("read", [3, [], "next_word", None])
def test_an_odd_record_of_reading_is_no_obstacle(my, read):
    my.mkdir()
    progress.file().write_text(json.dumps({"exercises": {}, "read": read}))
    assert not progress.was_read("next_word") and home.text()


# Cards


def test_a_right_exercise_says_how_many_are_done_and_the_last_what_is_next(my, shown, monkeypatch):
    monkeypatch.chdir(paths.root() / "exercises")
    first, *others = registry.of_lesson(FIRST)
    decorator.show(decorator.passed(first, lambda: None, None))
    assert f"1 of {len(others) + 1} done." in repr(shown[-1]) and "href" not in shown[-1]._repr_html_()
    for check in others:
        decorator.show(decorator.passed(check, lambda: None, None))
    assert f"{len(others) + 1} of {len(others) + 1}." in shown[-1].sentences
    assert (
        '<a href="../notebooks/01_next_word.ipynb"><b>Next: 01 Next word</b></a>' in shown[-1]._repr_html_()
    )
    assert home.file().read_text() == home.text()
    decorator.give_back()


def test_continuous_integration_counts_nothing(my, monkeypatch):
    monkeypatch.setenv("CI", "true")
    verdict = decorator.passed(registry.of_lesson(FIRST)[0], lambda: None, None)
    assert verdict.sentences == [] and verdict.links == {}
    overrides.restore(registry.of_lesson(FIRST)[0].target)


def test_the_end_of_a_sheet_says_what_is_left(my, shown):
    first, *others = steps.targets(SECOND)
    progress.note(first, "passed")
    ends.where_next(SECOND.name)
    [sentence] = [shown[-1].headline]
    assert sentence.startswith(f"1 of {len(others) + 1} done. Left: {others[0].split('.')[-1]}, ")
    assert list(shown[-1].links) == ["Next: 02 Sampling"]  # this home lies where the lab can't show it
    do(SECOND)
    ends.where_next(SECOND.name)
    assert shown[-1].headline == f"{len(others) + 1} of {len(others) + 1}." and shown[-1].kind == "right"


def test_the_last_sheet_says_that_it_is_the_last(my, shown):
    do(LAST)
    ends.where_next(LAST.name)
    assert "the last lesson there is" in shown[-1].headline and shown[-1].links == {}


def test_the_end_of_solutions_asks_nobodys_progress(my, shown, monkeypatch):
    do(FIRST)
    monkeypatch.setattr(decorator, "_showing", True)
    ends.where_next(FIRST.name)
    assert shown[-1].headline == "This is the end of 00 Meet the machine."


def test_the_way_to_the_exercises_is_a_link(my, shown, monkeypatch):
    monkeypatch.chdir(paths.root() / "notebooks")
    exercise_copies.exercises("next_word")
    assert shown[-1].links == {} and str(my / SECOND.file) in shown[-1].headline  # the lab can't show it
    assert progress.was_read("next_word")
    monkeypatch.setenv("CI", "true")  # what is stored for everyone
    exercise_copies.exercises("next_word")
    assert '<a href="../my/01_next_word.ipynb">' in shown[-1]._repr_html_()


def test_the_card_lists_what_is_kept_and_not_in_use(my, shown):
    storage.keep("ngram.loss", "kept")
    decorator.card()
    assert "01 next word" in shown[-1].rows and "1 of 6: loss" in repr(shown[-1])
    assert "its own functions" in shown[-1].headline and "use_mine()" in shown[-1].headline


def test_a_link_in_words_and_in_html():
    verdict = Verdict("note", "here", links={"a & b": "x y.ipynb", "nowhere": None})
    assert repr(verdict) == "· here\n  a & b (x y.ipynb)"
    assert verdict._repr_html_().count("<a href=") == 1 and "a &amp; b" in verdict._repr_html_()


def test_a_link_is_quoted_and_stays_in_the_course(tmp_path):
    assert links.to(paths.root() / "my/a b?.ipynb", paths.root() / "notebooks") == "../my/a%20b%3F.ipynb"
    assert links.to(tmp_path, paths.root()) is None


# Every notebook


@each_lesson
def test_no_notebook_is_a_dead_end(lesson):
    def end(folder):
        return nbformat.read(course.path(folder, lesson), as_version=4).cells[-1]

    assert f'href="../my/{lesson.file}"' in end("notebooks").outputs[0].data["text/html"]
    assert end("exercises").source == end("solutions").source == f'where_next("{lesson.name}")'
    then = steps.following(lesson)
    stored = end("solutions").outputs[0].data["text/html"]
    assert (f'href="../notebooks/{then.file}"' in stored) if then else ("the last lesson" in stored)


# The file browser

VISIBLE = {"START_HERE.md", "GLOSSARY.md", "notebooks", "solutions", "my"}


def hidden(name):
    settings = json.loads((lab.SETTINGS / "jupyter_server_config.json").read_text())
    return any(fnmatch.fnmatch(name, glob) for glob in settings["ContentsManager"]["hide_globs"])


def test_the_file_browser_shows_five_entries():
    try:
        tracked = subprocess.run(
            ["git", "ls-files"], cwd=paths.root(), capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git here")
    names = {path.split("/")[0] for path in tracked.stdout.splitlines()} | {"my"}
    assert {name for name in names if not name.startswith(".") and not hidden(name)} == VISIBLE


def test_nothing_that_a_reader_needs_is_hidden():
    theirs = [
        "home.md",
        "functions",
        "saved",
        "ngram.loss.py",
        "notes.txt",
        "picture.png",
        "mine.py",
        "data.csv",
    ]
    needed = [*VISIBLE, *theirs, *(lesson.file for lesson in LESSONS), "01_next_word_new.ipynb"]
    assert [name for name in needed if hidden(name)] == []


def test_the_extension_is_where_jupyter_looks():
    folder = lab.SETTINGS / "extensions" / "nextword"
    built = json.loads((folder / "package.json").read_text())["jupyterlab"]["_build"]
    assert (folder / built["load"]).exists()
    assert f"--LabApp.extra_labextensions_path={folder.parent}" in lab.arguments(None, browser=False)
    assert Path(os.fspath(home.file())).name in (folder / built["load"]).read_text().replace("\\", "")
