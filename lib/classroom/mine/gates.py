"""Which gates a reader's kernel has passed, for its card: interpreted, compiled ahead of time, run on a GPU.

Compiling takes some seconds, in a process of its own; where it cannot be done here, nothing is said of it.
"""

import os
import re
import tempfile
from pathlib import Path

from classroom.judge import registry

CARD, TARGET = "an H100", "sm_90"  # compiled for it without having one
SECONDS = 20  # for which a reader is kept waiting
INTERPRETED = (
    "Interpreted on this machine: right, with every load and store looked at.",
    "The interpreter runs programs one after the other. A race that shows only when they run at once, addresses that "
    "do not line up, and speed are for a GPU to show.",
)
REFUSED = re.compile(
    r"\b(CompilationError|UnsupportedLanguageConstruct|CompileTimeAssertionFailure): (.*)", re.DOTALL
)


def passed(check: registry.Check, source: str | None) -> list[str]:
    """The sentences of a card; Wrong is raised where the compiler refuses what the interpreter runs."""
    if not check.is_kernel:
        return []
    if not check.kernels.interpreted():
        import torch

        return [f"Compiled and run on this machine's GPU ({torch.cuda.get_device_name()}): right."]
    ran, cannot = INTERPRETED
    return [ran, *compiled(check, source), cannot]


def compiled(check: registry.Check, source: str | None) -> list[str]:
    """What the compiler made of the kernels of a cell, in a sentence; none where it cannot be had."""
    if source is None or os.environ.get("CI"):
        return []
    try:
        outcome = ahead(check, source)
    except (ImportError, OSError, ValueError, TypeError):
        return []
    if found := REFUSED.search(outcome["error"]):
        raise refused(found[2])
    return [told(outcome["kernels"])] if outcome["kernels"] else []


def ahead(check: registry.Check, source: str) -> dict:
    """The kernels of a cell, compiled for the plainest case."""
    from nextword.kernels import compiled as compiler

    by_place, by_name = registry.split(check.cases[0])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{check.name}_kernels.py")
        file.write_text(re.sub(r"(?m)^@mine\(", "# @mine(", source), encoding="utf-8")
        keywords = {name: described(one) for name, one in by_name.items()}
        launch = compiler.Launch(f"{file}:{check.name}", tuple(map(described, by_place)), keywords)
        before, compiler.SECONDS = compiler.SECONDS, SECONDS
        try:
            return compiler.outcomes([(launch, TARGET)])[0]
        finally:
            compiler.SECONDS = before


def described(argument: object) -> object:
    """An argument as the compiler wants to know it: of a tensor, its form alone."""
    from nextword.kernels import compiled as compiler

    if hasattr(argument, "data_ptr"):
        return compiler.Tensor(tuple(argument.shape), str(argument.dtype).removeprefix("torch."))
    if isinstance(argument, bool | int | float | str | None):
        return argument
    raise TypeError(f"{type(argument).__name__} cannot be described")


def told(made: list) -> str:
    """What came of compiling, in a sentence."""
    registers, spilled = max(one.registers for one in made), max(one.spills for one in made)
    how = f"{spilled} bytes of a thread's numbers had no room in them" if spilled else "nothing spilled"
    return f"Compiled for {CARD}, without having one: {registers} registers a thread, {how}."


def refused(message: str) -> registry.Wrong:
    """What to say where the compiler refuses: the line that it points at, and its own last words."""
    lines = [line for line in message.splitlines() if line.strip()]
    arrow = next((number for number, line in enumerate(lines) if line.strip() == "^"), 0)
    shown, last = lines[arrow - 1].strip() if arrow else "", lines[-1].strip()
    says = f"The numbers are right in the interpreter, and no GPU will run it: Triton does not compile `{shown}`. "
    return registry.Wrong("does-not-compile", f"{says}It says: {last[:200]}")
