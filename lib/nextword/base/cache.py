"""Below all rungs: the course's data and the real model, fetched when first asked for and kept.

`data.path("fairy_tales")` is where a source lies on this disk: whole, or not at all. A source is built in a
folder of its own and takes its final name as the last step, so a run that is stopped at any moment leaves
nothing half-written, and the next one starts afresh. What there is, and under which licence: sources.toml.
The cache is the user's own, or `NEXTWORD_CACHE` where that is set.
"""

import json
import os
import shutil
import tempfile
import tomllib
from contextlib import AbstractContextManager
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from nextword.base.download import NO_SPACE, DataError, Source, files_of, sha256_of

MANIFEST = Path(__file__).with_name("sources.toml")
RECEIPT = "receipt.json"  # lies with the files: the size and sha256 of each


def sources() -> dict[str, Source]:
    """Every source that the course can use.

    >>> sources()["fairy_tales"].licence
    'public domain'
    """
    table = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
    return {key: Source(key, **row | {"members": tuple(row["members"])}) for key, row in table.items()}


def source(key: str) -> Source:
    """The source of that name.

    >>> source("fairy_tails")
    Traceback (most recent call last):
    nextword.base.download.DataError: there is no source 'fairy_tails'; there are: fairy_tales, novels, ...
    """
    known = sources()
    if key not in known:
        raise DataError(f"there is no source {key!r}; there are: {', '.join(known)}")
    return known[key]


def root() -> Path:
    """The folder that keeps every source."""
    ours = os.environ.get("NEXTWORD_CACHE") or platformdirs.user_cache_dir("nextword", appauthor=False)
    return Path(ours).expanduser().absolute()


def folder(key: str) -> Path:
    """Where a source lies, or would lie. Named after its archive's hash: another version lies elsewhere."""
    return root() / f"{key}-{source(key).sha256[:12]}"


def path(key: str) -> Path:
    """A source on this disk, fetched if need be: a file, or a folder where it is several files."""
    fetch(key)
    files = list(_receipt(folder(key))["files"])
    return folder(key) / files[0] if len(files) == 1 else folder(key)


def is_here(key: str) -> bool:
    """Whether a source is on this disk, with every file as long as it should be."""
    return not damage(key)


def damage(key: str, thorough: bool = False) -> list[str]:
    """The names of files that are missing or damaged, told by their size or, if thorough, by their sha256."""
    place = folder(key)
    try:
        receipt = _receipt(place)
        if receipt["members"] != list(source(key).members):
            return [RECEIPT]  # the manifest now lists other files
        return [name for name, seen in receipt["files"].items() if not _intact(place / name, seen, thorough)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [RECEIPT]


def fetch(key: str) -> None:
    """Brings a source onto this disk; does nothing where it is here.

    Several processes may do so at once: one works, the others wait for it.
    """
    if is_here(key):
        return
    try:
        root().mkdir(parents=True, exist_ok=True)
        with _alone(key):
            if not is_here(key):
                _build(source(key))
    except OSError as error:
        raise _storage_trouble(source(key), error) from error


def remove(key: str) -> None:
    """Takes a source off this disk, with older versions of it and what stopped runs have left."""
    wanted = source(key)
    try:
        if root().exists():
            with _alone(key):
                for place in list(root().glob(f"{key}-*")):
                    _discard(place)
    except OSError as error:
        raise _storage_trouble(wanted, error) from error


def _build(wanted: Source) -> None:
    """Download, unpack, write the receipt, and only then take the final name."""
    print(f"Fetching {wanted.key} ({megabytes(wanted.download)}, once) into {root()}", flush=True)
    _sweep(wanted.key)
    partial = _partial(wanted.key)
    try:
        files = files_of(wanted, partial)
        _write_receipt(wanted, files)
        _settle(files)
        _discard(folder(wanted.key))  # a damaged one
        files.rename(folder(wanted.key))
        _settle(root(), below=False)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _alone(key: str) -> AbstractContextManager:
    """The lock under which one process at a time works on a source, taken."""
    lock = FileLock(root() / f"{key}.lock")
    try:
        return lock.acquire(timeout=2)
    except Timeout:
        print(f"Another process is fetching {key}; waiting for it", flush=True)
        return lock.acquire()


def _partial(key: str) -> Path:
    """A new folder in the cache for work that is not done."""
    return Path(tempfile.mkdtemp(prefix=f"{key}-", suffix=".partial", dir=root()))


def _sweep(key: str) -> None:
    """Removes what stopped runs have left."""
    for leftover in root().glob(f"{key}-*.partial"):
        shutil.rmtree(leftover, ignore_errors=True)


def _discard(place: Path) -> None:
    """Removes a source so that nobody meets half of it: its name goes first."""
    if place.exists():
        leaving = _partial(place.name)
        place.rename(leaving / "files")
        shutil.rmtree(leaving, ignore_errors=True)


def _write_receipt(wanted: Source, files: Path) -> None:
    """Notes what was unpacked, so that damage can be told later."""
    names = sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file())
    seen = {
        name: {"bytes": (files / name).stat().st_size, "sha256": sha256_of(files / name)} for name in names
    }
    receipt = {"members": wanted.members, "files": seen}
    (files / RECEIPT).write_text(json.dumps(receipt, indent=1), encoding="utf-8")


def _receipt(place: Path) -> dict:
    return json.loads((place / RECEIPT).read_text(encoding="utf-8"))


def _intact(path: Path, seen: dict, thorough: bool) -> bool:
    """Whether a file is there and as it was when it was unpacked."""
    if not path.is_file() or path.stat().st_size != seen["bytes"]:
        return False
    return not thorough or sha256_of(path) == seen["sha256"]


def _settle(place: Path, below: bool = True) -> None:
    """Has the disk itself keep a folder, and all below it, before a rename makes it count."""
    for item in [*place.rglob("*"), place] if below else [place]:
        if item.is_file():
            with item.open("rb+") as file:
                os.fsync(file.fileno())
        elif os.name == "posix":  # Windows cannot open a folder
            handle = os.open(item, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)


def _storage_trouble(wanted: Source, error: OSError) -> DataError:
    """A sentence on a disk that is full or a folder that cannot be written."""
    elsewhere = "set NEXTWORD_CACHE to a folder elsewhere, and run this again"
    if error.errno in NO_SPACE:
        need = megabytes(2 * wanted.download + wanted.on_disk)
        return DataError(
            f"{wanted.key} needs {need} in {root()}, and the disk is full: free some space, or {elsewhere}"
        )
    why = error.strerror or error
    return DataError(
        f"{wanted.key} cannot be kept in {root()} ({why}): make that folder writable, or {elsewhere}"
    )


def megabytes(n_bytes: int) -> str:
    """A size for people.

    >>> megabytes(2_885_773)
    '2.9 MB'
    """
    return f"{n_bytes / 1e6:,.1f} MB"
