"""Run a function once with the value of each of its sub-expressions recorded.

Its tree is rewritten so that `a @ b + c` becomes `step(0, step(1, a @ b) + c)`; the values are copied as they pass.
What runs more than once (a loop, a comprehension, a call of itself) is marked, for nothing is claimed there.
"""

import ast
import inspect
import textwrap
import types
from collections.abc import Callable
from dataclasses import dataclass, field

from classroom.judge.comparison import is_array, is_tensor

MOST_STEPS = 3000  # of one run: a function that takes more goes on unrecorded, and stops at ten times as many
MOST_NUMBERS = 20_000
RECORDED = (
    ast.Call, ast.BinOp, ast.Compare, ast.Subscript, ast.Attribute, ast.IfExp, ast.UnaryOp, ast.BoolOp, ast.List,
    ast.Tuple, ast.Dict, ast.Set, ast.Name, ast.JoinedStr, ast.ListComp, ast.SetComp, ast.DictComp,
)  # fmt: skip
INSIDE_OUT = (
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Lambda,
    ast.JoinedStr,
)  # taken whole
NO_STEP = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, type)


class TooMany(BaseException):
    """Raised inside a function that takes too many steps to be traced."""


@dataclass
class Step:
    """One sub-expression, or one line that gives something a name."""

    text: str
    line: int
    node: ast.AST
    parts: list[int] = field(default_factory=list)  # the steps of its operands
    names: tuple[str, ...] = ()  # what its line sets; for a Name, the name itself
    kind: str = "expression"  # or "name", "sets", "changes", "returns"
    place: int = 0  # among the names that its line sets
    value: object = None
    times: int = 0  # how often it ran
    order: int = -1  # when it ran last


class Recording:
    """A function rewritten so that it records; `steps` hold what its last run gave."""

    def __init__(self, text: str, space: dict, name: str, first_line: int = 1):
        self.steps, self.text, self.first_line = [], text, first_line
        tree = ast.parse(text)
        self.definition = next(
            node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name
        )
        self.names = {
            argument.arg for argument in ast.walk(self.definition.args) if isinstance(argument, ast.arg)
        }
        self.has_loop = any(isinstance(n, ast.For | ast.While) for n in ast.walk(self.definition))
        _plain(self.definition)
        self.definition.body = self._block(self.definition.body)
        own = {**space, "__step__": self._record}
        exec(
            compile(ast.fix_missing_locations(tree), "<traced>", "exec"), own
        )  # the lines that were judged already
        self.function, self.clock = own[name], 0

    def run(self, call: Callable[[Callable], object]) -> None:
        """Let `call` run the function; what it raises is let through."""
        for step in self.steps:
            step.value, step.times, step.order = None, 0, -1
        self.seen, self.clock = [], 0
        call(self.function)

    def _record(self, number: int, value: object) -> object:
        self.clock += 1
        if self.clock > 10 * MOST_STEPS:
            raise TooMany
        step = self.steps[number]
        step.times, step.order = step.times + 1, self.clock
        if self.clock <= MOST_STEPS and not isinstance(value, NO_STEP):
            step.value = copied(value)
            if step.value is not None:
                self.seen.append(step.value)
        return value

    # ---- the tree ----

    def _step(self, node: ast.AST, kind: str = "expression", names: tuple = ()) -> int:
        text = ast.get_source_segment(self.text, node) or ""
        line = getattr(node, "lineno", 1) + self.first_line - 1
        self.steps.append(Step(text, line, node, names=names, kind=kind))
        return len(self.steps) - 1

    def _recorded(self, number: int, node: ast.expr) -> ast.expr:
        call = ast.Call(ast.Name("__step__", ast.Load()), [ast.Constant(number), node], [])
        return ast.copy_location(call, node)

    def _expression(self, node: ast.AST, parts: list[int]) -> ast.AST:
        """The node with its inner ones recorded; `parts` gets the steps found directly below."""
        if isinstance(node, INSIDE_OUT) and not isinstance(node, RECORDED):
            return node
        if not isinstance(node, RECORDED) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            for name, value in ast.iter_fields(node):
                setattr(node, name, self._all(value, parts))
            return node
        is_name = isinstance(node, ast.Name)
        number = self._step(node, "name" if is_name else "expression", (node.id,) if is_name else ())
        parts.append(number)
        inner = self.steps[number].parts
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            if isinstance(node.func, ast.Attribute):  # the method itself is no step
                node.func.value = self._expression(node.func.value, inner)
            node.args, node.keywords = self._all(node.args, inner), self._all(node.keywords, inner)
        elif not is_name and not isinstance(node, INSIDE_OUT):
            for name, value in ast.iter_fields(node):
                if name not in ("op", "ops", "ctx"):
                    setattr(node, name, self._all(value, inner))
        return self._recorded(number, node)

    def _all(self, value: object, parts: list[int]) -> object:
        if isinstance(value, list):
            return [self._all(one, parts) for one in value]
        return self._expression(value, parts) if isinstance(value, ast.AST) else value

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        made = []
        for statement in body:
            made += self._statement(statement)
        return made

    def _statement(self, statement: ast.stmt) -> list[ast.stmt]:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            return [statement]
        if isinstance(statement, ast.Return) and statement.value is not None:
            number = self._step(statement.value, "returns")
            value = self._expression(statement.value, self.steps[number].parts)
            statement.value = self._recorded(number, value)
            return [statement]
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr):
            return self._line(statement)
        parts = []
        for name, value in ast.iter_fields(statement):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(statement, name, self._block(value))
            elif isinstance(value, list) and value and isinstance(value[0], ast.ExceptHandler):
                for handler in value:
                    handler.body = self._block(handler.body)
            elif isinstance(value, ast.expr):
                setattr(statement, name, self._expression(value, parts))
        return [statement]

    def _line(self, statement: ast.stmt) -> list[ast.stmt]:
        """A line, and behind it a step for each name that it sets."""
        parts, line = [], ast.copy_location(ast.Pass(), statement)
        line.end_lineno, line.end_col_offset = statement.end_lineno, statement.end_col_offset
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.Expr):
            targets = []
            if isinstance(statement.value, ast.Call) and isinstance(statement.value.func, ast.Attribute):
                targets = [statement.value.func.value]  # values.append(x): it may be changed
        else:
            targets = [statement.target]
        changes = not isinstance(statement, ast.Assign | ast.AnnAssign)
        flat = [one for target in targets for one in getattr(target, "elts", [target])]
        names = [(_root(one), changes or not isinstance(one, ast.Name)) for one in flat]
        if getattr(statement, "value", None) is not None:
            statement.value = self._expression(statement.value, parts)
        made = [statement]
        for place, (name, changed) in enumerate(names):
            if name:
                number = self._step(line, "changes" if changed else "sets", (name,))
                self.steps[number].parts, self.steps[number].place = parts, place
                value = self._recorded(number, ast.copy_location(ast.Name(name, ast.Load()), statement))
                made.append(ast.copy_location(ast.Expr(value), statement))
        return made


def of_function(function: Callable) -> Recording | None:
    """A reader's function made to record; None where its source cannot be had, or where it is no plain function."""
    function = inspect.unwrap(function)
    if not isinstance(function, types.FunctionType) or function.__closure__:
        return None
    if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        return None
    lines, start = inspect.getsourcelines(function)
    first = start - getattr(function, "__first_line__", 1) + 1
    recording = Recording(textwrap.dedent("".join(lines)), function.__globals__, function.__name__, first)
    recording.function.__defaults__ = function.__defaults__
    recording.function.__kwdefaults__ = function.__kwdefaults__
    return recording


def copied(value: object, depth: int = 0) -> object:
    """A copy that later lines cannot change; None where it is too large, or nothing to compare."""
    if is_tensor(value):
        return value.detach().clone() if value.numel() <= MOST_NUMBERS else None
    if is_array(value):
        return value.copy() if value.size <= MOST_NUMBERS else None
    if isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, list | tuple) and depth < 4 and len(value) <= MOST_NUMBERS:
        inner = [copied(one, depth + 1) for one in value]
        return (
            None
            if any(one is None for one in inner)
            else type(value)(inner)
            if _is_bare(value)
            else tuple(inner)
        )
    if isinstance(value, dict) and depth < 4:
        inner = {key: copied(one, depth + 1) for key, one in value.items()}
        return None if any(one is None for one in inner.values()) else inner
    return None


def _is_bare(value: object) -> bool:
    return type(value) in (list, tuple)


def _plain(definition: ast.FunctionDef) -> None:
    """Take away what is not the function's own work: decorators and types."""
    definition.decorator_list, definition.returns = [], None
    for argument in ast.walk(definition.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None


def _root(node: ast.AST) -> str | None:
    """The name that a target such as `x[0].a` begins with."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
