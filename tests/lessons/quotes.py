"""What a lesson's prose says in numbers, for tests that compare it with what a benchmark found."""

import re

import nbformat

from classroom import course


def prose(name: str) -> str:
    """All Markdown of the lesson of this name."""
    [lesson] = [one for one in course.written() if one.name == name]
    cells = nbformat.read(course.path("notebooks", lesson), as_version=4).cells
    return " ".join(cell.source for cell in cells if cell.cell_type == "markdown")


def quoted(name: str, pattern: str) -> list[float]:
    """The numbers that stand where the pattern, which the prose must hold, has its groups."""
    found = re.search(pattern, prose(name))
    assert found, pattern
    return [float(number) for number in found.groups()]
