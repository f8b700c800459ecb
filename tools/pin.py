"""Writes constraints.txt: the exact versions that everything was tested with.

    python3.11 tools/pin.py          the newest of everything, in a fresh venv, then its `pip freeze`
    python3.11 tools/pin.py --check  only see whether the pins can be installed on Python 3.12 and 3.13

Run the tests afterwards: the pins are worth what the tests say. Needs Linux, Python 3.11, and torch's build
for CPUs in reach of pip (the other brings a dozen NVIDIA packages along, which torch pins by itself).
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
CHOSEN = {  # by hand: they go together, and torch's build for GPUs asks for exactly this triton
    "torch": "2.13.0",
    "triton": "3.7.1",
}
ALWAYS_THERE = {"pip", "nextword"}
LATER_PYTHONS = ("3.12", "3.13")
LINUX = ["--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64"]
HEADER = """\
# What everything was tested with on Python 3.11; on 3.12 and 3.13 the same pins were resolved.
# Written by tools/pin.py. `pip install -c constraints.txt -e .` uses it, and so does `make lab`.
"""


def main(arguments: list[str]) -> int:
    """Write the pins, or check them."""
    if "--check" not in arguments:
        CONSTRAINTS.write_text(HEADER + "".join(f"{pin}\n" for pin in fresh_pins()), encoding="utf-8")
        print(f"wrote {CONSTRAINTS}")
    return max(resolve_on(version) for version in LATER_PYTHONS)


def requirements() -> list[str]:
    """What pyproject.toml asks for, the tests' extra included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["dependencies"] + project["optional-dependencies"]["test"]


def fresh_pins() -> list[str]:
    """The newest versions that go together, found by installing them into a venv of their own."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip"]
        chosen = Path(folder, "chosen.txt")
        chosen.write_text("".join(f"{name}=={version}\n" for name, version in CHOSEN.items()))
        subprocess.run([*pip, "install", "-c", chosen, *requirements()], check=True)
        frozen = subprocess.run([*pip, "freeze", "--all"], check=True, capture_output=True, text=True).stdout
    return tidy(frozen)


def tidy(frozen: str) -> list[str]:
    """The pins of a `pip freeze`: sorted, without local versions (torch's `+cpu`), with the chosen ones.

    >>> tidy("torch==2.13.0+cpu\\npip==23.2.1\\nClick==8.5.1\\n")
    ['Click==8.5.1', 'torch==2.13.0', 'triton==3.7.1']
    """
    pins = dict(line.split("+")[0].split("==") for line in frozen.splitlines() if "==" in line)
    pins = {name: version for name, version in pins.items() if name not in ALWAYS_THERE} | CHOSEN
    return [f"{name}=={pins[name]}" for name in sorted(pins, key=str.lower)]


def resolve_on(version: str) -> int:
    """Ask pip, without fetching them, whether all pins have a wheel for this Python on Linux."""
    question = [
        "--dry-run",
        "--no-deps",
        "--ignore-installed",
        "--only-binary=:all:",
        "--python-version",
        version,
    ]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", "unused", *LINUX]
    done = subprocess.run([*pip, *question, "-r", str(CONSTRAINTS)])
    print(f"Python {version}: {'every pin has a wheel' if done.returncode == 0 else 'see above'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
