"""The reader's own functions, kept as files: `my/functions/ngram.count_next.py`.

What is kept is the reader's whole cell under the exercise's import lines: a file that can be read, shared and
imported. It is judged as it will be kept, so a name that stands in another cell is noticed at once.
"""

import ast
import json
import linecache
import os
import shutil
import types
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from classroom import checking, course, places

MARK = "# ---- your cell ----\n"


def folder() -> Path:
    """Where the reader's functions are kept."""
    return places.my() / "functions"


def file(target: str) -> Path:
    """Where the reader's function for a target is kept, once it is right."""
    return folder() / f"{target}.py"


def kept() -> list[str]:
    """The targets that the reader has a function for."""
    return sorted(path.stem for path in folder().glob("*.py")) if folder().is_dir() else []


def cell_of(function: Callable) -> str:
    """The source of the notebook cell in which a function was written; an OSError where there is none."""
    name = function.__code__.co_filename
    lines = linecache.getlines(name)
    if not lines or Path(name).exists():
        raise OSError(f"{function.__name__} was not written in a notebook cell")
    return "".join(lines)


def with_imports(target: str, cell: str) -> str:
    """A cell under the import lines of its exercise: what is judged, and kept."""
    return f"{imports(target)}\n\n{MARK}{cell.strip()}\n"


def imports(target: str) -> str:
    """The import lines that the exercise's notebook opens with (the cell tagged `imports`)."""
    for lesson in course.written():
        if target in [check.target for check in checking.of_lesson(lesson)]:
            notebook = json.loads(course.path("exercises", lesson).read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                if "imports" in cell["metadata"].get("tags", []):
                    return "".join(cell["source"])
    return ""


def load(target: str, source: str) -> Callable:
    """The function that a kept file defines; what the file merely does (a print, a plot) is left out.

    Raises whatever the definitions raise, and a NameError of its own where the function is missing.
    """
    name, path = target.split(".")[-1], str(file(target))
    tree = ast.parse(source, path)
    defines = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.AugAssign)
    tree.body = [node for node in tree.body if isinstance(node, defines)]
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    module = types.ModuleType(f"my.functions.{target.replace('.', '_')}")
    exec(compile(tree, path, "exec"), module.__dict__)  # the reader's own code, on the reader's own machine
    if name not in module.__dict__:
        raise NameError(f"this cell defines no function named {name}", name=name)
    function = module.__dict__[name]
    function.__first_line__ = source[: source.find(MARK) + len(MARK)].count("\n") + 1 if MARK in source else 1
    return function


def is_kept_file(function: Callable) -> bool:
    """Whether a function was loaded from a kept file, not written in a cell just now."""
    return Path(function.__code__.co_filename).parent == folder()


def keep(target: str, source: str) -> None:
    """Write a function's file whole; an earlier one that differs goes to my/saved/ first."""
    path = file(target)
    if path.exists() and path.read_text(encoding="utf-8") != source:
        save(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(source, encoding="utf-8")
    os.replace(part, path)


def save(path: Path) -> Path:
    """A dated copy of one of the reader's files under my/saved/; never over an earlier copy."""
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    within = path.relative_to(places.my()) if path.is_relative_to(places.my()) else Path(path.name)
    copy = places.my() / "saved" / stamp / within
    number = 1
    while copy.exists():
        number += 1
        copy = places.my() / "saved" / f"{stamp}-{number}" / within
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, copy)
    return copy
