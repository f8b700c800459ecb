"""Every small slip in a right answer: one edit of its tree, and the words that tell it.

Words complete "the same as the solution would ...": "with `<=` in the place of `<`", "without `sqrt`".
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from classroom.judge.slip_tables import AT_END, AT_START, OPERATORS, SIGNS
from classroom.judge.slips_in_expressions import InExpressions
from classroom.judge.tree_edits import changed, filled, instead, short, tail


@dataclass(frozen=True, eq=False)
class Slip:
    """One edit: its kind, the words that tell it, and the edited function, in which rounds of loops are counted."""

    kind: str
    words: str
    code: object


def slips(function: ast.FunctionDef, gives: str) -> Iterator[Slip]:
    """Every slip of a function that gives a "number", "list", "dict", "text" or "tensor"."""
    function = copy.deepcopy(function)
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.While):
            node.body.insert(0, ast.parse("__round__()").body[0])
    variants, module = _Variants(function), ast.Module([function], [])
    for holder, place, node in [*_places(function)]:
        seen = {ast.dump(node)}
        for kind, words, new in variants.of(holder, place, node, gives):
            if ast.dump(new) in seen:
                continue
            seen.add(ast.dump(new))
            _put(holder, place, new)
            yield Slip(kind, words, compile(ast.fix_missing_locations(module), "<slip>", "exec"))
            _put(holder, place, node)


def _places(node: ast.AST) -> Iterator[tuple]:
    """Every place in a tree where something can stand: (what holds it, (field, number), what stands there)."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "returns", "args") and isinstance(node, ast.FunctionDef):
            continue
        for number, one in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(one, ast.AST) and not _counts_rounds(one):
                yield node, (name, number), one
                yield from _places(one)


def _counts_rounds(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and getattr(getattr(node.value, "func", None), "id", "") == "__round__"


def _put(holder: ast.AST, place: tuple, node: ast.AST) -> None:
    name, number = place
    if number is None:
        setattr(holder, name, node)
    else:
        getattr(holder, name)[number] = node


class _Variants(InExpressions):
    """What may stand in a place instead."""

    def __init__(self, function: ast.FunctionDef):
        arguments = function.args
        self.parameters = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        made = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.names, self.first = sorted({*self.parameters, *made}), function.body[0]

    def of(self, holder, place, node, gives) -> Iterator[tuple[str, str, ast.AST]]:
        if isinstance(node, ast.stmt):
            yield from self._statement(holder, place, node, gives)
        elif isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            if not (isinstance(holder, ast.Call) and place[0] == "func"):
                yield from self._expression(holder, place, node)
        elif isinstance(node, ast.comprehension):
            for number in range(len(node.ifs)):
                yield (
                    "condition",
                    "without its `if`",
                    changed(node, ifs=node.ifs[:number] + node.ifs[number + 1 :]),
                )
            yield "first", "without the first round", changed(node, iter=filled("list(_)[1:]", node.iter))
            yield "last", "without the last round", changed(node, iter=filled("list(_)[:-1]", node.iter))
        elif isinstance(node, ast.keyword) and node.arg and isinstance(holder, ast.Call):
            pass  # dropped with its call

    def _statement(self, holder, place, node, gives):
        what = short(node)
        if isinstance(node, ast.Return) and node.value is not None:
            for code in AT_END.get(gives, "").split(";"):
                if code:
                    words = f"with `{tail(code)}` at its end"
                    yield "end", words, ast.Return(filled(code, node.value))
        elif not isinstance(node, ast.Pass | ast.FunctionDef | ast.Import | ast.ImportFrom | ast.Return):
            yield "line", f"without the line `{what}`", ast.Pass()
        if isinstance(node, ast.If):
            yield (
                "condition",
                f"with the `if {short(node.test)}` always taken",
                changed(node, test=ast.Constant(True)),
            )
            yield (
                "never",
                f"without the case `if {short(node.test)}`",
                changed(node, test=ast.Constant(False)),
            )
            yield (
                "turned",
                f"with the `if {short(node.test)}` turned round",
                changed(node, test=ast.UnaryOp(ast.Not(), node.test)),
            )
        if isinstance(node, ast.AugAssign):
            yield (
                "set",
                f"with `=` in the place of `{SIGNS[type(node.op)]}=`",
                ast.Assign([node.target], node.value),
            )
            for other in OPERATORS.get(type(node.op), ()):
                yield (
                    "operator",
                    instead(SIGNS[other] + "=", SIGNS[type(node.op)] + "="),
                    changed(node, op=other()),
                )
        if isinstance(node, ast.For | ast.While):
            yield (
                "round",
                "with the first round of its loop alone",
                changed(node, body=[*node.body, ast.Break()]),
            )
            body, number = getattr(holder, place[0]), place[1]
            if number and isinstance(body[number - 1], ast.Assign):
                before = body[number - 1]
                yield (
                    "anew",
                    f"with `{short(before)}` inside its loop",
                    changed(node, body=[before, *node.body]),
                )
            if number is not None and number + 1 < len(body) and isinstance(body[number + 1], ast.Return):
                yield (
                    "inside",
                    "with the return inside its loop",
                    changed(node, body=[*node.body, body[number + 1]]),
                )
        if isinstance(node, ast.For):
            yield (
                "first",
                "without the first round of its loop",
                changed(node, iter=filled("list(_)[1:]", node.iter)),
            )
            yield (
                "last",
                "without the last round of its loop",
                changed(node, iter=filled("list(_)[:-1]", node.iter)),
            )
            yield (
                "backwards",
                "with its loop going backwards",
                changed(node, iter=filled("list(_)[::-1]", node.iter)),
            )
        if node is self.first:
            for name in self.parameters:
                for code in AT_START.split(";"):
                    line = ast.Assign([ast.Name(name, ast.Store())], filled(code, ast.Name(name, ast.Load())))
                    words = f"if it were given `{code.replace('_', name)}` for `{name}`"
                    yield "start", words, ast.If(ast.Constant(True), [line, node], [])
