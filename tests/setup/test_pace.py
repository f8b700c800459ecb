"""Limits of time are stretched where the machine is slow or shared, and never shortened."""

import subprocess
import sys
import time

import pytest

from tests import pace


@pytest.fixture
def machine(monkeypatch):
    """A machine that takes so many seconds for the probe, and has such a load on two cores."""

    def make(wall, cpu, load):
        monkeypatch.setattr(pace, "probe", lambda: (wall, cpu))
        monkeypatch.setattr(pace, "cores", lambda: 2)
        monkeypatch.setattr(pace.os, "getloadavg", lambda: (load, 0, 0), raising=False)
        pace.slowness.cache_clear()
        pace.crowding.cache_clear()

    yield make
    pace.slowness.cache_clear()
    pace.crowding.cache_clear()


@pytest.mark.parametrize(
    "wall, cpu, load, becomes",
    [
        (0.03, 0.03, 0, 10),  # the reference
        (0.01, 0.01, 1, 10),  # a quicker one changes nothing
        (0.06, 0.06, 0, 20),  # half as quick
        (0.03, 0.03, 14, 70),  # seven share a core
        (0.12, 0.03, 0, 40),  # three others came just now: the load of a minute does not tell yet
        (0.12, 0.06, 4, 40),  # both
        (9.00, 9.00, 99, 200),  # what hangs must end
    ],
)
def test_seconds(machine, wall, cpu, load, becomes):
    machine(wall, cpu, load)
    assert pace.seconds(10) == pytest.approx(becomes)


def test_a_system_without_a_load(machine, monkeypatch):
    machine(0.03, 0.03, 14)
    monkeypatch.delattr(pace.os, "getloadavg")
    assert pace.seconds(10) == pytest.approx(10)


def test_the_probe_tells_waiting_from_work():
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * pace.cores())]
    try:
        time.sleep(1)
        shares = [wall / cpu for wall, cpu in (pace.probe() for _ in range(8))]
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert max(shares) > 1.5
