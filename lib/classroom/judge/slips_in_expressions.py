"""Slips within an expression: another sign, another axis, a step left out, two things exchanged."""

import ast

from classroom.judge.slip_tables import ALIKE, BOUNDARIES, COMPARISONS, OPERATORS, PARTS, SIGNS, TAKES_AXIS
from classroom.judge.tree_edits import called, changed, filled, instead, is_module, short, with_item


class InExpressions:
    """What may stand instead of an expression: (kind, words, new expression), one method for each kind of node."""

    names: list[str]  # those that the function gives values to

    def _expression(self, holder, place, node):
        yield from getattr(self, f"_{type(node).__name__.lower()}", lambda *_: ())(holder, place, node)

    def _compare(self, holder, place, node):
        for number, op in enumerate(node.ops):
            for other in COMPARISONS[type(op)]:
                kind = "boundary" if (type(op), other) in BOUNDARIES else "comparison"
                yield (
                    kind,
                    instead(SIGNS[other], SIGNS[type(op)]),
                    changed(node, ops=with_item(node.ops, number, other())),
                )

    def _binop(self, holder, place, node):
        sign = SIGNS.get(type(node.op), "it")
        for other in OPERATORS.get(type(node.op), ()):
            yield "operator", instead(SIGNS[other], sign), changed(node, op=other())
        if not isinstance(node.op, ast.Mult):
            yield (
                "exchanged",
                f"with the two sides of `{sign}` exchanged",
                changed(node, left=node.right, right=node.left),
            )
        yield "one side", f"without `{sign} {short(node.right)}`", node.left
        yield "one side", f"without `{short(node.left)} {sign}`", node.right
        if isinstance(node.left, ast.BinOp):
            inner = ast.BinOp(node.left.right, node.op, node.right)
            yield (
                "brackets",
                f"with other brackets around `{sign}`",
                ast.BinOp(node.left.left, node.left.op, inner),
            )
        if isinstance(node.right, ast.BinOp):
            inner = ast.BinOp(node.left, node.op, node.right.left)
            yield (
                "brackets",
                f"with other brackets around `{sign}`",
                ast.BinOp(inner, node.right.op, node.right.right),
            )

    def _unaryop(self, holder, place, node):
        if isinstance(node.op, ast.Not | ast.USub | ast.Invert) and not isinstance(
            node.operand, ast.Constant
        ):
            yield (
                "sign",
                f"without the `{ {ast.Not: 'not', ast.USub: '-', ast.Invert: '~'}[type(node.op)] }`",
                node.operand,
            )
        elif isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            yield from self._number(holder, place, -node.operand.value)

    def _boolop(self, holder, place, node):
        is_or = isinstance(node.op, ast.Or)
        yield (
            "operator",
            instead("and" if is_or else "or", "or" if is_or else "and"),
            changed(node, op=ast.And() if is_or else ast.Or()),
        )
        for number, one in enumerate(node.values):
            rest = node.values[:number] + node.values[number + 1 :]
            yield (
                "condition",
                f"without the condition `{short(one)}`",
                rest[0] if len(rest) == 1 else changed(node, values=rest),
            )

    def _ifexp(self, holder, place, node):
        yield "condition", f"with the `if {short(node.test)}` always taken", node.body
        yield "never", f"without the case `if {short(node.test)}`", node.orelse
        yield (
            "turned",
            f"with the `if {short(node.test)}` turned round",
            changed(node, body=node.orelse, orelse=node.body),
        )

    def _name(self, holder, place, node):
        if node.id in self.names:
            for other in self.names:
                if other != node.id:
                    yield "name", instead(other, node.id), ast.Name(other, ast.Load())

    def _attribute(self, holder, place, node):
        for other in sorted(set().union(*(group for group in PARTS if node.attr in group)) - {node.attr}):
            yield "part", instead(other, node.attr), changed(node, attr=other)
        if node.attr in ("values", "indices", "mT", "T"):
            yield "step", f"without `.{node.attr}`", node.value

    def _constant(self, holder, place, node):
        if isinstance(node.value, bool):
            named = holder.arg + "=" if isinstance(holder, ast.keyword) else ""
            yield (
                "setting",
                instead(f"{named}{not node.value}", f"{named}{node.value}"),
                ast.Constant(not node.value),
            )
        elif isinstance(node.value, int | float) and not (isinstance(holder, ast.UnaryOp)):
            yield from self._number(holder, place, node.value)
        elif isinstance(node.value, str) and not isinstance(holder, ast.Expr):
            codes, errors = (
                ("utf-8", "ascii", "latin-1", "utf-16"),
                ("replace", "ignore", "strict", "surrogateescape"),
            )
            others = next(
                (set(group) for group in (codes, errors) if node.value in group),
                {"", node.value.strip(), node.value + "\n"},
            )
            for other in sorted(others - {node.value}):
                yield "text", instead(repr(other), repr(node.value)), ast.Constant(other)

    def _number(self, holder, place, value):
        named = holder.arg + "=" if isinstance(holder, ast.keyword) else ""
        is_axis = named == "dim=" or (isinstance(holder, ast.Call) and called(holder) in TAKES_AXIS)
        if is_axis and isinstance(value, int):
            others = (0, 1, 2, -1, -2, -3)
        else:
            others = (
                0,
                1,
                2,
                -1,
                value + 1,
                value - 1,
                value * 2,
                -value,
                value / 2 if isinstance(value, float) else 0,
            )
        for other in dict.fromkeys(others):
            if other != value:
                new = ast.UnaryOp(ast.USub(), ast.Constant(-other)) if other < 0 else ast.Constant(other)
                yield "axis" if is_axis else "number", instead(f"{named}{other}", f"{named}{value}"), new

    def _call(self, holder, place, node):
        name, is_method = called(node), isinstance(node.func, ast.Attribute)
        for group in ALIKE:
            for other in group if name in group else ():
                if other != name:
                    func = changed(node.func, attr=other) if is_method else ast.Name(other, ast.Load())
                    yield "function", instead(other, name), changed(node, func=func)
        if is_method:  # a part that is called, as layer.gate is
            for kind, words, func in self._attribute(node, ("func", None), node.func):
                if kind == "part":
                    yield kind, words, changed(node, func=func)
        if is_method and not is_module(node.func.value, self.names):
            yield "step", f"without `{name}`", node.func.value
        elif node.args and not isinstance(node.args[0], ast.Starred):
            yield "step", f"without `{name}`", node.args[0]
        for number, word in enumerate(node.keywords):
            rest = node.keywords[:number] + node.keywords[number + 1 :]
            yield "argument", f"without `{word.arg}={short(word.value)}`", changed(node, keywords=rest)
        if len(node.keywords) > 1 and any(word.arg == "dim" for word in node.keywords):
            rest = [word for word in node.keywords if word.arg not in ("dim", "keepdim")]
            yield "argument", f"without the `dim` of `{name}`", changed(node, keywords=rest)
        for a in range(len(node.args)):
            if len(node.args) > 1:
                yield (
                    "argument",
                    f"without `{short(node.args[a])}` in `{name}`",
                    changed(node, args=node.args[:a] + node.args[a + 1 :]),
                )
            for b in range(a + 1, len(node.args)):
                args = with_item(with_item(node.args, a, node.args[b]), b, node.args[a])
                yield "exchanged", f"with the arguments of `{name}` exchanged", changed(node, args=args)
        if name == "range":
            for number, one in enumerate(node.args):
                for op, word in ((ast.Add(), "one more"), (ast.Sub(), "one less")):
                    args = with_item(node.args, number, ast.BinOp(one, op, ast.Constant(1)))
                    yield "bounds", f"with {word} in its `range`", changed(node, args=args)
        if name == "len":
            yield "bounds", "with one less than `len`", ast.BinOp(node, ast.Sub(), ast.Constant(1))
            yield "bounds", "with one more than `len`", ast.BinOp(node, ast.Add(), ast.Constant(1))
            yield "once", "with equal ones counted once", filled("len(set(_))", node.args[0])
        if name in ("sum", "fsum") and not is_method or name == "fsum":
            yield (
                "once",
                "with equal ones added once",
                changed(node, args=[filled("set(_)", node.args[0]), *node.args[1:]]),
            )

    def _listcomp(self, holder, place, node):
        yield "once", "with equal ones taken once", filled("list(_)", ast.SetComp(node.elt, node.generators))

    def _tuple(self, holder, place, node):
        if isinstance(holder, ast.Subscript) or len(node.elts) < 2:
            return
        for number in range(len(node.elts) - 1):
            elts = with_item(
                with_item(node.elts, number, node.elts[number + 1]), number + 1, node.elts[number]
            )
            yield (
                "exchanged",
                f"with `{short(node.elts[number])}` and what follows it exchanged",
                changed(node, elts=elts),
            )

    _list = _tuple

    def _subscript(self, holder, place, node):
        yield "step", f"without `[{short(node.slice)}]`", node.value
        if isinstance(node.slice, ast.Slice):
            for side in ("lower", "upper"):
                bound = getattr(node.slice, side)
                options = (
                    [None]
                    if bound is not None
                    else [ast.Constant(1) if side == "lower" else ast.UnaryOp(ast.USub(), ast.Constant(1))]
                )
                if bound is not None:
                    options += [ast.BinOp(bound, op, ast.Constant(1)) for op in (ast.Add(), ast.Sub())]
                for option in options:
                    new = changed(node.slice, **{side: option})
                    yield (
                        "bounds",
                        instead(f"[{short(new)}]", f"[{short(node.slice)}]"),
                        changed(node, slice=new),
                    )
        elif not isinstance(node.slice, ast.Constant | ast.Tuple | ast.UnaryOp):
            for op in (ast.Add(), ast.Sub()):
                new = ast.BinOp(node.slice, op, ast.Constant(1))
                yield "bounds", instead(f"[{short(new)}]", f"[{short(node.slice)}]"), changed(node, slice=new)
