"""What a test run consists of: each function gives the parts of one kind of run."""

from pathlib import Path

from testing.running import ROOT, Part

# A part imports only the plugins that it needs: all of them take two seconds, and there are many parts.
NBVAL = (
    "--nbval",
    "--nbval-current-env",
    "--nbval-sanitize-with=tests/notebooks/sanitize.cfg",
    "--noconftest",
)
FOLDERS = ("notebooks", "solutions", "exercises")  # blank exercises have no outputs, and are only run
BUDGETS = ("-p", "nbval.plugin", "-p", "tests.notebooks.budgets")
HYPOTHESIS = ("-p", "_hypothesis_pytestplugin")
ALONE = ("test_checks.py", "test_steady.py", "test_mutants.py")  # each as long as a folder
SECONDS = {"a lesson's notebooks": 30, "browser": 150, "shared": 100}  # about: the longest begin first
LONG = {
    "00": 65,
    "06": 50,
    "07": 60,
    "08": 50,
    "09": 60,
    "10": 80,
    "11": 110,
    "12": 260,
    "13": 110,
    "14": 60,
    "15": 120,
    "16": 130,
    "17": 110,
    "18": 90,
    "19": 150,
    "20": 110,
    "21": 60,
    "22": 110,
}  # lessons that run the real model, or train


class Plan:
    """Collects parts; pytest's reports go into a folder."""

    def __init__(self, folder: Path):
        self.folder, self.parts, self.left_out = folder, [], []

    def command(self, title: str, *arguments: str, seconds: float = 3) -> None:
        """A command of this environment's Python as one check."""
        self.parts.append(Part(title, arguments, seconds))

    def pytest(self, title: str, *arguments: str, seconds: float = 20, budgets: Path | None = None) -> None:
        """A run of pytest."""
        report = self.folder / f"{len(self.parts)}.xml"
        line = ("-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments)
        self.parts.append(Part(title, line, seconds, report, budgets))

    def notebooks(self, title: str, *files: Path | str, seconds: float = 30) -> None:
        """Notebooks run by nbval in one process, a kernel each: outputs compared where there are some."""
        budgets = self.folder / f"{len(self.parts)}.json"
        names = [str(Path(file)) for file in files]
        if missing := missing_for(names[0]):
            self.left_out += [f"{name} is not run: it needs {missing}, which is not here" for name in names]
            return
        self.pytest(title, *BUDGETS, *NBVAL, f"--budgets={budgets}", *names, seconds=seconds, budgets=budgets)

    # What judges the course

    def style(self) -> None:
        """Ruff, and whether what is made from other files is up to date."""
        self.command("ruff", "-m", "ruff", "check", "--quiet", ".")
        self.command("ruff format", "-m", "ruff", "format", "--check", "--quiet", ".")
        self.command("generated notebooks", "tools/notebooks.py", "check", seconds=8)
        self.command("environment.yml", "tools/environment.py", "--check")

    def library(self, *selection: str) -> None:
        """Doctests, and every test that needs neither a browser nor a notebook."""
        self.pytest("doctests", "--doctest-modules", "lib", seconds=10)
        for title, files in shares().items():
            self.pytest(title, *HYPOTHESIS, *selection, *files, seconds=SECONDS["shared"])

    def all_notebooks(self) -> None:
        """Every notebook, those of a lesson in one process."""
        for name in sorted({path.name for folder in FOLDERS for path in (ROOT / folder).glob("*.ipynb")}):
            files = [f"{folder}/{name}" for folder in FOLDERS if (ROOT / folder / name).exists()]
            seconds = LONG.get(name[:2], SECONDS["a lesson's notebooks"])
            self.notebooks(f"notebooks of {name}", *files, seconds=seconds)

    def browser(self) -> None:
        self.pytest("in a browser", "tests/browser", seconds=SECONDS["browser"])

    def mutants(self, lesson: str) -> None:
        """Every single edit of a lesson's right answers."""
        if not list((ROOT / "tests").glob("mutants*")):
            raise SystemExit("there is no mutation engine here: tests/mutants is missing")
        self.command(f"mutants of lesson {lesson}", "-m", "tests.mutants", lesson, seconds=600)

    def lesson(self, which: str) -> None:
        """All that judges one lesson, and the ladder that it stands on."""
        lesson = lesson_named(which)
        self.style()
        for folder in FOLDERS:
            self.notebooks(f"{folder}/{lesson.file}", f"{folder}/{lesson.file}")
        modules = [str(file) for rung in lesson.rungs for file in modules_of(rung)]
        self.pytest("doctests of its rungs", "--doctest-modules", *modules, seconds=8)
        only = f"--lesson={lesson.number}"
        self.pytest("the library's tests of its rungs", *HYPOTHESIS, *tests_of(lesson), seconds=30)
        self.pytest("its checks, mistakes and form", *HYPOTHESIS, only, *of_every_lesson(), seconds=45)
        self.pytest("in a browser", f"tests/browser/test_{lesson.name}.py", seconds=40)


def shares() -> dict[str, list[str]]:
    """The files of tests that need no browser, in shares that run side by side; each with a title."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file, folder = str(path.relative_to(ROOT)), path.relative_to(ROOT / "tests").parts[0]
        if folder != "browser":
            found.setdefault(file if path.name in ALONE else f"tests/{folder}", []).append(file)
    return found


def modules_of(rung: str) -> list[Path]:
    """The modules of a rung, such as `attention` or `kernels.basics`: its own and what stands under it."""
    rung = rung.replace(".", "/")
    patterns = (f"{rung}.py", f"{rung}_parts/*.py")
    return sorted(path for pattern in patterns for path in (ROOT / "lib/nextword").glob(pattern))


def tests_of(lesson) -> list[str]:
    """The files of tests that bear the name of a lesson or of one of its rungs."""
    names = [lesson.name, *(rung.split(".")[-1] for rung in lesson.rungs)]
    names += ["kernels"] if lesson.uses_kernels else []
    paths = [p for name in names for p in (ROOT / "tests").rglob(f"test_{name}*.py")]
    paths += (ROOT / "tests").glob(f"lessons/{lesson.name}/**/test_*.py")
    return sorted({str(path.relative_to(ROOT)) for path in paths if "browser" not in path.parts})


def of_every_lesson() -> list[str]:
    """The files of tests that ask the same of every lesson; `--lesson` chooses among their cases."""
    found = [*(ROOT / "tests").rglob("test_checks.py"), *(ROOT / "tests").rglob("test_course.py")]
    return [str(path.relative_to(ROOT)) for path in found]


def missing_for(notebook: str) -> str:
    """The package that a notebook needs and this machine does not have; nothing where it can run."""
    from classroom import course

    found = [lesson for lesson in course.written() if lesson.file == Path(notebook).name]
    return found[0].missing if found else ""


def lesson_named(which: str):
    """The lesson's row of the course's table."""
    from classroom import course

    try:
        return course.find(which)
    except ValueError as error:
        raise SystemExit(str(error)) from error
