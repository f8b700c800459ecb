"""How long calls take, in turn: medians, and ratios within a round."""

import statistics
import time
from collections.abc import Callable

import torch

LEAST = 2e-3  # seconds that one look at the clock should cover
MOST_CALLS = 50

median = statistics.median


def seconds_of(work: Callable, calls: int) -> float:
    """Seconds of one call, on the GPU's own clock where there is one."""
    if not torch.cuda.is_available():
        began = time.perf_counter()
        for _ in range(calls):
            work()
        return (time.perf_counter() - began) / calls
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    torch.cuda.synchronize()
    start.record()
    for _ in range(calls):
        work()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1e3 / calls


def paired(
    works: dict[str, Callable],
    rounds: int,
    failed: dict[str, str] | None = None,
    clock: Callable = seconds_of,
) -> dict[str, list[float]]:
    """The seconds of each entrant in each round, all taking turns; who fails is left out, and its error noted."""
    failed = {} if failed is None else failed
    calls = {}
    for name, work in works.items():
        try:
            clock(work, 1)  # compiles, and warms up
            calls[name] = min(MOST_CALLS, max(1, round(LEAST / max(clock(work, 2), 1e-9))))
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"[:160]
    took = {name: [] for name in calls}
    names = list(calls)
    for number in range(rounds if names else 0):
        first = number % len(names)  # another one begins each round
        for name in names[first:] + names[:first]:
            took[name].append(clock(works[name], calls[name]))
    return took


def ratio(took: dict[str, list[float]], ours: str, theirs: str) -> float | None:
    """How many times as fast ours is: the median over the rounds; None where one of the two is missing.

    >>> ratio({"a": [1.0, 2.0, 1.0], "b": [2.0, 4.0, 9.0]}, "a", "b")
    2.0
    """
    if not took.get(ours) or not took.get(theirs):
        return None
    return median(their / our for our, their in zip(took[ours], took[theirs], strict=True))


def graphed(work: Callable) -> Callable:
    """The same kernels, recorded once and replayed: no time goes into launching them from Python.

    What cannot be recorded is returned as it is, and fails, if it must, where its time is taken.
    """
    if not torch.cuda.is_available():
        return work
    try:
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            for _ in range(3):
                work()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            work()
        return graph.replay
    except Exception:
        torch.cuda.synchronize()
        return work
