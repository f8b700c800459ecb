"""Answers to the exercises of lesson 08, each with a kernel of its own, made from text as a reader's cell is."""

from collections.abc import Callable

from classroom.judge.sources import remembered
from tests.lessons import right, wrong

BEGIN = "import torch\nfrom nextword.kernels import tl, triton\n\n\n"


def made(text: str, name: str, *changes: tuple[str, str]) -> Callable:
    """The launcher in a cell of text, in which some things stand otherwise."""
    for there, instead in changes:
        assert there in text, there
        text = text.replace(there, instead)
    text, space = BEGIN + text.strip() + "\n", {"__name__": "readers_cell"}
    exec(compile(text, remembered(text, f"<{name} of a reader>"), "exec"), space)
    return space[name]


def answers(target: str, text: str, mistakes: dict[str, tuple]) -> None:
    """Register a right answer, and by its id each mistake: pairs of what stands there and what people write."""
    name = target.split(".")[-1]
    right(target)(made(text, name))
    for id, changes in mistakes.items():
        wrong(target, id)(made(text, name, *changes))
