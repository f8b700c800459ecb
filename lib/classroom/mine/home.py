"""The reader's home, `my/home.md`: where to go on, and each lesson with its ticks and the minutes left.

It is written when the lab opens and after every exercise passed; nothing reads it but the reader.
"""

import contextlib
import os
from pathlib import Path

from classroom import course, paths
from classroom.display import links
from classroom.mine import progress, steps, storage

HEAD = """# Your way through

**{}**

| | Lesson | Read | Exercises | | Left |
|---|---|---|---|---|---|
"""
FOOT = """
✓ passed, ◐ solution looked at, ○ to do. What you write lies in `my/`, on the left, and the functions that are right
in `my/functions/`.
New here, or stuck? [Start here]({}).
"""
TICKS = {"passed": "✓", "seen": "◐"}


def refresh() -> None:
    """Write the home as things are now; where that fails, the lesson goes on without."""
    if os.environ.get("CI"):
        return
    with contextlib.suppress(OSError, ValueError):  # the latter: a blank notebook that is none
        content = text().encode()
        if not file().exists() or file().read_bytes() != content:
            storage.write_whole(file(), content)


def file() -> Path:
    """Where the home lies."""
    return paths.my() / "home.md"


def text() -> str:
    """The home in Markdown."""
    rows = "".join(row(lesson) for lesson in course.written())
    return HEAD.format(onward()) + rows + FOOT.format(link(paths.root() / "START_HERE.md"))


def onward() -> str:
    """The line on top: what to open next."""
    step = steps.next_step()
    if step is None:
        return "All exercises are done. More lessons are to come."
    verb = "Continue" if progress.read()["exercises"] or progress.read().get("read") else "Begin"
    return f"{verb}: [{step.says}]({link(step.path)}), about {step.minutes} minutes"


def row(lesson: course.Lesson) -> str:
    """A lesson's line of the table."""
    known = progress.read()["exercises"]
    ticks = "".join(tick(known.get(target, {})) for target in steps.targets(lesson))
    done, n = n_done(lesson), len(steps.targets(lesson))
    reading = 0 if steps.is_begun(lesson) else lesson.minutes[0]
    minutes = reading + steps.minutes_left(lesson)
    cells = [
        lesson.number,
        f"[{lesson.title.capitalize()}]({link(course.path('notebooks', lesson))})<br>{lesson.question}",
        "✓" if progress.was_read(lesson.name) else "",
        f"[{done} of {n}]({link(paths.my() / lesson.file)})",
        ticks,
        f"{minutes} min" if minutes else "done",
    ]
    return f"| {' | '.join(cells)} |\n"


def n_done(lesson: course.Lesson) -> int:
    """How many exercises of a lesson are done."""
    return len(steps.targets(lesson)) - len(steps.left(lesson))


def tick(exercise: dict) -> str:
    """One exercise in one sign."""
    return next((sign for what, sign in TICKS.items() if what in exercise), "○")


def link(path: Path) -> str:
    """From the home to a file of the course; a bare name where the lab can't show it."""
    return links.to(path, paths.my()) or path.name
