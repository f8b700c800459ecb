"""A bound on the memory that a reader's function takes: a list that doubles for ever must not stop the machine."""

import contextlib
import gc
import sys
import traceback

BYTES = 1_000_000_000  # beside what the notebook has already; the hungriest check needs a twentieth of it
SAYS = (
    f"This took more than {BYTES / 1e9:.0f} GB of memory, and was stopped. "
    "Is there a list or a tensor that grows at every step, or a table much larger than it must be?"
)


@contextlib.contextmanager
def bound():
    """In a `with` block, what would take more memory than BYTES is a MemoryError, or torch's own. On Linux alone."""
    limits = _limits()
    if limits is None:
        yield
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, limits[1])
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, limits[0])


def _limits() -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The limits of now, and those of a bounded block; None where there is nothing to bound, or no way to."""
    if not sys.platform.startswith("linux"):
        return None
    import resource

    try:
        with open("/proc/self/statm") as file:
            used = (
                int(file.read().split()[5]) * resource.getpagesize()
            )  # what is written to: its own, not files'
    except (OSError, ValueError, IndexError):
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft != resource.RLIM_INFINITY and soft <= used + BYTES:
        return None
    return (soft, hard), (used + BYTES, hard)


def ran_out(error: BaseException | None) -> bool:
    """Whether an exception says that there was no memory left: Python's own, or torch's.

    >>> ran_out(MemoryError()), ran_out(RuntimeError("DefaultCPUAllocator: can't allocate memory")), ran_out(None)
    (True, True, False)
    """
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )


def let_go(error: BaseException) -> None:
    """Give back what the lines that ran out of memory held."""
    traceback.clear_frames(error.__traceback__)
    gc.collect()
