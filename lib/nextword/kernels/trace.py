"""Every load and store of every program of a kernel: what each touches, what it may not touch, and what it costs.

    with trace.record() as launches:
        basics.add(x, y)
    launches[0].moved()  # bytes

It works on the interpreter, whose programs run one after another. So it catches what a GPU would do without a word:
places read or written outside a tensor, places written by two programs, and a block of which nobody said what stands
past the mask. It cannot see how long anything takes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from nextword import kernels
from nextword.kernels.trace_parts.memory import LANES, SECTOR, sectors
from nextword.kernels.trace_parts.records import (
    ATOMIC,
    LOAD,
    STORE,
    Access,
    KernelFault,
    Launch,
    NoEnd,
    OutOfBounds,
    TwoPrograms,
)


@contextmanager
def record(*, stop: bool = True, poison: bool = True) -> Iterator[list[Launch]]:
    """Record each launch inside; the first fault stops the kernel with a KernelFault, or is kept in `faults`.

    With `poison`, what a load finds past its mask is NaN where no `other` is given: a GPU promises nothing there. The
    same stands for what lies out of bounds, and the memory there is left alone.
    """
    if not kernels.interpreted:
        raise RuntimeError(
            "loads and stores can be recorded where kernels are interpreted, and here they are compiled: "
            "set TRITON_INTERPRET=1 before Python starts"
        )
    from nextword.kernels.trace_parts.recorder import recording  # it imports Triton, so not above

    with recording(stop, poison) as launches:
        yield launches


__all__ = [
    "ATOMIC",
    "LANES",
    "LOAD",
    "SECTOR",
    "STORE",
    "Access",
    "KernelFault",
    "Launch",
    "NoEnd",
    "OutOfBounds",
    "TwoPrograms",
    "record",
    "sectors",
]
