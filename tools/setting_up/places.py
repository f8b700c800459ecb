"""Where set-up keeps its things."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOG = ROOT / "build" / "setup.log"
CONSTRAINTS = ROOT / "constraints.txt"
WINDOWS = os.name == "nt"


def program(name: str) -> str:
    """The path of a program inside `.venv`, such as `python` or `nextword`."""
    return str(VENV / "Scripts" / f"{name}.exe" if WINDOWS else VENV / "bin" / name)
