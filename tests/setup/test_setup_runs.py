"""tools/setup.py from nothing, a second time, after a crash, and with each thing that may be missing."""

import shutil
import time

import pytest

from tests import pace

ONCE = "This happens once"
DEBIANS_WORDS = """
print('''The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.

    apt install python3.11-venv

You may need to use sudo with that command.''')
raise SystemExit(1)
"""
VENV_WITHOUT_PIP = """
import subprocess, sys
raise SystemExit(subprocess.call([sys.executable, "-I", "-m", "venv", "--without-pip", sys.argv[-1]]))
"""


@pytest.mark.slow
def test_the_second_start_is_quick_and_a_damaged_one_is_repaired(tiny):
    code, said = tiny.set_up("lab", "--port", "9999")
    assert code == 0, said
    assert ONCE in said and "nextword data" in said and said.rstrip().endswith("nextword lab --port 9999")

    began = time.monotonic()
    code, said = tiny.set_up("lab")
    assert (code, said) == (0, "nextword data\nnextword lab\n")
    assert time.monotonic() - began < pace.seconds(5)

    code, said = tiny.set_up("check", "-x")  # what the tests need was not put in yet
    assert code == 0 and ONCE in said and said.rstrip().endswith("tests --quick -x")

    (tiny.root / "constraints.txt").write_text("torch==2.12.0\n")
    assert ONCE in tiny.set_up("lab")[1]

    (tiny.root / ".venv" / "unfinished").touch()  # as a cut-off install leaves it
    (tiny.root / ".venv" / "ready-for-lab").unlink()
    assert "unfinished or broken" in tiny.set_up("lab")[1]

    (tiny.root / ".venv" / "bin" / "python").unlink()  # as when the system's Python went away
    code, said = tiny.set_up("lab")
    assert code == 0 and "unfinished or broken" in said


def test_a_linked_venv_is_replaced_and_what_it_leads_to_is_left_alone(tiny, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("mine")
    (tiny.root / ".venv").symlink_to(tmp_path / "precious")
    assert tiny.set_up("lab")[0] == 0
    assert (tmp_path / "precious" / "file").read_text() == "mine"
    assert not (tiny.root / ".venv").is_symlink()


@pytest.mark.slow
def test_no_network(tiny):
    (tiny.root / "needs.txt").write_text("Requires-Dist: click\n")
    code, said = tiny.set_up("lab")
    assert code == 1
    assert "the package server can't be reached" in said and "run this again" in said
    assert "Traceback" not in said
    assert "click" in (tiny.root / "build" / "setup.log").read_text()
    (tiny.root / "needs.txt").unlink()
    code, said = tiny.set_up("lab")  # pip gave up in good order, so nothing has to be made anew
    assert code == 0 and "unfinished or broken" not in said


def test_no_venv(tiny, shadow):
    code, said = tiny.set_up("test", PYTHONPATH=shadow("venv", DEBIANS_WORDS))
    assert code == 1
    assert "lacks venv" in said and "sudo apt install python3." in said and "Traceback" not in said


def test_no_pip(tiny, shadow):
    code, said = tiny.set_up("test", PYTHONPATH=shadow("venv", VENV_WITHOUT_PIP))
    assert code == 1
    assert "lacks pip" in said and "ensurepip" in said and "Traceback" not in said


@pytest.fixture
def uv_that_fails(tmp_path):
    """A stand-in for uv that makes venvs with Python's own and cannot write packages."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "uv").write_text(
        "#!/bin/sh\n"
        'if [ "$1" = venv ]; then for last; do :; done; exec python3 -m venv "$last"; fi\n'
        "echo 'Resolved 1 package in 2ms'\n"
        "echo '  Caused by: failed to write to file: No space left on device (os error 28)' >&2\n"
        "exit 2\n"
    )
    (folder / "uv").chmod(0o755)
    return folder


def test_a_full_disk_and_uv(tiny, uv_that_fails, monkeypatch):
    path = f"{uv_that_fails}:{shutil.os.environ['PATH']}"
    code, said = tiny.set_up("lab", PATH=path)
    assert code == 1
    assert "The disk is full" in said and "GB free for" in said and "Traceback" not in said


def test_an_unknown_task(tiny):
    code, said = tiny.set_up("brew")
    assert code == 2 and "lab|test|check" in said
