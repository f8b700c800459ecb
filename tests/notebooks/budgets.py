"""A pytest plugin for notebook runs: what each cell costs in CPU seconds, and each notebook in memory, into a file.

pytest --nbval notebooks -p tests.notebooks.budgets --budgets FILE

CPU seconds are the kernel's own: a machine that is busy with other things makes a cell late, and not dear.
"""

import json
import os
import re
from collections import defaultdict
from pathlib import Path

import psutil
import pytest

from tests import pace

PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
SECONDS_UNTIL_IT_HANGS = 120
measured = defaultdict(lambda: {"cells": [], "peak_mb": 0})


def pytest_addoption(parser):
    parser.addoption("--budgets", help="write CPU seconds and memory of each notebook to this file")


def pytest_configure(config):
    config.option.nbval_cell_timeout = pace.seconds(SECONDS_UNTIL_IT_HANGS)
    os.environ["TRITON_INTERPRET"] = "1"  # with a GPU, too: what is stored was made without


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    before = cpu_seconds()
    try:
        return (yield)
    finally:
        if cell := getattr(item, "cell", None):
            notebook = measured[item.nodeid.split("::")[0]]
            cost = {"id": cell.get("id", "?"), "seconds": round(max(0, cpu_seconds() - before), 2)}
            notebook["cells"].append(cost | {"progress": "progress" in cell.metadata.get("tags", [])})
            notebook["peak_mb"] = max(notebook["peak_mb"], kernel_peak_mb())


def kernels() -> list[psutil.Process]:
    """The running kernel, and what it started."""
    return psutil.Process().children(recursive=True)


def cpu_seconds() -> float:
    """The CPU seconds that the kernel has used so far, with those of processes that it waited for."""
    seconds = 0.0
    for process in kernels():
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        seconds += used.user + used.system + used.children_user + used.children_system
    return seconds


def kernel_peak_mb() -> int:
    """The most memory that the running kernel has held, in MB; 0 where the system does not tell."""
    peaks = [0]
    for child in kernels():
        status = Path(f"/proc/{child.pid}/status")
        if status.exists() and (peak := PEAK.search(status.read_text())):
            peaks.append(int(peak[1]) // 1000)
    return max(peaks)


def pytest_sessionfinish(session):
    where = session.config.getoption("--budgets")
    if where:
        Path(where).write_text(json.dumps(measured))
