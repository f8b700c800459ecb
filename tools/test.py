"""Everything that judges the course, in one run with one closing line.

    python tools/test.py            all of it: what `make test` and continuous integration run
    python tools/test.py --quick    what an author runs while working: no notebooks, no browser, no network

Notebooks are run by nbval: lessons and solutions with their outputs compared, blank exercises only run. The same run
measures seconds and memory; a notebook over its budget by half is run once more, and then counts as failed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS_A_CELL, SECONDS_A_NOTEBOOK, MB_A_NOTEBOOK = 10, 120, 3000
SLACK = 1.5  # a shared machine is noisy
NBVAL = ["--nbval-current-env", "--nbval-cell-timeout=120", "-p", "tests.notebooks.budgets", "-p", "no:xdist"]


class Count:
    """How many checks passed, failed and were skipped."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add_report(self, report: Path, exit_code: int) -> None:
        """Add what a pytest run wrote; a run that broke down without a failure counts as one."""
        failed = 0
        if report.exists():
            for suite in xml.parse(report).getroot().iter("testsuite"):
                bad = int(suite.get("failures")) + int(suite.get("errors"))
                skipped = int(suite.get("skipped"))
                self.passed += int(suite.get("tests")) - bad - skipped
                self.skipped += skipped
                failed += bad
        self.failed += failed or (exit_code not in (0, 5))

    def add(self, ok: bool) -> None:
        """Add one check that is no pytest."""
        self.passed += ok
        self.failed += not ok


def command(count: Count, title: str, *arguments: str) -> None:
    """Run a command of this Python's environment as one check."""
    print(f"\n=== {title}", flush=True)
    count.add(subprocess.run([sys.executable, *arguments], cwd=ROOT).returncode == 0)


def pytest(count: Count, title: str, work: Path, *arguments: str) -> None:
    """Run pytest as a part of this run."""
    print(f"\n=== {title}", flush=True)
    report = work / f"{len(list(work.iterdir()))}.xml"
    line = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        f"--junitxml={report}",
        "-o",
        "junit_family=xunit2",
        *arguments,
    ]
    began = time.monotonic()
    code = subprocess.run(line, cwd=ROOT, env=environment(work)).returncode
    count.add_report(report, code)
    print(f"    {time.monotonic() - began:.0f} s", flush=True)


def environment(work: Path) -> dict[str, str]:
    """This environment, with a folder of its own in the place of the reader's, and one thread for each notebook."""
    own = {
        "NEXTWORD_MY": str(work / "my"),
        "CI": "true",
        "OMP_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return os.environ | own


def notebooks(count: Count, work: Path) -> None:
    """Run every notebook, and hold each to its budget."""
    sanitize = f"--nbval-sanitize-with={ROOT / 'tests/notebooks/sanitize.cfg'}"
    runs = [
        ("lessons and solutions, outputs compared", ["--nbval", sanitize, "notebooks", "solutions"]),
        ("blank exercises", ["--nbval-lax", "exercises"]),
    ]
    measured = {}
    for title, arguments in runs:
        budgets = work / f"{len(measured)}.json"
        pytest(count, title, work, *NBVAL, f"--budgets={budgets}", *arguments)
        measured |= json.loads(budgets.read_text()) if budgets.exists() else {}
    for name in [name for name, costs in measured.items() if over_budget(costs)]:
        print(f"{name} is over its budget: once more", flush=True)
        budgets = work / "again.json"
        again = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", *NBVAL, f"--budgets={budgets}", name]
        subprocess.run(again, cwd=ROOT, env=environment(work), stdout=subprocess.DEVNULL)
        measured |= json.loads(budgets.read_text())
    print(f"\n{'notebook':<36}{'seconds':>9}{'slowest cell':>14}{'peak MB':>9}")
    for name, costs in measured.items():
        seconds, slowest = sum(costs["cells"]), max(costs["cells"])
        over = "   over budget" if over_budget(costs) else ""
        print(f"{name:<36}{seconds:>9.1f}{slowest:>14.1f}{costs['peak_mb']:>9}{over}")
        count.add(not over)


def over_budget(costs: dict) -> bool:
    """Whether a notebook costs more than half again what it may."""
    return (
        max(costs["cells"]) > SECONDS_A_CELL * SLACK
        or sum(costs["cells"]) > SECONDS_A_NOTEBOOK * SLACK
        or costs["peak_mb"] > MB_A_NOTEBOOK
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="no notebooks, no browser, no network")
    quick = parser.parse_args().quick
    count, began = Count(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        command(count, "ruff", "-m", "ruff", "check", "--quiet", ".")
        command(count, "ruff format", "-m", "ruff", "format", "--check", "--quiet", ".")
        command(count, "generated notebooks", "tools/notebooks.py", "check")
        command(count, "environment.yml", "tools/environment.py", "--check")
        fast = ["-m", "not network and not slow"] if quick else []
        parallel = ["-n", "2", "--dist", "loadfile"]
        pytest(count, "doctests", work, "--doctest-modules", "lib")
        pytest(count, "library, classroom, set-up", work, *parallel, *fast, "tests", "--ignore=tests/browser")
        if not quick:
            notebooks(count, work)
            pytest(count, "in a browser", work, "tests/browser")
    print(f"\n{time.monotonic() - began:.0f} s in all")
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped")
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
