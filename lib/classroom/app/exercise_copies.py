"""The reader's copies of the exercises: made, shown, started again, and never overwritten.

`exercises/` holds the blank notebooks and stays clean, so that the course can be updated. The reader works in
`my/`. A copy that nobody touched is renewed when its exercises change; beside a touched one comes a new one.
"""

import hashlib
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path

from classroom import course, paths
from classroom.display import links
from classroom.display.verdict import Verdict
from classroom.judge import registry
from classroom.mine import home, progress, storage
from classroom.mine.decorator import show


def copy_of(lesson: course.Lesson) -> Path:
    """Where the reader's copy of a lesson's exercises lies."""
    return paths.my() / lesson.file


def prepare() -> list[str]:
    """Make the copies that are missing, renew those never touched; returns sentences about what is new or missing."""
    news = [_prepare(lesson) for lesson in course.written()]
    return [sentence for sentence in news if sentence]


def _prepare(lesson: course.Lesson) -> str | None:
    file = course.path("exercises", lesson)
    if not file.exists():
        says = f"exercises/{file.name} is missing, so lesson {lesson.number} has no exercises; "
        return says + "`nextword update` may bring it back."
    blank, copy = blank_of(lesson), copy_of(lesson)
    if _is_untouched(copy) or _cells(copy.read_bytes()) == _cells(blank):
        _make(copy, blank)
    elif not _offered(lesson):
        _remember(copy, blank)  # the record is lost: from now on changes are noticed again
    elif _cells(blank) not in _offered(lesson):
        newer = next(path for path in _names_for_newer(copy) if _is_untouched(path))
        _make(newer, blank)
        return f"The exercises of {lesson.number} have changed. Yours stay; the new ones: my/{newer.name}"
    return None


def blank_of(lesson: course.Lesson) -> bytes:
    """The course's own exercises of a lesson."""
    try:
        return course.path("exercises", lesson).read_bytes()
    except FileNotFoundError:
        there = [other for other in course.written() if course.path("exercises", other).exists()]
        numbers = ", ".join(other.number for other in there)
        raise ValueError(f"lesson {lesson.number} has no exercises yet; these have: {numbers}") from None


def open_copy(lesson: course.Lesson) -> Path:
    """The reader's copy, made where it is missing."""
    if not os.path.lexists(copy_of(lesson)):
        _write(copy_of(lesson), blank_of(lesson))
    return copy_of(lesson)


def reset(lesson: course.Lesson) -> Path | None:
    """A blank copy in the place of the reader's, which goes to my/saved/ first; returns where it went."""
    blank, copy = blank_of(lesson), copy_of(lesson)
    saved = storage.save(copy) if copy.exists() else None
    _write(copy, blank)
    return saved


def exercises(name: str) -> None:
    """Show the way to the reader's own copy of a lesson's exercises, making it where it is missing."""
    lesson, problem = course.find(name), ""
    n, minutes = len(registry.targets_of(lesson)), lesson.minutes[1]
    try:
        if not os.environ.get("CI"):
            open_copy(lesson)
            progress.note_read(lesson.name)
            home.refresh()
    except OSError as error:
        problem = f"Your copy could not be made: {error}"
    address = links.to(links.my_folder() / lesson.file)
    way = f"{n} exercises, about {minutes} minutes"
    way += "" if address else f": open {copy_of(lesson)}"
    show(Verdict("note", way, problem, links={f"Open my/{lesson.file}": address}))


def show_solution(target: str) -> None:
    """Show how the course solves an exercise; recorded as seen, so that the lab moves on."""
    lesson, source = find_cell("solutions", target)
    progress.note(target, "seen")
    home.refresh()
    marks = ("### BEGIN SOLUTION", "### END SOLUTION")
    lines = [line for line in source.splitlines() if line.strip() not in marks]
    show(Verdict("note", f"One way to write {target} (from solutions/{lesson.file}):"))
    print("\n".join(lines))


def start_again(target: str) -> None:
    """Put the exercise's blank cell below this one, and a copy of the reader's notebook in my/saved/."""
    lesson, blank = find_cell("exercises", target)
    said = "Your notebook stays as it is"
    try:
        if copy_of(lesson).exists() and not os.environ.get("CI"):
            copy = storage.save(copy_of(lesson)).relative_to(paths.my()).as_posix()
            said += f", and a copy of it, as last saved, is in my/{copy}"
    except OSError as error:
        said += f", but no copy of it could be made: {error}"
    show(Verdict("note", f"{target}: a blank cell to start again from stands below this one.", said + "."))
    try:
        from IPython import get_ipython

        get_ipython().set_next_input(blank)
    except (ImportError, AttributeError):
        print(blank)


def find_cell(folder: str, target: str) -> tuple[course.Lesson, str]:
    """The lesson and the source of the cell in `exercises` or `solutions` that holds `@mine(target)`."""
    registry.lesson_of(target)
    for lesson in course.written():
        notebook = json.loads(course.path(folder, lesson).read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and f'@mine("{target}")' in source:
                return lesson, source
    raise ValueError(f"no notebook in {folder}/ has a cell for {target!r}")


def _names_for_newer(copy: Path) -> Iterator[Path]:
    """Where newer exercises may be put: 01_next_word_new.ipynb, then _new2, _new3, ..."""
    yield copy.with_name(f"{copy.stem}_new.ipynb")
    for number in itertools.count(2):
        yield copy.with_name(f"{copy.stem}_new{number}.ipynb")


def _is_untouched(path: Path) -> bool:
    """Whether a copy is missing, or has the cells that it was made with; it may have been run and saved."""
    if not os.path.lexists(path):
        return True
    return path.is_file() and _cells(path.read_bytes()) == _made().get(path.name, {}).get("cells")


def _offered(lesson: course.Lesson) -> list[str]:
    """The exercises, by their cells, from which copies of a lesson were made."""
    stem = Path(lesson.file).stem
    return [made["cells"] for name, made in _made().items() if name.startswith(stem)]


def _make(path: Path, blank: bytes) -> None:
    """Write a copy that is missing or untouched; one that was run and saved goes to my/saved/ first."""
    now = path.read_bytes() if path.exists() else None
    if now == blank or (now and _cells(now) == _cells(blank)):
        return _remember(path, blank)
    if now and _hash(now) != _made().get(path.name, {}).get("file"):
        storage.save(path)
    return _write(path, blank)


def _write(path: Path, blank: bytes) -> None:
    storage.write_whole(path, blank)
    _remember(path, blank)


def _remember(path: Path, blank: bytes) -> None:
    """Record what a copy was made from."""
    before = _made()
    made = before | {path.name: {"file": _hash(blank), "cells": _cells(blank)}}
    if made != before:
        storage.write_whole(_record(), json.dumps(made, indent=1).encode())


def _record() -> Path:
    return paths.my() / ".copied.json"


def _made() -> dict[str, dict[str, str]]:
    """What each copy was made from, by the hash of the file and of its cells; nothing if that is lost."""
    try:
        made = json.loads(_record().read_bytes())
        return {name: {"file": hashes["file"], "cells": hashes["cells"]} for name, hashes in made.items()}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _cells(content: bytes) -> str:
    """What a notebook's cells say, hashed: not their outputs, nor how JupyterLab happens to store them."""
    try:
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(content)["cells"]]
    except (ValueError, KeyError, TypeError):
        return _hash(content)
    return _hash(json.dumps(cells).encode())
