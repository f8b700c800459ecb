"""What is recorded of a launch, and what a program may be blamed for."""

from dataclasses import dataclass, field

import numpy as np

from nextword.kernels.trace_parts.memory import Memory

LOAD, STORE, ATOMIC = "load", "store", "atomic"
MOST_ACCESSES = 10_000  # of one program: no kernel of the course comes near


class KernelFault(Exception):
    """What a program did that it must not do: which program, to which tensor and to which of its places."""

    def __init__(self, says: str, program: tuple = (), tensor: str = "", places: tuple = (), line: str = ""):
        super().__init__(says)
        self.says, self.program, self.tensor, self.places, self.line = says, program, tensor, places, line

    @property
    def index(self) -> int | None:
        """The first of the places, in elements from the tensor's first."""
        return self.places[0] if self.places else None


class OutOfBounds(KernelFault):
    """A place outside the tensor was read or written."""


class TwoPrograms(KernelFault):
    """Two programs touch one place, and one of them at least writes it: on a GPU, either may be the later one."""


class NoEnd(KernelFault):
    """A program loads and stores without end."""


@dataclass(frozen=True)
class Access:
    """One load or store of one program."""

    program: tuple[int, ...]
    kind: str  # LOAD, STORE or ATOMIC
    tensor: str  # as the kernel names it
    places: np.ndarray  # in elements from the tensor's first, those past the mask left out
    shape: tuple[int, ...]  # of the block, mask or no mask
    bytes: int  # that the places hold
    sectors: int  # pieces of 32 bytes that memory must send, warp by warp
    least_sectors: int  # if neighbours in a warp wanted neighbours in memory
    line: str  # of the kernel


@dataclass
class Launch:
    """One call of a kernel: its programs' loads and stores in the order in which the interpreter made them."""

    kernel: str
    grid: tuple[int, ...]
    tensors: dict[str, Memory]
    accesses: list[Access] = field(default_factory=list)
    faults: list[KernelFault] = field(default_factory=list)  # all of them, where recording does not stop

    def of(
        self, *, kind: str | None = None, tensor: str | None = None, program: tuple | None = None
    ) -> list[Access]:
        """The accesses of a kind, to a tensor, by a program."""
        wanted = {"kind": kind, "tensor": tensor, "program": program}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        return [one for one in self.accesses if all(getattr(one, name) == wanted[name] for name in wanted)]

    def moved(self, **which) -> int:
        """Bytes that the programs asked for, each time that they asked."""
        return sum(one.bytes for one in self.of(**which))

    def least(self, **which) -> int:
        """Bytes if each place that was touched had been moved once."""
        places = {}
        for one in self.of(**which):
            places.setdefault((one.tensor, one.kind), []).append(one.places)
        return sum(
            len(np.unique(np.concatenate(touched))) * self.tensors[tensor].itemsize
            for (tensor, _), touched in places.items()
        )

    def coalesced(self, **which) -> float:
        """Which part of the sectors that memory sends is wanted: 1 where neighbours want neighbours, 1/8 at worst."""
        sent = sum(one.sectors for one in self.of(**which))
        return sum(one.least_sectors for one in self.of(**which)) / sent if sent else 1.0

    def unwritten(self, tensor: str) -> np.ndarray:
        """The places of a tensor that no program wrote, in elements from its first."""
        left = self.tensors[tensor].own.copy()
        for one in self.of(tensor=tensor):
            if one.kind != LOAD:
                left[one.places] = False
        return np.flatnonzero(left)
