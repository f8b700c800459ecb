"""Kernels made from text: each wrong one is an edit of a right one that is written in other words than the solution."""

import math

import torch

from classroom.judge import sources
from nextword.kernels import tl, triton


def built(text: str, name: str, *replacements: tuple[str, str]):
    """The launcher that a text defines, with each of these edits made once."""
    for before, after in replacements:
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in the text"
        text = text.replace(before, after)
    space = {"math": math, "torch": torch, "tl": tl, "triton": triton, "__name__": "built"}
    file = sources.remembered(text, "<built>")
    exec(compile(text, file, "exec"), space)
    return space[name]
