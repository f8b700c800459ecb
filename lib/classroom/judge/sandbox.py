"""Run a reader's function: on its own copy of the input, for a limited time, and never in place of the library's."""

import contextlib
import ctypes
import inspect
import io
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from classroom.judge import memory
from classroom.judge.comparison import same
from classroom.judge.copies import copied
from classroom.judge.registry import Check, Fault, Wrong, split
from nextword.base import overrides

SECONDS = 10  # a reader's function that has not ended by then is taken for one that never will
OF_KERNELS = 6  # times as many for all cases of a kernel: the interpreter takes its time


def never_ends() -> str:
    """What to say of such a function."""
    return (
        f"After {SECONDS} seconds this had not ended, and was stopped. Is there a loop whose condition is always true, "
        "or a wait?"
    )


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
            return _how(self.error) == _how(other.error)
        return same(self.value, other.value)


def _how(error: BaseException | None) -> tuple:
    """In which way a function failed."""
    return (type(error), error.id, error.alike) if isinstance(error, Fault) else (type(error),)


def run(function: Callable, arguments: tuple) -> Outcome:
    """Call a function on its own copy of the arguments; catches what it raises and what it prints.

    A bare NotImplementedError passes through: "not written yet". One with a message is torch's: a mistake.
    """
    own, printed = copied(arguments), _Beginning()
    by_place, by_name = split(own)
    try:
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's would stand above what we say of the reader's lines
            value = function(*by_place, **by_name)
    except (KeyboardInterrupt, TooLong):
        raise
    except BaseException as error:  # whatever a reader's function may raise, exit() too
        if isinstance(error, NotImplementedError) and not error.args:
            raise
        if memory.ran_out(error):
            memory.let_go(error)
            raise Wrong("too-much-memory", memory.SAYS) from None
        return Outcome(error=error)
    with contextlib.suppress(Exception):  # what cannot be copied cannot be changed later either
        value = copied(value, keep_graph=True)  # a later call may change it, where the function remembers
    return Outcome(value, None, printed.getvalue(), not same(own, arguments))


class _Beginning(io.StringIO):
    """Keeps the beginning of what is printed: a loop without end may print for SECONDS."""

    def write(self, text: str) -> int:
        if self.tell() < 1000:
            super().write(text[:1000])
        return len(text)


class TooLong(BaseException):
    """Raised inside code that does not end; being no Exception, it passes most `except` lines there."""


def _waker() -> tuple[Callable, Callable]:
    """How to wake this thread where it sleeps or waits, so that what was raised in it comes; and how to stop that.

    Any signal does it, as long as some Python code hears it. Only a main thread hears signals, and not on Windows.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_kill"):
        return lambda: None, lambda: None
    before, thread = signal.signal(signal.SIGALRM, lambda *_: None), threading.get_ident()
    return (
        lambda: signal.pthread_kill(thread, signal.SIGALRM),
        lambda: signal.signal(signal.SIGALRM, before or signal.SIG_DFL),
    )


@contextlib.contextmanager
def time_limit(times: int = 1):
    """Raise TooLong in a block that takes `times` SECONDS, then every second: `except:` may swallow it."""
    over, thread = threading.Event(), ctypes.c_ulong(threading.get_ident())
    wake, done = _waker()
    # Unlike a signal, this works in any thread and on any system.
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def nag():
        patience = times * SECONDS
        while not over.wait(patience):
            raise_in(thread, ctypes.py_object(TooLong))
            wake()
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
            done()


def _for_the_library_alone(target: str, own: Callable) -> Callable:
    """What gives an answer away: the library and its checks may call it, and a reader's function may not."""

    def twin(*arguments, **named):
        caller = sys._getframe(1).f_globals.get("__name__", "").partition(".")[0]
        if caller in ("nextword", "classroom"):
            return own(*arguments, **named)
        says = f"This calls the library's own {target}, which gives the answer: write it yourself."
        raise Wrong("calls-the-library", says)

    return twin


@contextlib.contextmanager
def without_answers(check: Check):
    """For a reader's code: calling what it should replace, or what gives the answer away, becomes a Wrong."""
    original = overrides.original

    def refused(*_, **__):
        raise Wrong("calls-the-library", f"This calls the library's own {check.target}: write it yourself.")

    def original_or_refused(target):
        return refused if target == check.target else original(target)

    refused.__signature__ = inspect.signature(original(check.target))
    with contextlib.ExitStack() as stack:
        stack.enter_context(overrides.replacing(check.target, refused))
        stack.enter_context(overrides.replacing("base.overrides.original", original_or_refused))
        for twin in check.twins:
            stack.enter_context(overrides.replacing(twin, _for_the_library_alone(twin, original(twin))))
        yield


@contextlib.contextmanager
def guarded(check: Check):
    """The same, and never ending and taking too much memory become a Wrong, too."""
    try:
        with time_limit(OF_KERNELS if check.is_kernel else 1), memory.bound(), without_answers(check):
            yield
    except TooLong:
        raise Wrong("never-ends", never_ends()) from None
    except MemoryError as error:
        memory.let_go(error)
        raise Wrong("too-much-memory", memory.SAYS) from None
