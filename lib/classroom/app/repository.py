"""The course's folder as git keeps it, for `nextword update`.

The reader's own settings of git do not count here: filters that rewrite files, hooks, and the marks and settings by
which git stops looking at a file. What a file holds is read from the disk and told by its hash.
"""

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from classroom import paths

OURS = ["core.ignoreStat=false", "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "gc.auto=0"]


class UpdateError(Exception):
    """The course was not updated, and is as it was; the message says why and what to do."""


@dataclass(frozen=True)
class Blob:
    """A file of a commit: the hash by which git knows its bytes, how many they are, and its mode, such as "100644"."""

    id: str
    size: int
    mode: str = "100644"


def files_of(commit: str) -> dict[str, Blob]:
    """All files of a commit, by name."""
    found = {}
    for line in names("ls-tree", "-r", "-l", "-z", commit):
        about, name = line.split("\t", 1)
        mode, _, id, size = about.split()
        found[name] = Blob(id, int(size) if size.isdecimal() else 0, mode)
    return found


def holds(path: Path, blob: Blob | None) -> bool:
    """Whether a file on the disk has just the bytes of a commit's file, whatever git thinks of it."""
    if blob is None or path.is_symlink() or not path.is_file():
        return False
    content = path.read_bytes()
    made = hashlib.sha1 if len(blob.id) == 40 else hashlib.sha256
    return made(b"blob %d\0" % len(content) + content).hexdigest() == blob.id


def holds_as_written(path: Path, commit: str, name: str) -> bool:
    """Whether a file has a commit's bytes as git writes them here: with Windows' ends of lines, where it is told to."""
    if path.is_symlink() or not path.is_file():
        return False
    done = run_git("cat-file", "--filters", f"{commit}:{name}")
    return done.returncode == 0 and done.stdout == path.read_bytes()


def look_again(incoming: list[str]) -> None:
    """Let git look again at files of the update that it was told not to look at, and that are here."""
    unseen = marked("h") | marked("S")
    here = [name for name in incoming if name in unseen and os.path.lexists(paths.root() / name)]
    for mark in ("--no-assume-unchanged", "--no-skip-worktree"):
        if here:
            git("update-index", mark, "-z", "--stdin", only=here)


def marked(mark: str) -> set[str]:
    """The files that bear one of git's marks: "h" is "assume unchanged", "S" stays away from the disk."""
    lines = (line.split(" ", 1) for line in names("ls-files", "-v", "-z"))
    return {name for tag, name in lines if (tag.islower() if mark == "h" else tag.upper() == mark)}


def staged_bytes(name: str) -> bytes:
    """What of a file was staged with `git add`."""
    return run_git("show", f":{name}").stdout


def index() -> Path:
    """The file in which git keeps what is staged, and its marks."""
    return paths.root() / git("rev-parse", "--git-path", "index")


def git(*arguments: str, failing: str = "git failed", only: list[str] | None = None) -> str:
    """What git says; an UpdateError with its own reason where it fails."""
    done = run_git(*arguments, only=only)
    if done.returncode:
        raise UpdateError(f"{failing}: {reason(done.stderr.decode(errors='replace'))}.")
    return done.stdout.decode(errors="surrogateescape").strip("\n")


def reason(complaint: str) -> str:
    """The line of git's complaint that says why."""
    lines = complaint.strip().splitlines() or ["no reason given"]
    why = next((line for line in lines if line.startswith(("fatal: ", "error: "))), lines[-1])
    return why.removeprefix("fatal: ").removeprefix("error: ").rstrip(".:")


def git_says(*arguments: str) -> bool:
    """Whether git answers yes."""
    return run_git(*arguments).returncode == 0


def names(*arguments: str) -> list[str]:
    """The file names in an answer of git's with -z."""
    return [name for name in git(*arguments).split("\0") if name]


def on_paths(*arguments: str, only: list[str], failing: str = "git failed") -> None:
    """Let git work on many files, more than a command line may hold."""
    if only:
        git(*arguments, "--pathspec-from-file=-", "--pathspec-file-nul", only=only, failing=failing)


def settings() -> list[str]:
    """Options for git, by which it reads and writes files as they are."""
    asked = ["git", "config", "--name-only", "-z", "--get-regexp", r"^filter\..*\.(clean|smudge|process)$"]
    found = subprocess.run(asked, cwd=paths.root(), env=environment(), capture_output=True).stdout
    filters = [name for name in found.decode(errors="surrogateescape").split("\0") if name]
    off = [f"{name}=" for name in filters]
    off += [f"{name.rpartition('.')[0]}.required=false" for name in filters]
    return [word for setting in [*OURS, *off] for word in ("-c", setting)]


def environment() -> dict[str, str]:
    """For git: it asks nothing, and no surrounding git leads it elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def run_git(*arguments: str, only: list[str] | None = None) -> subprocess.CompletedProcess:
    """Run git in the course's folder; `only` is what it reads: names, with a zero byte after each."""
    return subprocess.run(
        ["git", *settings(), "--literal-pathspecs", *arguments],
        cwd=paths.root(),
        env=environment(),
        input="".join(f"{name}\0" for name in only or []).encode(errors="surrogateescape"),
        capture_output=True,
    )
