"""Below all rungs: where models that were made on this machine lie."""

import os
from pathlib import Path


def folder() -> Path:
    """The folder `models` in the reader's own: `my/` of this course, or what `NEXTWORD_MY` names.

    Nothing of the course writes there but training, and nothing takes away what lies there.
    """
    course = Path(__file__).resolve().parents[3]
    return (course / Path(os.environ.get("NEXTWORD_MY") or "my").expanduser()).resolve() / "models"
