"""Writes environment.yml, which conda, Binder and JupyterHub read, from pyproject.toml and constraints.txt.

python tools/environment.py          write it
python tools/environment.py --check  fail if it is not what this would write
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "environment.yml"
HEADER = """\
# Written by tools/environment.py from pyproject.toml and constraints.txt. To use it without Binder:
#   conda env create -f environment.yml && conda activate nextword && nextword lab
name: nextword
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pip
  - pip:
"""


def main(arguments: list[str]) -> int:
    """Write the file, or compare it."""
    if "--check" not in arguments:
        ENVIRONMENT.write_text(made(), encoding="utf-8")
    elif not ENVIRONMENT.exists() or ENVIRONMENT.read_text(encoding="utf-8") != made():
        print("environment.yml is not what pyproject.toml and constraints.txt say: run tools/environment.py")
        return 1
    return 0


def made() -> str:
    """What environment.yml should hold."""
    lines = [f"{name}=={pins()[name]}{where}" for name, where in direct().items()] + ["-e ."]
    return HEADER + "".join(f"    - {line}\n" for line in lines)


def direct() -> dict[str, str]:
    """The course's own dependencies by name, each with the machines that it is for: `; sys_platform == 'linux'`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(name_and_where(need) for need in project["dependencies"])


def name_and_where(need: str) -> tuple[str, str]:
    """A requirement's name, normalised, and its environment marker with the semicolon; nothing where it has none.

    >>> name_and_where("Triton>=3.6; sys_platform == 'linux'"), name_and_where("torch>=2.11")
    (('triton', "; sys_platform == 'linux'"), ('torch', ''))
    """
    wanted, semicolon, marker = need.partition(";")
    return normal(re.match(r"[\w.-]+", wanted)[0]), f"; {marker.strip()}" if semicolon else ""


def pins() -> dict[str, str]:
    """Every pin, by its name."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {
        normal(line.split("==")[0]): line.split("==")[1] for line in lines if "==" in line and line[0] != "#"
    }


def normal(name: str) -> str:
    """A name as packaging compares it.

    >>> normal("Stack_Data")
    'stack-data'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
