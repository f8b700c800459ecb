"""How far the reader is, and the next step: what cards, the end of an exercise sheet and the home say.

What exercises there are is read from the blank notebooks: the home is to open where a check cannot be imported.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classroom import course
from classroom.display import links
from classroom.mine import progress


@dataclass(frozen=True)
class Step:
    """Something to open next."""

    says: str  # "02 Sampling"
    path: Path
    minutes: int  # about so many are left of it


def targets(lesson: course.Lesson) -> list[str]:
    """The exercises of a lesson, in order."""
    return list(minutes(lesson))


def lesson_of(target: str) -> course.Lesson:
    """The lesson whose exercise a target is."""
    return next(lesson for lesson in course.written() if target in minutes(lesson))


def left(lesson: course.Lesson) -> list[str]:
    """The exercises of a lesson that are neither passed nor given up."""
    return [target for target in targets(lesson) if not progress.done(target)]


@cache
def minutes(lesson: course.Lesson) -> dict[str, int]:
    """How long each exercise of a lesson takes, as its heading says."""
    cells = json.loads(course.path("exercises", lesson).read_text(encoding="utf-8"))["cells"]
    found, latest = {}, 0
    for source in ("".join(cell["source"]) for cell in cells):
        if heading := re.search(r"^## .*\((\d+) minutes", source, re.M):
            latest = int(heading[1])
        if target := re.search(r'^@mine\("(.+?)"\)', source, re.M):
            found[target[1]] = latest
    return found


def minutes_left(lesson: course.Lesson) -> int:
    """What the exercises still to do take together."""
    return sum(minutes(lesson).get(target, 0) for target in left(lesson))


def is_begun(lesson: course.Lesson) -> bool:
    """Whether the lesson was read to its end, or one of its exercises tried."""
    tried = progress.read()["exercises"]
    return progress.was_read(lesson.name) or any(target in tried for target in targets(lesson))


def following(lesson: course.Lesson) -> course.Lesson | None:
    """The lesson after this one, None where it is not written yet. Into the engine room only its own lessons lead."""
    later = (other for other in course.written() if other.number > lesson.number)
    return next((other for other in later if lesson.uses_kernels or not other.uses_kernels), None)


def next_step() -> Step | None:
    """The first lesson with something left: to read, or its exercises; None where all are done.

    The engine room comes last, unless it was begun, and only where it can run.
    """
    can_run = [lesson for lesson in course.written() if not lesson.missing]
    in_order = sorted(can_run, key=lambda lesson: lesson.uses_kernels and not is_begun(lesson))
    lesson = next((lesson for lesson in in_order if left(lesson)), None)
    if lesson is None:
        return None
    if is_begun(lesson):
        says = f"{links.name(lesson)}, exercises"
        return Step(says, links.my_folder() / lesson.file, minutes_left(lesson))
    return Step(links.name(lesson), course.path("notebooks", lesson), lesson.minutes[0])


def standing(lesson: course.Lesson) -> tuple[str, dict[str, str]]:
    """How many exercises of a lesson are done, in a sentence; and a link to what comes next once all are."""
    n, missing = len(targets(lesson)), left(lesson)
    if missing:
        return f"{n - len(missing)} of {n} done.", {}
    then = following(lesson)
    if then is None:
        return f"{n} of {n}. That was the last lesson there is so far.", {}
    return f"{n} of {n}.", {f"Next: {links.name(then)}": links.to(course.path("notebooks", then))}
