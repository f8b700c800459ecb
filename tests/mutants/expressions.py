"""Every small edit of an expression."""

import ast

from tests.mutants.calls import Calls
from tests.mutants.trees import called, expr, is_inf, is_method, number, signed
from tests.mutants.vocabulary import AXES, BOUNDARY, GROUPS, INVERSE, MODULES, OPERATORS, WORD


class Expressions(Calls):
    """The part of a finder that looks at expressions; what it finds goes to `add`."""

    def expression(self, n, path, parent):
        p = path
        value = signed(n)
        if value is not None:
            self.constant(n, value, p, parent)
            return
        if is_inf(n) or isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.USub) and is_inf(n.operand):
            low = not is_inf(n)
            for v in (
                [expr("math.inf"), number(0.0), number(-1e9), number(-1.0), number(-1000.0)]
                if low
                else [number(0.0), number(1e9), number(1.0), expr("-math.inf")]
            ):
                self.add("infinity", "inf", p, v)
            return
        getattr(self, "on_" + type(n).__name__, lambda *_: None)(n, p, parent)
        if isinstance(parent, ast.Return):
            self.ends.add(tuple(p))
        self.visited.append((n, tuple(p)))
        for f, v in ast.iter_fields(n):
            if isinstance(v, list):
                for j, item in enumerate(v):
                    if isinstance(item, ast.keyword):
                        self.expression(item.value, [*p, (f, j), ("value", None)], n)
                    elif isinstance(item, ast.comprehension):
                        self.comprehension(item, [*p, (f, j)])
                    elif isinstance(item, (ast.expr, ast.FormattedValue)) and f != "targets":
                        self.expression(item, [*p, (f, j)], n)
            elif isinstance(v, ast.expr) and not (
                isinstance(n, ast.Call) and f == "func" and not isinstance(v, ast.Attribute)
            ):
                if isinstance(n, ast.Call) and f == "func":
                    if is_method(n):
                        self.expression(v.value, [*p, (f, None), ("value", None)], n)
                else:
                    self.expression(v, [*p, (f, None)], n)

    def comprehension(self, c, p):
        for j, test in enumerate(c.ifs):
            self.add("condition dropped", "if", [*p, ("ifs", j)], ast.Constant(True))
            self.add("condition turned round", "if", [*p, ("ifs", j)], ast.UnaryOp(ast.Not(), test))
            self.expression(test, [*p, ("ifs", j)], c)
        self.add("loop bounds", "loop", [*p, ("iter", None)], expr("list(_)[1:]", _=c.iter))
        self.add("loop bounds", "loop", [*p, ("iter", None)], expr("list(_)[:-1]", _=c.iter))
        self.add("loop backwards", "loop", [*p, ("iter", None)], expr("list(_)[::-1]", _=c.iter))
        self.add("each once", "set", [*p, ("iter", None)], expr("set(_)", _=c.iter))
        self.expression(c.iter, [*p, ("iter", None)], c)

    def constant(self, n, value, p, parent):
        axis = (
            isinstance(parent, ast.Call)
            and (called(parent) in AXES)
            and not (
                isinstance(p[-1][0], str)
                and p[-1][0] == "value"
                and self.keyword_name(p, parent) not in ("dim", "axis", "dims", None)
            )
        )
        name = self.keyword_name(p, parent)
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
            axis = False  # max(0, x) has no axes
        if name in ("dim", "axis") or (axis and name is None and isinstance(value, int)):
            for v in (0, 1, 2, -1, -2, -3):
                if v != value:
                    self.add("axis", called(parent) if isinstance(parent, ast.Call) else "axis", p, number(v))
            return
        if isinstance(value, int):
            options = {0, 1, 2, -1, value + 1, value - 1, value * 2} - {value}
        else:
            options = {0.0, 1.0, 2.0, 0.5, -1.0, value * 10, value / 10, -value} - {value}
        step = called(parent) if isinstance(parent, ast.Call) else "number"
        for v in sorted(options):
            self.add("number", step, p, number(v))

    def keyword_name(self, p, parent):
        if isinstance(parent, ast.Call) and len(p) >= 2 and p[-2][0] == "keywords":
            return parent.keywords[p[-2][1]].arg
        return None

    def on_Constant(self, n, p, parent):
        v = n.value
        if isinstance(v, bool):
            name = self.keyword_name(p, parent)
            self.add(
                "sorted the other way" if name in ("descending", "reverse") else "setting",
                name or "flag",
                p,
                ast.Constant(not v),
            )
        elif isinstance(v, str):
            if v.lower() in ("utf-8", "utf8"):
                for o in ("ascii", "latin-1", "utf-16", "utf-32", "utf-8-sig"):
                    self.add("encoding", "encoding", p, ast.Constant(o))
            elif v in ("replace", "ignore", "strict"):
                for o in {"replace", "ignore", "strict", "surrogateescape", "backslashreplace"} - {v}:
                    self.add("errors", "errors", p, ast.Constant(o))
            elif not isinstance(parent, ast.Expr):
                for o in {"", v.replace("\n", ""), v.replace("\n", " "), v.strip(), v + " ", v + "\n"} - {v}:
                    self.add("text", "text", p, ast.Constant(o))
        elif v is None:
            pass

    def on_JoinedStr(self, n, p, parent):
        held = [i for i, v in enumerate(n.values) if isinstance(v, ast.FormattedValue)]
        for i in range(len(n.values)):
            self.add(
                "part of the text dropped", "text", p, self.with_(n, values=n.values[:i] + n.values[i + 1 :])
            )
        for i, j in zip(held, held[1:], strict=False):
            new = list(n.values)
            new[i], new[j] = new[j], new[i]
            self.add("parts exchanged", "text", p, self.with_(n, values=new))

    def on_Name(self, n, p, parent):
        if not isinstance(n.ctx, ast.Load) or n.id not in self.locals:
            return
        for other in self.locals:
            if other != n.id:
                self.add("name", n.id, p, ast.Name(other, ast.Load()))
        if n.id in self.defaults:
            self.add("default, not what is given", n.id, p, self.defaults[n.id])
        if n.id in self.params and n.id not in self.defaults:
            for v in (1, 2):
                self.add("fixed number for what is given", n.id, p, number(v))

    def on_Attribute(self, n, p, parent):
        others = set().union(*(g for g in GROUPS if n.attr in g))
        if isinstance(n.value, ast.Name) and n.value.id in self.locals:
            others |= self.attributes.get(n.value.id, set())
        if not (isinstance(n.value, ast.Name) and n.value.id in MODULES and n.attr not in ("START", "END")):
            for o in sorted(others - {n.attr}):
                self.add("part", n.attr, p, self.with_(n, attr=o))
        if n.attr == "values" and isinstance(n.value, ast.Call):
            c = n.value
            rest = [k for k in c.keywords if k.arg not in ("dim", "keepdim")]
            if len(rest) < len(c.keywords) and called(c) in ("max", "min"):
                self.add("axis dropped", called(c), p, self.with_(c, keywords=rest))
                for k in c.keywords:
                    if k.arg == "dim":
                        pass
        if n.attr in ("values", "indices", "mT", "T", "data"):
            self.add("step dropped", n.attr, p, n.value)

    def on_BinOp(self, n, p, parent):
        op = type(n.op)
        for o in OPERATORS.get(op, []):
            self.add("operator", WORD[op], p, self.with_(n, op=o()))
        if op in (ast.Sub, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult, ast.Mod, ast.Add):
            self.add("operands exchanged", WORD[op], p, self.with_(n, left=n.right, right=n.left))
        self.add("operand dropped", WORD[op], p, n.left)
        self.add("operand dropped", WORD[op], p, n.right)
        if isinstance(n.left, ast.BinOp):
            self.add(
                "brackets",
                WORD[op],
                p,
                ast.BinOp(n.left.left, n.left.op, ast.BinOp(n.left.right, n.op, n.right)),
            )
        if isinstance(n.right, ast.BinOp):
            self.add(
                "brackets",
                WORD[op],
                p,
                ast.BinOp(ast.BinOp(n.left, n.op, n.right.left), n.right.op, n.right.right),
            )
        for side in ("left", "right"):
            x = getattr(n, side)
            if (
                isinstance(x, ast.Call) and is_method(x) and not x.args and not x.keywords
            ):  # (a op b.f()) -> (a op b).f()
                moved = ast.Call(
                    ast.Attribute(self.with_(n, **{side: x.func.value}), x.func.attr, ast.Load()), [], []
                )
                self.add("brackets", called(x), p, moved)
        if op is ast.MatMult:
            for side in ("left", "right"):
                self.add(
                    "transposed", "@", [*p, (side, None)], ast.Attribute(getattr(n, side), "mT", ast.Load())
                )
        if op in (ast.Add, ast.Sub):
            for side in ("left", "right"):
                self.add("sign", WORD[op], [*p, (side, None)], ast.UnaryOp(ast.USub(), getattr(n, side)))

    def on_UnaryOp(self, n, p, parent):
        self.add(
            "sign" if isinstance(n.op, ast.USub) else "condition turned round",
            "-" if isinstance(n.op, ast.USub) else "not",
            p,
            n.operand,
        )

    def on_BoolOp(self, n, p, parent):
        self.add("and/or", "and", p, self.with_(n, op=ast.Or() if isinstance(n.op, ast.And) else ast.And()))
        for i in range(len(n.values)):
            rest = n.values[:i] + n.values[i + 1 :]
            self.add("condition dropped", "and", p, rest[0] if len(rest) == 1 else self.with_(n, values=rest))

    def on_Compare(self, n, p, parent):
        for i, op in enumerate(n.ops):
            for o in INVERSE[type(op)]:
                new = list(n.ops)
                new[i] = o()
                self.add(
                    "boundary" if (type(op), o) in BOUNDARY else "comparison",
                    WORD[type(op)],
                    p,
                    self.with_(n, ops=new),
                )

    def on_IfExp(self, n, p, parent):
        self.add("condition dropped", "if", p, n.body)
        self.add("condition dropped", "if", p, n.orelse)
        self.add("condition turned round", "if", p, self.with_(n, body=n.orelse, orelse=n.body))

    def on_Lambda(self, n, p, parent):
        pass

    def on_Tuple(self, n, p, parent):
        if isinstance(n.ctx, ast.Load) and not isinstance(parent, ast.Subscript) and len(n.elts) >= 2:
            for i in range(len(n.elts) - 1):
                new = list(n.elts)
                new[i], new[i + 1] = new[i + 1], new[i]
                self.add("parts exchanged", "pair", p, self.with_(n, elts=new))
            for i in range(len(n.elts)):
                self.add("part dropped", "pair", p, self.with_(n, elts=n.elts[:i] + n.elts[i + 1 :]))
            if len(n.elts) == 2:
                self.add("part alone", "pair", p, n.elts[0])
                self.add("part alone", "pair", p, n.elts[1])

    on_List = on_Tuple

    def on_Starred(self, n, p, parent):
        pass

    def on_ListComp(self, n, p, parent):
        self.add("each once", "set", p, expr("list(_)", _=ast.SetComp(n.elt, n.generators)))

    def on_SetComp(self, n, p, parent):
        self.add("not each once", "set", p, ast.ListComp(n.elt, n.generators))

    def on_DictComp(self, n, p, parent):
        self.add("parts exchanged", "key and value", p, self.with_(n, key=n.value, value=n.key))
