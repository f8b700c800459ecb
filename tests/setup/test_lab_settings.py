"""The lab before Jupyter starts: what it sets, where it opens, what it says."""

import os
import socket

import pytest
from click.testing import CliRunner

from classroom import course, paths
from classroom.app import cli, lab
from classroom.mine import home, progress


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


HOME_FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR")


@pytest.fixture
def unset(monkeypatch):
    for name in HOME_FOLDERS:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="needs a folder that not even root can write to")
def test_a_home_that_cannot_be_written_to_is_done_without(monkeypatch, unset):
    monkeypatch.setenv("HOME", "/proc/none")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "/theirs")
    lab.prepare_environment()
    assert os.environ["JUPYTER_CONFIG_DIR"] == "/theirs", "what the reader set stays"
    for name in HOME_FOLDERS[1:]:
        assert os.environ[name].startswith(str(paths.my()))


def test_a_home_that_can_be_written_to_is_used(monkeypatch, unset, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    lab.prepare_environment()
    assert not set(HOME_FOLDERS) & set(os.environ)


@pytest.mark.parametrize("port", ["70000", "-1", "many"])
def test_a_port_that_cannot_be_is_a_sentence(port):
    result = CliRunner().invoke(cli.main, ["lab", "--port", port])
    assert result.exit_code == 2 and "Invalid value for '--port'" in result.output


def test_a_file_that_hides_a_module_is_told_when_the_lab_opens(capsys):
    paths.my().mkdir()
    (paths.my() / "regex.py").write_text("")
    lab.prepare_copies()
    assert "regex.py hides the module of that name" in capsys.readouterr().out


def test_the_welcome_first_and_then_the_home(monkeypatch):
    my = paths.my()
    my.mkdir()
    monkeypatch.setattr(paths, "root", lambda: my.parent)
    home.file().write_text("# Home")
    assert lab.first_page() == "START_HERE.md"
    progress.mark_opened()
    assert lab.first_page() == "my/home.md"


def test_a_home_that_the_lab_cannot_show_is_not_opened():
    home.refresh()
    progress.mark_opened()
    assert home.file().exists() and lab.first_page() == "START_HERE.md"


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

    continues, *links = re.findall(r"\]\((.*?)\)", (paths.root() / "START_HERE.md").read_text())
    assert [link for link in links if not (paths.root() / link).exists()] == []
    assert {f"notebooks/{lesson.file}" for lesson in course.written()} == set(links)
    assert continues == "my/home.md"  # the lab makes it


def test_the_welcome_is_short():
    assert len((paths.root() / "START_HERE.md").read_text().split()) <= 350
