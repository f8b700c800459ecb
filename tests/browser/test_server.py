"""`nextword lab` as a command: one place at a time, and an end without a question."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from lab import LabServer

from tests import pace


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lab").mkdir()
    return tmp_path / "lab"


@dataclass
class Life:
    """What a lab did from its start to Ctrl-C."""

    server: LabServer
    second: str  # what a second start said meanwhile
    code: int
    seconds: float  # from Ctrl-C to the end


@pytest.fixture(scope="module", params=[False, True], ids=["from a terminal", "from a script's background"])
def life(request, tmp_path_factory):
    """A lab that is started twice and stopped once."""
    folder = tmp_path_factory.mktemp("lab")
    server = LabServer(folder, folder / "my", deaf=request.param)
    try:
        command = [str(Path(sys.executable).with_name("nextword")), "lab"]
        limit = pace.seconds(60)
        said = subprocess.run(command, env=server.env, capture_output=True, text=True, timeout=limit).stdout
    finally:
        began = time.monotonic()
        code = server.stop()
    return Life(server, said, code, time.monotonic() - began)


def test_a_second_start_says_where_the_first_one_is(life):
    token = re.search(r"token=(\w+)", life.server.address)[1]
    assert "open already at" in life.second and token in life.second


def test_ctrl_c_ends_it_at_once_with_a_word(life):
    assert life.code == 0
    assert life.seconds < pace.seconds(5)
    said = life.server.said.read_text()
    assert "Next Word is closed" in said
    assert len([line for line in said.splitlines() if line.strip() and "lies outside" not in line]) <= 4


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights differently")
def test_the_log_holds_the_token_and_is_the_readers_alone(life):
    log = life.server.my / ".lab" / "lab.log"
    assert "is running at" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_lab_that_cannot_start_says_why_without_a_traceback(folder):
    (folder / "file").touch()
    env = dict(os.environ, NEXTWORD_MY=str(folder / "my"), JUPYTER_RUNTIME_DIR=str(folder / "file" / "below"))
    command = [str(Path(sys.executable).with_name("nextword")), "lab", "--no-browser"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=pace.seconds(60))
    assert done.returncode == 1
    assert "Jupyter could not start" in done.stderr and "Not a directory" in done.stderr
    assert "lab.log" in done.stderr and "Traceback" not in done.stderr
