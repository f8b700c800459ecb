"""Small pieces of changed code, and the words for them."""

import ast
import copy


def instead(new: str, old: str) -> str:
    return f"with `{new}` in the place of `{old}`"


def changed(node: ast.AST, **fields) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def with_item(items: list, number: int, item: object) -> list:
    return [*items[:number], item, *items[number + 1 :]]


def filled(code: str, node: ast.expr) -> ast.expr:
    """The code with the node where `_` stands."""

    class Fill(ast.NodeTransformer):
        def visit_Name(self, name):
            return node if name.id == "_" else name

    return Fill().visit(ast.parse(code, mode="eval").body)


def tail(code: str) -> str:
    return code.removeprefix("_").strip() if code.startswith("_") else code.replace("_", "...")


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", "call"))


def is_module(node: ast.AST, names: list[str]) -> bool:
    return isinstance(node, ast.Name) and node.id not in names


def short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 40 else f"{text[:25]} ... {text[-10:]}"
