"""The lab before Jupyter starts: what it sets, where it opens, what it says."""

import os
import socket

import pytest

from classroom import course, paths
from classroom.app import lab
from classroom.mine import progress


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    """A reader's folder of its own, and an environment that is put back."""
    monkeypatch.setenv("NEXTWORD_MY", str(tmp_path / "my"))
    monkeypatch.delenv("CI", raising=False)
    for name in ("JUPYTER_CONFIG_PATH", "PATH", "OMP_NUM_THREADS", "JUPYTER_PREFER_ENV_PATH"):
        monkeypatch.setenv(name, os.environ.get(name, ""))


def test_our_settings_come_first_and_the_readers_stay(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/theirs")
    lab.prepare_environment()
    lab.prepare_environment()
    assert os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(lab.SETTINGS), "/theirs"]


@pytest.mark.parametrize("set_by_reader, becomes", [(None, "1"), ("4", "4")])
def test_one_thread_unless_the_reader_sets_it(monkeypatch, set_by_reader, becomes):
    if set_by_reader is None:
        monkeypatch.delenv("OMP_NUM_THREADS")
    else:
        monkeypatch.setenv("OMP_NUM_THREADS", set_by_reader)
    lab.prepare_environment()
    assert os.environ["OMP_NUM_THREADS"] == becomes


def test_the_welcome_first_and_then_the_lesson():
    assert lab.first_page() == "START_HERE.md"
    progress.mark_opened()
    first = course.written()[0]
    assert lab.first_page() == f"notebooks/{first.file}"


def test_a_taken_port_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(lab.LabError, match=f"port {port} is taken: choose another"):
            lab.run(port, browser=False)


def test_only_this_machine_can_reach_it():
    assert "--ServerApp.ip=127.0.0.1" in lab.arguments(None, browser=False)
    assert f"--ServerApp.root_dir={paths.root()}" in lab.arguments(None, browser=False)


def test_the_links_of_the_welcome_lead_somewhere():
    import re

    links = re.findall(r"\]\((.*?)\)", (paths.root() / "START_HERE.md").read_text())
    assert [link for link in links if not (paths.root() / link).exists()] == []
    assert {f"notebooks/{lesson.file}" for lesson in course.written()} == set(links)


def test_the_welcome_is_short():
    assert len((paths.root() / "START_HERE.md").read_text().split()) <= 350
