"""The reader's copies of the exercises: made, shown, started again, and never overwritten.

`exercises/` holds the blank notebooks and stays clean, so that the course can be updated. The reader works in `my/`.
"""

import hashlib
import json
import os
from pathlib import Path

from classroom import checking, course, keeping, places, progress
from classroom.handover import show
from classroom.verdict import Verdict


def copy_of(lesson: course.Lesson) -> Path:
    """Where the reader's copy of a lesson's exercises lies."""
    return places.my() / lesson.file


def prepare() -> list[str]:
    """Make the copies that are missing and renew those never touched; returns sentences about newer exercises."""
    news = []
    for lesson in course.written():
        blank, copy = course.path("exercises", lesson).read_bytes(), copy_of(lesson)
        if not copy.exists() or _hash(copy.read_bytes()) == _copied().get(lesson.file):
            _write(copy, blank, lesson.file)
        elif _copied().get(lesson.file) not in (None, _hash(blank)):
            newer = copy.with_name(f"{copy.stem}_new.ipynb")
            if newer.exists():
                keeping.save(newer)
            _write(newer, blank, lesson.file)
            news.append(f"The exercises of {lesson.number} have changed. Yours stay; the new ones: my/{newer.name}")
    return news


def reset(lesson: course.Lesson) -> Path | None:
    """A blank copy in the place of the reader's, which goes to my/saved/ first; returns where it went."""
    copy = copy_of(lesson)
    saved = keeping.save(copy) if copy.exists() else None
    _write(copy, course.path("exercises", lesson).read_bytes(), lesson.file)
    return saved


def exercises(name: str) -> None:
    """Show the way to the reader's own copy of a lesson's exercises, making it where it is missing."""
    lesson = course.find(name)
    n, minutes = len(checking.of_lesson(lesson)), lesson.minutes[1]
    if not os.environ.get("CI") and not copy_of(lesson).exists():
        prepare()
    show(Verdict("note", f"{n} exercises, about {minutes} minutes: open my/{lesson.file}"))


def show_solution(target: str) -> None:
    """Show how the course solves an exercise; recorded as seen, so that the lab moves on to the next lesson."""
    lesson, source = find_cell("solutions", target)
    progress.note(target, "seen")
    lines = [line for line in source.splitlines() if line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION")]
    show(Verdict("note", f"One way to write {target} (from solutions/{lesson.file}):"))
    print("\n".join(lines))


def start_again(target: str) -> None:
    """Put the exercise's blank cell below this one, and a dated copy of the reader's notebook in my/saved/."""
    lesson, blank = find_cell("exercises", target)
    said = "Your notebook stays as it is"
    if copy_of(lesson).exists():
        said += f", and a copy of it, as last saved, is in my/{keeping.save(copy_of(lesson)).relative_to(places.my())}"
    show(Verdict("note", f"{target}: a blank cell to start again from stands below this one.", said + "."))
    try:
        from IPython import get_ipython

        get_ipython().set_next_input(blank)
    except (ImportError, AttributeError):
        print(blank)


def find_cell(folder: str, target: str) -> tuple[course.Lesson, str]:
    """The lesson and the source of the cell in `exercises` or `solutions` that holds `@mine(target)`."""
    checking.find(target)
    for lesson in course.written():
        notebook = json.loads(course.path(folder, lesson).read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and f'@mine("{target}")' in source:
                return lesson, source
    raise ValueError(f"no notebook in {folder}/ has a cell for {target!r}")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _copied() -> dict[str, str]:
    """What each copy was when it was made: a copy that is still so was never touched."""
    try:
        return json.loads((places.my() / ".copied.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _write(path: Path, content: bytes, made_from: str) -> None:
    """Write a copy whole, and remember what it was made from."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = _copied() | {made_from: _hash(content)}
    for target, data in ((path, content), (path.parent / ".copied.json", json.dumps(known, indent=1).encode())):
        part = target.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(data)
        os.replace(part, target)
