"""Draws the ladder of `nextword` from the one table of lessons: a rung, its promise, and the lesson that builds it.

python tools/ladder.py            write lib/nextword/README.md
python tools/ladder.py --check    say whether it is current
"""

import argparse
import ast
import re
import sys
from pathlib import Path

from classroom import course

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "lib/nextword"
TARGET = LIBRARY / "README.md"
# What stands in kernels/ beside its rungs, the lowest first: a module imports only those before it.
BELOW_KERNELS = ("faster", "mode", "__init__", "trace")  # under every kernel
ABOVE_KERNELS = (  # over all of them
    *("flash_tuned", "flash_tuned_backward", "flash_variants_backward", "flash_variants", "decode"),
    *("roofline", "compiled"),
)
PROGRAMS = ("train",)  # they stand on rungs, and nothing stands on them
HEAD = """# The ladder

`nextword` is a language model, one module a rung, in the order in which the lessons build them. A rung imports only
rungs that stand before it, and `base/`. What a rung needs and no lesson teaches lies beside it in its `_parts`
folder. Lesson 00 comes first for a reader, and its rungs stand on all the others. Nothing outside `kernels/` needs
the kernels, which are made for machines that have Triton.

Made by `python tools/ladder.py` from the table of lessons and the first line of each module.
"""


def drawn() -> str:
    """The whole page: the floor, the rungs lesson by lesson, those that are planned by name alone."""
    floor = [row(f"base/{path.name}", promise(path)) for path in modules(LIBRARY / "base")]
    rungs = []
    for rung, lessons in built().items():
        path = LIBRARY / f"{rung.replace('.', '/')}.py"
        if path.exists():
            names = ", ".join(f"{lesson.number} {lesson.title}" for lesson in lessons)
            rungs.append(row(relative(path), promise(path), names))
            rungs += [row(relative(part), promise(part)) for part in modules(parts_of(path))]
    table, beside = "| | | |\n|---|---|---|\n", "".join(beside_kernels())
    beside = f"## Beside the kernels\n\n{table}{beside}\n" if beside else ""
    programs = "".join(row(f"{name}.py", promise(LIBRARY / f"{name}.py")) for name in PROGRAMS)
    beside += f"## Programs\n\n{table}{programs}\n"
    return f"{HEAD}\n## The rungs\n\n{table}{''.join(rungs)}\n{beside}## Under all of them\n\n{table}{''.join(floor)}"


def beside_kernels() -> list[str]:
    """The rows of what stands in kernels/ and is no rung."""
    rows = []
    for name in [one for one in (*BELOW_KERNELS, *ABOVE_KERNELS) if f"kernels.{one}" not in built()]:
        path = LIBRARY / f"kernels/{name}.py"
        there = [path] if path.exists() else []
        rows += [row(relative(one), promise(one)) for one in [*there, *modules(parts_of(path))]]
    return rows


def relative(path: Path) -> str:
    """A module's path as the page links to it."""
    return path.relative_to(LIBRARY).as_posix()


def parts_of(path: Path) -> Path:
    """The folder of what a module needs and no lesson teaches."""
    return path.with_name(f"{path.stem}_parts")


def built() -> dict[str, list[course.Lesson]]:
    """Each rung, the lowest first, with the lessons that build it; those written first say where it stands."""
    found = {}
    in_order = [*course.lessons()[1:], course.lessons()[0]]  # lesson 00 stands on all the others
    for lesson in sorted(in_order, key=lambda lesson: not lesson.written):
        for rung in lesson.rungs:
            found.setdefault(rung, []).append(lesson)
    return found


def modules(folder: Path) -> list[Path]:
    """The modules of a folder; none where there is no folder."""
    return sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")


def row(file: str, says: str, lesson: str = "") -> str:
    return f"| [`{file.removesuffix('.py')}`]({file}) | {says} | {lesson} |\n"


def promise(path: Path) -> str:
    """The first sentence of a module, without the words that say where it stands."""
    first = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).split("\n\n")[0].replace("\n", " ")
    said = re.sub(r"^(Rung `[\w.]+`|Program `[\w.]+`|Under rung `[\w.]+`|Below all rungs): ", "", first)
    return said[0].upper() + said[1:]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        current = TARGET.exists() and TARGET.read_text(encoding="utf-8") == drawn()
        print("the ladder is current" if current else "the ladder is old: python tools/ladder.py")
        return 0 if current else 1
    TARGET.write_text(drawn(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
