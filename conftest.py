"""For every test run: shapes in signatures are checked, and nothing is written to the reader's own folder."""

import importlib.util
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

from classroom import course
from tests import typechecker

# Each rung by name, with its parts, before any is imported; never a kernel, whose source Triton reads itself.
RUNGS = dict.fromkeys(rung for lesson in course.lessons() for rung in lesson.rungs if "kernels" not in rung)
HOOKED = [f"nextword.{name}" for rung in RUNGS for name in (rung, f"{rung}_parts")]
install_import_hook(HOOKED, f"{typechecker.__name__}.checked")
if [*Path("/dev").glob("nvidia*"), *Path("/dev").glob("kfd")]:
    from nextword import kernels  # noqa: F401  (it decides whether kernels are interpreted)
else:  # said at once, without torch: a test that imports transformers brings Triton along
    os.environ.setdefault("TRITON_INTERPRET", "1")
settings.register_profile("steady", derandomize=True, database=None, deadline=None)  # for all alike
settings.register_profile("fuzz", deadline=None)  # NEXTWORD_FUZZ=1: other examples each time
settings.load_profile("fuzz" if os.environ.get("NEXTWORD_FUZZ") else "steady")
os.environ["NEXTWORD_MY"] = tempfile.mkdtemp(prefix="nextword-my-")
HAS_TRITON = importlib.util.find_spec("triton") is not None
NEEDS_TRITON = ("KernelsUnavailable", "No module named 'triton'", "registry.Unavailable")


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
    skip_without_gpu([item for item in items if item.get_closest_marker("gpu")])
    if which := config.getoption("--lesson"):
        lesson = course.find(which)
        others = [item for item in items if of_another_lesson(item, lesson)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


def skip_without_gpu(marked: list) -> None:
    """Tests that need a GPU are skipped where there is none; torch is asked only if there are such tests."""
    if marked:
        import torch

        if not torch.cuda.is_available():
            for item in marked:
                item.add_marker(pytest.mark.skip(reason="no GPU here"))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Where there is no Triton, a file of tests that imports kernels is skipped, and says so."""
    report = yield
    if report.failed and not HAS_TRITON and any(words in str(report.longrepr) for words in NEEDS_TRITON):
        report.outcome, report.longrepr = "skipped", (str(collector.path), 0, "Skipped: needs Triton")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """The same for a single test."""
    try:
        return (yield)
    except Exception as error:
        if HAS_TRITON or type(error).__name__ not in ("KernelsUnavailable", "Unavailable"):
            raise
        pytest.skip(str(error))


def of_another_lesson(item, lesson) -> bool:
    """Whether a test's case is about a lesson, a check or a target that is not this lesson's."""
    from classroom.judge import registry  # not above: the hook comes before all that may import a rung

    case = item.callspec.params if hasattr(item, "callspec") else {}
    if "lesson" in case:
        return case["lesson"] != lesson
    target = case.get("target") or getattr(case.get("check"), "target", None)
    return target is not None and target not in registry.targets_of(lesson)
