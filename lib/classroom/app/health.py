"""What `nextword doctor` looks at. The docstring of each examination is its heading in the report.

What may crash (torch on a strange machine) is asked in a process of its own.
"""

import importlib.metadata
import json
import os
import pkgutil
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from classroom import paths

PACKAGES = ("nextword", "torch", "numpy", "jupyterlab", "ipykernel", "ipywidgets", "matplotlib", "tiktoken")
RENEW = "delete the folder .venv, then `make lab` makes it anew."
NEVER_IMPORTED = {"test", "tests"}  # by a notebook, though Python and some packages have one
ROOM_NEEDED = 1e9  # bytes: the texts, and what a lesson writes
ASK_TORCH = """
import json, torch
gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
print(json.dumps({"threads": torch.get_num_threads(), "gpu": gpu}))
"""
ASK_KERNELS = """
from nextword import kernels
print("interpreted" if kernels.interpreted else "compiled") if kernels.available() else print(kernels.why_not())
if kernels.available(): kernels.triton
"""
KERNELS = {  # what that prints, or None where it fails
    "interpreted": "they run here, interpreted on the CPU: no GPU is needed to write and check them",
    "compiled": "they run here, compiled for the GPU",
    None: "they do not run here, and nothing but their lessons needs them",
}


@dataclass(frozen=True)
class Fault:
    """Something that is wrong, in a sentence that says how to put it right."""

    sentence: str


Findings = Iterator[tuple[str, object] | Fault]  # lines of the report: a name and what was found


def versions() -> Findings:
    """Versions."""
    yield "python", f"{platform.python_version()} {platform.architecture()[0]}"
    yield "system", platform.platform()
    tested = tested_versions()
    for package in PACKAGES:
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            yield package, "missing"
            yield Fault(f"{package} is not installed: {RENEW}")
            continue
        pin = tested.get(package)
        differs = pin is not None and version.split("+")[0] != pin
        yield package, f"{version} (tested with {pin})" if differs else version
    yield "triton", optional_version("triton")


def optional_version(package: str) -> str:
    """A package's version, or that it is not there, which is no fault."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed (only the kernel lessons run on it)"


def tested_versions() -> dict[str, str]:
    """The versions in constraints.txt."""
    pins = (paths.root() / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(pin.split("==") for pin in pins if "==" in pin and not pin.startswith("#"))


def machine() -> Findings:
    """Machine."""
    yield "processors", os.cpu_count()
    yield "memory", memory()
    yield "OMP threads", os.environ.get("OMP_NUM_THREADS", "not set (the lab sets 1 for each notebook)")
    answer = said_by([sys.executable, "-c", ASK_TORCH])
    if answer is None:
        yield "torch", "does not start"
        yield Fault(
            "torch is there but does not start: delete the folder .venv, then `make lab` makes it anew."
        )
        return
    torch = json.loads(answer.splitlines()[-1])
    yield "torch threads", torch["threads"]
    yield "GPU", torch["gpu"] or "none that torch can use (the course needs none)"
    said = said_by([sys.executable, "-c", ASK_KERNELS])
    yield "kernels", KERNELS.get(said, said)


def memory() -> str:
    """How much memory there is, and how much of it is free."""
    import psutil  # comes with ipykernel

    all_of_it = psutil.virtual_memory()
    return f"{all_of_it.total / 1e9:.1f} GB, {all_of_it.available / 1e9:.1f} GB of it free"


def locations() -> Findings:
    """Places."""
    from nextword.base import cache

    yield "python", sys.executable
    for name, folder in (("course", paths.root()), ("my", paths.my()), ("texts", cache.root())):
        there = existing_part(folder)
        free = shutil.disk_usage(there).free
        yield name, f"{folder} ({free / 1e9:.1f} GB free)" + ("" if folder.exists() else ", not made yet")
        if free < ROOM_NEEDED:
            yield Fault(
                f"The disk that holds {folder} is nearly full: free {ROOM_NEEDED / 1e9:.0f} GB there."
            )
        if name != "course" and not can_write(there):
            variable = {"my": "NEXTWORD_MY", "texts": "NEXTWORD_CACHE"}[name]
            yield Fault(
                f"{there} can't be written to: give yourself the right to, or set {variable} elsewhere."
            )


def existing_part(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(part for part in (folder, *folder.parents) if part.exists())


def can_write(folder: Path) -> bool:
    """True if a file can really be made there; rights alone do not tell on every disk."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def texts() -> Findings:
    """What the lessons read."""
    from classroom import course
    from nextword.base import cache

    for key in dict.fromkeys(key for lesson in course.written() for key in lesson.data):
        yield key, "here" if cache.is_here(key) else "missing or damaged"
        if not cache.is_here(key):
            yield Fault(f"The text {key!r} is missing or damaged: `nextword data {key}` fetches it.")


def readers_own() -> Findings:
    """Yours."""
    from classroom.mine import progress, storage

    yield "functions", ", ".join(storage.kept_targets()) or "none yet"
    exercises = progress.read()["exercises"]
    tried = [
        f"{name} ({each.get('attempts', 0)} tries; last: {each.get('diagnosis') or 'unknown'})"
        for name, each in exercises.items()
        if "passed" not in each
    ]
    yield "still to pass", ", ".join(tried) or "none begun"
    for file in shadows():
        yield Fault(
            f"{file} hides the Python module of that name from notebooks beside it: give it another name."
        )


def shadows() -> list[Path]:
    """Files and folders beside notebooks that hide a module of Python's, of the course's or of any package here."""
    found = []
    for folder in (paths.root() / "notebooks", paths.root() / "solutions", paths.my()):
        elsewhere = [place for place in sys.path if place and Path(place).resolve() != folder.resolve()]
        for module in pkgutil.iter_modules([str(folder)]):
            if module.name in NEVER_IMPORTED:
                continue
            if module.name in sys.stdlib_module_names or PathFinder.find_spec(module.name, elsewhere):
                spec = module.module_finder.find_spec(module.name)
                found.append(folder / module.name if module.ispkg else Path(spec.origin))
    return found


def jupyter() -> Findings:
    """Settings of yours that may matter."""
    from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir

    secret = ("TOKEN", "PASSWORD")
    for name in sorted(name for name in os.environ if name.startswith(("JUPYTER", "NEXTWORD", "PYTHON"))):
        yield name, "set" if name.endswith(secret) else os.environ[name]
    for file in sorted(Path(jupyter_config_dir()).glob("jupyter*config.*")):
        yield "config", file
    for kernel in sorted(Path(jupyter_data_dir(), "kernels").glob("*/kernel.json")):
        yield "kernel", kernel.parent
    if os.environ.get("PYTHONPATH"):
        yield Fault(
            "PYTHONPATH is set and may bring in other packages than the course's: unset it and try again."
        )


def history() -> Findings:
    """Version of the course."""
    commit = said_by(["git", "log", "-1", "--format=%h of %cs"])
    yield "commit", commit or "unknown (no git, or not a copy made by git)"
    changed = (said_by(["git", "status", "--porcelain", "--untracked-files=no"]) or "").splitlines()
    files = [line.strip().split(maxsplit=1)[1] for line in changed]
    yield "changed files", ", ".join(files) or "none"
    if library := [file for file in files if file.startswith("lib/")]:
        yield Fault(
            f"{', '.join(library)}: changed here. If that was not meant, `git diff lib` shows what "
            "differs and `git stash push lib` puts the published files back, keeping yours aside."
        )


def said_by(command: list[str], seconds: float = 60) -> str | None:
    """What a command prints, or None if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, cwd=paths.root())
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.rstrip() if done.returncode == 0 else None


ALL = (versions, machine, locations, texts, readers_own, jupyter, history)
