"""Under rung `distributed`: how one of several processes ends: when it is asked to, or with a sentence and no trace."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from nextword.distributed_parts.world import RankLost, Refused, World

SAYS = "nextword: "  # how a sentence begins on a process's error stream
SECONDS = 0.5  # that a process which has lost another leaves to it to say why it ended


class StopSign:
    """Whether this process was asked to stop, by Ctrl-C or by `torchrun`; nothing is broken off."""

    def __init__(self):
        """From now on it is noted, and the step that is being made can be finished."""
        self.is_up, numbers = False, (signal.SIGINT, signal.SIGTERM)
        self.before = {number: signal.signal(number, self.put_up) for number in numbers}

    def put_up(self, *_) -> None:
        self.is_up = True

    def take_down(self) -> None:
        """From now on signals do what they did before."""
        for number, handler in self.before.items():
            signal.signal(number, handler)


@contextmanager
def in_words(world: World, expected: tuple[type[Exception], ...] = (Refused,)) -> Iterator[StopSign]:
    """In a `with` block an expected error, or the loss of a rank, ends the process with one sentence by one rank."""
    sign = StopSign()
    try:
        yield sign
    except (RankLost, *expected) as error:
        if isinstance(error, RankLost):
            time.sleep(SECONDS)
        if world.is_first("last words"):
            print(f"{SAYS}{error}", file=sys.stderr, flush=True)
        raise SystemExit(1) from None
    finally:
        sign.take_down()


def at_once() -> None:
    """End this process as done, when its results are written; what Python would tidy up is left to the system.

    A process that had finished its work has crashed inside torch while it closed, once in some eight launches: torch's
    own threads can still run while what they use is taken down. `torchrun` takes that for a failure of the run.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
