"""Where things are: the course's own folder, and the reader's.

Both are found from where this file lies, never from the current folder, so a notebook may be started anywhere.
"""

import os
from pathlib import Path


def root() -> Path:
    """The folder that holds README.md, notebooks/, solutions/ and exercises/."""
    return Path(__file__).resolve().parents[2]


def my() -> Path:
    """The reader's own folder: `NEXTWORD_MY` where it is set, else `my/` in the course's folder."""
    return Path(os.environ.get("NEXTWORD_MY") or root() / "my").expanduser().resolve()
