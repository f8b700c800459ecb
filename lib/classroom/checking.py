"""How an exercise is judged: run the reader's function, and name what was misunderstood.

A check runs the function on small, random and awkward inputs and compares with an independent right answer.
Where they differ, it runs the catalogue's wrong variants on the same inputs: the one that gives what the
reader's function gave names the mistake. What no variant explains is told plainly, with the smallest input
that shows it.
"""

import builtins
import contextlib
import copy
import ctypes
import difflib
import importlib
import inspect
import io
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from classroom import course
from classroom.comparing import differs_in_kind, has_nan, kind, nearly, same, shorten, show
from nextword import swap

SECONDS = 10  # a reader's function that has not ended by then is taken for one that never will

EXPLAINED = (  # what Python and torch say when they stop, and what that means
    (r"unhashable type: 'list'", "a list cannot be a key, nor lie in a set. tuple(...) of it can."),
    (
        r"'NoneType'",
        "a None came in where a value was needed. Was a .get without a default, or a return missing?",
    ),
    (r"'int' and 'str'", "a number and a text cannot be added. (Going over a dictionary gives its keys.)"),
    (r"'generator' has no len", "a generator has no length. Square brackets make a list of it."),
    (r"^KeyError", "the dictionary has no such key. Does something have to be put there first?"),
    (r"(list|tuple|string) index out of range", "it went past the end. Of n items the last has place n - 1."),
    (
        r"empty (sequence|iterable)|argument is empty",
        "nothing is left to choose from. Ask first if it is empty.",
    ),
    (r"math domain error|expected a positive input", "0 has no logarithm. It needs an answer of its own."),
    (r"codec can't encode", "that encoding does not know this letter. UTF-8 knows them all."),
    (r"return_types", "with dim=..., max gives two things, the values and their places. Take .values."),
    (
        r"must match the size of tensor",
        "two tensors do not line up: an axis was lost on the way. "
        "Keep it with length 1, by keepdim=True, or [..., -1:] rather than [..., -1].",
    ),
    (r"Boolean value of Tensor", "it asked one yes or no of many numbers. Use tensor methods, along dim=-1."),
    (r"one element tensors|to Python scalar", "math.exp takes one number. torch.exp takes a whole tensor."),
    (r"Dimension out of range", "a row by itself has one axis. dim=-1 is the last, however many there are."),
    (r"selected index k out of range", "topk was asked for more than a row holds: min(k, logits.shape[-1])."),
    (
        r"prob_dist must be 1 or 2",
        "multinomial takes one axis or two: reshape(-1, vocab) before, and back after.",
    ),
)


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
    right: (
        Callable | None
    )  # the right answer, found in another way than the library's; None: behaviours alone judge
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
    error: BaseException | None = None
    printed: str = ""
    changed_input: bool = False

    def equals(self, other: "Outcome", same: Callable) -> bool:
        """Whether both gave the same value, or failed in the same way."""
        if self.error is not None or other.error is not None:
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
    rung = target.rpartition(".")[0]
    for lesson in sorted(course.written(), key=lambda lesson: rung not in lesson.rungs):  # likely ones first
        of_lesson(lesson)
        if target in _checks:
            break
    else:
        raise ValueError(f"there is no exercise {target!r}; there are: {', '.join(_checks)}")
    return _checks[target]


def of_lesson(lesson: course.Lesson) -> list[Check]:
    """The checks of a lesson, in the order of its exercises."""
    module = importlib.import_module(f"classroom.checks.{lesson.name}")
    importlib.import_module(f"classroom.mistakes.{lesson.name}")
    return [_checks[target] for target in module.EXERCISES]


def run(function: Callable, arguments: tuple) -> Outcome:
    """Call a function on its own copy of the arguments; catches what it raises and what it prints.

    A bare NotImplementedError passes through: "not written yet". One with a message is torch's: a mistake.
    """
    own, printed = copy.deepcopy(arguments), _Beginning()
    try:
        with contextlib.redirect_stdout(printed):
            value = function(*own)
    except (KeyboardInterrupt, TooLong):
        raise
    except BaseException as error:  # whatever a reader's function may raise, exit() too
        if isinstance(error, NotImplementedError) and not error.args:
            raise
        return Outcome(error=error)
    with contextlib.suppress(Exception):  # what cannot be copied cannot be changed later either
        value = copy.deepcopy(value)  # a later call may change it, where the function remembers
    return Outcome(value, None, printed.getvalue(), not same(own, arguments))


class _Beginning(io.StringIO):
    """Keeps the beginning of what is printed: a loop without end may print for SECONDS."""

    def write(self, text: str) -> int:
        if self.tell() < 1000:
            super().write(text[:1000])
        return len(text)


class TooLong(BaseException):
    """Raised inside code that does not end; being no Exception, it passes most `except` lines there."""


@contextlib.contextmanager
def time_limit():
    """Raise TooLong in a block that takes more than SECONDS, then every second: `except:` may swallow it."""
    over, thread = threading.Event(), ctypes.c_ulong(threading.get_ident())
    # Unlike a signal, this works in any thread and on any system.
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def nag():
        patience = SECONDS
        while not over.wait(patience):
            raise_in(thread, ctypes.py_object(TooLong))
            patience = 1

    watch = threading.Thread(target=nag, daemon=True)
    watch.start()
    try:
        yield
    finally:
        try:
            over.set()
        finally:  # TooLong may have come just before
            over.set()
            watch.join()  # from here on none is sent, and one that was sent has come


@contextlib.contextmanager
def guarded(check: Check):
    """For a reader's code: calling what it should replace, and never ending, become a Wrong."""
    original = swap.original

    def refused(*_, **__):
        raise Wrong("calls-the-library", f"This calls the library's own {check.target}: write it yourself.")

    def original_or_refused(target):
        return refused if target == check.target else original(target)

    refused.__signature__ = inspect.signature(original(check.target))
    try:
        with time_limit(), swap.replacing(check.target, refused):
            with swap.replacing("swap.original", original_or_refused):
                yield
    except TooLong:
        says = f"After {SECONDS} seconds this had not ended. Is there a loop whose condition is always true?"
        raise Wrong("never-ends", says) from None


def diagnose(check: Check, function: Callable) -> Wrong | None:
    """What is wrong with a reader's function, or None; a bare NotImplementedError passes through.

    Ends after SECONDS even if the function never does.
    """
    current = []  # the call that is under way, for the message
    library = swap.original(check.target)
    try:
        with guarded(check):
            if _names(function, library):
                swap.original(check.target)()  # refused
            return _judge(check, function, current) or _called_otherwise(check, function, library)
    except Wrong as wrong:
        wrong.call = wrong.call or "".join(current[-1:])
        return wrong


def _names(function: Callable, other: object) -> bool:
    """Whether the function's own lines name the other as a global, under whatever name."""
    function = inspect.unwrap(function)
    return any(function.__globals__.get(name) is other for name in function.__code__.co_names)


def _judge(check: Check, function: Callable, current: list[str]) -> Wrong | None:
    """Cases first, then behaviours; a catalogue mistake is named where one explains all that went wrong."""
    if inspect.iscoroutinefunction(function):
        return Wrong("async", "It is written with `async def`, and a plain `def` is needed.")
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
        return _behaves(check, function)
    first = wrong[0]  # cases stand in order, the plainest first
    yours = outcomes[first]
    shown = (current[first], tell(yours), tell(needed[first]))
    if _remembers(check, function, outcomes[0]):
        says = "The same call gave two answers: something is left from the call before. Make it anew inside."
        return Wrong("remembers", says, *shown)
    if found := _recognise(check, outcomes, wrong):
        return Wrong(found.id, found.says, *shown)
    if found := _recognise_in_part(check, outcomes, wrong):
        return Wrong(found.id, f"{found.says} (After that, there is one thing more to mend.)", *shown)
    if all(nearly(outcomes[number].value, needed[number].value) for number in wrong):
        if not any(outcomes[number].changed_input for number in wrong):
            exact = repr(yours.value), repr(needed[first].value)
            shown = (current[first], *map(shorten, exact)) if shown[1] == shown[2] else shown
            return Wrong("nearly", "Close, but not equal: is something rounded or cut short?", *shown)
    misbehaves = None
    if yours.error is None and kind(yours.value) == kind(needed[first].value):
        misbehaves = _behaves(check, function)  # often says more than "the value differs"
    return misbehaves or plain(check, function, current[first], yours, needed[first])


def _behaves(check: Check, function: Callable) -> Wrong | None:
    """What the behaviours find wrong, or None."""
    for behaviour in check.behaviours:
        outcome = run(behaviour, (function,))
        if isinstance(outcome.error, Wrong):
            return outcome.error
        if outcome.error is not None:
            return plain(check, function, f"{check.name}(...)", outcome)
    return None


def _called_otherwise(check: Check, function: Callable, library: Callable) -> Wrong | None:
    """What keeps the library from calling a function as its own: by name, or with something left out."""
    theirs, yours = _without_types(inspect.signature(library)), inspect.signature(function)
    named = [p for p in theirs.parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    try:
        for given in (named, [p for p in named if p.default is p.empty]):
            yours.bind(**{p.name: None for p in given})
    except TypeError as error:
        says = f"The values are right, but it is called as {check.name}{theirs} too, and then: {error}."
        return Wrong("wrong-arguments", says)
    for needed in named:
        own = yours.parameters.get(needed.name, needed)
        if not same(own.default, needed.default):
            says = f"{needed.name} is {show(own.default)} where left out; {show(needed.default)} is needed."
            return Wrong("wrong-default", says)
    return None


def _remembers(check: Check, function: Callable, before: Outcome) -> bool:
    """Whether the first case, asked again, is answered otherwise."""
    if isinstance(before.value, Iterator):
        return False  # two iterators are never the same
    again = run(function, check.cases[0])
    return not again.equals(before, lambda x, y: same(x, y, nan=True))


def _agreement(check: Check, mistake: Mistake, outcomes) -> list[bool]:
    """In which cases a mistake gives what the reader's function gave."""
    theirs = [run(mistake.function, arguments) for arguments in check.cases]
    return [
        a.equals(b, lambda x, y: same(x, y, nan=True)) and a.changed_input == b.changed_input
        for a, b in zip(outcomes, theirs, strict=True)
    ]


def _recognise(check: Check, outcomes, wrong: list[int]) -> Mistake | None:
    """The mistake that gives the reader's answer wherever that is wrong, and agrees best elsewhere."""
    best, most = None, len(outcomes) / 2  # one that is elsewhere in most cases wrong explains nothing
    for mistake in check.mistakes:
        agree = _agreement(check, mistake, outcomes)
        if all(agree[number] for number in wrong) and agree.count(True) > most:
            best, most = mistake, agree.count(True)
    return best


def _recognise_in_part(check: Check, outcomes, wrong: list[int]) -> Mistake | None:
    """Of two mistakes made at once, the one that the plainest cases show."""
    if outcomes[wrong[0]].error is not None or outcomes[wrong[0]].changed_input:
        return None
    best, most = None, max(2, len(wrong) / 2 - 0.5)
    for mistake in check.mistakes:
        agree = _agreement(check, mistake, outcomes)
        plainly = [number for number in wrong if agree[number] and outcomes[number].error is None]
        if agree[wrong[0]] and len(plainly) > most and agree.count(True) > len(outcomes) / 2:
            best, most = mistake, len(plainly)
    return best


def ask(target: str, function: Callable, *arguments) -> object:
    """What a reader's function gives, for a behaviour to look at; a crash or a None raises Wrong."""
    check, outcome = _checks[target], run(function, arguments)
    if isinstance(outcome.error, Wrong):
        raise outcome.error
    if outcome.error is not None or outcome.value is None or outcome.changed_input:
        raise plain(check, function, call(check, arguments), outcome)
    return outcome.value


def plain(
    check: Check, function: Callable, called: str, yours: Outcome, needed: Outcome | None = None
) -> Wrong:
    """What no mistake of the catalogue explains, in the order in which people go wrong."""
    shown = (called, tell(yours), tell(needed) if needed else "")
    if isinstance(yours.error, NameError) and yours.error.name:
        return Wrong("unknown-name", unknown_name(check, yours.error.name, function), called)
    if isinstance(yours.error, TypeError) and not _takes(function, check):
        takes = _without_types(inspect.signature(swap.original(check.target)))
        return Wrong(
            "wrong-arguments", f"The library calls it as {check.name}{takes}: take the same.", called
        )
    if yours.error is not None:
        line = line_of(yours.error, function)
        where = f"It stopped in its line {line}" if line else "It stopped inside"
        return Wrong("raised", f"{where}{explained(yours)}", *shown)
    if yours.value is None:
        more = " It printed something: print shows, return hands back." if yours.printed else ""
        says = f"It handed nothing back: does every way through it end in a return?{more}"
        return Wrong("returned-none", says, *shown)
    if isinstance(yours.value, Iterator):
        says = f"It hands back a {type(yours.value).__name__}: collect the values, as list(...) does, and return those."
        return Wrong("yields", says, *shown)
    if needed and differs_in_kind(yours.value, needed.value):
        return Wrong("wrong-kind", differs_in_kind(yours.value, needed.value), *shown)
    if has_nan(yours.value):
        return Wrong("not-a-number", "There is a nan (not a number): 0/0, inf-inf or log of 0.", *shown)
    if yours.changed_input:
        return Wrong("changed-input", "It changes the input that it was given: work on a copy of it.", *shown)
    return Wrong("value", "The value differs.", *shown)


def explained(outcome: Outcome) -> str:
    """What an exception means, where beginners meet it often; else what it says."""
    told = tell(outcome)
    for said, means in EXPLAINED:
        if re.search(said, told):
            return f": {means}"
    return f" with {told}"


def line_of(error: Exception, function: Callable) -> int | None:
    """The line of the reader's cell in which an exception arose."""
    lines, place = [], error.__traceback__
    file = inspect.unwrap(function).__code__.co_filename
    while place:
        if place.tb_frame.f_code.co_filename == file:
            lines.append(place.tb_lineno - getattr(function, "__first_line__", 1) + 1)
        place = place.tb_next
    return lines[-1] if lines else None


def _without_types(signature: inspect.Signature) -> inspect.Signature:
    """A signature as readers write it: `(nats, n_bytes)`."""
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()
    ]
    return inspect.Signature(bare)


def _takes(function: Callable, check: Check) -> bool:
    try:
        for arguments in check.cases:
            inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    return True


def unknown_name(check: Check, name: str, function: Callable) -> str:
    """What to do about a name that stands in a reader's cell and that nothing there makes."""
    rung, function = check.target.rsplit(".", 1)[0], inspect.unwrap(function)
    if is_of_same_rung(check, name):
        return f"{name!r} is not known here: call it as {rung}.{name} (yours runs there once it is right)."
    modules = [word for word, value in function.__globals__.items() if inspect.ismodule(value)]
    owners = [word for word in modules if hasattr(function.__globals__[word], name)]
    if owners := [w for w in owners if not inspect.ismodule(getattr(function.__globals__[w], name))]:
        return (
            f"{name!r} is not known by itself: write {' or '.join(f'{word}.{name}' for word in owners[:2])}."
        )
    known = {*function.__code__.co_varnames, *function.__globals__, *dir(builtins)} - {name}
    for likely in difflib.get_close_matches(name, known, 1):
        return f"{name!r} is not known. Is it a slip of the keyboard for {likely!r}?"
    return f"{name!r} is not known here. This one cell must hold all that it needs, imports and helpers too."


def is_of_same_rung(check: Check, name: str) -> bool:
    """Whether a name is a function or class that the exercise's rung makes itself, as it does not `math`."""
    owner, _ = swap.locate(check.target)
    rung = owner.__module__ if inspect.isclass(owner) else owner.__name__
    made = inspect.isroutine(getattr(owner, name, None)) or inspect.isclass(getattr(owner, name, None))
    return made and swap.original(f"{check.target.rpartition('.')[0]}.{name}").__module__ == rung


def call(check: Check, arguments: tuple) -> str:
    """A call as people write it: `count_next(['the', 'cat'])`."""
    return f"{check.name}({', '.join(show(argument) for argument in arguments)})"


def tell(outcome: Outcome) -> str:
    """What a function gave, in a few characters."""
    if outcome.error is None:
        return show(outcome.value)
    return shorten(f"{type(outcome.error).__name__}: {outcome.error}".strip(": "))
