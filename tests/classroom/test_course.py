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
from tools import ladder, notebooks

ROOT = paths.root()
LIBRARY = ROOT / "lib/nextword"
FLOOR = [
    "shapes",
    "checks",
    "overrides",
    "precision",
    "models",
    "sources",
    "download",
    "cache",
    "datasets",
]  # in base, each on those before it
UNDER_KERNELS = ["kernels" if name == "__init__" else f"kernels.{name}" for name in ladder.BELOW_KERNELS]
OVER_KERNELS = [f"kernels.{name}" for name in ladder.ABOVE_KERNELS]
WORDS, TERMS = 3000, 7
READING, EXERCISES = 75, 50  # minutes at the most
LONGEST = {}
each_lesson = pytest.mark.parametrize("lesson", course.written(), ids=lambda lesson: lesson.name)


def read(folder: str, lesson) -> nbformat.NotebookNode:
    return nbformat.read(course.path(folder, lesson), as_version=4)


def dotted(path: Path) -> str:
    """A module's name inside nextword: `base.cache`, `attention`, `attention_parts.kv_cache`."""
    return ".".join(path.relative_to(LIBRARY).with_suffix("").parts)


def height(module: str) -> tuple:
    """How far up the ladder a module stands; what lies in `attention_parts` just below rung `attention`."""
    first_last = [*course.lessons()[1:], course.lessons()[0]]  # lesson 00 shows what all the others make
    rungs = [rung for lesson in first_last for rung in lesson.rungs]
    folder, _, name = module.rpartition(".")
    if folder == "base":
        return (0, FLOOR.index(name))
    for level, modules in enumerate((UNDER_KERNELS, rungs, OVER_KERNELS, ladder.PROGRAMS), start=1):
        if module in modules:
            return (level, modules.index(module), 1)
        if folder.endswith("_parts") and folder.removesuffix("_parts") in modules:
            return (level, modules.index(folder.removesuffix("_parts")), 0)
    raise AssertionError(
        f"nextword.{module} is no rung of course.toml, no part of one, nothing in base/ or beside kernels, no program"
    )


def imported(path: Path | ast.AST):
    """What a file or tree imports: (module, name) for each name; a name of None where the module itself is meant."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")) if isinstance(path, Path) else path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                file = ROOT / "lib" / node.module.replace(".", "/") / alias.name
                is_module = file.with_suffix(".py").exists() or (file / "__init__.py").exists()
                yield (f"{node.module}.{alias.name}", None) if is_module else (node.module, alias.name)


MODULES = sorted(path for path in LIBRARY.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_rung_imports_only_what_lies_below_it(path):
    module = dotted(path)
    for source, name in imported(path):
        assert not source.startswith("classroom"), f"{module} imports the classroom"
        assert source != "IPython" and not source.startswith("ipywidgets"), f"{module} knows of Jupyter"
        if not source.startswith("nextword."):
            continue
        below = source.removeprefix("nextword.")
        if below == module:  # so that its own functions are called through their module, too
            continue
        siblings = "_parts." in module and below.rpartition(".")[0] == module.rpartition(".")[0]
        assert siblings or height(below) < height(module), (
            f"{module} imports {below}, which is no rung below it"
        )
        is_type, is_own_part = name is None or name[0].isupper(), below.startswith(f"{module}_parts.")
        is_below_all = below.startswith("base.") or below in UNDER_KERNELS
        is_below_all |= bool(re.match(r"kernels\.\w+_parts\.", below))  # no target of an exercise lies there
        assert is_type or is_own_part or is_below_all, (
            f"{module} takes {name} out of {below}: a swap would not reach it"
        )


def test_nothing_outside_the_engine_room_needs_a_kernel():
    """Most machines have no Triton: what imports a kernel is a kernel's own, or of its lesson."""
    lessons = {lesson.name for lesson in course.lessons() if lesson.uses_kernels}
    for path in sorted((ROOT / "lib").rglob("*.py")):
        parts = path.relative_to(ROOT / "lib").parts
        judges = parts[:2] == ("classroom", "judge") and parts[2] in ("kernels.py", "kernel_faults.py")
        judges |= parts == ("classroom", "app", "commands", "kernels.py")
        of_lesson = parts[:2] == ("classroom", "lessons") and parts[2] in lessons
        if parts[:2] == ("nextword", "kernels") or judges or of_lesson:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], [])
        names = {source for source, _ in imported(top)}
        assert not any(name.startswith(("nextword.kernels", "triton")) for name in names), path.name


ROOMS = (
    "display",
    "judge",
    "mine",
    "app",
    "lessons",
)  # each may use those before it, and what the table says


def room(module: str) -> str:
    """The room of the classroom that a module lies in; `course`, the table itself, lies below them all."""
    return module.split(".")[1] if module.count(".") else ""


def test_rooms_are_entered_in_one_direction():
    """What no room may import; where a lesson's file is named by its name alone, `registry` finds it."""
    forbidden = {
        "display": {"judge", "mine", "app", "lessons"},
        "judge": {"mine", "lessons"},
        "mine": {"lessons"},
        "app": {"lessons"},
        "lessons": {"app"},
    }
    for path in sorted((ROOT / "lib/classroom").rglob("*.py")):
        here = path.relative_to(ROOT / "lib/classroom").parts
        if len(here) == 1:
            continue
        for source, _ in imported(path):
            if source.startswith("classroom.") and room(source) in forbidden:
                assert room(source) not in forbidden[here[0]], f"{'/'.join(here)} imports {source}"


@pytest.mark.parametrize("package", ["nextword", "classroom"])
def test_nothing_imports_in_a_circle(package):
    needs = {}
    for path in (ROOT / "lib" / package).rglob("*.py"):
        parts = [package, *path.relative_to(ROOT / "lib" / package).with_suffix("").parts]
        module = ".".join(part for part in parts if part != "__init__")
        needs[module] = {source for source, _ in imported(path) if source.startswith(package)} - {module}
    done = set()

    def follow(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"a circle: {' -> '.join([*way[way.index(module) :], module])}"
        if module not in done:
            for below in needs.get(module, ()):
                follow(below, (*way, module))
            done.add(module)

    for module in needs:
        follow(module, ())


@pytest.mark.parametrize("path", sorted((ROOT / "lib").rglob("*.py")), ids=lambda path: path.stem)
def test_a_module_is_read_in_one_sitting(path):
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= LONGEST.get(path.name, 300), f"{path.relative_to(ROOT)} has {n_lines} lines: split it"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
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
    for target in registry.targets_of(lesson):
        importlib.import_module(f"tests.lessons.{lesson.name}.{target.split('.')[-1]}")
    assert (ROOT / f"tests/browser/test_{lesson.name}.py").exists(), "it is never seen in a browser"
    for rung in lesson.rungs:
        importlib.import_module(f"nextword.{rung}")
    for check in registry.of_lesson(lesson):
        assert check.target.rsplit(".", 1)[0] in lesson.rungs, f"{check.target} is no rung of {lesson.name}"
    assert set(lesson.needs) <= {other.name for other in course.lessons() if other.number < lesson.number}
    reading, exercises = lesson.minutes
    assert 0 < reading <= READING and 0 < exercises <= EXERCISES


def test_there_are_no_strays():
    names = {lesson.name for lesson in course.written()}
    files = {lesson.file for lesson in course.written()}
    for folder in ("notebooks", "solutions", "exercises"):
        assert {path.name for path in (ROOT / folder).glob("*.ipynb")} == files
    for folder in ("lib/classroom/lessons", "tests/lessons"):
        assert {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")} == names


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


def test_every_claim_has_its_cell_or_the_lesson_that_will_hold_it():
    table = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", (ROOT / "CLAIMS.md").read_text(encoding="utf-8"), re.M)
    assert [int(number) for number, _ in table] == list(range(1, 34)), "the video makes 33 statements"
    planned = {lesson.number for lesson in course.lessons() if not lesson.written}
    for number, where in table:
        cells = re.findall(r"(\d\d)_(\w+) `([\w-]+)`", where)
        for lesson, name, cell_id in cells:
            assert course.find(lesson).name == name
            ids = {cell.id for cell in read("notebooks", course.find(lesson)).cells}
            assert cell_id in ids, f"CLAIMS.md names cell {cell_id} of lesson {lesson}"
        assert cells or planned & set(re.findall(r"\b\d\d\b", where)), f"statement {number} has no place"


def test_the_fields_other_words_stand_in_their_lessons():
    """Each word of the glossary's second list is said in the lesson that it names."""
    _, other = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").split("## The field's other words")
    words = re.findall(r"^- \*(.+?)\* \((\d\d)\): ", other, re.M)
    assert len(words) >= 7 and words == sorted(words, key=lambda pair: pair[0].lower())
    for word, number in words:
        prose = " ".join(
            cell.source
            for cell in read("notebooks", course.find(number)).cells
            if cell.cell_type == "markdown"
        )
        said = re.search(rf"\b{re.escape(word)}", " ".join(prose.replace("*", "").split()), re.I)
        assert said, f"lesson {number} does not say {word!r}"


def test_the_ladder_is_drawn_as_it_stands():
    assert ladder.TARGET.read_text(encoding="utf-8") == ladder.drawn()


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
