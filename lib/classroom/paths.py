"""Where things are: the course's own folder, and the reader's.

Both are found from where this file lies, never from the current folder: a notebook may be started anywhere.
"""

import os
from pathlib import Path


def root() -> Path:
    """The folder that holds README.md, notebooks/, solutions/ and exercises/."""
    return Path(__file__).resolve().parents[2]


def my() -> Path:
    """The reader's own folder: `NEXTWORD_MY` (from the course's folder on) where it is set, else `my/`."""
    return (root() / Path(os.environ.get("NEXTWORD_MY") or "my").expanduser()).resolve()
