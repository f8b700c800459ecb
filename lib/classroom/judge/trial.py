"""A reader's function runs in a process of its own first: what never ends there is ended, whatever it waits for.

A process cannot stop its own C code: `sum(range(2 * 10**9))` keeps Python's lock for minutes, and neither a limit of
time nor the stop button gets through to it. Another process can be ended at any moment. So the cases of a check are
run in a copy of this process (a fork, of some milliseconds, on Linux alone), and only what ended there is judged here.
"""

import contextlib
import faulthandler
import gc
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from classroom.judge import memory, sandbox
from classroom.judge.explanations import call
from classroom.judge.registry import Check, Wrong
from classroom.judge.sandbox import never_ends

OURS = 77  # how the copy ends by itself
MEMORY, DONE = 254, 255  # what the copy says beside the number of the case that it begins
CRASHED = {signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE} if os.name == "posix" else set()
ENOUGH = 250  # cases


def refuse_what_never_ends(check: Check, function: Callable) -> None:
    """Raise Wrong where the function does not end on some case, takes too much memory or ends Python itself."""
    if not sys.platform.startswith("linux") or threading.current_thread() is not threading.main_thread():
        return
    if not check.can_be_copied:
        return
    ours, theirs = os.pipe()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python 3.12 warns of threads; the copy uses none
            copy = os.fork()
    except OSError:  # no room for another process: it is judged here alone
        os.close(ours)
        os.close(theirs)
        return
    if copy == 0:
        _run_all(check, function, theirs)
    os.close(theirs)
    try:
        said, ended = _heard(ours, copy, each=check.is_kernel)
    finally:  # the stop button comes here, too
        os.close(ours)
        with contextlib.suppress(ProcessLookupError):
            os.kill(copy, signal.SIGKILL)
        _, status = os.waitpid(copy, 0)
    at = call(check, check.cases[said[0]]) if said and said[0] < len(check.cases) else f"{check.name}(...)"
    if not ended:
        raise Wrong("never-ends", never_ends(), at)
    if said[-1:] == [MEMORY]:
        raise Wrong("too-much-memory", memory.SAYS, at)
    crashed = os.WIFSIGNALED(status) and os.WTERMSIG(status) in CRASHED and said[-1:] != [DONE]
    left = os.WIFEXITED(status) and os.WEXITSTATUS(status) != OURS
    if crashed or left:
        raise Wrong(
            "crashes",
            "Python itself stopped there: something calls itself too often, breaks C code, or leaves by os._exit.",
            at,
        )


def _heard(pipe: int, copy: int, each: bool = False) -> tuple[list[int], bool]:
    """The case that the copy was at, and what it said last; and whether it, or `each` case, ended in time."""
    last, began = [], time.monotonic()
    while (taken := time.monotonic() - began) < sandbox.SECONDS or (
        taken < 3 * sandbox.SECONDS and _is_kept_waiting(copy)
    ):
        if select.select([pipe], [], [], max(sandbox.SECONDS - taken, 0.1))[0]:
            heard = os.read(pipe, 10_000)
            if not heard:
                return last, True
            began = time.monotonic() if each else began
            cases = [number for number in [*last[:1], *heard] if number < MEMORY]
            last = cases[-1:] + [number for number in heard if number >= MEMORY]
    return last, False


def _is_kept_waiting(copy: int) -> bool:
    """Whether a process would run on a processor, and had less than half the time of one: the machine is busy."""
    try:
        state, *numbers = Path(f"/proc/{copy}/stat").read_text().rpartition(")")[2].split()
        used = (int(numbers[10]) + int(numbers[11])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return False
    return state == "R" and used < sandbox.SECONDS / 2


def _run_all(check: Check, function: Callable, pipe: int) -> None:
    """In the copy: run the cases, and end."""
    try:
        gc.disable()  # it would touch, and so copy, every page of this process
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        faulthandler.disable()  # what breaks here is told by a card
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)  # its other threads were not copied
        function = check.watched(function)
        with memory.bound(), sandbox.without_answers(check):
            for number, trial in enumerate(_trials(check, function)[:ENOUGH]):
                os.write(pipe, bytes([number]))
                if _takes_too_much(trial):
                    os.write(pipe, bytes([MEMORY]))
                    os._exit(OURS)
        os.write(pipe, bytes([DONE]))
    finally:  # whatever was raised will be raised again where it is judged
        os._exit(OURS)


def _takes_too_much(trial: Callable) -> bool:
    """Run it; whether it took too much memory. Of whatever else is wrong, the judge will speak."""
    try:
        error = trial().error
    except Wrong as wrong:
        error = wrong
    except MemoryError:
        return True
    except Exception:
        return False
    return isinstance(error, Wrong) and error.id == "too-much-memory"


def _trials(check: Check, function: Callable) -> list[Callable]:
    """What to run: every case; of a check without cases, what it asks of the function's behaviour."""
    seen, asked = check.seen(function), (*check.before, *check.behaviours) if not check.cases else ()
    cases = [lambda case=case: sandbox.run(seen, case) for case in check.cases]
    return cases + [lambda behaviour=behaviour: sandbox.run(behaviour, (function,)) for behaviour in asked]
