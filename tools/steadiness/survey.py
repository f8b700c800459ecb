"""Runs notebooks under other arithmetic, and prints a line for each cell that then says something else."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import nbformat

from tools.steadiness import arithmetic, outputs

WIDTH = 100  # of a line that is shown
NOTEBOOKS_A_TURN = 2


def survey(paths: Iterable[Path], ways: list[arithmetic.Arithmetic]) -> int:
    """How many outputs moved, over all notebooks and ways to compute."""
    found = 0
    for path in paths:
        name = f"{path.parent.name}/{path.stem}"
        for way in ways:
            moved = outputs.moved(nbformat.read(path, as_version=4), arithmetic.run_under(path, way))
            found += len(moved)
            print(f"{name} under {way.name}: {said(len(moved))}", flush=True)
            for id, (stored, now) in moved.items():
                print(
                    f"  {name}  {id}  {way.name}\n    stored: {shown(stored)}\n    now:    {shown(now)}",
                    flush=True,
                )
    return found


def said(count: int) -> str:
    """A count of outputs in words.

    >>> said(0), said(1)
    ('steady', '1 output moved')
    """
    return "steady" if count == 0 else f"{count} output{'s' * (count > 1)} moved"


def shown(line: str) -> str:
    """A line, cut where it is too long to read."""
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}..."


def turn(lessons: list[str], number: int, size: int = NOTEBOOKS_A_TURN) -> list[str]:
    """The lessons whose turn it is: `size` of them for each number, so that all come up one after the other.

    >>> [turn(["00", "01", "02"], number) for number in range(3)]
    [['00', '01'], ['02', '00'], ['01', '02']]
    """
    return [lessons[(number * size + i) % len(lessons)] for i in range(min(size, len(lessons)))]


def number(root: Path) -> int:
    """The number of this checkout's turn, the same each time for one commit; 0 where git does not tell."""
    question = ["git", "rev-parse", "HEAD"]  # and no count of commits: a shallow clone has one
    commit = subprocess.run(question, cwd=root, capture_output=True, text=True)
    return int(commit.stdout[:8], 16) if commit.returncode == 0 else 0
