"""Under `kernels.compiled`: what was compiled is kept in the user's cache, and the process that compiles is started.

A name in the cache is made of all that the result depends on: the launch, the target, Triton's version, and the source
of the launcher's module and of every module of kernels that it uses. Another source has another name.
"""

import gzip
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nextword.base import cache

HERE = Path(__file__).parent
LIBRARY = HERE.parents[2]  # the folder that holds `nextword`
ENDED = "The process that compiles ended with:"
USES = re.compile(r"from nextword\.?([\w.]*) import \(?((?<=\()[^)]*|[\w, ]+)|import nextword\.([\w.]+)")


def folder() -> Path:
    """Where results lie: in the user's cache, or in the system's temporary folder where that cannot be written."""
    place = cache.root() / "compiled"
    try:
        place.mkdir(parents=True, exist_ok=True)
        if os.access(place, os.W_OK):
            return place
    except OSError:
        pass
    place = Path(tempfile.gettempdir(), f"nextword-compiled-{os.getuid() if hasattr(os, 'getuid') else ''}")
    place.mkdir(exist_ok=True)
    return place


def key(job: dict) -> str:
    """The name under which the outcome of a job is kept."""
    parts = [json.dumps(job, sort_keys=True), importlib.metadata.version("triton")]
    own = [HERE / name for name in ("child.py", "offline.py")]
    parts += [path.read_text(encoding="utf-8") for path in [*own, *sources(job["function"])]]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def sources(function: str) -> list[Path]:
    """The file of a launcher, and those of the kernels' modules that it uses, by whatever way."""
    if ":" in function:
        first = Path(function.rpartition(":")[0])
    else:
        first = Path(importlib.util.find_spec(function.rpartition(".")[0]).origin)
    found, waiting = {}, [first]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = None
            waiting += used(path.read_text(encoding="utf-8"))
    return sorted(found)


def used(source: str) -> list[Path]:
    """The files of modules of kernels that a source imports.

    >>> [path.name for path in used("from nextword.kernels import mode")]
    ['mode.py', '__init__.py']
    """
    named = []
    for package, names, module in USES.findall(source):
        named += (
            [module] if module else [f"{package}.{name.strip()}" for name in names.split(",")] + [package]
        )
    stems = [LIBRARY.joinpath("nextword", *name.split(".")) for name in named if "kernels" in name]
    files = [file for stem in stems for file in (stem.with_suffix(".py"), stem / "__init__.py")]
    return [file for file in files if file.is_file()]


def load(name: str) -> dict | None:
    """A kept outcome, or None; a damaged file counts as none."""
    try:
        return json.loads(gzip.decompress(folder().joinpath(f"{name}.json.gz").read_bytes()))
    except (OSError, ValueError, EOFError):
        return None


def save(name: str, outcome: dict) -> None:
    """Keeps an outcome, whole or not at all; a full disk is no reason to fail."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder(), delete=False) as partial:
            partial.write(gzip.compress(json.dumps(outcome).encode(), mtime=0))
        os.replace(partial.name, folder() / f"{name}.json.gz")
    except OSError:
        pass


def children(jobs: list[dict | None], seconds: float) -> tuple[dict[int, dict], str | None]:
    """The outcomes that one process wrote, by the number of the job; and what stopped it early, in a sentence.

    Each job may take so many seconds.
    """
    with (
        tempfile.TemporaryDirectory(prefix="nextword-compile-") as place,
        tempfile.TemporaryFile("w+") as said,
    ):
        listed = Path(place, "jobs")
        listed.write_text("\n".join(map(json.dumps, jobs)), encoding="utf-8")
        paths = [str(LIBRARY), *filter(None, [os.environ.get("PYTHONPATH")])]
        ours = {"TRITON_INTERPRET": "0", "TRITON_CACHE_DIR": place, "PYTHONPATH": os.pathsep.join(paths)}
        command = [sys.executable, "-m", "nextword.kernels.compiled_parts.child", str(listed), place]
        process = subprocess.Popen(command, env=os.environ | ours, stdout=subprocess.DEVNULL, stderr=said)
        try:
            in_time = ends(process, Path(place), seconds)
        finally:
            process.kill()  # where we are interrupted, too
            process.wait()
        said.seek(0)
        why = (
            sentence(process.returncode, said.read())
            if in_time
            else f"It took more than {seconds:.0f} seconds."
        )
        written = {int(path.stem): json.loads(path.read_text()) for path in Path(place).glob("*.json")}
    return written, why


def ends(process: subprocess.Popen, place: Path, seconds: float) -> bool:
    """Whether a process ended by itself, or False as soon as it has written no outcome for so many seconds."""
    n_written, since = 0, time.monotonic()
    while process.poll() is None:
        time.sleep(0.1)
        if (n := len(list(place.glob("*.json")))) != n_written:
            n_written, since = n, time.monotonic()
        if time.monotonic() - since > seconds:
            return False
    return True


def sentence(code: int, stderr: str) -> str | None:
    """What a process's end means: None where all went well.

    >>> sentence(-11, "")
    'The compiler itself crashed on it (signal 11).'
    """
    if code == 0:
        return None
    if code < 0:
        return f"The compiler itself crashed on it (signal {-code})."
    last = (stderr.strip().splitlines() or ["nothing"])[-1]
    return f"{ENDED} {last}"
