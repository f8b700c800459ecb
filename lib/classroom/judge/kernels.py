"""A reader's kernel under watch while it is judged: what it reads, what it writes, and what it leaves unwritten.

Interpreted, each load and store is looked at. What a launcher makes with `torch.empty` begins as nan of one kind, so
that a number which no program wrote shows. Compiled for a GPU, the cases are carried there and back.
"""

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator

import torch
from torch.overrides import TorchFunctionMode

from classroom.judge import kernel_faults, kernel_sources
from classroom.judge.kernel_sources import is_jitted
from classroom.judge.registry import Check, Fault, Wrong
from classroom.judge.sandbox import run
from nextword import kernels
from nextword.base.overrides import original  # by name: under guard, swap's own is refused
from nextword.kernels import trace

POISON = {  # a nan with a mark, as a whole number of as many bits
    torch.float64: (torch.int64, 0x7FF8DEAD00000000),
    torch.float32: (torch.int32, 0x7FC0DEAD),
    torch.float16: (torch.int16, 0x7EAD),
    torch.bfloat16: (torch.int16, 0x7FDE),
}


def watched(function: Callable) -> Callable:
    """A function that launches kernels, with all that they load and store looked at, and what stops it in words."""
    if hasattr(function, "__launched__") or inspect.iscoroutinefunction(function):
        return function

    @functools.wraps(function)
    def under_watch(*arguments, **named):
        launches = []
        try:
            with poisoned(), counted(under_watch.__launched__), looked_at(launches):
                value = carried(function, arguments, named)
        except Exception as error:
            raise kernel_faults.found(launches) or kernel_faults.told(error, function) from None
        if fault := kernel_faults.found(launches):
            raise fault
        return value

    under_watch.__launched__ = []
    return under_watch


@functools.cache
def is_kernel(target: str) -> bool:
    """Whether the library's own function of that target stands beside kernels that it launches."""
    if not target.startswith("kernels."):
        return False
    beside = getattr(inspect.unwrap(original(target)), "__globals__", {})
    return any(map(is_jitted, beside.values()))


def beside_the_cases(check: Check, function: Callable) -> Wrong | None:
    """What is wrong with a kernel that answers every case rightly: that there is none, or none that compiles."""
    if is_right_without_kernels(check, function):
        says = "The numbers are right, and no kernel makes them: they are as right where no kernel runs."
        return Wrong("no-kernel", f"{says} Let the function under @triton.jit do the work.")
    return kernel_sources.does_not_compile(function)


def is_right_without_kernels(check: Check, function: Callable) -> bool:
    """Whether a function gives the plainest answer even if what it launches does nothing."""
    if not check.cases:
        return False
    bare = function.__wrapped__

    @functools.wraps(bare)
    def idle(*arguments, **named):
        with poisoned(), counted([], idle=True):
            return carried(bare, arguments, named)

    seen = check.view.see if check.view else lambda function, *given, **named: function(*given, **named)
    yours = run(lambda *given, **named: seen(idle, *given, **named), check.cases[0])
    return yours.equals(run(check.right, check.cases[0]), check.same)


# ---- what is never written ----


class _Poisoning(TorchFunctionMode):
    """What is made and not filled begins as marked nan."""

    MAKES = {
        torch.empty, torch.empty_like, torch.empty_strided, torch.Tensor.new_empty, torch.Tensor.new_empty_strided,
    }  # fmt: skip

    def __torch_function__(self, function, types, arguments=(), named=None):
        made = function(*arguments, **(named or {}))
        if function in self.MAKES and made.dtype in POISON:
            words, mark = POISON[made.dtype]
            with torch.no_grad():
                made.view(words).fill_(mark)
        return made


def poisoned() -> contextlib.AbstractContextManager:
    """In a `with` block, what torch makes without filling it is nan with a mark."""
    return _Poisoning()


def never_written(answer: object) -> str:
    """A sentence where an answer still holds the mark; else nothing."""
    parts = answer if isinstance(answer, list | tuple) else [answer]
    for number, part in enumerate(parts):
        if not isinstance(part, torch.Tensor) or part.dtype not in POISON or part.numel() == 0:
            continue
        words, mark = POISON[part.dtype]
        left = part.detach().contiguous().cpu().view(words) == mark
        if bool(left.any()):
            which = f"number {number + 1} of what it gives" if len(parts) > 1 else "its answer"
            first = ", ".join(str(int(place)) for place in left.nonzero()[0])
            where = f"[{first}]" if left.ndim else "it"
            n = int(left.sum())
            more = f"{n} of {left.numel()} numbers of {which} were never written"
            return (
                f"{more}, the first at {where}: the check fills what torch.empty makes with nan. "
                "Does each program store its whole block, and is the grid large enough?"
            )
    return ""


# ---- what is launched ----


@contextlib.contextmanager
def counted(launched: list, idle: bool = False) -> Iterator[None]:
    """In a `with` block, note each kernel that is launched, and refuse the library's own to a reader's function.

    Where it is `idle`, nothing is launched in truth.
    """
    from triton.runtime.jit import KernelInterface

    before = KernelInterface.__getitem__

    def launch(kernel, grid):
        refuse_the_librarys(kernel, sys._getframe(1).f_globals.get("__name__", ""))
        if isinstance(grid, int):
            raise Fault("grid", f"The grid is a tuple, even of one number: kernel[({grid},)](...).")
        launched.append(kernel)
        return (lambda *arguments, **named: None) if idle else before(kernel, grid)

    KernelInterface.__getitem__ = launch
    try:
        with refused_a_call():
            yield
    finally:
        KernelInterface.__getitem__ = before


@contextlib.contextmanager
def refused_a_call() -> Iterator[None]:
    """In a `with` block, a kernel that is called as a plain function says that it must be launched."""
    from triton.runtime import interpreter

    kind = interpreter.InterpretedFunction
    before = kind.__call__

    def call(kernel, *arguments, **named):
        if any(isinstance(one, torch.Tensor) for one in (*arguments, *named.values())):
            says = "A kernel is launched, and not called: kernel[(programs,)](...), with their number in the brackets."
            raise Fault("called-not-launched", says)
        return before(kernel, *arguments, **named)

    kind.__call__ = call
    try:
        yield
    finally:
        kind.__call__ = before


def refuse_the_librarys(kernel: object, launcher: str) -> None:
    """Raise Wrong where a reader's launcher launches a kernel of the library's."""
    home = kernel_sources.plain(kernel).__module__ or ""
    if home.startswith("nextword.") and not launcher.startswith(("nextword.", "classroom.")):
        says = "This launches the library's own kernel, which gives the answer: write the kernel yourself."
        raise Wrong("calls-the-library", says)


# ---- where it runs ----


@contextlib.contextmanager
def looked_at(launches: list) -> Iterator[None]:
    """In a `with` block, each load and store is looked at, where kernels are interpreted; `launches` holds them."""
    with trace.record(stop=False) if interpreted() else contextlib.nullcontext([]) as seen:
        try:
            yield
        finally:
            launches += seen


def interpreted() -> bool:
    """Whether kernels are interpreted in this process."""
    return kernels.interpreted


def carried(function: Callable, arguments: tuple, named: dict) -> object:
    """Call a function; where kernels are compiled, on copies of its tensors on the GPU, which then come back."""
    if interpreted():
        return function(*arguments, **named)
    pairs = []  # each tensor, and its copy on the GPU
    arguments, named = moved((arguments, named), "cuda", pairs)
    value = function(*arguments, **named)
    for own, there in pairs:
        own.untyped_storage().copy_(there.untyped_storage())  # so that a change of the input is seen
    return moved(value, "cpu", [])


def moved(thing: object, device: str, pairs: list) -> object:
    """The same with its tensors on a device; `pairs` gets each tensor with its copy there."""
    if isinstance(thing, torch.Tensor):
        memory = thing.detach().untyped_storage().clone()  # all of it: a view keeps its gaps
        memory = memory.cpu() if device == "cpu" else memory.cuda()
        there = torch.empty(0, dtype=thing.dtype, device=device)
        there.set_(memory, thing.storage_offset(), thing.size(), thing.stride())
        pairs.append((thing, there.requires_grad_(thing.requires_grad)))
        return pairs[-1][1]
    if isinstance(thing, dict):
        return {name: moved(one, device, pairs) for name, one in thing.items()}
    if isinstance(thing, list | tuple):
        parts = [moved(one, device, pairs) for one in thing]
        return type(thing)(*parts) if hasattr(thing, "_fields") else type(thing)(parts)
    return thing
