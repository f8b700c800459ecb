"""What stands at a place of the course's folder, kept so that it can be put back."""

import contextlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from classroom import paths
from classroom.mine import storage


@dataclass(frozen=True)
class Kept:
    """What stood at a place before the update: a file's bytes, where a link leads, or nothing."""

    content: bytes | str | None
    mode: int = 0o644

    @classmethod
    def of(cls, path: Path) -> "Kept":
        """What stands there now; a folder is nothing, for its files are copied."""
        if path.is_symlink():
            return cls(os.readlink(path))
        return cls(path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) if path.is_file() else cls(None)

    def put_back(self, path: Path) -> None:
        """Let it stand there again."""
        if Kept.of(path) == self and not path.is_dir():
            return
        remove(path)
        if self.content is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(self.content, str):
            path.symlink_to(self.content)
        else:
            storage.write_whole(path, self.content)
            path.chmod(self.mode)


def same(path: Path, copy: Path) -> bool:
    """Whether a file, or each file of a folder, has the bytes of its copy."""
    if path.is_dir():
        inside = [one.relative_to(path) for one in path.rglob("*") if not one.is_dir()]
        return all(same(path / one, copy / one) for one in inside)
    if path.is_file():
        return copy.is_file() and path.read_bytes() == copy.read_bytes()
    return Kept.of(path) == Kept.of(copy)  # a link that leads nowhere


def remove(path: Path) -> None:
    """Take a file or a folder away; nothing happens where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with contextlib.suppress(NotADirectoryError):  # a file stands where its folder would be
            path.unlink(missing_ok=True)


def remove_empty_folders_above(name: str) -> None:
    """Take away the folders of a file that left the course, where nothing else is in them."""
    with contextlib.suppress(OSError):
        for folder in [parent for parent in Path(name).parents if parent != Path()]:
            (paths.root() / folder).rmdir()
