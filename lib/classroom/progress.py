"""What the reader has done, in one file: `my/progress.json`.

It is written whole or not at all, a failure to write it is never an error, and continuous integration writes none.
"""

import contextlib
import json
import os
from datetime import date
from pathlib import Path

from classroom import checking, course, places


def file() -> Path:
    """Where progress is kept."""
    return places.my() / "progress.json"


def read() -> dict:
    """All that is known; an empty start where there is no file, or it cannot be read."""
    return _parse() or {"exercises": {}}


def _parse() -> dict | None:
    """What the file says; None where it is missing or damaged."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        known = json.loads(file().read_text(encoding="utf-8"))
        if isinstance(known.get("exercises"), dict):
            return known
    return None


def note(target: str, what: str) -> None:
    """Record for an exercise that today it was `tried`, `passed` or `seen` (its solution); the first day stays."""
    known = read()
    exercise = known["exercises"].setdefault(target, {})
    exercise.setdefault(what, date.today().isoformat())
    if what == "tried":
        exercise["attempts"] = exercise.get("attempts", 0) + 1
    _write(known)


def first_time() -> bool:
    """Whether the lab was never opened here before."""
    return "opened" not in read()


def mark_opened() -> None:
    """Record that the lab was opened."""
    known = read()
    known.setdefault("opened", date.today().isoformat())
    _write(known)


def done(target: str) -> bool:
    """Whether an exercise was passed, or given up by looking at its solution."""
    exercise = read()["exercises"].get(target, {})
    return "passed" in exercise or "seen" in exercise


def next_lesson() -> course.Lesson:
    """The first lesson with an exercise still to do; the last one where all are done."""
    for lesson in course.written():
        if not all(done(check.target) for check in checking.of_lesson(lesson)):
            return lesson
    return course.written()[-1]


def _write(known: dict) -> None:
    """Replace the file in one step; a disk that is full or read-only costs the record, not the lesson."""
    if os.environ.get("CI"):
        return
    part = file().with_suffix(f".{os.getpid()}.part")
    with contextlib.suppress(OSError):
        part.parent.mkdir(parents=True, exist_ok=True)
        if file().exists() and _parse() is None:
            os.replace(file(), file().with_name(f"progress-damaged-{date.today()}.json"))
        part.write_text(json.dumps(known, indent=1), encoding="utf-8")
        os.replace(part, file())
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
