"""Answers as readers might write them: each listed mistake and each exercise once more, in other words.

A file an exercise, as in `classroom.lessons`. `wrong` functions must get the diagnosis they name; `right` ones must pass.
"""

import importlib

from classroom import course
from classroom.judge import registry

WRONG: list[tuple[str, str, object]] = []  # (target, id of the mistake, function)
RIGHT: list[tuple[str, object]] = []  # (target, function)


def wrong(target: str, id: str):
    def register(function):
        WRONG.append((target, id, function))
        return function

    return register


def right(target: str):
    def register(function):
        RIGHT.append((target, function))
        return function

    return register


def judged() -> list[course.Lesson]:
    """The lessons that are written, and whose exercises can be judged here: kernels need Triton."""
    return [lesson for lesson in course.written() if not lesson.missing]


def load() -> None:
    """Read the answers to every exercise of the lessons that are written."""
    for lesson in judged():
        for target in registry.targets_of(lesson):
            importlib.import_module(f"tests.lessons.{lesson.name}.{target.split('.')[-1]}")
