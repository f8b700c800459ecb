"""nbval's judgement of a lesson against that of pytest-notebook: we lean on the one, and could leave for the other."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from pytest_notebook.nb_regression import NBRegressionError, NBRegressionFixture

from classroom import course, paths
from tests import pace

pytestmark = [pytest.mark.network, pytest.mark.slow]
ROOT = paths.root()
LESSON = course.path("notebooks", course.find("embeddings"))  # text, tables, pictures and widgets, in seconds
SANITIZE = ROOT / "tests/notebooks/sanitize.cfg"
NOT_COMPARED = (
    "/metadata",
    "/cells/*/metadata",
    "/cells/*/execution_count",
    "/cells/*/outputs/*/execution_count",
    "/cells/*/outputs/*/metadata",
    "/cells/*/outputs/*/traceback",
    "/cells/*/outputs/*/data/image/png",  # pixels differ between machines
    "/cells/*/outputs/*/data/application/vnd.jupyter.widget-view+json",  # the ids of widgets are random
)


@pytest.fixture(autouse=True)
def as_a_notebook_is_run(monkeypatch, tmp_path):
    for name, value in {"NEXTWORD_MY": str(tmp_path / "my"), "CI": "true", "OMP_NUM_THREADS": "1"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def beginning(tmp_path):
    """The lesson up to its first printed output."""
    notebook = nbformat.read(LESSON, as_version=4)
    printed = [place for place, cell in enumerate(notebook.cells) if printed_by(cell)]
    notebook.cells = notebook.cells[: printed[0] + 1]
    return notebook


def printed_by(cell) -> list:
    return [output for output in cell.get("outputs", []) if output.output_type == "stream"]


def nbval(path: Path) -> str:
    """What nbval says against a notebook; "" where it agrees."""
    options = ["--nbval", "--nbval-current-env", f"--nbval-sanitize-with={SANITIZE}", "--noconftest"]
    line = [sys.executable, "-m", "pytest", "-q", "-p", "nbval.plugin", "-p", "no:cacheprovider", *options]
    done = subprocess.run(
        [*line, f"--nbval-cell-timeout={pace.seconds(120)}", str(path)],
        cwd=ROOT,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout if done.returncode else ""


def pytest_notebook(path: Path) -> str:
    """What pytest-notebook says against it; "" where it agrees."""
    rules = re.findall(r"^regex: (.*)$\n^replace: (.*)$", SANITIZE.read_text(encoding="utf-8"), re.MULTILINE)
    judge = NBRegressionFixture(
        exec_timeout=int(pace.seconds(120)),
        diff_ignore=NOT_COMPARED,
        diff_replace=tuple(("/cells/*/outputs", *rule) for rule in rules),
        diff_use_color=False,
    )
    try:
        judge.check(str(path))
    except NBRegressionError as error:
        return str(error)
    return ""


def test_both_agree_with_a_lesson():
    assert pytest_notebook(LESSON) == ""  # and nbval, in every run of all notebooks


def test_both_agree_with_a_beginning_and_both_refuse_it_with_one_output_changed(beginning, tmp_path):
    path = tmp_path / "beginning.ipynb"
    nbformat.write(beginning, path)
    assert (nbval(path), pytest_notebook(path)) == ("", "")
    output = printed_by(beginning.cells[-1])[0]
    output.text = output.text.replace(next(letter for letter in output.text if letter.isdigit()), "#", 1)
    nbformat.write(beginning, path)
    assert "Cell outputs differ" in nbval(path) and "#" in pytest_notebook(path)
