"""Which cells print something else than what is stored: told as nbval tells it, with the same rules.

What nbval leaves out is left out here (pictures, widget views, execution counts), and what tests/notebooks/sanitize.cfg
replaces is replaced.
"""

import functools
import re
from collections import defaultdict
from pathlib import Path

from nbformat import NotebookNode

RULES = Path(__file__).resolve().parents[2] / "tests/notebooks/sanitize.cfg"
NOT_COMPARED = {"metadata", "traceback", "output_type", "name", "execution_count"}
NOT_COMPARED |= {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}


@functools.cache
def rules() -> list[tuple[str, str]]:
    """The pairs of a regular expression and its replacement, in their order."""
    text = RULES.read_text(encoding="utf-8")
    return re.findall("^regex: (.*)$\n^replace: (.*)$", text, flags=re.MULTILINE)


def sanitized(text: str) -> str:
    """A text without what may differ between two runs.

    >>> sanitized('<img src="data:image/png;base64,iVBORw0KGgo=" alt="a cat">')
    '<img src="PICTURE" alt="a cat">'
    """
    for regex, replacement in rules():
        text = re.sub(regex, replacement, text)
    return text


def compared(outputs: list[NotebookNode]) -> dict[str, list[str]]:
    """What counts of a cell's outputs, by kind: each stream in one piece, and all data of a kind in order."""
    kinds = defaultdict(list)
    for output in outputs:
        if output.output_type == "stream":
            kinds[output.name] = ["".join(kinds[output.name]) + output.text]
            continue
        for kind, value in (output | output.get("data", {})).items():
            if kind != "data" and kind not in NOT_COMPARED:
                kinds[kind].append(value)
    return {kind: [sanitized(str(value)) for value in values] for kind, values in kinds.items()}


def difference(stored: list[NotebookNode], now: list[NotebookNode]) -> tuple[str, str] | None:
    """The first line that is another now, as stored and as it is; None where all are the same."""
    before, after = compared(stored), compared(now)
    if before == after:
        return None
    if "ename" in after and "ename" not in before:
        return "(no error)", f"{after['ename'][0]}: {first_line(after['evalue'][0])}"
    for kind in sorted(before | after):
        then, since = ("\n".join(side.get(kind, ["(nothing)"])).split("\n") for side in (before, after))
        for one, other in zip(then + ["(the end)"], since + ["(the end)"], strict=False):
            if one != other:
                return one, other
    return "(as many outputs)", "(other outputs)"


def first_line(text: str) -> str:
    """The first line of a text, which may be empty."""
    return text.partition("\n")[0]


def moved(stored: NotebookNode, now: NotebookNode) -> dict[str, tuple[str, str]]:
    """The ids of the code cells whose outputs are others now, each with its first differing line, stored and now."""
    found = {}
    for before, after in zip(stored.cells, now.cells, strict=True):
        if before.cell_type == "code" and (lines := difference(before.outputs, after.outputs)):
            found[before.id] = lines
    return found
