"""Threads that compute beside the notebook, and end with it.

A thread that Python ends in the middle of a computation takes the whole process down with an abort; so before the
process ends they are asked to come to an end themselves.
"""

import atexit
import threading
import weakref
from collections.abc import Callable

PATIENCE = 5.0  # seconds for a thread that is in a long computation
ending = threading.Event()  # the process is about to end: no more steps
_at_work = weakref.WeakSet()


def start(function: Callable, *arguments) -> threading.Thread:
    """Call a function in a thread of its own; it looks at `ending` now and then."""
    thread = threading.Thread(target=function, args=arguments, daemon=True)
    _at_work.add(thread)
    thread.start()
    return thread


@atexit.register
def finish() -> None:
    """Let every thread do its last step."""
    ending.set()
    for thread in list(_at_work):
        thread.join(PATIENCE)
