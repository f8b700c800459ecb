"""Every small edit of a function: another operator, axis, bound or name, a step dropped, doubled or added."""

import ast
import copy

from tests.mutants.expressions import Expressions
from tests.mutants.trees import Edit, at, called, expr, put, text
from tests.mutants.vocabulary import (
    AFTER_LIST,
    AFTER_NUMBER,
    AFTER_TENSOR,
    AFTER_TEXT,
    BEFORE,
    OPERATORS,
    WORD,
)


class Finder(Expressions):
    """Goes through a function and notes every edit."""

    def __init__(self, function: ast.FunctionDef, returns: str = "?"):
        self.function, self.returns = function, returns
        args = function.args
        self.params = [a.arg for a in args.posonlyargs + args.args + args.kwonlyargs]
        self.defaults = dict(
            zip(
                [a.arg for a in args.args][len(args.args) - len(args.defaults) :], args.defaults, strict=False
            )
        )
        self.defaults |= {
            a.arg: d for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=False) if d is not None
        }
        stored = {
            n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        self.locals = sorted(set(self.params) | stored)
        self.attributes = {}
        for n in ast.walk(function):
            if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name):
                self.attributes.setdefault(n.value.id, set()).add(n.attr)
        self.found, self.visited, self.ends = [], [], set()

    def add(self, kind, step, path, node, before=None):
        before = at(self.function, path) if before is None else before
        self.found.append(Edit(kind, step, tuple(path), node, text(before), text(node)))

    def all(self):
        for field in ("body",):
            self.block(self.function, [], field)
        self.between()
        self.before_and_after()
        return self.found

    # ---- statements ----

    def block(self, owner, path, field):
        body = getattr(owner, field)
        here = [*path, (field, None)]
        for i, s in enumerate(body):
            p = [*path, (field, i)]
            if isinstance(s, ast.Return):
                self.add("return dropped", "return", p, ast.Pass())
            elif not isinstance(s, (ast.Pass, ast.FunctionDef, ast.Import, ast.ImportFrom)):
                self.add("step dropped", self.step_of(s), p, ast.Pass())
            if i + 1 < len(body) and not isinstance(s, ast.FunctionDef):
                self.add("order of steps", self.step_of(s), here, body[:i] + [body[i + 1], s] + body[i + 2 :])
            if isinstance(s, (ast.For, ast.While)):
                inner = s.body

                def loop(new, s=s):
                    return self.with_(s, body=new)

                if i + 1 < len(body) and isinstance(body[i + 1], ast.Return):
                    self.add("return inside the loop", "return", p, loop(inner + [body[i + 1]]))
                elif i + 1 < len(body):
                    self.add(
                        "step inside the loop",
                        self.step_of(body[i + 1]),
                        here,
                        body[:i] + [loop(inner + [body[i + 1]])] + body[i + 2 :],
                    )
                self.add("loop ends after the first round", "loop", p, loop(inner + [ast.Break()]))
                for k in range(max(0, i - 2), i):
                    if isinstance(body[k], ast.Assign):
                        self.add(
                            "set anew in each round", text(body[k].targets[0]), p, loop([body[k]] + inner)
                        )
                if len(inner) > 1:
                    self.add(
                        "step after the loop",
                        self.step_of(inner[-1]),
                        here,
                        body[:i] + [loop(inner[:-1]), inner[-1]] + body[i + 1 :],
                    )
                if isinstance(s, ast.For):
                    self.add("loop backwards", "loop", p, self.with_(s, iter=expr("list(_)[::-1]", _=s.iter)))
                    self.add("loop bounds", "loop", p, self.with_(s, iter=expr("list(_)[1:]", _=s.iter)))
                    self.add("loop bounds", "loop", p, self.with_(s, iter=expr("list(_)[:-1]", _=s.iter)))
            if isinstance(s, ast.If):
                self.add("condition dropped", "if", p, self.with_(s, test=ast.Constant(True)))
                self.add("condition never", "if", p, self.with_(s, test=ast.Constant(False)))
                self.add(
                    "condition turned round", "if", p, self.with_(s, test=ast.UnaryOp(ast.Not(), s.test))
                )
                if len(s.body) > 1:
                    self.add(
                        "step outside the if",
                        self.step_of(s.body[-1]),
                        here,
                        body[:i] + [self.with_(s, body=s.body[:-1]), s.body[-1]] + body[i + 1 :],
                    )
                if not s.orelse and i + 1 < len(body):
                    self.add(
                        "step under else",
                        self.step_of(body[i + 1]),
                        here,
                        body[:i] + [self.with_(s, orelse=[body[i + 1]])] + body[i + 2 :],
                    )
                if s.orelse:
                    self.add(
                        "else always",
                        "else",
                        here,
                        body[:i] + [self.with_(s, orelse=[])] + s.orelse + body[i + 1 :],
                    )
            if isinstance(s, ast.AugAssign):
                self.add(
                    "set rather than added", text(s.target), p, ast.Assign([s.target], s.value, lineno=1)
                )
                for op in OPERATORS.get(type(s.op), []):
                    self.add("operator", WORD[type(s.op)], p, self.with_(s, op=op()))
                if isinstance(s.op, ast.Add):
                    load = copy.copy(s.target)
                    load.ctx = ast.Load()
                    self.add(
                        "operands exchanged",
                        "+",
                        p,
                        ast.Assign([s.target], ast.BinOp(s.value, ast.Add(), load), lineno=1),
                    )
            if (
                isinstance(s, ast.Assign)
                and len(s.targets) == 1
                and isinstance(s.targets[0], ast.Tuple)
                and len(s.targets[0].elts) == 2
            ):
                t = s.targets[0]
                self.add(
                    "names exchanged", text(t), p, self.with_(s, targets=[self.with_(t, elts=t.elts[::-1])])
                )
            if isinstance(s, ast.For) and isinstance(s.target, ast.Tuple) and len(s.target.elts) == 2:
                self.add(
                    "names exchanged",
                    text(s.target),
                    p,
                    self.with_(s, target=self.with_(s.target, elts=s.target.elts[::-1])),
                )
            # down
            for f, value in ast.iter_fields(s):
                if isinstance(value, list):
                    if value and isinstance(value[0], ast.stmt):
                        self.block(s, p, f)
                    elif f not in ("targets", "decorator_list"):
                        for j, v in enumerate(value):
                            if isinstance(v, ast.AST):
                                self.expression(v, [*p, (f, j)], s)
                    else:
                        for j, v in enumerate(value):
                            if isinstance(v, ast.Subscript):
                                self.expression(v.slice, [*p, (f, j), ("slice", None)], v)
                elif isinstance(value, ast.expr) and f != "target":
                    self.expression(value, [*p, (f, None)], s)

    def with_(self, node, **fields):
        c = copy.copy(node)
        for k, v in fields.items():
            setattr(c, k, v)
        return c

    def step_of(self, s):
        if isinstance(s, (ast.Assign, ast.AugAssign)):
            return text(s.targets[0] if isinstance(s, ast.Assign) else s.target)
        if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call):
            return called(s.value)
        return type(s).__name__.lower()

    # ---- one step more: in between, at the end, or with what came in ----

    def between(self):
        codes = ["abs(_)", "-_", "int(_)", "1 - _", "_ + 1"]
        if self.returns == "tensor":
            codes = [
                "_.abs()",
                "-_",
                "_.round()",
                "_.exp()",
                "_.log()",
                "_.softmax(-1)",
                "_.mT",
                "_.mean(-1, keepdim=True)",
                "_.sum(-1, keepdim=True)",
                "_.flip(-1)",
                "torch.ones_like(_)",
                "_.clamp(min=0)",
                "_.square()",
                "1 - _",
                "_ + 1",
            ]
        if self.returns in ("list", "dict"):
            codes = ["sorted(_)", "list(_)[::-1]", "set(_)", "_ + 1", "_.abs()"]
        for n, p in list(self.visited):
            if isinstance(n, (ast.BinOp, ast.Call, ast.Subscript)) and p not in self.ends:
                for code in codes:
                    self.add("one step more, in between", text(n)[:40], p, expr(code, _=n))

    def before_and_after(self):
        def visit(owner, path):
            for field in ("body", "orelse"):
                for i, s in enumerate(getattr(owner, field, []) or []):
                    p = [*path, (field, i)]
                    if isinstance(s, ast.Return) and s.value is not None:
                        for code in {
                            "number": AFTER_NUMBER,
                            "list": AFTER_LIST,
                            "dict": AFTER_LIST + AFTER_NUMBER[:0],
                            "text": AFTER_TEXT + ["_[:-1]", "_[1:]"],
                            "tensor": AFTER_TENSOR,
                        }.get(self.returns, AFTER_NUMBER + AFTER_LIST):
                            self.add(
                                "one step more, at the end",
                                code.replace("_", "x"),
                                [*p, ("value", None)],
                                expr(code, _=s.value),
                            )
                    elif isinstance(s, (ast.For, ast.While, ast.If)):
                        visit(s, p)

        visit(self.function, [])
        for param in self.params:
            for code in BEFORE:
                new = ast.Assign(
                    [ast.Name(param, ast.Store())], expr(code, _=ast.Name(param, ast.Load())), lineno=1
                )
                kind = "not what is given" if code in ("1", "0", "None") else "one step more, before"
                self.found.append(
                    Edit(
                        kind,
                        param,
                        (("body", None),),
                        [new, *self.function.body],
                        param,
                        code.replace("_", param),
                    )
                )
            if param in self.defaults:
                new = ast.Assign([ast.Name(param, ast.Store())], self.defaults[param], lineno=1)
                self.found.append(
                    Edit(
                        "default, not what is given",
                        param,
                        (("body", None),),
                        [new, *self.function.body],
                        param,
                        text(self.defaults[param]),
                    )
                )


def edits(function: ast.FunctionDef, returns: str = "?", keep=lambda words: True):
    """Every edit that is to be kept, by its words, with the edited function; each gives other code."""
    seen = {text_of(function)}
    for e in Finder(function, returns).all():
        if not keep(e.words):
            continue
        new = put(function, e.path, e.node)
        try:
            ast.fix_missing_locations(new)
            code = text_of(new)
        except Exception:
            continue
        if code not in seen:
            seen.add(code)
            yield e, new


def text_of(function):
    return ast.unparse(function)
