"""A small lesson of kernels, made in a test's own folder: one exercise, its solution, and its listed mistakes."""

import sys
import types

import nbformat
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from classroom import course
from classroom.judge import registry, sources
from classroom.judge.listed import edits
from classroom.judge.registry import check
from tools import notebooks

TARGET = "kernels.basics.add"
LESSON = course.Lesson("98", "small_kernels", "What is a kernel?", ("kernels.basics",), (5, 5), written=True)
IMPORTS = "import torch\nfrom classroom.mine import mine\nfrom nextword.kernels import basics, tl, triton"
SOLUTION = """@triton.jit
def add_kernel(x_pointer, y_pointer, out_pointer, length, BLOCK: tl.constexpr):
    ### BEGIN SOLUTION
    places = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = places < length
    x = tl.load(x_pointer + places, mask=inside)
    y = tl.load(y_pointer + places, mask=inside)
    tl.store(out_pointer + places, x + y, mask=inside)
    ### END SOLUTION


@mine("kernels.basics.add")
def add(x, y, block=1024):
    out = torch.empty_like(x)
    if out.numel() > 0:
        add_kernel[(triton.cdiv(x.numel(), block),)](x, y, out, x.numel(), BLOCK=block)
    return out
"""
RIGHT = "".join(line for line in SOLUTION.splitlines(keepends=True) if "SOLUTION" not in line)


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def register() -> None:
    """The check, as a file of a lesson registers it."""

    @check(
        TARGET,
        cases=[
            (
                torch.tensor([1.0, 2.0, 3.0, 4.0]),
                torch.tensor([10.0, 20.0, 30.0, 40.0]),
                registry.Named(block=4),
            ),
            (noise(6), noise(6), registry.Named(block=4)),
            (noise(2, 8), noise(2, 8), registry.Named(block=8)),
            (noise(300), noise(300), registry.Named(block=64)),
            (noise(5), noise(5)),
        ],
        awkward=[(torch.zeros(0), torch.zeros(0)), (noise(1), noise(1))],
    )
    def add(x, y, block=1024):
        return (x.double() + y.double()).to(x.dtype)

    edits(
        TARGET,
        ("add-minus", "x + y", "x - y", "It takes the second away."),
        (
            "add-no-mask",
            ("mask=inside", "every"),
            "mask=None",
            "No mask keeps the last block inside the tensor.",
        ),
        (
            "add-short-grid",
            "triton.cdiv(x.numel(), block)",
            "x.numel() // block",
            "The last block is left out.",
        ),
    )


def install(folder, monkeypatch, imported: bool = True) -> None:
    """Let the course have this lesson, and no more: its notebooks lie in the folder."""
    cells = [new_markdown_cell("# 98"), new_code_cell(IMPORTS), new_markdown_cell("## Add (5 minutes)")]
    cells[1].metadata["tags"] = ["imports"]
    solutions = new_notebook(cells=[*cells, new_code_cell(SOLUTION)])
    for name, notebook in (("solutions", solutions), ("exercises", notebooks.derive(solutions))):
        (folder / name).mkdir()
        nbformat.write(notebook, folder / name / LESSON.file)
    monkeypatch.setattr(course, "written", lambda: (LESSON,))
    monkeypatch.setattr(course, "path", lambda kind, lesson: folder / kind / lesson.file)
    if not imported:
        return
    package, exercise = types.ModuleType("small"), types.ModuleType("small.add")
    package.EXERCISES = (TARGET,)
    monkeypatch.setitem(sys.modules, "classroom.lessons.small_kernels", package)
    monkeypatch.setitem(sys.modules, "classroom.lessons.small_kernels.add", exercise)
    monkeypatch.setattr(registry, "_checks", {**registry._checks})
    sources.solution.cache_clear()
    sources.right_ways.cache_clear()
    register()
