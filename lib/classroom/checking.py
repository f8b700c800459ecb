"""How an exercise is judged: run the reader's function, and name what was misunderstood.

A check runs the function on small, random and awkward inputs and compares with an independent right answer. Where
they differ, it runs the catalogue's wrong variants on the same inputs: the one that gives what the reader's
function gave names the mistake. What no variant explains is told plainly, with the smallest input that shows it.
"""

import _thread
import contextlib
import copy
import importlib
import inspect
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from classroom import course
from classroom.comparing import differs_in_kind, has_nan, kind, same, show
from nextword import swap

SECONDS = 10  # a reader's function that has not ended by then is taken for one that never will


class Wrong(Exception):
    """What is wrong: an id, a sentence for the reader, and the call that shows it."""

    def __init__(self, id: str, says: str, call: str = "", yours: str = "", needed: str = ""):
        super().__init__(says)
        self.id, self.says, self.call, self.yours, self.needed = id, says, call, yours, needed


@dataclass(frozen=True)
class Mistake:
    """A wrong way to write an exercise that people really take, and the sentence that names its cause."""

    id: str
    says: str
    function: Callable  # the exercise, written wrongly


@dataclass
class Check:
    """How one exercise is judged."""

    target: str  # "ngram.count_next"
    right: Callable | None  # the right answer, found in another way than the library's; None: behaviours alone judge
    cases: list[tuple]  # arguments to try, the plainest first
    behaviours: tuple[Callable, ...] = ()  # each takes the function, and raises Wrong
    same: Callable = same  # (yours, needed) -> bool
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The function's own name: "count_next"."""
        return self.target.split(".")[-1]


@dataclass(frozen=True)
class Outcome:
    """What a function did with one input: a value, or the exception that it raised."""

    value: object = None
    error: Exception | None = None
    printed: str = ""
    changed_input: bool = False

    def equals(self, other: "Outcome", same: Callable) -> bool:
        """Whether both gave the same value, or failed in the same way."""
        if self.error or other.error:
            return type(self.error) is type(other.error)
        return same(self.value, other.value)


_checks: dict[str, Check] = {}


def check(target: str, cases: list[tuple], behaviours=(), same=same):
    """Register a check; decorates the function that knows the right answer."""

    def register(right):
        _checks[target] = Check(target, right, cases, tuple(behaviours), same)
        return right

    return register


def check_by_behaviour(target: str, *behaviours: Callable) -> None:
    """Register a check that has no single right answer: what is judged is how the function behaves."""
    _checks[target] = Check(target, None, [], behaviours)


def mistake(target: str, id: str, says: str):
    """Register a wrong variant; decorates the exercise written wrongly."""

    def register(function):
        _checks[target].mistakes.append(Mistake(id, says, function))
        return function

    return register


def find(target: str) -> Check:
    """The check of that target; a ValueError names the targets there are."""
    for lesson in course.written():
        of_lesson(lesson)
    if target not in _checks:
        raise ValueError(f"there is no exercise {target!r}; there are: {', '.join(_checks)}")
    return _checks[target]


def of_lesson(lesson: course.Lesson) -> list[Check]:
    """The checks of a lesson, in the order of its exercises."""
    module = importlib.import_module(f"classroom.checks.{lesson.name}")
    importlib.import_module(f"classroom.mistakes.{lesson.name}")
    return [_checks[target] for target in module.EXERCISES]


def run(function: Callable, arguments: tuple) -> Outcome:
    """Call a function on its own copy of the arguments; catches what it raises and what it prints."""
    own, printed = copy.deepcopy(arguments), io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            value = function(*own)
    except NotImplementedError:
        raise
    except Exception as error:  # whatever a reader's function may raise
        return Outcome(error=error)
    return Outcome(value, None, printed.getvalue(), not same(own, arguments))


def diagnose(check: Check, function: Callable) -> Wrong | None:
    """What is wrong with a reader's function, or None; NotImplementedError passes through.

    Ends after SECONDS even if the function never does.
    """
    current = []  # the call that is under way, for the message
    library, alarm = swap.original(check.target), threading.Timer(SECONDS, _thread.interrupt_main)
    alarm.daemon = True

    def calls_the_library(*_, **__):
        raise Wrong("calls-the-library", f"This calls the library's own {check.target}: write it yourself.")

    alarm.start()
    try:
        if any(function.__globals__.get(name) is library for name in function.__code__.co_names):
            calls_the_library()
        with swap.replacing(check.target, calls_the_library):
            return _judge(check, function, current)
    except Wrong as wrong:
        return wrong
    except KeyboardInterrupt:
        if alarm.is_alive():
            raise
        says = f"After {SECONDS} seconds this had not ended. Is there a loop whose condition never becomes false?"
        return Wrong("never-ends", says, *current[-1:])
    finally:
        alarm.cancel()


def _judge(check: Check, function: Callable, current: list[str]) -> Wrong | None:
    """Cases first, then behaviours; a catalogue mistake is named wherever one explains all that went wrong."""
    outcomes, needed = [], []
    for arguments in check.cases:
        current.append(call(check, arguments))
        outcome = run(function, arguments)
        if isinstance(outcome.error, Wrong):
            raise outcome.error
        outcomes.append(outcome)
        needed.append(run(check.right, arguments))
    wrong = [
        number
        for number, (yours, right) in enumerate(zip(outcomes, needed, strict=True))
        if yours.changed_input or not yours.equals(right, check.same)
    ]
    if not wrong:
        current.append(f"{check.name}(...)")
        for behaviour in check.behaviours:
            behaviour(function)
        return None
    found = _recognise(check, outcomes, needed, wrong)
    first = min(wrong, key=lambda number: len(current[number]))
    yours = outcomes[first]
    if found:
        return Wrong(found.id, found.says, current[first], tell(yours), tell(needed[first]))
    if not yours.error and kind(yours.value) == kind(needed[first].value):
        for behaviour in check.behaviours:
            behaviour(function)  # often says more than "the value differs"
    return plain(check, function, current[first], yours, needed[first])


def _recognise(check: Check, outcomes, needed, wrong: list[int]) -> Mistake | None:
    """The mistake that gives the reader's answer wherever that is wrong, and agrees best elsewhere."""
    best, fewest = None, len(outcomes) + 1
    for mistake in check.mistakes:
        theirs = [run(mistake.function, arguments) for arguments in check.cases]
        agree = [
            a.equals(b, lambda x, y: same(x, y, nan=True)) and a.changed_input == b.changed_input
            for a, b in zip(outcomes, theirs, strict=True)
        ]
        if all(agree[number] for number in wrong) and agree.count(False) < fewest:
            best, fewest = mistake, agree.count(False)
    return best


def ask(target: str, function: Callable, *arguments) -> object:
    """What a reader's function gives, for a behaviour to look at; a crash or a None is a Wrong that says so."""
    check, outcome = _checks[target], run(function, arguments)
    if isinstance(outcome.error, Wrong):
        raise outcome.error
    if outcome.error or outcome.value is None or outcome.changed_input:
        raise plain(check, function, call(check, arguments), outcome)
    return outcome.value


def plain(check: Check, function: Callable, called: str, yours: Outcome, needed: Outcome | None = None) -> Wrong:
    """What no mistake of the catalogue explains, in the order in which people go wrong."""
    shown = (called, tell(yours), tell(needed) if needed else "")
    if isinstance(yours.error, NameError):
        return Wrong("unknown-name", _unknown_name(yours.error.name, check), called)
    if isinstance(yours.error, TypeError) and not _takes(function, check):
        takes = inspect.signature(swap.original(check.target))
        return Wrong("wrong-arguments", f"The library calls it as {check.name}{takes}: take the same.", called)
    if yours.error:
        at = f"in its line {line_of(yours.error, function)}" if line_of(yours.error, function) else "inside"
        return Wrong("raised", f"It stopped {at} with {type(yours.error).__name__}: {yours.error}", *shown)
    if yours.value is None:
        more = " It printed something: print shows, return hands back." if yours.printed else ""
        return Wrong("returned-none", f"It handed nothing back: is there a return at its end?{more}", *shown)
    if needed and differs_in_kind(yours.value, needed.value):
        return Wrong("wrong-kind", differs_in_kind(yours.value, needed.value), *shown)
    if has_nan(yours.value):
        return Wrong("not-a-number", "There is a nan (not a number): 0/0, inf-inf or log of 0.", *shown)
    if yours.changed_input:
        return Wrong("changed-input", "It changes the input that it was given: work on a copy of it.", *shown)
    return Wrong("value", "The value differs.", *shown)


def line_of(error: Exception, function: Callable) -> int | None:
    """The line of the reader's cell in which an exception arose."""
    lines, place = [], error.__traceback__
    while place:
        if place.tb_frame.f_code.co_filename == function.__code__.co_filename:
            lines.append(place.tb_lineno - getattr(function, "__first_line__", 1) + 1)
        place = place.tb_next
    return lines[-1] if lines else None


def _takes(function: Callable, check: Check) -> bool:
    try:
        for arguments in check.cases:
            inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    return True


def _unknown_name(name: str, check: Check) -> str:
    rung = check.target.rsplit(".", 1)[0]
    if hasattr(swap.locate(check.target)[0], name):
        return f"{name!r} is not known in this cell: call it as {rung}.{name} (yours runs there once it is right)."
    return (
        f"{name!r} is not known in this cell. What is kept is this one cell, so whatever it needs, imports and "
        "helpers too, stands in it. (Or is it a slip of the keyboard?)"
    )


def call(check: Check, arguments: tuple) -> str:
    """A call as people write it: `count_next(['the', 'cat'])`."""
    return f"{check.name}({', '.join(show(argument) for argument in arguments)})"


def tell(outcome: Outcome) -> str:
    """What a function gave, in a few characters."""
    return f"{type(outcome.error).__name__}: {outcome.error}" if outcome.error else show(outcome.value)
