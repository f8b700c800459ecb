"""How slow this machine is just now: limits of time in tests are written for a quiet, ordinary one.

wait(timeout=pace.seconds(20))
"""

import os
import time
from functools import cache, lru_cache

PROBE_SECONDS = 0.03  # of the machine on which the limits were chosen
MOST = 20  # a test that hangs must end some day
FRESH = 10  # seconds for which a look at how busy the machine is will do


def seconds(limit: float) -> float:
    """That many seconds of a quiet machine, stretched for this one as it is now; never fewer."""
    return limit * factor()


def factor() -> float:
    """How many times as long as on a quiet machine things take here, from 1 to 20."""
    return min(MOST, slowness() * crowding(int(time.monotonic() / FRESH)))


@cache
def slowness() -> float:
    """How much slower one core is than the reference; measured once, in CPU time, so that others do not count."""
    return max(1.0, min(probe()[1] for _ in range(3)) / PROBE_SECONDS)


@lru_cache(maxsize=1)
def crowding(_moment: int = 0) -> float:
    """How many share a core: by the load of the last minute, or by what a probe notices now, if that is more."""
    wall, cpu = probe()
    load = os.getloadavg()[0] / cores() if hasattr(os, "getloadavg") else 1.0
    return max(1.0, load, wall / cpu)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def probe() -> tuple[float, float]:
    """Wall and CPU seconds of a small fixed piece of work."""
    wall, cpu = time.perf_counter(), time.process_time()
    sum(number * number % 7 for number in range(600_000))
    return time.perf_counter() - wall, max(time.process_time() - cpu, 1e-6)
