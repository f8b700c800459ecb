"""The table of lessons, read from course.toml."""

import importlib.util
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classroom import paths


@dataclass(frozen=True)
class Lesson:
    """One row of the table."""

    number: str  # "01"
    name: str  # "next_word": also the name of its checks and mistakes
    question: str  # what the lesson answers
    rungs: tuple[str, ...]  # modules it adds to nextword
    minutes: tuple[int, int] = (0, 0)  # reading, exercises
    needs: tuple[str, ...] = ()  # names of lessons that come before
    data: tuple[str, ...] = ()  # sources it reads
    written: bool = False  # False: planned, nothing to open yet

    @property
    def file(self) -> str:
        """The file name that its notebook, solutions and exercises share."""
        return f"{self.number}_{self.name}.ipynb"

    @property
    def uses_kernels(self) -> bool:
        """Whether its code needs Triton, which not every machine has."""
        return any(rung.startswith("kernels.") for rung in self.rungs)

    @property
    def missing(self) -> str:
        """The package that its code needs and this machine does not have; nothing where it can run."""
        return "triton" if self.uses_kernels and importlib.util.find_spec("triton") is None else ""

    @property
    def title(self) -> str:
        """The name as people write it: "The next word" lives in the notebook; this is "next word"."""
        return self.name.replace("_", " ")


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson in the reader's order, planned ones included."""
    table = tomllib.loads((Path(__file__).parent / "course.toml").read_text(encoding="utf-8"))
    return tuple(
        Lesson(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
        for row in table["lesson"]
    )


def written() -> tuple[Lesson, ...]:
    """The lessons that can be opened today."""
    return tuple(lesson for lesson in lessons() if lesson.written)


def find(which: str) -> Lesson:
    """The lesson of that number, name or file name.

    >>> find("2").name, find("sampling").number, find("02_sampling.ipynb").number
    ('sampling', '02', '02')
    """
    wanted = Path(which).stem.lower()
    for lesson in lessons():
        if wanted in (lesson.name, lesson.number, lesson.number.lstrip("0"), Path(lesson.file).stem):
            return lesson
    names = ", ".join(f"{x.number} {x.name}" for x in written())
    raise ValueError(f"there is no lesson {which!r}; there are: {names}")


def path(folder: str, lesson: Lesson) -> Path:
    """A lesson's file in `notebooks`, `solutions` or `exercises`."""
    return paths.root() / folder / lesson.file
