"""`nextword lab` as a command: one place at a time, and an end without a question."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lab import LabServer


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lab").mkdir()
    return tmp_path / "lab"


def test_a_second_start_says_where_the_first_one_is(folder):
    server = LabServer(folder, folder / "my")
    try:
        env = server.env
        command = [str(Path(sys.executable).with_name("nextword")), "lab"]
        said = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60).stdout
    finally:
        server.stop()
    token = re.search(r"token=(\w+)", server.address)[1]
    assert "open already at" in said and token in said


def test_ctrl_c_ends_it_at_once_with_a_word(folder):
    server = LabServer(folder, folder / "my")
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5
    said = server.said.read_text()
    assert "Next Word is closed" in said
    assert len([line for line in said.splitlines() if line.strip() and "lies outside" not in line]) <= 4


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights differently")
def test_the_log_holds_the_token_and_is_the_readers_alone(folder):
    server = LabServer(folder, folder / "my")
    server.stop()
    log = folder / "my" / ".lab" / "lab.log"
    assert "is running at" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_lab_that_cannot_start_says_why_without_a_traceback(folder):
    (folder / "file").touch()
    env = dict(os.environ, NEXTWORD_MY=str(folder / "my"), JUPYTER_RUNTIME_DIR=str(folder / "file" / "below"))
    command = [str(Path(sys.executable).with_name("nextword")), "lab", "--no-browser"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Jupyter could not start" in done.stderr and "Not a directory" in done.stderr
    assert "lab.log" in done.stderr and "Traceback" not in done.stderr
