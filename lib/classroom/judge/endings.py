"""Whether a function can end without a `return`, or says `return None`: causes of a None that came back."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator


def can_fall_off(function: Callable) -> bool:
    """Whether some way through a function ends without handing anything back; True where its source cannot be had."""
    try:
        body = _body(function)
    except (OSError, TypeError, SyntaxError):
        return True
    if body is None:
        return False  # a lambda hands back what it holds
    return not _ends(body) or any(one.value is None for one in _returns(body))


def says_none(function: Callable) -> bool:
    """Whether a None is written out where a function hands something back; False where its source cannot be had."""
    try:
        body = _body(function)
    except (OSError, TypeError, SyntaxError):
        return False
    return any(one.value is not None and _may_be_none(one.value) for one in _returns(body or []))


def _body(function: Callable) -> list[ast.stmt] | None:
    """The lines of a function; None where it was written without `def`."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return definitions[-1].body if definitions else None


def _may_be_none(value: ast.expr) -> bool:
    """Whether a None stands at the end of some way through an expression.

    >>> [_may_be_none(ast.parse(code, mode="eval").body) for code in ("None", "a if b else None", "f(None)")]
    [True, True, False]
    """
    if isinstance(value, ast.IfExp):
        return _may_be_none(value.body) or _may_be_none(value.orelse)
    if isinstance(value, ast.BoolOp):
        return any(map(_may_be_none, value.values))
    return isinstance(value, ast.Constant) and value.value is None


def _ends(body: list[ast.stmt]) -> bool:
    """Whether each way through a block returns or raises.

    >>> _ends(ast.parse("if x: return 1\\nelse: raise E").body), _ends(ast.parse("for x in y: return x").body)
    (True, False)
    """
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.With):
        return _ends(last.body)
    if isinstance(last, ast.Try):
        ways = [last.orelse or last.body, *(handler.body for handler in last.handlers)]
        return bool(last.finalbody and _ends(last.finalbody)) or all(map(_ends, ways))
    if isinstance(last, ast.While):
        is_endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return is_endless and not any(isinstance(node, ast.Break) for node in ast.walk(last))
    return isinstance(last, ast.Match) and all(_ends(case.body) for case in last.cases)


def _returns(body: list[ast.stmt]) -> Iterator[ast.Return]:
    """Every `return` that stands in a block, functions within it apart."""
    todo = [*body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            todo += ast.iter_child_nodes(node)
