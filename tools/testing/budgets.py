"""What a notebook may cost, in CPU seconds: a busy machine fails nothing. tests/notebooks/budgets.py measures."""

import json
from collections.abc import Iterable
from pathlib import Path

SECONDS_A_CELL, SECONDS_WITH_PROGRESS = 10, 90  # the second for a cell with the tag `progress`
SECONDS_A_NOTEBOOK, MB_A_NOTEBOOK = 120, 3000
LONGER = {"12_pretraining.ipynb": 240, "19_ppo.ipynb": 180}  # a model that learns needs its minutes
SLACK = 1.5  # two cores that share a cache are slower than one; and then it is measured once more


def read(files: Iterable[Path]) -> dict[str, dict]:
    """What the notebooks cost, by name, from all the files that were written."""
    measured = {}
    for file in files:
        if file.exists():
            measured |= json.loads(file.read_text(encoding="utf-8"))
    return measured


def excess(costs: dict, name: str = "") -> str:
    """What a notebook of that name costs more than half again what it may; "" where nothing is too much.

    >>> excess({"cells": [{"id": "loop", "seconds": 16.2, "progress": False}], "peak_mb": 900})
    'cell loop takes 16 s, and may take 10'
    >>> excess({"cells": [{"id": "loop", "seconds": 16.2, "progress": True}], "peak_mb": 900})
    ''
    """
    for cell in costs["cells"]:
        may = SECONDS_WITH_PROGRESS if cell["progress"] else SECONDS_A_CELL
        if cell["seconds"] > may * SLACK:
            return f"cell {cell['id']} takes {cell['seconds']:.0f} s, and may take {may}"
    seconds, may = total(costs), LONGER.get(Path(name).name, SECONDS_A_NOTEBOOK)
    if seconds > may * SLACK:
        return f"it takes {seconds:.0f} s, and may take {may}"
    if costs["peak_mb"] > MB_A_NOTEBOOK:
        return f"it needs {costs['peak_mb']} MB, and may need {MB_A_NOTEBOOK}"
    return ""


def total(costs: dict) -> float:
    return sum(cell["seconds"] for cell in costs["cells"])


def table(measured: dict[str, dict]) -> str:
    """A line for each notebook."""
    lines = [f"{'notebook':<42}{'CPU seconds':>12}{'slowest cell':>14}{'peak MB':>9}"]
    for name, costs in sorted(measured.items()):
        slowest = max((cell["seconds"] for cell in costs["cells"]), default=0)
        lines.append(f"{name:<42}{total(costs):>12.1f}{slowest:>14.1f}{costs['peak_mb']:>9}")
        if over := excess(costs, name):
            lines.append(f"    over budget: {over}")
    return "\n".join(lines)
