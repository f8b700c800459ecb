"""A small course that moves on, and what the tests do to a reader's clone of it."""

import subprocess
from pathlib import Path

import nbformat
from click.testing import CliRunner

from classroom import course
from classroom.app import cli

LESSON = course.find("01")


def notebook(*sources, outputs=()):
    cells = [
        nbformat.v4.new_code_cell(source, id=f"c{n}", outputs=list(outputs))
        for n, source in enumerate(sources)
    ]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


OLD, NEW, NEWER = (notebook('@mine("ngram.loss")\ndef loss(p):', text) for text in ("old", "new", "newer"))
MINE = notebook("my own words", "an answer")


def bytes_below(*folders):
    """All contents of all files below some folders, those of git's own left out."""
    found = set()
    for folder in folders:
        for path in Path(folder).rglob("*"):
            if path.is_file() and ".git" not in path.relative_to(folder).parts:
                found.add(path.read_bytes())
    return found


def git(folder, *arguments):
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def put(folder, files):
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def commit(folder, files, message="more"):
    put(folder, files)
    git(folder, "add", "--all", "--force", *files)
    git(folder, "commit", "--quiet", "-m", message)


AFTER = {
    "exercises/01_next_word.ipynb": NEW,
    "notebooks/01_next_word.ipynb": b"lesson, new\n",
    "notebooks/gone.ipynb": None,
    "notebooks/03 t\xf6kens.ipynb": b"lesson 3\n",
    "data.secret": b"of the course\n",
    "lib/nextword/text.py": b"new = 1\n",
    "place": None,
}


def nextword(*arguments, answer=None):
    """Run the command; a traceback fails the test."""
    result = CliRunner().invoke(cli.main, arguments, input=answer)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.output


def state(clone):
    """All that an update may change, down to the index."""
    files = {
        path: path.read_bytes() for path in clone.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    return (
        files,
        git(clone, "rev-parse", "HEAD"),
        git(clone, "status", "--porcelain"),
        git(clone, "diff", "--cached"),
    )


def differences(now, before):
    """What differs between two states, to be read when a test fails."""
    files = {path: (now[0].get(path), before[0].get(path)) for path in now[0].keys() | before[0].keys()}
    others = {number: (now[number], before[number]) for number in (1, 2, 3)}
    return {what: pair for what, pair in (files | others).items() if pair[0] != pair[1]}
