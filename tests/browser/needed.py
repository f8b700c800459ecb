"""Which cells of a notebook a cell needs, so that a browser test runs those and no others.

The whole notebook is run, and its outputs are compared, elsewhere.
"""

import ast
import dis
import types


def needed(cells: list[dict], *ids: str) -> list[int]:
    """The places of the cells with these ids and of all that make what they look up, in the notebook's order.

    >>> sources = {"a": "x = 1", "b": "y = []", "c": "print(x)", "d": "y.append(x)", "e": "print(y)"}
    >>> cells = [{"cell_type": "code", "id": id, "source": source} for id, source in sources.items()]
    >>> needed(cells, "e")
    [0, 1, 3, 4]
    """
    code = {place: "".join(cell["source"]) for place, cell in enumerate(cells) if cell["cell_type"] == "code"}
    wanted_cells = {place for place in code if cells[place]["id"] in ids}
    if len(wanted_cells) != len(ids):
        raise ValueError(
            f"of the cells {ids} there are only {[cells[place]['id'] for place in wanted_cells]}"
        )
    imported = set().union(*(names_imported(source) for source in code.values()))
    wanted, taken = set(), []
    for place in reversed(code):
        makes = names_made(code[place]) | (names_told(code[place]) - imported)
        if place in wanted_cells or makes & wanted:
            wanted |= names_looked_up(code[place])
            taken.append(place)
    return taken[::-1]


def names_made(source: str) -> set[str]:
    """The names that a cell binds, and those whose parts it changes: `table["a"] = 1`."""
    made = {step.argval for step in dis.get_instructions(compiled(source)) if step.opname == "STORE_NAME"}
    parts = [part for part in ast.walk(ast.parse(source)) if isinstance(part, ast.Subscript | ast.Attribute)]
    changed = [part.value for part in parts if isinstance(part.ctx, ast.Store)]
    return made | {value.id for value in changed if isinstance(value, ast.Name)}


def names_told(source: str) -> set[str]:
    """The names of which a cell calls a method for its effect: `seen.append(1)`."""
    calls = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr)]
    owners = [call.func.value for call in calls if isinstance(call, ast.Call) and hasattr(call.func, "value")]
    return {owner.id for owner in owners if isinstance(owner, ast.Name)}


def names_imported(source: str) -> set[str]:
    """The names that import statements bind: calling a module's function changes nothing of it."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name).split(".")[0] for node in found for alias in node.names}


def names_looked_up(source: str) -> set[str]:
    """The global names that a cell, or a function in it, reads."""

    def within(code: types.CodeType) -> set[str]:
        steps = dis.get_instructions(code)
        names = {step.argval for step in steps if step.opname in ("LOAD_NAME", "LOAD_GLOBAL")}
        inner = [part for part in code.co_consts if isinstance(part, types.CodeType)]
        return names.union(*(within(part) for part in inner))

    return within(compiled(source))


def compiled(source: str) -> types.CodeType:
    return compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
