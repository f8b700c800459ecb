"""What the reader has done, in one file: `my/progress.json`.

It is written whole or not at all, a failure to write it is never an error, and continuous integration writes
none. Notebooks that run at the same time take turns, so that none loses what another noted.
"""

import contextlib
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from classroom import course, paths
from classroom.judge import registry
from classroom.mine import storage

PATIENCE = 3  # seconds to wait for another notebook's turn to end


def file() -> Path:
    """Where progress is kept."""
    return paths.my() / "progress.json"


def read() -> dict:
    """All that is known; an empty start where there is no file, or it cannot be read."""
    with contextlib.suppress(OSError):
        return _parse(file().read_bytes()) or {"exercises": {}}
    return {"exercises": {}}


def _parse(data: bytes) -> dict | None:
    """What the file says; None where it is damaged."""
    with contextlib.suppress(ValueError, AttributeError, KeyError, TypeError, RecursionError):
        known = json.loads(data)
        if all(isinstance(exercise, dict) for exercise in known["exercises"].values()):
            return known
    return None


def note(target: str, what: str, diagnosis: str = "") -> None:
    """Record that today an exercise was `tried`, `passed` or `seen` (its solution); the first day stays.

    The id of the last diagnosis is kept, for a report of what was said.
    """

    def add(known: dict) -> None:
        exercise = known["exercises"].setdefault(target, {})
        exercise.setdefault(what, date.today().isoformat())
        if what == "tried":
            attempts = exercise.get("attempts")
            exercise["attempts"] = attempts + 1 if isinstance(attempts, int) else 1
            exercise["diagnosis"] = diagnosis

    _change(add)


def note_read(lesson: str) -> None:
    """Record that a lesson was read to its end."""
    _change(lambda known: known.setdefault("read", {}).setdefault(lesson, date.today().isoformat()))


def was_read(lesson: str) -> bool:
    """Whether a lesson was read to its end."""
    read_so_far = read().get("read")
    return isinstance(read_so_far, dict) and lesson in read_so_far


def first_time() -> bool:
    """Whether the lab was never opened here before."""
    return "opened" not in read()


def mark_opened() -> None:
    """Record that the lab was opened."""
    _change(lambda known: known.setdefault("opened", date.today().isoformat()))


def done(target: str) -> bool:
    """Whether an exercise was passed, or given up by looking at its solution."""
    exercise = read()["exercises"].get(target, {})
    return "passed" in exercise or "seen" in exercise


def next_lesson() -> course.Lesson:
    """The first lesson with an exercise still to do; the last one where all are done."""
    for lesson in course.written():
        if not all(map(done, registry.targets_of(lesson))):
            return lesson
    return course.written()[-1]


def _change(change: Callable[[dict], None]) -> None:
    """Read, change and replace the file; a full or read-only disk costs the record, not the lesson."""
    if os.environ.get("CI"):
        return
    from filelock import FileLock  # takes a while to import, and most who read this never write

    with contextlib.suppress(OSError, NotImplementedError):  # the latter: a disk that knows no locks
        file().parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file().with_name(".progress.lock"), timeout=PATIENCE):
            known = {"exercises": {}}
            if file().exists():
                found = _parse(file().read_bytes())  # a disk that cannot be read now may be well again later
                if found is None:
                    _put_aside()
                known = found or known
            change(known)
            storage.write_whole(file(), json.dumps(known, indent=1).encode())


def _put_aside() -> None:
    """A damaged file is kept beside, in case somebody can mend it; never over an earlier one."""
    number, aside = 1, file().with_name(f"progress-damaged-{date.today()}.json")
    while aside.exists():
        number += 1
        aside = file().with_name(f"progress-damaged-{date.today()}-{number}.json")
    os.replace(file(), aside)
