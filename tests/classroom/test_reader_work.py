"""Whatever is done to the course, and wherever it breaks off, every byte that the reader wrote is still there.

The small course and its clones are those of conftest.py.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from classroom import course, paths
from classroom.app import exercise_copies, repository, updating
from classroom.mine import progress, storage
from tests.classroom.clones import (
    LESSON,
    MINE,
    NEW,
    NEWER,
    OLD,
    bytes_below,
    commit,
    differences,
    git,
    nextword,
    notebook,
    put,
    state,
)

# ---- breaking off ----


class Fault(OSError):
    """The disk is full, or whatever else may happen."""


STEPS = [
    (os, "replace"),
    (os, "fsync"),
    (shutil, "copy2"),
    (shutil, "copytree"),
    (shutil, "rmtree"),
    (Path, "unlink"),
    (Path, "mkdir"),
    (Path, "read_bytes"),
    (repository, "run_git"),
]


def break_at(monkeypatch, number, error):
    """Let the step of that number, among all that touch the disk or call git, fail; returns the steps taken."""
    taken = []

    def failing(name, step):
        def instead(*arguments, **options):
            taken.append(name)
            if len(taken) == number:
                raise error
            return step(*arguments, **options)

        return instead

    for owner, name in STEPS:
        monkeypatch.setattr(owner, name, failing(name, getattr(owner, name)))
    return taken


# ---- prepare, open, reset, start again ----


def test_prepare_makes_what_is_missing(here, my):
    assert exercise_copies.prepare() == [] and (my / LESSON.file).read_bytes() == OLD


def test_exercises_that_are_missing_are_told_in_a_sentence(here, my):
    (here / "exercises" / LESSON.file).unlink()
    assert exercise_copies.prepare() == [
        "exercises/01_next_word.ipynb is missing, so lesson 01 has no exercises; `nextword update` may bring it back."
    ]
    assert not (my / LESSON.file).exists()


def test_an_untouched_copy_is_renewed(here, my):
    exercise_copies.prepare()
    put(here, {"exercises/01_next_word.ipynb": NEW})
    assert exercise_copies.prepare() == [] and (my / LESSON.file).read_bytes() == NEW
    assert not (my / "saved").exists()


def saved_again(content, outputs=()):
    """As JupyterLab stores it: other spaces, other metadata, and what came of running it."""
    stored = json.loads(content)
    stored["metadata"] = {"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}}
    for cell in stored["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
        cell["outputs"], cell["execution_count"] = list(outputs), 7
    return json.dumps(stored, indent=2).encode()


def test_a_copy_that_was_only_run_is_renewed_and_saved(here, my):
    exercise_copies.prepare()
    ran = saved_again(OLD, [{"output_type": "stream", "name": "stdout", "text": "what I saw"}])
    (my / LESSON.file).write_bytes(ran)
    put(here, {"exercises/01_next_word.ipynb": NEW})
    assert exercise_copies.prepare() == [] and (my / LESSON.file).read_bytes() == NEW
    assert ran in bytes_below(my / "saved")


def test_a_touched_copy_stays_and_the_new_one_comes_beside(here, my):
    exercise_copies.prepare()
    (my / LESSON.file).write_bytes(MINE)
    put(here, {"exercises/01_next_word.ipynb": NEW})
    assert "my/01_next_word_new.ipynb" in exercise_copies.prepare()[0]
    assert exercise_copies.prepare() == [], "told once"
    (my / "01_next_word_new.ipynb").write_bytes(edited := notebook("my newer words"))
    put(here, {"exercises/01_next_word.ipynb": NEWER})
    assert "my/01_next_word_new2.ipynb" in exercise_copies.prepare()[0]
    assert (my / LESSON.file).read_bytes() == MINE and (my / "01_next_word_new.ipynb").read_bytes() == edited
    assert (my / "01_next_word_new2.ipynb").read_bytes() == NEWER


def test_an_untouched_new_one_is_renewed_in_its_place(here, my):
    exercise_copies.prepare()
    (my / LESSON.file).write_bytes(MINE)
    for content in (NEW, NEWER):
        put(here, {"exercises/01_next_word.ipynb": content})
        exercise_copies.prepare()
    assert (my / "01_next_word_new.ipynb").read_bytes() == NEWER and not (
        my / "01_next_word_new2.ipynb"
    ).exists()


@pytest.mark.parametrize("record", [None, b"", b"[]", b"\xff", b'{"01_next_word.ipynb": 3}'])
def test_without_the_record_every_copy_counts_as_touched(here, my, record):
    exercise_copies.prepare()
    (my / LESSON.file).write_bytes(MINE)
    put(my, {".copied.json": record})
    assert exercise_copies.prepare() == [] and (my / LESSON.file).read_bytes() == MINE
    put(here, {"exercises/01_next_word.ipynb": NEW})
    assert len(exercise_copies.prepare()) == 1 and (my / LESSON.file).read_bytes() == MINE


def test_a_copy_between_write_and_record_is_no_news(here, my, monkeypatch):
    exercise_copies.prepare()
    put(here, {"exercises/01_next_word.ipynb": NEW})

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(exercise_copies, "_remember", killed)
        exercise_copies.prepare()
    assert (my / LESSON.file).read_bytes() == NEW
    assert exercise_copies.prepare() == [] and not (my / "01_next_word_new.ipynb").exists()


def test_open_never_overwrites(here, my):
    assert nextword("open", "01").strip() == str(my / LESSON.file)
    (my / LESSON.file).write_bytes(b"not even a notebook")
    nextword("open", "next_word")
    assert (my / LESSON.file).read_bytes() == b"not even a notebook"


def test_reset_asks_and_saves(here, my):
    nextword("open", "01")
    (my / LESSON.file).write_bytes(MINE)
    assert "Aborted" in nextword("reset", "01", answer="n\n") and (my / LESSON.file).read_bytes() == MINE
    said = nextword("reset", "01", "--yes")
    assert (my / LESSON.file).read_bytes() == OLD and MINE in bytes_below(my / "saved")
    assert Path(said.splitlines()[-1].removeprefix("What you had: ")).read_bytes() == MINE


def test_start_again_saves(here, my, monkeypatch):
    monkeypatch.setattr(exercise_copies, "show", lambda verdict: None)
    nextword("open", "01")
    (my / LESSON.file).write_bytes(MINE)
    exercise_copies.start_again("ngram.loss")
    assert (my / LESSON.file).read_bytes() == MINE and MINE in bytes_below(my / "saved")


ACTS = {
    "open": lambda: exercise_copies.open_copy(LESSON),
    "prepare": exercise_copies.prepare,
    "reset": lambda: exercise_copies.reset(LESSON),
    "start again": lambda: exercise_copies.start_again("ngram.loss"),
    "show solution": lambda: exercise_copies.show_solution("ngram.loss"),
    "keep": lambda: storage.keep("ngram.loss", "a newer function\n"),
    "note": lambda: progress.note("ngram.loss", "tried"),
}


@pytest.mark.parametrize("copy", [MINE, saved_again(OLD), b"{"], ids=["edited", "run", "damaged"])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nothing_is_lost_wherever_it_breaks_off(here, my, monkeypatch, act, copy):
    monkeypatch.setattr(exercise_copies, "show", lambda verdict: None)
    exercise_copies.prepare()
    theirs = {
        LESSON.file: copy,
        "01_next_word_new.ipynb": notebook("begun"),
        "functions/ngram.loss.py": b"mine\n",
        "progress.json": b'{"exercises": {}, "mine": 1}',
    }
    record = (my / ".copied.json").read_bytes()
    put(here, {"exercises/01_next_word.ipynb": NEW})

    def restore():
        shutil.rmtree(my)
        put(my, theirs | {".copied.json": record})

    kept = set(theirs.values()) - {theirs["progress.json"]}
    for error in (Fault(28, "No space left on device"), KeyboardInterrupt()):
        for step in range(1, 100):
            restore()
            with monkeypatch.context() as patch:
                taken = break_at(patch, step, error)
                with contextlib.suppress(Fault, KeyboardInterrupt):
                    act()
            assert kept <= bytes_below(my), f"lost at step {step}: {taken}"
            assert json.loads((my / "progress.json").read_bytes())["mine"] == 1
            if len(taken) < step:
                break


# ---- update ----


def test_an_update_moves_on_and_keeps_what_was_changed(clone, my):
    put(
        clone, {"notebooks/01_next_word.ipynb": b"I ran this\n", "notebooks/02_sampling.ipynb": b"and this\n"}
    )
    said = nextword("update")
    assert "The course is updated." in said and "make lab" not in said
    assert (clone / "notebooks/01_next_word.ipynb").read_bytes() == b"lesson, new\n"
    assert (clone / "notebooks/02_sampling.ipynb").read_bytes() == b"and this\n", (
        "the update does not touch it"
    )
    [copy] = (my / "saved").glob("*/notebooks/01_next_word.ipynb")
    assert copy.read_bytes() == b"I ran this\n" and copy.relative_to(my).as_posix() in said
    assert "up to date" in nextword("update") and (clone / "place/inside.txt").exists()


def test_news_of_packages(clone, tmp_path):
    commit(tmp_path / "upstream", {"pyproject.toml": b"[project]\nnew\n"})
    assert "make lab" in nextword("update") or sys.platform == "win32"


READERS = {
    "changed": {"notebooks/01_next_word.ipynb": b"mine\n"},
    "changed, and it leaves the course": {"notebooks/gone.ipynb": b"mine\n"},
    "new where the course has one now": {"notebooks/03 t\xf6kens.ipynb": b"mine\n"},
    "ignored where the course has one now": {"data.secret": b"mine\n"},
    "changed where a folder comes": {"place": b"mine\n"},
    "in exercises": {"exercises/01_next_word.ipynb": MINE},
    "elsewhere": {"notes.txt": b"mine\n", "README.md": b"mine\n", "notebooks/my own.txt": b"mine too\n"},
    "many": {
        "notebooks/01_next_word.ipynb": b"mine 1\n",
        "data.secret": b"mine 2\n",
        "place": b"mine 3\n",
        "README.md": b"mine 4\n",
    },
}


@pytest.mark.parametrize("files", READERS.values(), ids=READERS)
def test_an_update_loses_nothing(clone, my, files):
    put(clone, files)
    before = set(files.values())
    assert "The course is updated." in nextword("update")
    assert before <= bytes_below(clone, my)
    assert git(clone, "rev-parse", "HEAD") == git(clone, "rev-parse", "@{upstream}")
    assert set(git(clone, "status", "--porcelain").split()) <= {
        "M",
        "??",
        "README.md",
        "notes.txt",
        '"notebooks/my',
        'own.txt"',
    }


def test_a_folder_in_the_place_of_a_file_is_saved(clone, my):
    (clone / "notebooks/01_next_word.ipynb").unlink()
    put(clone, {"notebooks/01_next_word.ipynb/deep/words.txt": b"mine\n"})
    nextword("update")
    assert b"mine\n" in bytes_below(my / "saved") and (clone / "notebooks/01_next_word.ipynb").is_file()


def test_what_is_staged_is_saved_too(clone, my):
    put(clone, {"notebooks/01_next_word.ipynb": b"staged\n"})
    git(clone, "add", "notebooks/01_next_word.ipynb")
    put(clone, {"notebooks/01_next_word.ipynb": b"and changed again\n"})
    nextword("update")
    assert {b"staged\n", b"and changed again\n"} <= bytes_below(my / "saved")


def test_a_deleted_file_is_no_obstacle(clone):
    put(clone, {"notebooks/01_next_word.ipynb": None, "notebooks/02_sampling.ipynb": None})
    nextword("update")
    assert (clone / "notebooks/01_next_word.ipynb").exists() and not (
        clone / "notebooks/02_sampling.ipynb"
    ).exists()


def changed_in_every_way(clone):
    put(clone, READERS["many"] | {"notebooks/gone.ipynb": None, "new.txt": b"mine 5\n"})
    git(clone, "add", "README.md")


REFUSED = {
    "no network": (
        lambda clone: git(clone, "remote", "set-url", "origin", "/nowhere"),
        "could not be fetched",
    ),
    "own commits": (
        lambda clone: git(clone, "commit", "-qm", "mine", "--allow-empty"),
        "commits of your own",
    ),
    "detached": (lambda clone: git(clone, "checkout", "-q", "--detach"), "No branch is checked out"),
    "no upstream": (lambda clone: git(clone, "branch", "--unset-upstream"), "follows no branch"),
    "upstream gone": (
        lambda clone: git(clone, "config", "branch.main.merge", "refs/heads/elsewhere"),
        "follows no branch",
    ),
    "merging": (
        lambda clone: (clone / ".git/MERGE_HEAD").write_text(git(clone, "rev-parse", "HEAD")),
        "unfinished",
    ),
    "locked": (lambda clone: (clone / ".git/index.lock").touch(), "index.lock"),
}


@pytest.mark.parametrize("prepare, words", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_updated_is_left_as_it_was(clone, my, prepare, words):
    changed_in_every_way(clone)
    prepare(clone)
    before = state(clone)
    said = nextword("update")
    assert words in said and said.startswith("Error: ") and len(said.strip().splitlines()) == 1, said
    (clone / ".git/index.lock").unlink(missing_ok=True)
    assert state(clone) == before


def test_an_unmerged_index_is_refused(clone):
    git(clone, "checkout", "-qb", "side")
    commit(clone, {"README.md": b"side\n"})
    git(clone, "checkout", "-q", "main")
    commit(clone, {"README.md": b"main\n"})
    with pytest.raises(subprocess.CalledProcessError):
        git(clone, "merge", "side")
    (clone / ".git/MERGE_HEAD").unlink()
    assert "unfinished" in nextword("update")


def test_no_git_and_no_clone(clone, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "which", lambda name: None)
        assert "git is not here" in nextword("update")
    monkeypatch.setattr(paths, "root", lambda: clone / "notebooks")
    assert "no clone of the course" in nextword("update")
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    assert "no clone of the course" in nextword("update")


def test_when_git_fails_half_way_all_is_put_back(clone, my, monkeypatch):
    changed_in_every_way(clone)
    before, run_git = state(clone), repository.run_git

    def half_an_update(*arguments, only=None):
        if arguments[0] != "checkout":
            return run_git(*arguments, only=only)
        put(clone, {"notebooks/01_next_word.ipynb": b"half wri", "notebooks/03 t\xf6kens.ipynb": b"half"})
        return subprocess.CompletedProcess(arguments, 128, b"", b"error: disk\nfatal: could not write")

    monkeypatch.setattr(repository, "run_git", half_an_update)
    said = nextword("update")
    assert "disk. Everything is as it was" in said
    assert differences(state(clone), before) == {}


def test_an_update_loses_nothing_wherever_it_breaks_off(clone, my, monkeypatch, tmp_path):
    changed_in_every_way(clone)
    git(clone, "fetch", "-q")
    untouched = tmp_path / "untouched"
    shutil.copytree(clone, untouched)
    theirs = {content for content in bytes_below(clone) if content.startswith(b"mine")}
    assert len(theirs) == 5
    for error in (Fault(28, "No space left on device"), KeyboardInterrupt()):
        for step in range(1, 200, 1 if isinstance(error, Fault) else 3):
            for folder in (clone, my):
                shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(untouched, clone)
            with monkeypatch.context() as patch:
                taken = break_at(patch, step, error)
                with contextlib.suppress(Fault, KeyboardInterrupt, updating.UpdateError):
                    updating.update()
            assert theirs <= bytes_below(clone, my), f"lost at step {step}: {taken}"
            if len(taken) < step:
                break
        assert step > 20, "it was broken off at many steps"


def test_with_the_whole_course_in_a_process_of_its_own(tmp_path):
    """From end to end: the newer course's own code renews the copies after the update."""
    root, upstream, my = tmp_path / "reader", tmp_path / "upstream", tmp_path / "my"
    for folder in ("lib/classroom", "lib/nextword", "exercises", "solutions"):
        shutil.copytree(
            paths.root() / folder, upstream / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "upstream")
    git(upstream, "add", "--all")
    git(upstream, "commit", "--quiet", "-m", "first")
    git(tmp_path, "clone", "--quiet", str(upstream), str(root))
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    environment |= {"NEXTWORD_MY": str(my), "PYTHONPATH": str(root / "lib")}

    def nextword(*arguments):
        command = [sys.executable, "-c", "from classroom.app.cli import main; main()", *arguments]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True).stdout

    assert nextword("open", "01").strip() == str(my / LESSON.file)
    assert nextword("open", "02").strip() == str(my / course.find("02").file)
    (my / LESSON.file).write_bytes(MINE)
    commit(upstream, {f"exercises/{LESSON.file}": NEW, f"exercises/{course.find('02').file}": NEWER})
    said = nextword("update")
    assert "The course is updated." in said and "my/01_next_word_new.ipynb" in said
    assert (my / LESSON.file).read_bytes() == MINE and (my / course.find("02").file).read_bytes() == NEWER
    assert "of 6 done" in nextword("progress")


def test_commands_never_show_a_traceback(here, my):
    my.write_text("a diary")
    for arguments in (
        ["open", "01"],
        ["reset", "01", "--yes"],
        ["progress"],
        ["open", "99"],
        ["open", "09"],
        ["update"],
    ):
        assert "Traceback" not in nextword(*arguments)
    assert my.read_text() == "a diary"
