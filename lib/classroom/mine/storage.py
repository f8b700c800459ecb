"""The reader's own functions, kept as files: `my/functions/ngram.count_next.py`.

What is kept is the reader's whole cell under the exercise's import lines: a file that can be read, shared and
imported. It is judged as it will be kept, so a name that stands in another cell is noticed at once.
"""

import contextlib
import inspect
import json
import linecache
import os
import re
import shutil
import tokenize
import types
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from classroom import course, paths
from classroom.judge import kernel_sources, registry
from classroom.judge.comparison import kind
from classroom.mine import cell_dependencies

MARK = "# ---- your cell ----\n"


class NoCell(Exception):
    """A function was not written in a notebook cell, or its cell cannot be told."""


def folder() -> Path:
    """Where the reader's functions are kept."""
    return paths.my() / "functions"


def file(target: str) -> Path:
    """Where the reader's function for a target is kept, once it is right."""
    return folder() / f"{target}.py"


def kept_targets() -> list[str]:
    """The targets that the reader has a function for. Beside them may lie a system's copies: "ngram.loss (1).py"."""
    if not folder().is_dir():
        return []
    return sorted(path.stem for path in folder().glob("*.py") if re.fullmatch(r"\w+(\.\w+)+", path.stem))


def read(target: str) -> str:
    """A kept file, as Python reads one: Windows' Notepad begins it with a byte-order mark."""
    with tokenize.open(file(target)) as kept:
        return kept.read()


def cell_of(function: Callable) -> str:
    """The source of the notebook cell in which a function was written; NoCell where there is none."""
    entry = linecache.cache.get(inspect.unwrap(function).__code__.co_filename, ())
    if len(entry) != 4 or entry[1] is not None:  # a time of change: that is a file's
        raise NoCell
    return "".join(entry[2])


def with_imports(target: str, cell: str) -> str:
    """A cell under the import lines of its exercise: what is judged, and kept.

    Magics such as %timeit work in a notebook only, so they become comments.
    """
    cell = re.sub(r"(?m)^get_ipython\(", "# get_ipython(", cell.rstrip())
    return f"{imports(target)}\n\n{MARK}{cell}\n"


def imports(target: str) -> str:
    """The import lines that the exercise's notebook opens with (the cell tagged `imports`)."""
    for lesson in course.written():
        if target in registry.targets_of(lesson):
            notebook = json.loads(course.path("exercises", lesson).read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                if "imports" in cell["metadata"].get("tags", []):
                    return "".join(cell["source"])
    return ""


def load(target: str, source: str) -> Callable:
    """The function that a kept file defines, made anew; what the file merely does (a plot) is left out.

    Raises checking.Wrong where it defines none, and whatever its lines raise.
    """
    name, path = target.split(".")[-1], str(file(target))
    tree = cell_dependencies.needed_for(name, source, path)
    if not tree.body:
        raise registry.Wrong("wrong-name", f"No function named {name} is defined here: that name is needed.")
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    module = types.ModuleType(f"my.functions.{target.replace('.', '_')}")
    exec(compile(tree, path, "exec"), module.__dict__)  # the reader's own code, on the reader's own machine
    function = module.__dict__[name]
    if kernel_sources.is_jitted(function):
        raise kernel_sources.kernel_itself(name)
    if not is_function(function):
        raise registry.Wrong(
            "not-a-function", f"{name} is {kind(function)}: write it as a function, with def."
        )
    function.__first_line__ = source[: source.find(MARK) + len(MARK)].count("\n") + 1 if MARK in source else 1
    return function


def is_function(thing: object) -> bool:
    """Whether it is a function written in Python, decorated or not."""
    return callable(thing) and isinstance(inspect.unwrap(thing), types.FunctionType)


def is_kept_file(function: object) -> bool:
    """Whether a function was loaded from a kept file, not written in a cell just now."""
    return is_function(function) and Path(inspect.unwrap(function).__code__.co_filename).parent == folder()


def keep(target: str, source: str) -> None:
    """Write a function's file whole; an earlier one that differs goes to my/saved/ first."""
    path, content = file(target), source.encode()
    if path.exists() and path.read_bytes() == content:
        return
    if path.exists():
        save(path)
    write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: whenever this is stopped, the file is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as open_part:
            open_part.write(content)
            open_part.flush()
            os.fsync(open_part.fileno())
        os.replace(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def save(path: Path, within: Path | None = None) -> Path:
    """A dated copy of one of the reader's files (or folders) under my/saved/; never over an earlier copy."""
    if within is None:
        within = path.relative_to(paths.my()) if path.is_relative_to(paths.my()) else Path(path.name)
    copy = free_path_for_copy(within)
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        if path.is_dir():
            shutil.copytree(path, copy)
        elif path.is_symlink() and not path.exists():
            copy.symlink_to(os.readlink(path))
        else:
            shutil.copy2(path, copy)
    except BaseException:  # half a copy would be taken for a whole one
        shutil.rmtree(copy) if copy.is_dir() and not copy.is_symlink() else copy.unlink(missing_ok=True)
        raise
    return copy


def free_path_for_copy(within: Path) -> Path:
    """A path under my/saved/DATE/ that is free."""
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    copy, number = paths.my() / "saved" / stamp / within, 1
    while os.path.lexists(copy):
        number += 1
        copy = paths.my() / "saved" / f"{stamp}-{number}" / within
    return copy
