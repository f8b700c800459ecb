"""Kernels as Python reads them: which of a function's neighbours are some, and what in them no compiler takes.

Triton's interpreter runs a kernel as Python, and so it runs what the compiler refuses, such as `break`.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator

from classroom.judge.registry import Wrong

KNOWN = (ast.keyword, ast.comprehension, ast.FormattedValue, ast.Starred, ast.expr_context, ast.operator)
KNOWN += (ast.unaryop, ast.cmpop, ast.boolop)  # what the compiler reads as a part of something else
WORDS = {
    "Break": "break", "Continue": "continue", "Raise": "raise", "Try": "try", "Lambda": "lambda", "Yield": "yield",
    "Global": "global", "Nonlocal": "nonlocal", "Delete": "del", "Import": "import", "ImportFrom": "import",
    "NamedExpr": ":=", "Dict": "a dictionary", "Set": "a set", "DictComp": "a dictionary", "SetComp": "a set",
    "GeneratorExp": "a generator", "Await": "await", "Match": "match",
}  # fmt: skip


def is_jitted(thing: object) -> bool:
    """Whether a thing is a function under @triton.jit, tuned or not."""
    return type(thing).__module__.split(".")[0] == "triton" and hasattr(thing, "fn")


def kernel_itself(name: str) -> Wrong:
    """What to say where @mine and @triton.jit stand over one function."""
    says = f"This is the kernel itself. @mine stands over the plain function {name}(...) that launches it: "
    return Wrong("kernel-itself", f"{says}write both in one cell, @triton.jit over the kernel.")


def plain(kernel: object) -> Callable:
    """The Python function under @triton.jit."""
    while is_jitted(kernel):
        kernel = kernel.fn
    return kernel


def kernels_of(function: Callable) -> Iterator[Callable]:
    """The kernels that stand in the cell of a reader's function, as plain Python functions."""
    space = inspect.unwrap(function).__globals__
    for thing in list(space.values()):
        if is_jitted(thing) and plain(thing).__globals__ is space:
            yield plain(thing)


def does_not_compile(function: Callable) -> Wrong | None:
    """The first thing in a reader's kernels that the interpreter runs and the compiler refuses."""
    for kernel in kernels_of(function):
        for line, what in refused(kernel):
            line += 1 - getattr(function, "__first_line__", 1)
            says = f"The numbers are right in the interpreter, and no GPU will run it: Triton does not compile {what}"
            return Wrong("does-not-compile", f"{says} (your line {line}).")
    return None


def refused(kernel: Callable) -> Iterator[tuple[int, str]]:
    """The lines of a kernel that the compiler refuses for what stands there, whatever it is called with."""
    from triton.compiler.code_generator import CodeGenerator

    lines, start = inspect.getsourcelines(kernel)
    tree = ast.parse(textwrap.dedent("".join(lines))).body[0]
    for node in (inner for statement in tree.body for inner in ast.walk(statement)):
        if isinstance(node, KNOWN):
            continue
        kind = type(node).__name__
        line = start + getattr(node, "lineno", 1) - 1
        if isinstance(node, ast.FunctionDef):
            yield line, "a function inside a kernel"
        elif not hasattr(CodeGenerator, f"visit_{kind}"):
            yield line, f"`{WORDS[kind]}`" if WORDS.get(kind, " ").isidentifier() else WORDS.get(kind, kind)
        elif isinstance(node, ast.Compare) and len(node.ops) > 1:
            yield line, "two comparisons in one, as in a < b < c: write (a < b) & (b < c)"
