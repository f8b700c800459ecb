"""What stopped a kernel, in words for a reader: Triton's own errors stand within others, and name no line."""

import re
from collections.abc import Callable

from classroom.judge.explanations import line_of
from classroom.judge.registry import Fault, Wrong
from nextword.kernels import trace

IDS = {
    trace.KernelFault: "kernel-fault",
    trace.OutOfBounds: "out-of-bounds",
    trace.TwoPrograms: "two-programs",
    trace.NoEnd: "never-ends",
}
EXPLAINED = (  # what Triton says when it stops, and what that means
    (
        r"range must be a power of 2|Shape element \d+ must be a power of 2",
        "a block's length is a power of 2, such as 64 or 128. triton.next_power_of_2(n) is the next, and a mask keeps "
        "the places past the end out.",
    ),
    (
        r"arange's arguments must be of type tl.constexpr",
        "the length of a block is fixed when the kernel is compiled: in the kernel's list, write BLOCK: tl.constexpr.",
    ),
    (
        r"incompatible dimensions|Cannot make_shape_compatible|Cannot broadcast|could not be broadcast",
        "two blocks do not line up, number by number. x[:, None] stands a row of numbers upright, as a column.",
    ),
    (
        r"First input shape|must have the same inner|inner dimensions|must be equal to second input shape",
        "tl.dot(a, b) needs as many columns of a as rows of b.",
    ),
    (
        r"must be Tensor, not (tensor|TensorHandle)",
        "torch's functions work on torch's tensors, outside of a kernel. Inside take Triton's: tl.exp, tl.max, tl.sum.",
    ),
    (
        r"missing \d+ required positional argument|missing a required argument",
        "the kernel has more names in its list than the launch gives. Is one of them missing, such as BLOCK=...?",
    ),
    (
        r"got an unexpected keyword|too many positional|takes \d+ positional",
        "the launch gives more than the kernel has names for.",
    ),
    (
        r"Cannot call @triton.jit|outside of the scope of a kernel",
        "a kernel is launched, and not called: kernel[(programs,)](...), with the number of programs in the brackets.",
    ),
    (
        r"truth value of an array|Boolean value of Tensor|ambiguous",
        "`if` and `and` ask one yes or no, and a block is many. tl.where(condition, a, b) chooses number by number, "
        "and & joins two conditions.",
    ),
    (
        r"Unsupported ptr type|Expected pointer|pointer argument|must be a pointer",
        "tl.load and tl.store need addresses: the pointer plus places, as in x_pointer + places.",
    ),
    (
        r"Mask argument cannot be block type|Mask must have boolean|Mask must",
        "a mask is a block of yes and no, as large as the block of addresses: places < length.",
    ),
)


def told(error: Exception, function: Callable) -> Exception:
    """What to raise in the place of an error that came out of a launcher: what was at the bottom of it, in words."""
    error = at_the_bottom(error)
    if isinstance(error, Fault | Wrong) or (isinstance(error, NotImplementedError) and not error.args):
        return error
    if type(error).__name__ in ("CompilationError", "UnsupportedLanguageConstruct"):
        return of_compiler(error, function)
    if isinstance(error, trace.KernelFault):
        return Fault(IDS[type(error)], error.says)
    line = line_of(error, function)
    for said, means in EXPLAINED:
        if re.search(said, str(error)):
            where = f"It stopped in its line {line}" if line else "It stopped inside"
            return Fault("raised", f"{where}: {means}", f"{type(error).__name__}: {error}")
    return error


def found(launches: list[trace.Launch]) -> Fault | None:
    """The first thing that programs did and must not; alike are all that they did so, by kind and by tensor."""
    faults = [(launch, fault) for launch in launches for fault in launch.faults]
    if not faults:
        return None
    _, first = faults[0]
    return Fault(IDS[type(first)], first.says, alike=frozenset(_kind(*one) for one in faults))


def _kind(launch: trace.Launch, fault: trace.KernelFault) -> tuple:
    """What sort of fault it is: reading or writing, and of which of the kernel's tensors."""
    tensors = list(launch.tensors)
    which = tensors.index(fault.tensor) if fault.tensor in tensors else None
    return type(fault), " writes " in fault.says.partition(" place ")[0] + " ", which


def at_the_bottom(error: Exception) -> Exception:
    """The error that Triton's interpreter wrapped, once for each function that it was in."""
    while type(error).__name__ == "InterpreterError" and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return error


def of_compiler(error: Exception, function: Callable) -> Exception:
    """The compiler's refusal, with the reader's line; a bare NotImplementedError where the kernel is still to do."""
    node, source = error.node, error.src or ""
    lines = source.splitlines()
    number = getattr(node, "lineno", 0)
    shown = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    if shown.startswith("raise NotImplementedError"):
        return NotImplementedError()
    message = (error.error_message or "").strip().splitlines()
    where = f"`{shown}`" if shown else "the kernel"
    return Fault("does-not-compile", f"Triton could not compile {where}: {' '.join(message)[:200]}")
