"""A reader's folder, and two real clones of a small course: it moves on in one, the reader works in the other."""

import shutil

import pytest

from classroom import course, paths
from classroom.app import updating
from tests.classroom.clones import AFTER, LESSON, OLD, commit, git, put


@pytest.fixture
def here(my, tmp_path, monkeypatch):
    """A course of one lesson, not yet a clone of anything; `paths.root` leads there."""
    root = tmp_path / "reader"
    put(root, {"exercises/01_next_word.ipynb": OLD, "solutions/01_next_word.ipynb": OLD})
    monkeypatch.setattr(paths, "root", lambda: root)
    monkeypatch.setattr(course, "written", lambda: (LESSON,))
    return root


@pytest.fixture(scope="session")
def courses(tmp_path_factory):
    """The course as it is, and as it will be."""
    folder = tmp_path_factory.mktemp("courses")
    first = folder / "first"
    put(
        first,
        {
            ".gitignore": b"my/\n*.secret\n",
            "README.md": b"a course\n",
            "lib/nextword/text.py": b"old = 1\n",
            "pyproject.toml": b"[project]\n",
            "exercises/01_next_word.ipynb": OLD,
            "notebooks/01_next_word.ipynb": b"lesson, old\n",
            "notebooks/02_sampling.ipynb": b"lesson 2\n",
            "notebooks/gone.ipynb": b"leaves the course\n",
            "place": b"a file that becomes a folder\n",
        },
    )
    git(folder, "init", "--quiet", "--initial-branch=main", "first")
    git(first, "add", "--all")
    git(first, "commit", "--quiet", "-m", "first")
    return first


@pytest.fixture
def clone(courses, my, tmp_path, monkeypatch):
    """The reader's clone; the course has moved on since."""
    upstream, root = tmp_path / "upstream", tmp_path / "reader"
    shutil.copytree(courses, upstream)
    git(tmp_path, "clone", "--quiet", str(upstream), str(root))
    commit(upstream, AFTER)
    commit(upstream, {"place/inside.txt": b"a folder now\n"})
    monkeypatch.setattr(paths, "root", lambda: root)
    monkeypatch.setattr(course, "written", lambda: (LESSON,))
    monkeypatch.setattr(updating, "prepared_anew", lambda: [])
    return root
