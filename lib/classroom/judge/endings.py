"""Whether a function can end without a `return`: only then is a missing one a cause of None."""

import ast
import inspect
import textwrap
from collections.abc import Callable


def can_fall_off(function: Callable) -> bool:
    """Whether some way through a function ends without handing anything back; True where its source cannot be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError):
        return True
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not definitions:
        return False  # a lambda hands back what it holds
    return not _ends(definitions[-1].body) or _returns_nothing(definitions[-1].body)


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


def _returns_nothing(body: list[ast.stmt]) -> bool:
    """Whether a bare `return` stands in a block, functions within it apart."""
    todo = [*body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Return) and node.value is None:
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            todo += ast.iter_child_nodes(node)
    return False
