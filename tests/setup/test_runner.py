"""The test runner: parts side by side, whole outputs, one closing line, and nothing left behind."""

import doctest
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from testing import budgets, plan
from testing.counting import Count
from testing.running import Part, Result, side_by_side

from tests import pace


def python(title: str, program: str, seconds: float = 1, **more) -> Part:
    return Part(title, ("-c", program), seconds, **more)


def run(tmp_path, *parts: Part, slots: int = 2) -> list[Result]:
    return list(side_by_side(parts, slots, tmp_path, dict(os.environ)))


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell")
def test_each_parts_output_is_whole_and_its_cpu_seconds_are_its_own(tmp_path):
    work = "import time; end = 0.3\nwhile time.process_time() < end: pass\nprint('worked'); print('hard')"
    sleep = "import time; print('slept'); time.sleep(0.5); print('well')"
    results = {r.part.title: r for r in run(tmp_path, python("work", work), python("sleep", sleep))}
    assert results["work"].output == "worked\nhard\n" and results["sleep"].output == "slept\nwell\n"
    assert results["work"].cpu_seconds > 0.29 > results["sleep"].cpu_seconds
    assert results["sleep"].seconds > 0.5


def test_the_longest_begin_first_and_no_more_than_the_slots_run(tmp_path):
    program = "import time; began = time.time(); time.sleep(0.3); print(began, time.time())"
    parts = [python(str(seconds), program, seconds) for seconds in (1, 30, 2, 20)]
    spans = {r.part.title: [float(x) for x in r.output.split()] for r in run(tmp_path, *parts)}
    assert max(spans["30"][0], spans["20"][0]) < min(spans["2"][0], spans["1"][0])
    for began, _ in spans.values():
        assert sum(first <= began < last for first, last in spans.values()) <= 2


def test_a_part_that_crashes_counts_as_a_failure(tmp_path):
    count = Count()
    crash = "import os; os.abort()"
    half = tmp_path / "half.xml"
    half.write_text('<testsuites><testsuite tests="3" fail')
    for part in (
        python("no pytest", crash),
        python("no report", crash, report=tmp_path / "none.xml"),
        python("half a report", crash, report=half),
        python("ended well", "pass"),
    ):
        (result,) = run(tmp_path, part)
        count.add_result(result)
    assert str(count) == "1 passed, 3 failed, 0 skipped"


def test_a_report_is_counted(tmp_path):
    report, count = tmp_path / "report.xml", Count()
    report.write_text('<testsuites><testsuite tests="10" failures="1" errors="2" skipped="3" /></testsuites>')
    part = python("with a report", "", report=report)
    count.add_result(Result(part, 1, "", 0, 0))
    assert (count.passed, count.failed, count.skipped) == (4, 3, 3)
    count.add_result(Result(part, -signal.SIGKILL, "", 0, 0))
    assert count.failed == 6, "its failures, and no more"


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(600)
"""
RUNNER = """
import os, signal, sys
from pathlib import Path
from testing import running
running.GRACE = 1
def stop(*_): raise KeyboardInterrupt
signal.signal(signal.SIGINT, stop)
parts = [running.Part("stubborn", ("-c", sys.argv[2]), 1)] * 2
list(running.side_by_side(parts, 2, Path(sys.argv[1]), dict(os.environ)))
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another thing there")
def test_ctrl_c_ends_all_parts_and_what_they_started_in_sessions_of_their_own(tmp_path):
    env = os.environ | {"PYTHONPATH": str(plan.ROOT / "tools")}
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, str(tmp_path), STUBBORN], env=env)
    try:
        end = time.monotonic() + pace.seconds(20)
        while len(kernels := said(tmp_path)) < 2:
            assert time.monotonic() < end, "the parts did not start"
            time.sleep(0.05)
        parts = psutil.Process(runner.pid).children()
        runner.send_signal(signal.SIGINT)
        assert runner.wait(timeout=pace.seconds(20)) != 0
        assert len(parts) == 2
        assert not any(one.is_running() for one in parts) and not any(map(runs, kernels))
    finally:
        runner.kill()


def said(folder: Path) -> list[int]:
    return [int(text) for file in folder.glob("*.said") if (text := file.read_text().strip())]


def runs(pid: int) -> bool:
    """Whether a process is there, and is not dead and waiting to be noticed by its parent."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def cell(seconds, progress=False):
    return {"id": "loop", "seconds": seconds, "progress": progress}


@pytest.mark.parametrize(
    "cells, peak_mb, says",
    [
        ([cell(15)], 3000, ""),
        ([cell(16)], 100, "cell loop takes 16 s, and may take 10"),
        ([cell(130, progress=True)], 100, ""),
        ([cell(136, progress=True)], 100, "cell loop takes 136 s, and may take 90"),
        ([cell(10)] * 19, 100, "it takes 190 s, and may take 120"),
        ([cell(1)], 3001, "it needs 3001 MB, and may need 3000"),
        ([], 0, ""),
    ],
)
def test_a_budget_may_be_exceeded_by_half(cells, peak_mb, says):
    assert budgets.excess({"cells": cells, "peak_mb": peak_mb}) == says


def test_a_lesson_in_which_a_model_learns_may_take_longer():
    costs = {"cells": [cell(10)] * 30, "peak_mb": 100}
    assert budgets.excess(costs, "notebooks/12_pretraining.ipynb") == ""
    assert budgets.excess(costs, "notebooks/05_attention.ipynb") == "it takes 300 s, and may take 120"
    assert "may take 240" in budgets.excess(
        {**costs, "cells": [cell(10)] * 37}, "solutions/12_pretraining.ipynb"
    )


def test_the_examples():
    assert doctest.testmod(budgets).failed == 0 and doctest.testmod(budgets).attempted == 2


def test_all_tests_are_in_some_share():
    files = [file for share in plan.shares().values() for file in share]
    found = [path.relative_to(plan.ROOT) for path in (plan.ROOT / "tests").rglob("test_*.py")]
    assert sorted(files) == sorted(str(path) for path in found if path.parts[1] != "browser")


def test_a_lesson_has_its_own_parts(tmp_path):
    ours = plan.Plan(tmp_path)
    ours.lesson("5")
    lines = [" ".join(part.command) for part in ours.parts]
    for wanted in (
        "exercises/05_attention.ipynb",
        "solutions/05_attention.ipynb",
        "notebooks/05_attention.ipynb",
        "--lesson=05",
        "tests/browser/test_attention.py",
        "attention.py",
    ):
        assert any(wanted in line for line in lines), wanted
    assert not any("sampling" in line for line in lines)
    with pytest.raises(SystemExit, match="there is no lesson 'fifty'"):
        plan.Plan(tmp_path).lesson("fifty")


@pytest.mark.slow
def test_lesson_leaves_out_the_cases_of_other_lessons():
    line = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--lesson=05", *plan.of_every_lesson()]
    said = subprocess.run(line, cwd=plan.ROOT, capture_output=True, text=True).stdout
    for ours in ("[attention.attend]", "[attention]", "[attend-matches-values]", "test_ids_are_unique"):
        assert ours in said, said[-500:]
    for theirs in (
        "[sampling.softmax]",
        "form_of_a_lesson[sampling]",
        "[loss-log-of-mean]",
        "[attention.rope]",
    ):
        assert theirs not in said
