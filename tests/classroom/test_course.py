"""The course itself: its ladder, its names, its notebooks."""

import ast
import importlib
import json
import re
from pathlib import Path

import nbformat
import pytest

from classroom import course, paths
from classroom.judge import registry
from tools import notebooks

ROOT = paths.root()
LIBRARY = ROOT / "lib/nextword"
FLOOR = [
    "shapes",
    "overrides",
    "sources",
    "download",
    "cache",
    "datasets",
]  # in base, each on those before it
WORDS, TERMS = 3000, 7
each_lesson = pytest.mark.parametrize("lesson", course.written(), ids=lambda lesson: lesson.name)


def read(folder: str, lesson) -> nbformat.NotebookNode:
    return nbformat.read(course.path(folder, lesson), as_version=4)


def height(module: str) -> tuple:
    """How far up the ladder a module stands; a helper such as tokenizer_fast just below the rung it is named after."""
    first_last = [*course.lessons()[1:], course.lessons()[0]]  # lesson 00 shows what all the others make
    rungs = [rung for lesson in first_last for rung in lesson.rungs]
    if module in FLOOR:
        return (0, FLOOR.index(module))
    for place, rung in enumerate(rungs):
        if module == rung:
            return (1, place, 1)
    for place, rung in enumerate(rungs):
        if module.startswith(f"{rung}_"):
            return (1, place, 0)
    raise AssertionError(f"nextword.{module} is neither a rung of course.toml nor below all rungs")


def imported(path: Path):
    """What a file imports: (module, name) for each name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)


MODULES = sorted(path for path in LIBRARY.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_rung_imports_only_what_lies_below_it(path):
    module = ".".join(path.relative_to(LIBRARY).with_suffix("").parts)
    for source, name in imported(path):
        assert not source.startswith("classroom"), f"{module} imports the classroom"
        assert source != "IPython" and not source.startswith("ipywidgets"), f"{module} knows of Jupyter"
        if source == "nextword":
            assert height(name) < height(module), f"{module} imports {name}, which is no rung below it"
        elif source.startswith("nextword."):
            below = source.removeprefix("nextword.")
            assert height(below) < height(module), f"{module} imports {below}, which is no rung below it"
            is_type, is_own_helper = name[0].isupper(), below.startswith(f"{module}_")
            assert is_type or is_own_helper or below in FLOOR, (
                f"{module} takes {name} out of {below}: a swap would not reach it"
            )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_nothing_captures_a_function_that_can_be_swapped(path):
    """No default argument and no module-level table holds a function of the module: a swap would not reach it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    captured = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            captured += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    captured += [
        node.value for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
    ]
    for value in captured:
        called = {id(call.func) for call in ast.walk(value) if isinstance(call, ast.Call)}
        names = {n.id for n in ast.walk(value) if isinstance(n, ast.Name) and id(n) not in called}
        assert not names & functions, f"{path.name} captures {names & functions}"


@each_lesson
def test_names_agree(lesson):
    for folder in ("notebooks", "solutions", "exercises"):
        assert course.path(folder, lesson).exists()
    for package in ("classroom.checks", "classroom.mistakes", "tests.lessons"):
        importlib.import_module(f"{package}.{lesson.name}")
    assert (ROOT / f"tests/browser/test_{lesson.name}.py").exists(), "it is never seen in a browser"
    for rung in lesson.rungs:
        importlib.import_module(f"nextword.{rung}")
    for check in registry.of_lesson(lesson):
        assert check.target.rsplit(".", 1)[0] in lesson.rungs, f"{check.target} is no rung of {lesson.name}"
    assert set(lesson.needs) <= {other.name for other in course.lessons() if other.number < lesson.number}
    assert all(lesson.minutes) and max(lesson.minutes) <= 45


def test_there_are_no_strays():
    names = {lesson.name for lesson in course.written()}
    files = {lesson.file for lesson in course.written()}
    for folder in ("notebooks", "solutions", "exercises"):
        assert {path.name for path in (ROOT / folder).glob("*.ipynb")} == files
    for folder in ("lib/classroom/checks", "lib/classroom/mistakes", "tests/classroom/instances"):
        assert {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"} == names


@each_lesson
def test_the_form_of_a_lesson(lesson):
    notebook = read("notebooks", lesson)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert notebook.cells[0].source.startswith(f"# {lesson.number} ·")
    assert lesson.question in prose[0]
    imports = [cell for cell in notebook.cells if "imports" in cell.metadata.get("tags", [])]
    assert (
        len(imports) == 1
        and "No module named 'nextword'" in imports[0].source
        and "make lab" in imports[0].source
    )
    assert any("**Predict:**" in part for part in prose)
    assert "## Do you still know?" in "\n".join(prose) and "## Further reading" in "\n".join(prose)
    assert "toy-sized" in "\n".join(prose)
    assert notebook.cells[-1].source == f'exercises("{lesson.name}")'
    for before, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        if cell.cell_type == "code" and before.cell_type == "code":
            assert cell.source.count("\n") <= 12, f"cell {cell.id} is long and no prose leads to it"


@each_lesson
def test_a_lesson_can_be_read_in_its_time(lesson):
    prose = " ".join(cell.source for cell in read("notebooks", lesson).cells if cell.cell_type == "markdown")
    words = re.findall(r"[A-Za-z’'-]+", re.sub(r"<[^>]+>", " ", prose))
    assert len(words) <= WORDS, f"{len(words)} words"
    terms = re.findall(rf"^- \*\*(.+?)\*\* \({lesson.number}\)", (ROOT / "GLOSSARY.md").read_text(), re.M)
    assert 0 < len(terms) <= TERMS, f"{len(terms)} new terms: {terms}"
    for term in terms:
        assert re.search(rf"\*\*{re.escape(term)}", prose, re.I), (
            f"{term!r} of the glossary is not bold where it is new"
        )


@each_lesson
def test_the_form_of_the_exercises(lesson):
    cells = read("solutions", lesson).cells
    sources = [cell.source for cell in cells]
    found = [re.search(r'^@mine\("(.+?)"\)', source, re.M) for source in sources]
    targets = [match[1] for match in found if match]
    assert targets == [check.target for check in registry.of_lesson(lesson)]
    for place, match in enumerate(found):
        if match:
            before = sources[place - 1]
            assert before.startswith("## "), f"{match[1]} has no heading"
            assert re.search(r"\(\d+ minutes", before), f"{match[1]} has no minutes"
            assert before.count("<details><summary>Hint") == 3, f"{match[1]} needs three hints"
            assert "->" in before or "keep" in before or "Counter" in before, (
                f"{match[1]} has no worked example"
            )
    minutes = sum(int(m) for source in sources for m in re.findall(r"^## .*\((\d+) minutes", source, re.M))
    assert minutes <= lesson.minutes[1], f"the exercises take {minutes} minutes by their own count"


@each_lesson
def test_every_solution_is_stored_as_right(lesson):
    stored = json.dumps(read("solutions", lesson), ensure_ascii=False)
    for check in registry.of_lesson(lesson):
        assert f"✓ {check.target}: right" in stored


@each_lesson
def test_blanks_are_those_of_nbgrader(lesson):
    """Our derivation against nbgrader's own: the same code, but for the words that stand in for a solution."""
    from nbgrader.preprocessors import ClearSolutions

    solution = read("solutions", lesson)
    theirs = ClearSolutions(
        code_stub={"python": notebooks.YOUR_TURN},
        begin_solution_delimeter=notebooks.BEGIN.strip("# "),
        end_solution_delimeter=notebooks.END.strip("# "),
        enforce_metadata=False,
    )
    cleared, _ = theirs.preprocess(nbformat.from_dict(json.loads(json.dumps(solution))), {})
    kept = [cell for cell in cleared.cells if "solution-only" not in cell.metadata.get("tags", [])]
    ours = read("exercises", lesson).cells
    assert [(c.cell_type, c.id, c.source) for c in ours] == [(c.cell_type, c.id, c.source) for c in kept]
    assert "SOLUTION" not in json.dumps(ours) and not any(c.get("outputs") for c in ours)


@pytest.mark.parametrize(
    "source",
    ["### BEGIN SOLUTION\nx", "### END SOLUTION", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION"],
)
def test_a_region_that_is_not_closed_is_refused(source):
    with pytest.raises(ValueError, match="SOLUTION"):
        notebooks.without_solution(source)


def test_every_claim_has_its_cell():
    claims = re.findall(r"\| (\d\d)_\w+ `([\w-]+)` \|", (ROOT / "CLAIMS.md").read_text(encoding="utf-8"))
    assert claims
    for number, cell_id in claims:
        ids = {cell.id for cell in read("notebooks", course.find(number)).cells}
        assert cell_id in ids, f"CLAIMS.md names cell {cell_id} of lesson {number}"


def test_stored_notebooks_are_current():
    assert notebooks.stale() == []


def test_nothing_speaks_of_the_workshop():
    """No path of one machine and no registry's host in what we hand out."""
    forbidden = re.compile(r"/(root|work|tmp/w)/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian")
    for path in ROOT.rglob("*"):
        hidden = any(part in (".git", ".venv", "my", "build", "artifacts") for part in path.parts)
        if (
            path.is_file()
            and not hidden
            and path.suffix in (".py", ".md", ".toml", ".ipynb", ".yml", ".txt", ".json")
        ):
            if path != Path(__file__) and "node_modules" not in path.parts:
                found = forbidden.search(path.read_text(encoding="utf-8"))
                assert not found, f"{path.relative_to(ROOT)}: {found[0]}"
