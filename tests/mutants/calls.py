"""Every small edit of a call, of an index and of a piece [a:b]."""

import ast

from tests.mutants.trees import called, expr, is_method, number, signed
from tests.mutants.vocabulary import ALIKE


class Calls:
    """The part of a finder that looks at calls and pieces; what it finds goes to `add`."""

    def on_Slice(self, n, p, parent):
        one = ast.Constant(1)
        for side in ("lower", "upper"):
            x = getattr(n, side)
            if x is None:
                self.add(
                    "slice bound", "slice", p, self.with_(n, **{side: number(1 if side == "lower" else -1)})
                )
            else:
                self.add("slice bound dropped", "slice", p, self.with_(n, **{side: None}))
                if signed(x) is None:
                    self.add("slice bound", "slice", p, self.with_(n, **{side: ast.BinOp(x, ast.Add(), one)}))
                    self.add("slice bound", "slice", p, self.with_(n, **{side: ast.BinOp(x, ast.Sub(), one)}))
        if n.step is not None:
            self.add("slice step dropped", "slice", p, self.with_(n, step=None))
        if n.lower is not None and n.upper is None:
            self.add("slice bound", "slice", p, self.with_(n, lower=None, upper=n.lower))
        if n.upper is not None and n.lower is None:
            self.add("slice bound", "slice", p, self.with_(n, upper=None, lower=n.upper))

    def on_Subscript(self, n, p, parent):
        if not isinstance(n.ctx, ast.Load):
            return
        self.add("step dropped", "[...]", p, n.value)
        if not isinstance(n.slice, (ast.Slice, ast.Tuple, ast.Constant)) and signed(n.slice) is None:
            self.add("index", "[...]", [*p, ("slice", None)], ast.BinOp(n.slice, ast.Add(), ast.Constant(1)))
            self.add("index", "[...]", [*p, ("slice", None)], ast.BinOp(n.slice, ast.Sub(), ast.Constant(1)))
        if isinstance(n.slice, ast.Slice):
            for v in (0, -1):
                self.add("one, not a piece", "slice", [*p, ("slice", None)], number(v))
            if n.slice.lower is not None:
                self.add("one, not a piece", "slice", [*p, ("slice", None)], n.slice.lower)
        if isinstance(n.slice, ast.Tuple) and len(n.slice.elts) >= 2:
            e = n.slice.elts
            self.add("axis", "[...]", [*p, ("slice", None)], self.with_(n.slice, elts=e[::-1]))
            for i, x in enumerate(e):
                if (
                    isinstance(x, ast.Slice)
                    and x.upper is None
                    and x.step is None
                    and signed(x.lower) is not None
                    if isinstance(x, ast.Slice)
                    else False
                ):
                    self.add("axis lost", "[...]", [*p, ("slice", None), ("elts", i)], x.lower)
                if signed(x) is not None:
                    self.add(
                        "axis kept",
                        "[...]",
                        [*p, ("slice", None), ("elts", i)],
                        ast.Slice(x, None, None)
                        if signed(x) == -1
                        else ast.Slice(x, number(signed(x) + 1), None),
                    )
            if len(e) == 2 and isinstance(e[0], ast.Constant) and e[0].value is Ellipsis:
                self.add("axis", "[...]", [*p, ("slice", None)], e[1])

    def on_Call(self, n, p, parent):
        name = called(n)
        for group in ALIKE:
            if name in group and group[0] == name or name in group:
                for other in group:
                    if other != name:
                        func = (
                            self.with_(n.func, attr=other)
                            if isinstance(n.func, ast.Attribute)
                            else ast.Name(other, ast.Load())
                        )
                        self.add("another function", name, p, self.with_(n, func=func))
        if is_method(n):
            if not (isinstance(n.func.value, ast.Name) and n.func.value.id not in self.locals):
                self.add("step dropped", name, p, n.func.value)
                if name == "masked_fill":
                    self.add("in place", name, p, self.with_(n, func=self.with_(n.func, attr="masked_fill_")))
        elif isinstance(n.func, ast.Name) or True:
            for a in n.args:
                if not isinstance(a, ast.Starred):
                    self.add("step dropped", name, p, a)
        for i, k in enumerate(n.keywords):
            kind = {
                "dim": "axis dropped",
                "keepdim": "keepdim dropped",
                "descending": "sorted the other way",
                "reverse": "sorted the other way",
                "key": "sorted by another thing",
            }.get(k.arg, "argument dropped")
            self.add(kind, name, p, self.with_(n, keywords=n.keywords[:i] + n.keywords[i + 1 :]))
        if any(k.arg == "dim" for k in n.keywords) and len(n.keywords) > 1:
            self.add(
                "axis dropped",
                name,
                p,
                self.with_(n, keywords=[k for k in n.keywords if k.arg not in ("dim", "keepdim")]),
            )
        if len(n.args) + len(n.keywords) > 0:
            for i in range(len(n.args)):
                self.add("argument dropped", name, p, self.with_(n, args=n.args[:i] + n.args[i + 1 :]))
        for i in range(len(n.args)):
            for j in range(i + 1, len(n.args)):
                new = list(n.args)
                new[i], new[j] = new[j], new[i]
                self.add("arguments exchanged", name, p, self.with_(n, args=new))
        if is_method(n) and len(n.args) == 1 and not n.keywords:
            self.add(
                "arguments exchanged",
                name,
                p,
                self.with_(n, func=self.with_(n.func, value=n.args[0]), args=[n.func.value]),
            )
        if name == "range":
            for i, a in enumerate(n.args):
                if signed(a) is None:
                    for op in (ast.Add, ast.Sub):
                        self.add(
                            "loop bounds", "range", [*p, ("args", i)], ast.BinOp(a, op(), ast.Constant(1))
                        )
            if len(n.args) == 1:
                self.add("loop bounds", "range", p, self.with_(n, args=[ast.Constant(1), n.args[0]]))
            if len(n.args) <= 2:
                two = n.args if len(n.args) == 2 else [ast.Constant(0), *n.args]
                for by in [ast.Constant(2)] + [ast.Name(x, ast.Load()) for x in self.params]:
                    self.add("loop step", "range", p, self.with_(n, args=[*two, by]))
                self.add("loop backwards", "range", p, expr("reversed(_)", _=n))
        if name == "len":
            for op in (ast.Add, ast.Sub):
                self.add("length off by one", "len", p, ast.BinOp(n, op(), ast.Constant(1)))
            self.add("length of another thing", "len", p, expr("len(set(_))", _=n.args[0]))
        if (
            name
            in (
                "sum",
                "mean",
                "max",
                "argmax",
                "cumsum",
                "softmax",
                "sort",
                "argsort",
                "topk",
                "flatten",
                "unbind",
                "any",
                "all",
            )
            and is_method(n)
            and not n.args
            and not any(k.arg == "dim" for k in n.keywords)
        ):
            for v in (-1, 0, -2):
                self.add(
                    "axis", name, p, self.with_(n, keywords=[*n.keywords, ast.keyword("dim", number(v))])
                )
        if name in (
            "exp",
            "log",
            "argmax",
            "sort",
            "argsort",
            "topk",
            "softmax",
            "unit",
            "cos",
            "sin",
            "silu",
        ):
            if is_method(n):
                self.add(
                    "sign",
                    name,
                    p,
                    self.with_(n, func=self.with_(n.func, value=ast.UnaryOp(ast.USub(), n.func.value))),
                )
            elif n.args:
                self.add(
                    "sign", name, p, self.with_(n, args=[ast.UnaryOp(ast.USub(), n.args[0]), *n.args[1:]])
                )
        # the same step twice, or its neighbour in the chain first
        if isinstance(n.func, ast.Attribute) and is_method(n):
            self.add("step twice", name, p, self.with_(n, func=self.with_(n.func, value=n)))
            inner = n.func.value
            if isinstance(inner, ast.Call) and is_method(inner):
                first = self.with_(n, func=self.with_(n.func, value=inner.func.value))
                self.add(
                    "order of steps", name, p, self.with_(inner, func=self.with_(inner.func, value=first))
                )
        elif (
            n.args
            and not isinstance(n.args[0], ast.Starred)
            and name not in ("range", "len", "zip", "enumerate")
        ):
            self.add("step twice", name, p, self.with_(n, args=[n, *n.args[1:]]))
