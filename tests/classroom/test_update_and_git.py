"""What a reader wrote outlives an update, whatever git was told about their files: their bytes are what counts.

Each clone is a real one, in which git looks away, looks through a filter, writes Windows' ends of lines, or runs hooks.
"""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from classroom import paths
from classroom.app import repository, updating
from classroom.mine import storage
from tests.classroom.clones import (
    AFTER,
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

LESSON, LIBRARY = "notebooks/01_next_word.ipynb", "lib/nextword/text.py"
NOTE = b"lesson, old\na cell of mine\n"


def assume_unchanged(clone, *files):
    git(clone, "update-index", "--assume-unchanged", *files)


def ignore_stat(clone, *files):
    """As with a setting that was there when the course was cloned."""
    git(clone, "config", "core.ignoreStat", "true")
    (clone / ".git/index").unlink()
    git(clone, "reset", "--quiet", "--hard")


def skip_worktree(clone, *files):
    git(clone, "update-index", "--skip-worktree", *files)


def both(clone, *files):
    git(clone, "update-index", "--skip-worktree", *files)
    git(clone, "update-index", "--assume-unchanged", *files)


LOOKS_AWAY = [assume_unchanged, ignore_stat, skip_worktree, both]


def assert_updated(clone, said):
    assert "The course is updated." in said, said
    assert git(clone, "rev-parse", "HEAD") == git(clone, "rev-parse", "@{upstream}")
    for name, content in AFTER.items():
        if content is not None:
            assert (clone / name).read_bytes() == content, name
    assert not (clone / "notebooks/gone.ipynb").exists() and (clone / "place/inside.txt").exists()


@pytest.mark.parametrize("name", [LESSON, LIBRARY, "notebooks/gone.ipynb", "place"])
@pytest.mark.parametrize("look_away", LOOKS_AWAY)
def test_where_git_was_told_not_to_look(clone, my, look_away, name):
    look_away(clone, LESSON, LIBRARY, "notebooks/gone.ipynb", "place")
    put(clone, {name: NOTE})
    said = nextword("update")
    assert_updated(clone, said)
    [copy] = (my / "saved").glob(f"*/{name}")
    assert copy.read_bytes() == NOTE and copy.relative_to(my).as_posix() in said
    put(clone, {LESSON: b"changed once more\n"})
    assert git(clone, "status", "--porcelain").split() == ["M", LESSON], "git looks at it again"


@pytest.mark.parametrize("look_away", LOOKS_AWAY)
def test_where_git_does_not_look_and_nothing_changed_nothing_is_saved(clone, my, look_away):
    look_away(clone, LESSON, LIBRARY)
    assert_updated(clone, nextword("update"))
    assert not (my / "saved").exists()


@pytest.mark.parametrize("look_away", LOOKS_AWAY)
def test_where_git_does_not_look_a_failed_update_puts_all_back(clone, monkeypatch, look_away):
    look_away(clone, LESSON, LIBRARY)
    put(clone, {LESSON: NOTE, LIBRARY: b"mine = 2\n"})
    before = state(clone), git(clone, "ls-files", "-v")
    refuse(monkeypatch, "update-ref")
    assert "Everything is as it was" in nextword("update")
    assert differences(state(clone), before[0]) == {} and git(clone, "ls-files", "-v") == before[1]


def refuse(monkeypatch, command):
    """Let one of git's commands fail after it has done its work."""
    run_git = repository.run_git

    def failing(*arguments, only=None):
        done = run_git(*arguments, only=only)
        if arguments[0] != command:
            return done
        if command == "update-ref":
            run_git("update-ref", "HEAD", arguments[-1])
        return subprocess.CompletedProcess(arguments, 128, b"", b"fatal: no\n")

    monkeypatch.setattr(repository, "run_git", failing)


def test_a_deleted_file_that_git_does_not_look_at(clone):
    assume_unchanged(clone, LESSON)
    skip_worktree(clone, LIBRARY)
    (clone / LESSON).unlink()
    (clone / LIBRARY).unlink()
    said = nextword("update")
    assert "The course is updated." in said and git(clone, "status", "--porcelain") == ""
    assert (clone / LESSON).read_bytes() == AFTER[LESSON]
    assert not (clone / LIBRARY).exists(), "git was told that it stays away"


def test_a_sparse_checkout_stays_sparse(clone, my):
    git(clone, "sparse-checkout", "set", "--no-cone", "/notebooks/")
    put(clone, {LESSON: NOTE})
    assert "The course is updated." in nextword("update")
    assert NOTE in bytes_below(my / "saved") and (clone / LESSON).read_bytes() == AFTER[LESSON]
    assert not (clone / "lib").exists() and git(clone, "status", "--porcelain") == ""


# ---- filters ----


STRIP = """import json, sys
notebook = json.load(sys.stdin)
for cell in notebook["cells"]:
    cell["outputs"], cell["execution_count"] = [], None
json.dump(notebook, sys.stdout)
"""


def notebook_course(clone, upstream):
    """The course has a notebook with outputs, and then a newer one."""
    old = notebook("print(1)", outputs=[nbformat.v4.new_output("stream", text="1")])
    commit(upstream, {"notebooks/04.ipynb": old})
    git(clone, "pull", "--quiet")
    commit(upstream, {"notebooks/04.ipynb": notebook("print(2)"), "README.md": b"newer\n"})
    return old


def strip_outputs(clone, required="true"):
    """As `nbstripout --install` sets it up."""
    program = clone.parent / "strip.py"
    program.write_text(STRIP)
    git(clone, "config", "filter.strip.clean", f"{sys.executable} {program}")
    git(clone, "config", "filter.strip.smudge", "cat")
    git(clone, "config", "filter.strip.required", required)
    (clone / ".git/info/attributes").write_text("*.ipynb filter=strip\n")


@pytest.mark.parametrize("required", ["true", "false"])
@pytest.mark.parametrize("mine", [None, notebook("print(1)", outputs=[]), notebook("print(1)", "# my own")])
def test_a_filter_that_strips_outputs_blocks_no_update(clone, my, tmp_path, required, mine):
    notebook_course(clone, tmp_path / "upstream")
    strip_outputs(clone, required)
    if mine:
        put(clone, {"notebooks/04.ipynb": mine})
    assert "The course is updated." in nextword("update")
    assert (clone / "notebooks/04.ipynb").read_bytes() == notebook("print(2)")
    assert (mine in bytes_below(my / "saved")) if mine else not (my / "saved").exists()


def test_a_filter_whose_output_equals_the_course_loses_nothing(clone, my):
    git(clone, "config", "filter.strip.clean", "head -n 1")
    (clone / ".git/info/attributes").write_text(f"{LESSON} filter=strip\n")
    put(clone, {LESSON: NOTE})
    git(clone, "add", LESSON)
    assert git(clone, "status", "--porcelain") == "", "git sees nothing of it"
    assert_updated(clone, nextword("update"))
    assert NOTE in bytes_below(my / "saved")


@pytest.mark.parametrize("kind", ["clean", "smudge", "process"])
def test_a_filter_whose_program_is_gone_blocks_no_update(clone, my, kind):
    git(clone, "config", f"filter.a.b.{kind}", "/nowhere/a-program")
    git(clone, "config", "filter.a.b.required", "true")
    (clone / ".git/info/attributes").write_text("*.ipynb filter=a.b\n")
    put(clone, {LESSON: NOTE})
    assert_updated(clone, nextword("update"))
    assert NOTE in bytes_below(my / "saved")


# ---- ends of lines, hooks, links ----


@pytest.mark.parametrize("setting", [("core.autocrlf", "true"), ("core.eol", "crlf")])
def test_ends_of_lines_as_git_writes_them_are_no_change(clone, my, setting):
    git(clone, "config", *setting)
    (clone / ".git/info/attributes").write_text("* text=auto\n")
    for path in [clone / LESSON, clone / LIBRARY]:
        path.unlink()
    git(clone, "checkout", "--", LESSON, LIBRARY)
    assert (clone / LESSON).read_bytes() == b"lesson, old\r\n"
    assert "The course is updated." in nextword("update") and not (my / "saved").exists()
    assert (clone / LESSON).read_bytes() == b"lesson, new\r\n"
    put(clone, {LESSON: b"lesson, new\r\nmine\r\n"})
    commit(clone.parent / "upstream", {LESSON: b"lesson, newer\n"})
    nextword("update")
    assert b"lesson, new\r\nmine\r\n" in bytes_below(my / "saved")


def test_other_ends_of_lines_than_git_writes_are_saved(clone, my):
    put(clone, {LESSON: b"lesson, old\r\n"})
    assert_updated(clone, nextword("update"))
    assert b"lesson, old\r\n" in bytes_below(my / "saved")


def test_hooks_of_the_readers_do_not_stop_it(clone):
    for name in ("post-checkout", "post-merge", "reference-transaction"):
        hook = clone / ".git/hooks" / name
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
    assert_updated(clone, nextword("update"))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_in_the_place_of_files(clone, my, tmp_path, monkeypatch):
    mine = tmp_path / "elsewhere.txt"
    mine.write_bytes(b"mine\n")
    for name, target in ((LESSON, mine), (LIBRARY, tmp_path / "gone")):
        (clone / name).unlink()
        (clone / name).symlink_to(target)
    with monkeypatch.context() as patch:
        refuse(patch, "checkout")
        assert "Everything is as it was" in nextword("update")
    assert os.readlink(clone / LESSON) == str(mine) and os.readlink(clone / LIBRARY) == str(tmp_path / "gone")
    assert_updated(clone, nextword("update"))
    assert mine.read_bytes() == b"mine\n" and b"mine\n" in bytes_below(my / "saved")


def test_a_program_stays_one_where_the_update_fails(clone, monkeypatch):
    put(clone, {LIBRARY: b"mine = 1\n"})
    (clone / LIBRARY).chmod(0o755)
    refuse(monkeypatch, "checkout")
    nextword("update")
    assert stat.S_IMODE((clone / LIBRARY).stat().st_mode) == 0o755


# ---- the disk ----


def test_a_disk_that_is_full_before_it_begins(clone, monkeypatch):
    put(clone, {LESSON: NOTE})
    before = state(clone)
    usage = shutil.disk_usage(clone)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert "The disk is nearly full: the update needs 20 MB, and 1 MB are free" in nextword("update")
    assert differences(state(clone), before) == {}


@pytest.mark.parametrize("changed", [{}, {LESSON: NOTE}])
def test_a_disk_that_fails_for_good_is_a_sentence_and_the_next_update_goes_on(
    clone, my, monkeypatch, changed
):
    """Neither the newer files nor the old ones can be written: nothing but what was saved before is sure."""
    put(clone, changed)

    def failing(*arguments, **options):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        refuse(patch, "checkout")
        patch.setattr(storage, "write_whole", failing)
        said = nextword("update")
    assert "could not be put back" in said and "run `nextword update` again" in said
    assert ("What you had changed is in my/saved/" in said) == bool(changed)
    assert set(changed.values()) <= bytes_below(my, clone)
    assert_updated(clone, nextword("update"))
    assert set(changed.values()) <= bytes_below(my)


def test_a_copy_that_is_not_what_it_should_be_stops_the_update(clone, my, monkeypatch):
    put(clone, {LESSON: NOTE})
    before = state(clone)
    monkeypatch.setattr(shutil, "copy2", lambda path, copy: Path(copy).write_bytes(b"half of"))
    assert "Nothing was changed" in nextword("update")
    assert differences(state(clone), before) == {}


def test_a_notebook_saved_meanwhile_stops_the_update(clone, my, monkeypatch):
    put(clone, {LESSON: NOTE})
    save_staged = updating.save_staged

    def meanwhile(change):
        put(clone, {LESSON: b"saved by JupyterLab just now\n", LIBRARY: b"edited just now\n"})
        return save_staged(change)

    monkeypatch.setattr(updating, "save_staged", meanwhile)
    said = nextword("update")
    assert "was written to just now. Nothing was changed" in said
    assert (clone / LESSON).read_bytes() == b"saved by JupyterLab just now\n"


def test_a_half_copy_does_not_stay(my, monkeypatch, tmp_path):
    def half(path, copy):
        Path(copy).write_bytes(b"ha")
        raise OSError(28, "No space left on device")

    put(tmp_path, {"work.txt": b"half"})
    monkeypatch.setattr(shutil, "copy2", half)
    with pytest.raises(OSError, match="No space"):
        storage.save(tmp_path / "work.txt")
    assert b"ha" not in bytes_below(my)


def test_after_half_an_update_what_is_the_courses_is_not_saved_as_the_readers(clone, my):
    """As when the power went: some files are the newer course's, and git does not know."""
    put(clone, {LESSON: AFTER[LESSON], LIBRARY: AFTER[LIBRARY]})
    assert_updated(clone, nextword("update"))
    assert not (my / "saved").exists()


def test_what_the_update_does_not_write_is_left_alone(clone, my):
    assume_unchanged(clone, "README.md")
    put(clone, {"README.md": b"mine\n", "notebooks/02_sampling.ipynb": OLD})
    assert_updated(clone, nextword("update"))
    assert (clone / "README.md").read_bytes() == b"mine\n" and not (my / "saved").exists()
    assert git(clone, "ls-files", "-v", "README.md").startswith("h")
    assert paths.root() == clone
