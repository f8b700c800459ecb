"""`guess("...")` on a cell's first line: the reader's guess stands above what came, and is kept in `my/`.

The stored output of such a cell is folded until the cell runs (its tag is `predict`). JupyterLab shows the first
line of what is folded; that is the line printed here, so a plain `print`: of HTML it would show the tags.
"""

import contextlib
import json
import os
from datetime import date
from pathlib import Path

from classroom import course, paths
from classroom.mine import storage

FIRST = "Guess first: write it between the quotes above, then Shift + Enter."
BEFORE = "Guess first, in the cell above."
PATIENCE = 3  # seconds to wait for another notebook's turn to end

_said = ""  # the last guess of this notebook


def guess(what: object = None) -> None:
    """Print the reader's guess, and keep it. An empty one: what was kept for this cell. `guess()`: the last again."""
    global _said
    if what is None:
        return print(f"Your guess: {_said}" if _said else BEFORE)
    text, place = str(what).strip(), where()
    if text and place:
        keep(*place, text)
    kept = read().get(place[0], {}).get(place[1]) if place else None
    _said = text or (kept or {}).get("guess", "")
    if not _said:
        return print(FIRST)
    return print(f"Your guess: {_said}" if text else f"Your guess, of {kept['day']}: {_said}")


def where() -> tuple[str, str] | None:
    """The lesson and the id of the cell that runs just now; None outside a lesson in JupyterLab."""
    try:
        from IPython import get_ipython

        cell = get_ipython().get_parent()["metadata"]["cellId"]
        file = Path(os.environ["JPY_SESSION_NAME"]).name
        return next((lesson.name, cell) for lesson in course.written() if lesson.file == file)
    except (ImportError, AttributeError, KeyError, TypeError, StopIteration):
        return None


def file() -> Path:
    """Where guesses are kept: by lesson, then by cell."""
    return paths.my() / "guesses.json"


def read() -> dict[str, dict[str, dict[str, str]]]:
    """All guesses that can be read; those of a damaged file cannot."""
    with contextlib.suppress(OSError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
        known = json.loads(file().read_bytes())
        return {
            lesson: {
                cell: {"guess": str(one["guess"]), "day": str(one["day"])} for cell, one in cells.items()
            }
            for lesson, cells in known.items()
        }
    return {}


def keep(lesson: str, cell: str, text: str) -> None:
    """Write one guess, in the place of an earlier one; a full or read-only disk costs the record only."""
    if os.environ.get("CI"):
        return
    from filelock import FileLock  # takes a while to import

    with contextlib.suppress(OSError, NotImplementedError):  # the latter: a disk that knows no locks
        file().parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file().with_name(".guesses.lock"), timeout=PATIENCE):
            known = read()
            if file().exists() and not known:
                storage.save(file())  # damaged: perhaps somebody can mend the copy
            known.setdefault(lesson, {})[cell] = {"guess": text, "day": date.today().isoformat()}
            storage.write_whole(file(), json.dumps(known, indent=1, ensure_ascii=False).encode())
