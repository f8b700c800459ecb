"""What of a cell a function needs: its helpers, constants and imports, and not the test or plot beneath it.

A cell is run again before it is kept, so what it merely does is left out: a figure would be drawn twice, and
a trial on words from another cell would keep a good function from being kept.
"""

import ast
import builtins
import dis
import types

EVERYWHERE = {"__name__", "__file__", "__doc__", "exit", "quit"}  # known to every cell, and made by none
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def needed_for(name: str, source: str, path: str = "<cell>") -> ast.Module:
    """The statements that make `name`, and what those look up, and so on; none where nothing makes it.

    >>> ast.unparse(needed_for("double", "two = 2; ten = 10; double = lambda x: two * x; print(double(ten))"))
    'two = 2\\ndouble = lambda x: two * x'
    """
    tree = ast.parse(source, path)
    codes = {node: _compiled([node], path) for node in tree.body}
    wanted, kept, before = {name}, set(), None
    while before != wanted:
        before = set(wanted)
        for node, code in codes.items():
            if _makes(node, code) & wanted or _is_star_import(node):
                kept.add(node)
                wanted |= _looks_up(code)
    makes_it = any(name in _makes(node, codes[node]) for node in kept)
    tree.body = [node for node in tree.body if makes_it and node in kept]
    return tree


def missing_names(tree: ast.Module) -> set[str]:
    """What the statements look up and nobody makes: names that must come from somewhere else."""
    if any(map(_is_star_import, tree.body)):
        return set()  # who knows what it makes
    made = set().union(*(_makes(node, _compiled([node])) for node in tree.body))
    return _looks_up(_compiled(tree.body)) - made - set(dir(builtins)) - EVERYWHERE


def _compiled(statements: list[ast.stmt], path: str = "<cell>") -> types.CodeType:
    return compile(ast.Module(statements, []), path, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def _makes(node: ast.stmt, code: types.CodeType) -> set[str]:
    """The names that a statement binds or, as `table["a"] = 1` does, changes."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname == "STORE_NAME"}
    if isinstance(node, DEFINITIONS):
        return names
    parts = [part for part in ast.walk(node) if isinstance(part, ast.Subscript | ast.Attribute)]
    changed = [part.value for part in parts if isinstance(part.ctx, ast.Store)]
    return names | {value.id for value in changed if isinstance(value, ast.Name)}


def _looks_up(code: types.CodeType) -> set[str]:
    """The global names that a piece of code and the functions within it read."""
    steps = dis.get_instructions(code)
    names = {step.argval for step in steps if step.opname in ("LOAD_NAME", "LOAD_GLOBAL")}
    return names.union(*(_looks_up(inner) for inner in code.co_consts if isinstance(inner, types.CodeType)))


def _is_star_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
