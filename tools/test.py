"""Everything that judges the course, in one run with one closing line.

    python tools/test.py               all of it: what `make test` and continuous integration run
    python tools/test.py --quick       what an author runs while working: no notebooks, no browser, no network
    python tools/test.py --lesson 05   all that judges one lesson, in about a minute
    python tools/test.py --mutants 05  every single edit of that lesson's right answers

Three parts run at a time on two cores, each in one process with one thread, the longest first; what a part says is
printed whole when it ends. Notebooks are run by nbval: outputs are compared where there are some. The same run
measures CPU seconds and memory; a notebook over its budget by half is run once more, and then counts as failed.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from testing import budgets
from testing.counting import Count
from testing.plan import Plan
from testing.running import Result, side_by_side

STOPPED = 130
ONE_THREAD = {
    "CI": "true",  # nothing is kept in the reader's folder
    "OMP_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # each part names its plugins
}


def main() -> int:
    asked = arguments()
    count, began, spent = Count(), time.monotonic(), 0.0
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(Path(folder))
        choose(plan, asked)
        files = [part.budgets for part in plan.parts if part.budgets]
        for result in run(plan, asked.at_once):
            count.add_result(result)
            spent += result.cpu_seconds or 0
        if files:
            spent += hold_to_budgets(count, Path(folder), files, asked.at_once)
    for sentence in plan.left_out:
        print(sentence)
        count.skipped += 1
    print(f"\n{time.monotonic() - began:.0f} s in all, {spent:.0f} CPU seconds")
    print(count)
    return 1 if count.failed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--quick", action="store_true", help="no notebooks, no browser, no network")
    kind.add_argument("--lesson", metavar="NN", help="only what judges this lesson: its number or name")
    kind.add_argument("--mutants", metavar="NN", help="only the mutation engine, for this lesson")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    at_once = min(3, cores + 1)  # the browser's part waits for a third of its time
    parser.add_argument(
        "--at-once", type=int, default=at_once, help=f"parts that run side by side ({at_once})"
    )
    return parser.parse_args()


def choose(plan: Plan, asked: argparse.Namespace) -> None:
    """Fill the plan with what was asked for."""
    if asked.mutants:
        plan.mutants(asked.mutants)
    elif asked.lesson:
        plan.lesson(asked.lesson)
    elif asked.quick:
        plan.style()
        plan.library("-m", "not network and not slow")
    else:
        plan.style()
        plan.library()
        plan.all_notebooks()
        plan.browser()


def run(plan: Plan, at_once: int, first: int = 0):
    """Run the plan's parts from the `first` on, and print what each says when it ends."""
    parts = plan.parts[first:]
    environment = os.environ | ONE_THREAD
    for number, result in enumerate(side_by_side(parts, at_once, plan.folder, environment), start=1):
        show(result, f"{number} of {len(parts)}")
        yield result


def show(result: Result, place: str) -> None:
    """What a part said, under its title."""
    cpu = "" if result.cpu_seconds is None else f", {result.cpu_seconds:.0f} CPU seconds"
    print(f"\n=== {result.part.title}  ({place}: {result.seconds:.0f} s{cpu})")
    print(result.output.rstrip() or ("fine" if result.code == 0 else "It said nothing."))
    if result.code < 0:
        print(f"It was ended by signal {-result.code}, {signal.Signals(-result.code).name}.")
    sys.stdout.flush()


def hold_to_budgets(count: Count, folder: Path, files: list[Path], at_once: int) -> float:
    """Run what was too dear once more, and count each notebook; returns the CPU seconds that this took."""
    measured, spent = budgets.read(files), 0.0
    dear = [name for name, costs in measured.items() if budgets.excess(costs, name)]
    (folder / "again").mkdir()
    again = Plan(folder / "again")
    for name in dear:
        print(f"\n{name} is over its budget, and is run once more: {budgets.excess(measured[name], name)}")
        again.notebooks(f"{name}, once more", name)
    for result in run(again, at_once):
        spent += result.cpu_seconds or 0
    measured |= budgets.read(part.budgets for part in again.parts)
    print(f"\n{budgets.table(measured)}")
    for name, costs in measured.items():
        count.add(not budgets.excess(costs, name))
    return spent


def stop_like_ctrl_c(*_) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    # A shell that starts this in the background lets SIGINT be ignored, and so would all that is started here.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_like_ctrl_c)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nStopped.")
        sys.exit(STOPPED)
