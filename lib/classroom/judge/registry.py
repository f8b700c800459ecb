"""The exercises and how each is judged: a right answer, cases to try, and the mistakes that people make.

Checks and mistakes register themselves here; `judging` runs them.
"""

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from classroom import course
from classroom.judge.comparison import same


class Wrong(Exception):
    """What is wrong: an id, a sentence for the reader, and the call that shows it."""

    def __init__(self, id: str, says: str, call: str = "", yours: str = "", needed: str = ""):
        super().__init__(says)
        self.id, self.says, self.call, self.yours, self.needed = id, says, call, yours, needed


class Fault(Exception):
    """What stopped a function, in words already: an id, a sentence, and what is shown beside the call.

    Two functions that stopped fail in the same way where `alike` is equal, too.
    """

    def __init__(self, id: str, says: str, shown: str = "", alike: object = None):
        super().__init__(says)
        self.id, self.says, self.shown, self.alike = id, says, shown or says, alike


class Named(dict):
    """The last of a case's arguments, where some are given by name: `(query, key, value, Named(window=3))`."""


def split(arguments: tuple) -> tuple[tuple, dict]:
    """The arguments of a case that are given by place, and those by name.

    >>> split((1, 2, Named(window=3)))
    ((1, 2), {'window': 3})
    """
    if arguments and isinstance(arguments[-1], Named):
        return arguments[:-1], dict(arguments[-1])
    return arguments, {}


@dataclass(frozen=True)
class Mistake:
    """A wrong way to write an exercise that people really take, and the sentence that names its cause."""

    id: str
    says: str
    function: Callable  # the exercise, written wrongly
    where: str = ""  # a pattern that the reader's code must hold, where the sentence speaks of that code


@dataclass(frozen=True)
class View:
    """What is compared of a function that gives no plain values: one that changes what it is given, or makes objects.

    `see(function, *case)` gives what is compared, and `call(*case)` is the call as people write it.
    """

    see: Callable
    call: Callable


@dataclass
class Check:
    """How one exercise is judged."""

    target: str  # "ngram.count_next"
    right: (
        Callable | None
    )  # the right answer, found in another way than the library's; None: behaviours alone judge
    cases: list[tuple]  # arguments to try, the plainest first; those by name in a `Named` at the end
    behaviours: tuple[Callable, ...] = ()  # each takes the function, and raises Wrong
    before: tuple[Callable, ...] = ()  # the same, asked before any case: where it fails, cases would mislead
    same: Callable = same  # (yours, needed) -> bool
    lives: Callable | None = None  # takes the function, once all else is right, and runs the library on it
    mistakes: list[Mistake] = field(default_factory=list)
    n_plain: int | None = None  # so many of the cases explain; the awkward ones behind them refuse
    twins: tuple[
        str, ...
    ] = ()  # what of the library gives the answer away too: "transformer_parts.config...."

    view: View | None = None  # cases are then what it is given, and `right` gives what it would see

    @cached_property
    def is_kernel(self) -> bool:
        """Whether kernels are launched by what stands at the target."""
        return self.target.startswith("kernels.") and self.kernels.is_kernel(self.target)

    @property
    def kernels(self):
        """What watches kernels: for them alone, since it brings torch along, and needs Triton."""
        return importlib.import_module("classroom.judge.kernels")

    @property
    def can_be_copied(self) -> bool:
        """Whether a copy of this process can run the cases: it cannot use a GPU, where this process has begun to."""
        return not self.is_kernel or self.kernels.interpreted()

    def watched(self, function: Callable) -> Callable:
        """The function, with all its loads and stores looked at where it launches kernels."""
        return self.kernels.watched(function) if self.is_kernel else function

    def seen(self, function: Callable) -> Callable:
        """What takes a case and gives what is compared: the function itself, or the function through its view."""
        function = self.watched(function)
        if self.view is None:
            return function

        @functools.wraps(function)
        def through_the_view(*arguments, **named):
            return self.view.see(function, *arguments, **named)

        return through_the_view

    @cached_property
    def plain(self) -> "Check":
        """The same check with the cases that explain, without the awkward ones behind them."""
        return replace(self, cases=self.cases[: self.n_plain])

    @property
    def name(self) -> str:
        """The function's own name: "count_next"."""
        return self.target.split(".")[-1]


_checks: dict[str, Check] = {}


def check(
    target: str,
    cases: list[tuple],
    behaviours=(),
    same=same,
    before=(),
    awkward=(),
    twins=(),
    lives=None,
    view=None,
):
    """Register a check; decorates the function that knows the right answer.

    What is wrong in `cases` is explained from them alone; `awkward` ones, from the shelf, are asked as well.
    """

    def register(right):
        _checks[target] = Check(
            target,
            right,
            [*cases, *awkward],
            tuple(behaviours),
            tuple(before),
            same,
            lives,
            n_plain=len(cases),
            twins=tuple(twins),
            view=view,
        )
        return right

    return register


def check_by_behaviour(target: str, *behaviours: Callable, lives: Callable | None = None) -> None:
    """Register a check that has no single right answer: what is judged is how the function behaves."""
    _checks[target] = Check(target, None, [], behaviours, lives=lives)


def find_registered(target: str) -> Check:
    """The check of a target whose lesson is being read just now."""
    return _checks[target]


def mistake(target: str, id: str, says: str, where: str = ""):
    """Register a wrong variant; decorates the exercise written wrongly."""

    def register(function):
        _checks[target].mistakes.append(Mistake(id, says, function, where))
        return function

    return register


class Unavailable(Exception):
    """An exercise needs a package that this machine does not have, such as triton; it says which."""


def targets_of(lesson: course.Lesson) -> tuple[str, ...]:
    """The targets of a lesson's exercises in their order; nothing that they need is imported for that."""
    return importlib.import_module(f"classroom.lessons.{lesson.name}").EXERCISES


def find(target: str) -> Check:
    """The check of that target; a ValueError names the targets there are, or Unavailable what is missing."""
    of_lesson(lesson_of(target))
    return _checks[target]


def lesson_of(target: str) -> course.Lesson:
    """The lesson whose exercise a target is, whether or not it can be judged here; a ValueError as `find` has it."""
    for lesson in course.written():
        if target in targets_of(lesson):
            return lesson
    known = ", ".join(known for lesson in course.written() for known in targets_of(lesson))
    raise ValueError(f"there is no exercise {target!r}; there are: {known}")


def of_lesson(lesson: course.Lesson) -> list[Check]:
    """The checks of a lesson, in the order of its exercises; Unavailable says what this machine lacks for them."""
    for target in targets_of(lesson):
        try:
            importlib.import_module(f"classroom.lessons.{lesson.name}.{target.split('.')[-1]}")
        except ImportError as error:
            if not (says := _missing(error, target)):
                raise
            raise Unavailable(says) from error
    return [_checks[target] for target in targets_of(lesson)]


def _missing(error: ImportError, target: str) -> str:
    """What to say where a package is missing here; nothing where the course itself is at fault."""
    if type(error).__name__ == "KernelsUnavailable":  # not imported for this: it would bring torch along
        return str(error)
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if not missing or missing.split(".")[0] in ("nextword", "classroom"):
        return ""
    says = f"{target} needs {missing}, which this machine does not have"
    return f"{says}: read its lesson with the stored outputs, and go on with the next."
