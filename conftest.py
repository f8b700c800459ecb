"""For every test run: shapes in signatures are checked, and nothing is written to the reader's own folder."""

import os
import tempfile

import pytest
from jaxtyping import install_import_hook

from classroom import course
from tests import typechecker

# Each rung by name, with its parts, before any is imported; never a kernel, whose source Triton reads itself.
RUNGS = dict.fromkeys(rung for lesson in course.lessons() for rung in lesson.rungs if "kernels" not in rung)
HOOKED = [f"nextword.{name}" for rung in RUNGS for name in (rung, f"{rung}_parts")]
install_import_hook(HOOKED, f"{typechecker.__name__}.checked")
os.environ["NEXTWORD_MY"] = tempfile.mkdtemp(prefix="nextword-my-")


@pytest.fixture
def my(tmp_path, monkeypatch):
    """A reader's folder of its own, outside continuous integration."""
    monkeypatch.setenv("NEXTWORD_MY", str(tmp_path / "my"))
    monkeypatch.delenv("CI", raising=False)
    return tmp_path / "my"


def pytest_collection_modifyitems(items):
    """Tests that need a GPU are skipped where there is none; torch is asked only if there are such tests."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked:
        import torch

        if not torch.cuda.is_available():
            for item in marked:
                item.add_marker(pytest.mark.skip(reason="no GPU here"))
