"""`nextword update`: the newest course, without losing anything that the reader changed in the present one.

What is fetched first changes nothing. A file that both the reader and the course changed is copied to
my/saved/ before the course's takes its place; whatever goes wrong on the way, the reader's is put back.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from classroom import paths
from classroom.mine import storage

SET_UP = {"pyproject.toml", "constraints.txt"}  # where one of these changes, packages may have to
UNFINISHED = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")


class UpdateError(Exception):
    """The course was not updated, and is as it was; the message says why and what to do."""


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
    incoming = names("diff", "--name-only", "--no-renames", "-z", old, new)
    saved = move_on(old, new, incoming)
    said = [f"Your {name} is in {shown(copy)}: the course has a newer one." for name, copy in saved.items()]
    return ["The course is updated.", *said, *set_up_again(incoming), *prepared_anew()]


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


def move_on(old: str, new: str, incoming: list[str]) -> dict[str, Path]:
    """Go from one commit to the next; what of the reader's is in the way is saved first."""
    theirs, staged = in_the_way(old, incoming), git("write-tree")
    gone = [name for name in changed(old) & set(incoming) if not os.path.lexists(paths.root() / name)]
    try:
        saved = {name: storage.save(paths.root() / name, Path(name)) for name in theirs}
        also = save_staged(old, incoming)
    except OSError as error:
        message = f"Your changes could not be copied to my/saved/: {error}. Nothing was changed."
        raise UpdateError(message) from error
    try:
        clear(old, incoming, theirs)
        git("merge", "--quiet", "--ff-only", new, failing="The update did not go through")
    except BaseException as error:
        put_back(old, staged, incoming, saved, gone)
        if isinstance(error, OSError | UpdateError):
            raise UpdateError(f"{error} Everything is as it was; try again.") from error
        raise
    return saved | also


def in_the_way(old: str, incoming: list[str]) -> list[str]:
    """What of the reader's stands where the update writes: changed or new files, folders for a file."""
    tracked, reader_changed, found = set(names("ls-tree", "-r", "-z", "--name-only", old)), changed(old), {}
    for name in incoming:
        for part in [*reversed(Path(name).parents), Path(name)]:
            path, here = paths.root() / part, part.as_posix()
            is_file = os.path.lexists(path) and (path.is_symlink() or not path.is_dir())
            if is_file and (here in reader_changed or here not in tracked):
                found[here] = True
        if (paths.root() / name).is_dir():
            found[name] = True
    return list(found)


def changed(commit: str) -> set[str]:
    """The course's files that the reader changed, staged or deleted."""
    return {
        *names("diff", "--name-only", "--no-renames", "-z", commit),
        *names("diff", "--name-only", "--no-renames", "-z", "--cached", commit),
    }


def save_staged(old: str, incoming: list[str]) -> dict[str, Path]:
    """Copies of what was staged with `git add` and stands nowhere else."""
    saved = {}
    for name in names("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=d", "-z", old):
        path, content = paths.root() / name, run_git("show", f":{name}").stdout
        if name in incoming and not (path.is_file() and path.read_bytes() == content):
            copy = storage.free_path_for_copy(Path(f"{name}.staged"))
            storage.write_whole(copy, content)
            saved[f"{name} (as staged)"] = copy
    return saved


def clear(old: str, incoming: list[str], theirs: list[str]) -> None:
    """Make the files that the update writes what the present commit says they are."""
    for name in theirs:
        remove(paths.root() / name)
    tracked = set(names("ls-tree", "-r", "-z", "--name-only", old))
    on_paths("reset", "--quiet", old, only=incoming)
    on_paths("checkout", old, only=[name for name in incoming if name in tracked])


def put_back(old: str, staged: str, incoming: list[str], saved: dict[str, Path], gone: list[str]) -> None:
    """Undo an update that failed on its way: the course's files first, then the reader's from copies."""
    with contextlib.suppress(UpdateError, OSError):
        if git("rev-parse", "HEAD") != old:
            return
        tracked = set(names("ls-tree", "-r", "-z", "--name-only", old))
        for name in set(incoming) - tracked:
            remove(paths.root() / name)
        clear(old, incoming, [])
        git("read-tree", staged)
    try:
        for name, copy in saved.items():
            remove(paths.root() / name)
            (paths.root() / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(copy, paths.root() / name) if copy.is_dir() else shutil.copy2(
                copy, paths.root() / name
            )
        for name in gone:
            remove(paths.root() / name)
    except OSError as error:
        raise UpdateError(
            f"The update stopped half-way ({error}). Your files are in {shown(copy)}."
        ) from error


def remove(path: Path) -> None:
    """Take a file or a folder away; nothing happens where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with contextlib.suppress(NotADirectoryError):  # a file stands where its folder would be
            path.unlink(missing_ok=True)


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


# ---- git ----


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


def on_paths(*arguments: str, only: list[str]) -> None:
    """Let git work on many files, more than a command line may hold."""
    if only:
        git(*arguments, "--pathspec-from-file=-", "--pathspec-file-nul", only=only)


def run_git(*arguments: str, only: list[str] | None = None) -> subprocess.CompletedProcess:
    """Run git in the course's folder; it asks nothing, and no surrounding git leads it elsewhere."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return subprocess.run(
        ["git", "--literal-pathspecs", *arguments],
        cwd=paths.root(),
        env=environment,
        input="\0".join(only or []).encode(errors="surrogateescape"),
        capture_output=True,
    )
