"""The right sources of each target: the solution shown, the library's own, and the second solutions of the tests."""

import ast
import copy
import functools
import importlib
import inspect
import json
import math
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from classroom import course
from classroom.judge import registry
from classroom.judge import sources as judged
from nextword import finetuning
from nextword.base import overrides
from tests import lessons

ROOT = Path(__file__).parents[2]
ROUNDS = 20_000  # of all loops together; what goes round more often never ends
MORE = {"draw": 300_000}  # its check has it draw for 20,000 rows
lessons.load()


class TooManyRounds(BaseException):
    """A loop that does not end; being no Exception, it passes most `except` lines."""


def solutions() -> dict[str, str]:
    """The cell of each exercise's solution."""
    found = {}
    for file in sorted((ROOT / "solutions").glob("*.ipynb")):
        for cell in json.loads(file.read_text())["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and "### BEGIN SOLUTION" in source:
                found[re.search(r'@mine\("([^"]+)"\)', source)[1]] = source
    return found


def of(target: str) -> list[tuple[ast.FunctionDef, dict]]:
    """Each right source once: its tree, and the names that it may use."""
    rungs = {rung for lesson in lessons.judged() for rung in lesson.rungs}
    space = {
        "math": math,
        "np": np,
        "torch": torch,
        "functional": functional,
        "Counter": Counter,
        "__name__": "__main__",
    }
    space["Example"] = finetuning.Example  # a type that a solution makes
    space |= {rung.split(".")[-1]: importlib.import_module(f"nextword.{rung}") for rung in rungs}
    if registry.find(target).is_kernel:
        return functions_of_a_cell(target)
    own = overrides.original(target)
    found = [(solutions()[target], space), (inspect.getsource(own), own.__globals__)]
    found += [(inspect.getsource(f), f.__globals__) for t, f in lessons.RIGHT if t == target]
    trees = {}
    for code, names in found:
        if "def " not in code:
            continue  # a function that was handed on, such as one of torch's
        tree = bare(code, target.split(".")[-1])
        trees.setdefault(ast.unparse(tree), (tree, names))
    return list(trees.values())


def bare(code: str, name: str) -> ast.FunctionDef:
    """The function alone, without docstring, types and decorators."""
    tree = ast.parse(textwrap.dedent(code))
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    function.decorator_list, function.returns, function.name = [], None, name
    if ast.get_docstring(function):
        function.body = function.body[1:]
    for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        argument.annotation = None
    return ast.parse(ast.unparse(function)).body[0]


class Cell(dict):
    """The names that a cell of several functions may use, and the cell itself: one of its functions is edited."""

    def __init__(self, source: judged.Source):
        super().__init__(source.space)
        self.source = source

    def around(self, function: ast.FunctionDef) -> ast.Module:
        """The cell with a function in the place of the one of that name; of decorators, only Triton's stay."""
        tree = judged.without_decorators(self.source.text)
        for place, node in enumerate(tree.body):
            if isinstance(node, ast.FunctionDef) and node.name == function.name:
                function.decorator_list, function.args = node.decorator_list, node.args
                tree.body[place] = function
        return ast.parse(ast.unparse(ast.fix_missing_locations(tree)))


def functions_of_a_cell(target: str) -> list[tuple[ast.FunctionDef, dict]]:
    """Of an exercise with kernels, each function that a reader writes a part of: the rest of the cell stands around."""
    source, cell = judged.solution(target), ast.parse(solutions()[target])
    lines = solutions()[target].splitlines()
    marks = [number for number, line in enumerate(lines, start=1) if line.strip() == "### BEGIN SOLUTION"]
    written = {
        node.name
        for node in cell.body
        if isinstance(node, ast.FunctionDef) and any(node.lineno < mark <= node.end_lineno for mark in marks)
    }
    tree = judged.without_decorators(source.text)
    return [(node, Cell(source)) for node in tree.body if getattr(node, "name", "") in written]


def build(function: ast.FunctionDef, names: dict) -> Callable:
    """The function of a tree, in which loops that never end stop."""
    name, file = function.name, "<edit>"
    if isinstance(names, Cell):
        tree, name = names.around(copy.deepcopy(function)), names.source.name
    else:
        tree = ast.parse(ast.unparse(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.While):
            node.body.insert(0, ast.Expr(ast.Call(ast.Name("count_round", ast.Load()), [], [])))
    rounds, most = [0], MORE.get(function.name, ROUNDS)

    def count_round():
        rounds[0] += 1
        if rounds[0] > most:
            raise TooManyRounds

    own = {**names, "count_round": count_round}
    if isinstance(names, Cell):  # Triton reads a kernel's lines
        text = ast.unparse(ast.fix_missing_locations(tree))
        tree, file = ast.parse(text), judged.remembered(text, file)
    exec(compile(ast.fix_missing_locations(tree), file, "exec"), own)
    edited = own[name]

    @functools.wraps(edited)
    def bounded(*arguments, **named):
        rounds[0] = 0
        return edited(*arguments, **named)

    return bounded


def targets(lesson: str | None = None) -> Iterator[registry.Check]:
    """The checks of a lesson, such as "05", or of all."""
    for one in lessons.judged() if lesson is None else [course.find(lesson)]:
        yield from registry.of_lesson(one)
