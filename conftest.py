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


def pytest_addoption(parser):
    parser.addoption(
        "--lesson", help="of tests that ask the same of every lesson, only the cases of this one"
    )


def pytest_collection_modifyitems(config, items):
    if which := config.getoption("--lesson"):
        lesson = course.find(which)
        others = [item for item in items if of_another_lesson(item, lesson)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


def of_another_lesson(item, lesson) -> bool:
    """Whether a test's case is about a lesson, a check or a target that is not this lesson's."""
    from classroom.judge import registry  # not above: the hook comes before all that may import a rung

    case = item.callspec.params if hasattr(item, "callspec") else {}
    if "lesson" in case:
        return case["lesson"] != lesson
    target = case.get("target") or getattr(case.get("check"), "target", None)
    return target is not None and target not in {check.target for check in registry.of_lesson(lesson)}
