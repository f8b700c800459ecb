"""Runs parts side by side, the longest first; nothing that they started outlives them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = os.name == "nt"
GRACE = 15  # seconds that a stopped part may take to close its kernels and browser
LIMIT = 45 * 60  # seconds after which a part hangs


@dataclass(frozen=True)
class Part:
    """One process of a test run."""

    title: str
    command: tuple[str, ...]  # after this Python's name
    seconds: float = 5  # about how long it takes: only the order depends on it
    report: Path | None = None  # where pytest writes what passed; without one, the exit code is one check
    budgets: Path | None = None  # where a notebook run writes what its cells cost


@dataclass(frozen=True)
class Result:
    """What came of a part."""

    part: Part
    code: int  # the exit code; below zero, the signal that ended it
    output: str
    seconds: float
    cpu_seconds: float | None  # of all its processes; None where the system does not tell


class Running:
    """A part while it runs, in a session of its own: Ctrl-C in the terminal is for the runner alone."""

    def __init__(self, part: Part, file: Path, environment: dict[str, str]):
        self.part, self.file, self.began, self.cpu = part, file, time.monotonic(), None
        with file.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *part.command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=not WINDOWS,
            )

    def seconds(self) -> float:
        return time.monotonic() - self.began

    def ended(self) -> bool:
        """True once the process is gone; takes note of what it cost."""
        if WINDOWS or self.process.returncode is not None:
            return self.process.poll() is not None
        pid, status, cost = os.wait4(self.process.pid, os.WNOHANG)
        if pid:
            self.process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu = cost.ru_utime + cost.ru_stime
        return bool(pid)

    def result(self) -> Result:
        output = self.file.read_text(encoding="utf-8", errors="replace")
        return Result(self.part, self.process.returncode, output, self.seconds(), self.cpu)


def side_by_side(
    parts: Sequence[Part], slots: int, folder: Path, environment: dict[str, str]
) -> Iterator[Result]:
    """The results of all parts, each as soon as it ends; leaving early stops what still runs."""
    waiting, running = sorted(parts, key=lambda part: -part.seconds), []
    try:
        while waiting or running:
            while waiting and len(running) < slots:
                file = folder / f"{len(parts) - len(waiting)}.said"
                own = {"NEXTWORD_MY": str(file.with_suffix(".my"))}  # in the place of the reader's folder
                running.append(Running(waiting.pop(0), file, environment | own))
            for one in [one for one in running if one.ended()]:
                running.remove(one)
                yield one.result()
            for one in running:
                if one.seconds() > LIMIT:
                    with one.file.open("a") as output:
                        output.write(f"\nStopped: it had run for {LIMIT} seconds.\n")
                    stop([one])
            time.sleep(0.05)
    finally:
        stop(running)


def stop(running: Sequence[Running]) -> None:
    """End parts as Ctrl-C would, then by force; kernels and browsers have sessions of their own and end too."""
    families = [process for one in running for process in family(one.process.pid)]
    for one in running:
        one.process.send_signal(signal.SIGTERM if WINDOWS else signal.SIGINT)
    end = time.monotonic() + GRACE
    while any([not one.ended() for one in running]) and time.monotonic() < end:
        time.sleep(0.05)
    families += [process for one in running if not one.ended() for process in family(one.process.pid)]
    for process in families:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            pass
    while any([not one.ended() for one in running]):
        time.sleep(0.05)


def family(pid: int) -> list[psutil.Process]:
    """A process and all that descends from it."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
