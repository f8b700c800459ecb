"""Links that JupyterLab opens when they stand in the plain HTML of an output, or in Markdown."""

import os
from pathlib import Path
from urllib.parse import quote

from classroom import course, paths


def to(path: Path, here: Path | None = None) -> str | None:
    """From a folder (that of the running notebook) to a file; None where the lab can't show it.

    >>> to(paths.root() / "notebooks/01_next_word.ipynb", paths.root() / "my")
    '../notebooks/01_next_word.ipynb'
    """
    if not path.is_relative_to(paths.root()):
        return None
    return quote(Path(os.path.relpath(path, here or Path.cwd())).as_posix())


def my_folder() -> Path:
    """The reader's folder as links name it: what is stored for everyone says `my/`, not one machine's folder."""
    return paths.root() / "my" if os.environ.get("CI") else paths.my()


def name(lesson: course.Lesson) -> str:
    """A lesson as a link shows it: "02 Sampling"."""
    return f"{lesson.number} {lesson.title.capitalize()}"
