"""For every test run: shapes in signatures are checked, and nothing is written to the reader's own folder."""

import os
import tempfile
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

from classroom import course
from tests import typechecker

LIBRARY = Path(__file__).parent / "lib/nextword"
LADDER = [rung for lesson in course.lessons() for rung in lesson.rungs if (LIBRARY / f"{rung}.py").exists()]
RUNGS = [f"nextword.{name}" for rung in dict.fromkeys(LADDER) for name in (rung, f"{rung}_parts")]
install_import_hook(RUNGS, f"{typechecker.__name__}.checked")  # each rung by name, and before any is imported
os.environ["NEXTWORD_MY"] = tempfile.mkdtemp(prefix="nextword-my-")


@pytest.fixture
def my(tmp_path, monkeypatch):
    """A reader's folder of its own, outside continuous integration."""
    monkeypatch.setenv("NEXTWORD_MY", str(tmp_path / "my"))
    monkeypatch.delenv("CI", raising=False)
    return tmp_path / "my"
