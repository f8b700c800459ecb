"""Edits as places in a function's tree, and the tree with another node there."""

import ast
import copy
from dataclasses import dataclass

from tests.mutants.vocabulary import MODULES


@dataclass(frozen=True, eq=False)
class Edit:
    kind: str
    step: str
    path: tuple  # (field, index or None), ...
    node: object
    before: str
    after: str

    @property
    def words(self) -> str:
        """The edit in a line: its kind, what stood there, and what stands there now."""
        after = self.after.replace(self.before, "_") if len(self.before) > 9 else self.after
        return f"{self.kind}: {self.before} -> {after}"


def at(tree, path):
    for field, index in path:
        tree = getattr(tree, field)
        if index is not None:
            tree = tree[index]
    return tree


def put(tree, path, node):
    """A tree with the node at that place; what lies off the way is shared."""
    if not path:
        return node
    (field, index), *rest = path
    new = copy.copy(tree)
    if index is None:
        setattr(new, field, put(getattr(tree, field), rest, node) if rest else node)
    else:
        items = list(getattr(tree, field))
        items[index] = put(items[index], rest, node)
        setattr(new, field, items)
    return new


def expr(code: str, **parts):
    tree = ast.parse(code, mode="eval").body

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node):
            return copy.deepcopy(parts[node.id]) if node.id in parts else node

    return Fill().visit(tree)


def text(node) -> str:
    if isinstance(node, list):
        return "; ".join(text(n) for n in node)
    try:
        return ast.unparse(ast.fix_missing_locations(node)).replace("\n", " ")[:400]
    except Exception:
        return type(node).__name__


def signed(node):
    """A number with its sign, or None."""
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    ):
        v = node.operand.value
        return -v if type(v) in (int, float) else None
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    return None


def number(v):
    return ast.UnaryOp(ast.USub(), ast.Constant(-v)) if v < 0 else ast.Constant(v)


def is_inf(node):
    return isinstance(node, ast.Attribute) and node.attr == "inf"


def called(node):
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else "call"


def is_method(node):
    return isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id in MODULES
    )
