"""A pytest plugin for notebook runs: seconds of each cell and peak memory of each notebook, into a file.

pytest --nbval notebooks -p tests.notebooks.budgets --budgets FILE
"""

import json
import re
from collections import defaultdict
from pathlib import Path

import psutil

PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
measured = defaultdict(lambda: {"cells": [], "peak_mb": 0})


def pytest_addoption(parser):
    parser.addoption("--budgets", help="write seconds and memory of each notebook to this file")


def pytest_runtest_logreport(report):
    if report.when == "call" and ".ipynb::" in report.nodeid:
        notebook = measured[report.nodeid.split("::")[0]]
        notebook["cells"].append(round(report.duration, 2))
        notebook["peak_mb"] = max(notebook["peak_mb"], kernel_peak_mb())


def kernel_peak_mb() -> int:
    """The most memory that the running kernel has held, in MB; 0 where the system does not tell."""
    peaks = [0]
    for child in psutil.Process().children(recursive=True):
        status = Path(f"/proc/{child.pid}/status")
        if status.exists() and (peak := PEAK.search(status.read_text())):
            peaks.append(int(peak[1]) // 1000)
    return max(peaks)


def pytest_sessionfinish(session):
    where = session.config.getoption("--budgets")
    if where:
        Path(where).write_text(json.dumps(measured))
