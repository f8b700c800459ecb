"""`nextword update`: the newest course, without losing anything that the reader changed in the present one.

What is fetched first changes nothing. Then every file that the update would write is read, and one whose bytes are
neither the present course's nor the newer one's is copied to my/saved/ before the course's takes its place. What git
believes of it is not asked: it may have been told not to look, or to look through a filter. Whatever goes wrong on the
way, all is put back as it was.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from classroom import paths
from classroom.app.kept import Kept, remove, remove_empty_folders_above, same
from classroom.app.repository import (
    Blob,
    UpdateError,
    files_of,
    git,
    git_says,
    holds,
    holds_as_written,
    index,
    look_again,
    marked,
    names,
    on_paths,
    staged_bytes,
)
from classroom.mine import storage

SET_UP = {"pyproject.toml", "constraints.txt"}  # where one of these changes, packages may have to
UNFINISHED = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
TO_SPARE = 20_000_000  # bytes that stay free on the disk, beside what the update writes


def update() -> list[str]:
    """Bring the course up to date; returns sentences about what was done."""
    refuse_what_cannot_be_updated()
    git("fetch", "--quiet", failing="The newer course could not be fetched, and nothing was changed")
    new = git("rev-parse", "@{upstream}^{commit}", failing="The branch that this one follows is gone")
    old = git("rev-parse", "HEAD")
    if git_says("merge-base", "--is-ancestor", new, old):
        return ["The course is up to date.", *prepared_anew()]
    if not git_says("merge-base", "--is-ancestor", old, new):
        raise UpdateError(
            "You have commits of your own here, and nothing was changed: join the newer course with "
            "`git merge`, or keep yours on a branch (`git branch mine`) and run `git reset --keep @{u}`."
        )
    change = Change(old, new, files_of(old), files_of(new))
    saved = move_on(change)
    said = [f"Your {name} is in {shown(copy)}: the course has a newer one." for name, copy in saved.items()]
    return ["The course is updated.", *said, *set_up_again(change.names), *prepared_anew()]


def refuse_what_cannot_be_updated() -> None:
    """Raise UpdateError, each with what to do, where this folder is no clone that could simply move on."""
    if not shutil.which("git"):
        raise UpdateError("git is not here: install it, or download the course anew and keep your my/.")
    top = git("rev-parse", "--show-toplevel", failing="This folder is no clone of the course")
    if not top or Path(top).resolve() != paths.root():
        raise UpdateError("This folder is no clone of the course: clone it anew, and copy your my/ there.")
    folder = paths.root() / git("rev-parse", "--git-dir")
    if any((folder / name).exists() for name in UNFINISHED) or names("ls-files", "--unmerged", "-z"):
        raise UpdateError("A merge or rebase is unfinished here: end it first (`git status` says how).")
    if not git_says("symbolic-ref", "--quiet", "HEAD"):
        raise UpdateError("No branch is checked out: go back to the course's first (`git switch main`).")
    if not git_says("rev-parse", "--verify", "--quiet", "@{upstream}"):
        follow = "git branch --set-upstream-to=origin/main"
        raise UpdateError(f"This branch follows no branch of the course: `{follow}` makes it.")


@dataclass(frozen=True)
class Change:
    """An update: from one commit to the next."""

    old: str
    new: str
    before: dict[str, Blob]  # the files of the old commit
    after: dict[str, Blob]  # and those of the new one

    @property
    def names(self) -> list[str]:
        """The files that the update writes or takes away."""
        both = [*self.before, *(name for name in self.after if name not in self.before)]
        return [name for name in both if self.before.get(name) != self.after.get(name)]


def move_on(change: Change) -> dict[str, Path]:
    """Go from one commit to the next; what of the reader's is in the way is saved first."""
    refuse_where_room_is_short(change)
    saved = {}
    try:
        theirs = in_the_way(change)
        for name in theirs:
            saved[name] = storage.save(paths.root() / name, Path(name))
        also = save_staged(change)
        staged = index().read_bytes() if index().exists() else None
        before = {name: Kept.of(paths.root() / name) for name in {*change.names, *theirs}}
    except OSError as error:
        message = f"Your changes could not be copied to my/saved/: {error}. Nothing was changed."
        raise UpdateError(message) from error
    refuse_what_changed_meanwhile(change, saved)
    try:
        write(change, theirs)
    except BaseException as error:
        put_back(change, staged, before, saved)
        if isinstance(error, OSError | UpdateError):
            raise UpdateError(f"{error} Everything is as it was; try again.") from error
        raise
    return saved | also


def refuse_where_room_is_short(change: Change) -> None:
    """Raise UpdateError where the disk could not hold what the update writes."""
    needed = sum(change.after[name].size for name in change.names if name in change.after) + TO_SPARE
    if (free := shutil.disk_usage(paths.root()).free) < needed:
        raise UpdateError(
            f"The disk is nearly full: the update needs {needed / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free. "
            "Nothing was changed: make room, and try again."
        )


def in_the_way(change: Change) -> list[str]:
    """What of the reader's stands where the update writes: changed or new files, folders for a file."""
    found = {}
    for name in change.names:
        for part in [*reversed(Path(name).parents), Path(name)]:
            path, here = paths.root() / part, part.as_posix()
            is_file = os.path.lexists(path) and (path.is_symlink() or not path.is_dir())
            if is_file and not is_the_courses(path, here, change):
                found[here] = True
        if (paths.root() / name).is_dir():
            found[name] = True
    return list(found)


def is_the_courses(path: Path, name: str, change: Change) -> bool:
    """Whether a file's bytes are the course's: the present one's, or, after half an update, the newer one's."""
    if holds(path, change.before.get(name)) or holds(path, change.after.get(name)):
        return True
    return name in change.before and holds_as_written(path, change.old, name)


def save_staged(change: Change) -> dict[str, Path]:
    """Copies of what was staged with `git add` and stands nowhere else."""
    saved, writes = {}, set(change.names)
    for name in names("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=d", "-z", change.old):
        path, content = paths.root() / name, staged_bytes(name)
        if name in writes and not (path.is_file() and path.read_bytes() == content):
            copy = storage.free_path_for_copy(Path(f"{name}.staged"))
            storage.write_whole(copy, content)
            saved[f"{name} (as staged)"] = copy
    return saved


def refuse_what_changed_meanwhile(change: Change, saved: dict[str, Path]) -> None:
    """Raise UpdateError where a file is not, or no longer, what its copy is: an open notebook may have been saved."""
    different = [name for name, copy in saved.items() if not same(paths.root() / name, copy)]
    new = [name for name in in_the_way(change) if name not in saved]
    if different or new:
        name = (different + new)[0]
        raise UpdateError(f"{name} was written to just now. Nothing was changed: close it, and try again.")


def write(change: Change, theirs: list[str]) -> None:
    """Make the files of the update what the new commit says they are. What is saved is taken away first."""
    look_again(change.names)
    for name in theirs:
        remove(paths.root() / name)
    for name in change.names:
        if name not in change.after:
            remove(paths.root() / name)
            remove_empty_folders_above(name)
    failing = "The update did not go through"
    on_paths("reset", "--quiet", change.new, only=change.names, failing=failing)
    away = marked("S")
    written = [name for name in change.names if name in change.after and name not in away]
    on_paths("checkout", "--quiet", change.new, only=written, failing=failing)
    git("update-ref", "-m", "nextword update", "HEAD", change.new, change.old, failing=failing)


def put_back(change: Change, staged: bytes | None, before: dict[str, Kept], saved: dict[str, Path]) -> None:
    """Undo an update that failed on its way: files, folders from their copies, and git's index."""
    with contextlib.suppress(UpdateError, OSError):
        if git("rev-parse", "HEAD") != change.old:
            return  # it went through, and was stopped only afterwards
    failed = []
    for name in sorted(
        before, key=lambda name: (not name.startswith("lib/"), name)
    ):  # lib/: `nextword` itself
        try:
            before[name].put_back(paths.root() / name)
            if before[name].content is None and name in saved:
                shutil.copytree(saved[name], paths.root() / name, symlinks=True)
        except OSError as error:
            failed.append((name, error))
    try:
        if staged is not None:
            storage.write_whole(index(), staged)
    except (OSError, UpdateError) as error:
        failed.append(("git's index", error))
    if failed:
        raise UpdateError(stopped_half_way(failed, saved)) from failed[0][1]


def stopped_half_way(failed: list[tuple[str, Exception]], saved: dict[str, Path]) -> str:
    """What to say where not even the present course could be put back."""
    name, error = failed[0]
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    yours = f" What you had changed is in {shown(next(iter(saved.values())).parent)}." if saved else ""
    return (
        f"The update stopped half-way: {name}{more} could not be put back ({error}).{yours} "
        "Mend that (often the disk is full), and run `nextword update` again: it goes on from here."
    )


def set_up_again(incoming: list[str]) -> list[str]:
    """What to do where the packages that the course needs may have changed."""
    if SET_UP.isdisjoint(incoming):
        return []
    lab = "py tools/setup.py lab" if sys.platform == "win32" else "make lab"
    return [f"What the course needs has changed: run `{lab}` once, it installs what is missing."]


def prepared_anew() -> list[str]:
    """Renew the reader's copies in a new process: this one runs the course as it was before."""
    program = "from classroom.app import exercise_copies; print(*exercise_copies.prepare(), sep='\\n')"
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=paths.root(),
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return [f"Your copies of the exercises could not all be renewed: {why}"]
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


def shown(copy: Path) -> str:
    """A path in the reader's folder, as it is told."""
    return f"my/{copy.relative_to(paths.my()).as_posix()}"
