"""Listens to Triton's interpreter: each tensor of a launch gets a tag in its pointers, so that each access knows whose.

A pointer has 64 bits, and addresses of a process need 48. The tag stands above them, and survives all arithmetic that a
kernel does with pointers: an overrun is then seen where it lands in another tensor, too.
"""

import linecache
import math
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
from triton.runtime import interpreter
from triton.tools.tensor_descriptor import TensorDescriptor

from nextword.kernels import tl
from nextword.kernels.trace_parts import records
from nextword.kernels.trace_parts.memory import Memory, sectors

TAG = 48  # bits of an address that are the address
ADDRESS = np.uint64((1 << TAG) - 1)
NOBODY, SEVERAL = -1, -2  # in place of a program's number


@contextmanager
def recording(stop: bool, poison: bool) -> Iterator[list]:
    """Record each launch inside; the interpreter is as it was afterwards."""
    recorder = Recorder(stop, poison)
    builder, executor = interpreter.InterpreterBuilder, interpreter.GridExecutor
    with ExitStack() as stack:
        for owner, name, heard in (
            (builder, "create_masked_load", recorder.load),
            (builder, "create_masked_store", recorder.store),
            (builder, "create_atomic_rmw", recorder.atomic),
            (builder, "create_atomic_cas", recorder.exchange),
            (builder, "binary_op", recorder.reckon),
            (executor, "_init_args_hst", recorder.begin),
            (executor, "__call__", recorder.launch),
            (interpreter, "_implicit_cvt", recorder.tagged),
        ):
            own = getattr(owner, name)
            setattr(owner, name, listening(heard, own))
            stack.callback(setattr, owner, name, own)
        yield recorder.launches


def listening(heard, own):
    """A function that calls `heard` with the interpreter's own one in front of the arguments."""

    def replacement(*arguments, **named):
        return heard(own, *arguments, **named)

    replacement.__dict__.update(vars(own))
    return replacement


class Recorder:
    """What is recorded, and of the launch that runs now whose memory is whose and who touched it."""

    def __init__(self, stop: bool, poison: bool):
        self.stop, self.poison, self.launches = stop, poison, []
        self.tags, self.memories, self.touched, self.counts = {}, [], {}, {}

    # ---- launches ----

    def launch(self, own, executor, *arguments, **named):
        """Run a launch; what it did wrong comes out as it was raised, not inside what the interpreter makes of it."""
        try:
            return own(executor, *arguments, **named)
        except interpreter.InterpreterError as error:
            cause = error
            while cause.__cause__ is not None:
                cause = cause.__cause__
            if isinstance(cause, records.KernelFault):
                raise cause from None
            raise

    def begin(self, own, executor, arguments, named):
        """Note whose memory is whose, before the first program runs."""
        found = own(executor, arguments, named)
        self.tags, self.memories, self.touched, self.counts = {}, [], {}, {}
        by_name = dict(zip(executor.arg_names, found[0], strict=False)) | found[1]
        for name, value in by_name.items():
            self.note(name, value)
        tensors = {memory.name: memory for memory in self.memories}
        self.current = records.Launch(executor.fn.__name__, (), tensors)
        self.function = executor.fn.__code__.co_filename
        self.launches.append(self.current)
        return found

    def note(self, name: str, value) -> None:
        """Give each tensor of an argument its tag."""
        if isinstance(value, TensorDescriptor):
            self.note(name, value.base)
        elif isinstance(value, tuple):
            for number, one in enumerate(value):
                self.note(f"{name}[{number}]", one)
        elif hasattr(value, "data_ptr"):
            self.memories.append(Memory.of(name, getattr(value, "base", value)))
            self.tags[id(value)] = len(self.memories)

    def tagged(self, own, argument):
        """A tensor as the interpreter's pointer, with its tag above the address."""
        pointer = own(argument)
        if id(argument) in self.tags:
            pointer.handle.data = pointer.handle.data + np.uint64(self.tags[id(argument)] << TAG)
        return pointer

    # ---- loads and stores ----

    def load(self, own, builder, pointers, mask, other, *rest):
        """A load, of which only what is the tensor's own is read."""
        addresses, allowed = self.heard(builder, records.LOAD, pointers, mask)
        if self.poison:
            asked_outside = np.broadcast_to(mask.data, allowed.shape) & ~allowed
            other = poisoned(pointers, other, asked_outside)
        return own(builder, handle(addresses, pointers), handle(allowed, mask), other, *rest)

    def store(self, own, builder, pointers, value, mask, *rest):
        """A store, of which only what is the tensor's own is written."""
        addresses, allowed = self.heard(builder, records.STORE, pointers, mask)
        return own(builder, handle(addresses, pointers), value, handle(allowed, mask), *rest)

    def atomic(self, own, builder, operation, pointers, value, mask, *rest):
        """An atomic sum, maximum and so on: programs may share its places."""
        addresses, allowed = self.heard(builder, records.ATOMIC, pointers, mask)
        return own(builder, operation, handle(addresses, pointers), value, handle(allowed, mask), *rest)

    def exchange(self, own, builder, pointers, *rest):
        """An atomic comparison and exchange, which has no mask: out of bounds, it always stops."""
        everything = interpreter.TensorHandle(np.ones(pointers.data.shape, dtype=bool), tl.int1)
        addresses, allowed = self.heard(builder, records.ATOMIC, pointers, everything)
        if not allowed.all():
            raise self.current.faults[-1]
        return own(builder, handle(addresses, pointers), *rest)

    def reckon(self, own, builder, left, right, operation):
        """A sum, difference or product: of whole numbers in 32 bits, it may be too large for them."""
        made = own(builder, left, right, operation)
        if made.data.dtype == np.int32 and operation in (np.add, np.subtract, np.multiply):
            whole = operation(left.data.astype(np.int64), right.data.astype(np.int64))
            if (whole != made.data).any():
                program, line = builder.grid_idx[: len(trimmed(builder.grid_dim))], self.line()
                says = f"Program {shown(program)} makes a whole number that overflows 32 bits, and goes on: "
                says += f"`{line}`. With .to(tl.int64) it has room for it."
                self.fault(records.KernelFault(says, program, line=line))
        return made

    def heard(self, builder, kind: str, pointers, mask) -> tuple[np.ndarray, np.ndarray]:
        """Record an access: the plain addresses, and which of them may be touched."""
        shape = pointers.data.shape
        inside, addresses = np.broadcast_to(mask.data, shape), pointers.data & ADDRESS
        self.current.grid = self.current.grid or trimmed(builder.grid_dim)
        program = builder.grid_idx[: len(self.current.grid)]
        line = self.line()
        self.count(program, line)
        memory = self.whose(pointers.data, program, line)
        places = memory.places(addresses)
        allowed = inside & memory.owns(places)
        if (outside := inside & ~allowed).any():
            self.fault(out_of_bounds(memory, kind, program, tuple(places[outside].tolist()), line))
        own = places[allowed]
        sent, least = sectors(addresses, inside, memory.itemsize)
        self.current.accesses.append(
            records.Access(
                program, kind, memory.name, own, shape, own.size * memory.itemsize, sent, least, line
            )
        )
        self.meet(memory, kind, program, own, builder, line)
        return addresses, allowed

    def whose(self, pointers: np.ndarray, program: tuple, line: str) -> Memory:
        """The tensor to which pointers belong."""
        tag = int(pointers.flat[0]) >> TAG
        if not 1 <= tag <= len(self.memories):
            says = (
                f"Program {shown(program)} uses a pointer that belongs to no tensor of this launch: `{line}`."
            )
            raise records.OutOfBounds(says, program, line=line)
        return self.memories[tag - 1]

    def count(self, program: tuple, line: str) -> None:
        """Stop a program that goes on for ever."""
        self.counts[program] = self.counts.get(program, 0) + 1
        if self.counts[program] > records.MOST_ACCESSES:
            says = f"Program {shown(program)} has loaded and stored {records.MOST_ACCESSES:,} times"
            says += f": does its loop end? It is at `{line}`."
            raise records.NoEnd(says, program, line=line)

    def meet(self, memory: Memory, kind: str, program: tuple, places: np.ndarray, builder, line: str) -> None:
        """A fault where another program has touched the same places of this launch, and one of the two wrote."""
        if kind == records.ATOMIC or places.size == 0:
            return
        readers, writers = self.who(memory)
        at = places + (memory.address - memory.storage) // memory.itemsize
        x, y, z = builder.grid_idx
        me = (x * builder.grid_dim[1] + y) * builder.grid_dim[2] + z
        others = [(writers, "writes")] if kind == records.LOAD else [(writers, "writes"), (readers, "reads")]
        for table, does in others:
            there = table[at]
            if (clash := (there != NOBODY) & (there != me)).any():
                other = int(there[clash][0])
                named = "another" if other == SEVERAL else f"program {shown(self.program(other, builder))}"
                self.fault(
                    two_programs(memory, kind, program, tuple(places[clash].tolist()), named, does, line)
                )
        table = readers if kind == records.LOAD else writers
        before = table[at]
        table[at] = np.where((before == NOBODY) | (before == me), me, SEVERAL)

    def who(self, memory: Memory) -> tuple[np.ndarray, np.ndarray]:
        """Who read and who wrote each place of the storage, which several arguments may share."""
        key = memory.storage, memory.itemsize
        if key not in self.touched:
            places = memory.storage_bytes // memory.itemsize
            self.touched[key] = tuple(np.full(places, NOBODY, dtype=np.int64) for _ in range(2))
        return self.touched[key]

    def program(self, number: int, builder) -> tuple[int, ...]:
        """A program's place in the grid from its number."""
        x, rest = divmod(number, math.prod(builder.grid_dim[1:]))
        return (x, *divmod(rest, builder.grid_dim[2]))[: len(self.current.grid)]

    def fault(self, fault) -> None:
        """Stop at a fault, or keep it."""
        self.current.faults.append(fault)
        if self.stop:
            raise fault

    def line(self) -> str:
        """The line of the kernel that runs."""
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.function:
            frame = frame.f_back
        return "" if frame is None else linecache.getline(self.function, frame.f_lineno).strip()


def trimmed(grid: tuple[int, int, int]) -> tuple[int, ...]:
    """A grid without the axes of length 1 at its end, which nobody gave."""
    while len(grid) > 1 and grid[-1] == 1:
        grid = grid[:-1]
    return grid


def handle(data: np.ndarray, like):
    """The interpreter's handle of other data."""
    return interpreter.TensorHandle(data, like.dtype)


def poisoned(pointers, other, outside: np.ndarray):
    """What a load finds where nobody said what stands there, or out of bounds: NaN, or a large whole number."""
    kind = interpreter._get_np_dtype(pointers.get_element_ty())
    poison = (
        math.nan if kind.kind == "f" else True if kind.kind == "b" else max(np.iinfo(kind).max // 1000, 77)
    )
    data = np.full(outside.shape, poison, dtype=kind)
    if other is not None:
        data = np.where(outside, data, other.data)
    return interpreter.TensorHandle(data, pointers.get_element_ty())


# ---- sentences ----

DOES = {"load": "reads", "store": "writes", "atomic": "writes"}


def shown(program: tuple) -> str:
    """A program's place in the grid, as people write it: 3, or (1, 2)."""
    return str(program[0]) if len(program) == 1 else str(tuple(program))


def out_of_bounds(memory: Memory, kind: str, program: tuple, places: tuple, line: str):
    """The fault of places outside a tensor."""
    place = places[0]
    first = f"Program {shown(program)} {DOES[kind]} place {place:,} of {memory.name}"
    if 0 <= place < len(memory.own):
        says = f"{first}, which lies in a gap between its rows: its strides are {memory.strides}"
    else:
        says = f"{first}, which has {int(memory.own.sum()):,} (places 0 to {len(memory.own) - 1:,})"
    return records.OutOfBounds(f"{says}. The line is `{line}`.", program, memory.name, places, line)


def two_programs(memory: Memory, kind: str, program: tuple, places: tuple, other: str, does: str, line: str):
    """The fault of a place that two programs touch."""
    says = f"Program {shown(program)} {DOES[kind]} place {places[0]:,} of {memory.name}, which {other} {does}, too. "
    says += f"On a GPU nobody knows which comes first. The line is `{line}`."
    return records.TwoPrograms(says, program, memory.name, places, line)
