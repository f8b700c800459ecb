"""A machine that has no Triton: the lessons of kernels are left out in a sentence, and nothing else notices."""

import json
import os
import subprocess
import sys

import pytest

from classroom import course, paths
from tests import pace
from tools import notebooks

HIDING = """
import sys
from importlib.machinery import PathFinder


class WithoutTriton(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] == "triton" else super().find_spec(name, path, target)


WithoutTriton.__name__ = "PathFinder"  # as jaxtyping looks for it
sys.meta_path[:] = [WithoutTriton if finder is PathFinder else finder for finder in sys.meta_path]
"""
SENTENCE = "Triton, in which the kernels are written, is"
EVERYTHING = """
import importlib, json, sys
from pathlib import Path
from classroom import course

library, refused = Path(course.__file__).parents[1], {}
kernels = tuple(f"classroom.lessons.{lesson.name}" for lesson in course.lessons() if lesson.uses_kernels)
names = sorted(".".join(path.relative_to(library).with_suffix("").parts) for path in library.rglob("*.py"))
for name in (name.removesuffix(".__init__") for name in names):
    if name.endswith("__main__") or name.startswith("nextword.kernels.compiled_parts.child"):
        continue
    try:
        importlib.import_module(name)
    except ImportError as error:
        refused[name] = f"{type(error).__name__}: {error}"
own = [name for name in refused if not name.startswith(("nextword.kernels", *kernels))]
print(json.dumps({"refused": refused, "own": own, "triton": "triton" in sys.modules, "n": len(names)}))
"""


@pytest.fixture
def hidden(tmp_path, my):
    """Runs a program in a Python that finds no Triton; gives what it prints."""
    (tmp_path / "hiding").mkdir()
    (tmp_path / "hiding/sitecustomize.py").write_text(HIDING)
    places = [tmp_path / "hiding", paths.root() / "lib", paths.root()]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places)), "OMP_NUM_THREADS": "1"}

    def run(*command: str) -> str:
        limit = pace.seconds(120)
        done = subprocess.run(
            [sys.executable, *command],
            env=environment,
            cwd=paths.root(),
            capture_output=True,
            text=True,
            timeout=limit,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    return run


def test_everything_but_the_kernels_is_imported(hidden):
    found = json.loads(hidden("-c", EVERYTHING).splitlines()[-1])
    assert found["own"] == [] and not found["triton"] and found["n"] > 200
    for name, said in found["refused"].items():
        if (
            "_parts." in name or name == "nextword.kernels.faster"
        ) and said == "ModuleNotFoundError: No module named 'triton'":
            continue  # only its rung imports it, after the sentence
        assert said.startswith(f"KernelsUnavailable: {SENTENCE}"), f"{name}: {said}"
    assert "nextword.kernels.basics" in found["refused"]


def test_only_the_kernels_import_triton_where_it_is():
    """It takes a second, which no other lesson pays."""
    program = EVERYTHING.replace(
        'or name.startswith("', 'or name.startswith(("nextword.kernels", *kernels)) or ("'
    )
    program = program.replace('"nextword.kernels.compiled_parts.child")', '" " == name)')
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=paths.root(),
        capture_output=True,
        text=True,
        timeout=pace.seconds(120),
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["refused"] == {} and not found["triton"]


JUDGED = """
import sys, tempfile
from pathlib import Path
from classroom import course, lessons
from classroom.judge import diagnosis, registry, sources
from classroom.mine import decorator, home, steps, storage
import pytest
from tests.classroom import kernel_lesson

folder, patch = Path(tempfile.mkdtemp()), pytest.MonkeyPatch()
kernel_lesson.install(folder, patch, imported=False)
(folder / "small_kernels").mkdir()
(folder / "small_kernels/__init__.py").write_text(f"EXERCISES = ({kernel_lesson.TARGET!r},)")
(folder / "small_kernels/add.py").write_text("from nextword.kernels import tl, triton")
lessons.__path__.append(str(folder))
target = kernel_lesson.TARGET
print("registry:", registry.targets_of(kernel_lesson.LESSON))
print("mine:", decorator.mine(target)(len) is len)
storage.keep(target, kernel_lesson.RIGHT)
decorator.use_mine()
decorator.use_mine(target)
decorator.give_back(target)
decorator.unreadable_cell(target, 1, "", "")
print("home:", home.text())
print("left:", steps.left(kernel_lesson.LESSON), "missing:", kernel_lesson.LESSON.missing)
try:
    registry.find("no.such")
except ValueError as error:
    print("unknown:", error)
"""


def test_its_exercises_say_so_in_a_sentence(hidden):
    said = hidden("-c", JUDGED)
    assert said.count(SENTENCE) == 4, said  # mine, twice what is kept, a cell that cannot be read
    assert "mine: True" in said and "missing: triton" in said and "Small kernels" in said
    assert "my/functions/kernels.basics.add.py is not used here" in said
    assert "unknown: there is no exercise 'no.such'; there are: kernels.basics.add" in said


def test_the_doctor_says_so(hidden):
    said = hidden("-c", "from classroom.app import doctor; print(doctor.report())")
    assert f"kernels        {SENTENCE}" in said and "they run here" not in said


def test_files_of_tests_that_need_it_are_skipped(hidden):
    said = hidden(
        "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "tests/classroom/test_kernels_judged.py"
    )
    assert "1 skipped" in said and "Triton" in said, said


def test_notebooks_that_need_it_are_not_run(monkeypatch, tmp_path, capsys):
    monkeypatch.syspath_prepend(paths.root() / "tools")
    from testing.plan import Plan

    lesson = course.Lesson("98", "small_kernels", "?", ("kernels.basics",), written=True)
    monkeypatch.setattr(course, "written", lambda: (*course.lessons()[:2], lesson))
    monkeypatch.setattr(course.importlib.util, "find_spec", lambda name: None)
    plan = Plan(tmp_path)
    plan.notebooks("kernels", "notebooks/98_small_kernels.ipynb")
    plan.notebooks("others", "notebooks/01_next_word.ipynb")
    assert [part.title for part in plan.parts] == ["others"]
    assert plan.left_out == [
        "notebooks/98_small_kernels.ipynb is not run: it needs triton, which is not here"
    ]
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    (tmp_path / "notebooks").mkdir()
    for name in ("98_small_kernels", "01_next_word"):
        (tmp_path / f"notebooks/{name}.ipynb").write_text("")
    assert [path.name for path in notebooks.matching([])] == ["01_next_word.ipynb"]
    assert "98_small_kernels.ipynb is not run: it needs triton" in capsys.readouterr().out
