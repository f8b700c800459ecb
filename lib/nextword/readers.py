"""Below all rungs: opens each source as plain Python, ready to be looked at.

Each function fetches its source on first use (see `data`) and says what it hands back. Sources: sources.toml.
"""

from pathlib import Path

from nextword import data


def text(key: str = "fairy_tales") -> str:
    """A source that is one text: lines end in "\\n", and no byte-order mark is left at its start."""
    return _read(data.path(key))


def _read(path: Path) -> str:
    """A text file as Python wants it: opening it as text turns "\\r\\n" into "\\n"."""
    return path.read_text(encoding="utf-8-sig")
