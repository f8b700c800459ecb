"""Run a long command in a friendly way: what goes on and for how long on the screen, all it says in a log."""

import contextlib
import os
import platform
import re
import subprocess
import sys
import threading
import time

from setting_up.causes import sentence_for
from setting_up.places import LOG


class Stop(Exception):
    """Set-up cannot go on; the message is a sentence that says what to do."""


def say(text: str):
    """Print a line at once, so that it stands before what another process prints."""
    print(text, flush=True)


def environment() -> dict[str, str]:
    """The user's own settings, and for uv those of pip that it would not read by itself."""
    env = dict(
        os.environ, PYTHONIOENCODING="utf-8", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0", NO_COLOR="1"
    )
    for ours, theirs in (("UV_FIND_LINKS", "PIP_FIND_LINKS"), ("UV_DEFAULT_INDEX", "PIP_INDEX_URL")):
        if env.get(theirs):
            env.setdefault(ours, env[theirs])
    return env


def answer(command: list[str], timeout: float | None = None) -> tuple[int, str]:
    """Exit status and output of a short command; one that can't run or takes too long counts as failed."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, env=environment()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def start_log():
    """An empty log, in a folder that git ignores."""
    try:
        LOG.parent.mkdir(exist_ok=True)
        LOG.write_text(f"Python {sys.version} on {platform.platform()}\n", encoding="utf-8")
    except OSError as error:
        raise Stop(sentence_for(str(error))) from None


def run(command: list[str], doing: str):
    """Run a command and show how it gets on; raise Stop with the cause if it fails."""
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment()
        )
    except OSError as error:
        raise Stop(sentence_for(str(error))) from None
    with Ticker(doing) as ticker:
        output = follow(process, ticker)
    if process.wait() != 0:
        raise Stop(sentence_for(output))


def follow(process: subprocess.Popen, ticker: "Ticker") -> str:
    """Read to its end what a process says, into the log and to the ticker; if we are stopped, stop it too."""
    lines = []
    try:
        with LOG.open("ab", buffering=0) as log:
            for line in process.stdout:
                with contextlib.suppress(OSError):  # a full disk is told by what the process says
                    log.write(line)
                lines.append(line.decode("utf-8", "replace"))
                ticker.show(progress(lines[-1]))
    except BaseException:
        process.kill()
        process.wait()
        raise
    return "".join(lines)


def progress(line: str) -> str | None:
    """What a line of pip's or uv's means to someone who waits, or None if nothing.

    >>> progress("  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (526.1 MB)")
    'fetching torch, 526.1 MB'
    >>> progress("Downloading torch (502.0MiB)")
    'fetching torch, 502.0 MiB'
    >>> progress("Installing collected packages: click, torch")
    'putting in 2 packages'
    """
    if found := re.search(r"Downloading (?:\S*/)?(\w[\w.]*?)(?:-\d\S*)? \(([\d.]+) ?([kKMG]i?B)\)", line):
        return "fetching {}, {} {}".format(*found.groups())
    if found := re.search(r"Installing collected packages: (.*)", line):
        return f"putting in {len(found[1].split(','))} packages"
    if found := re.search(r"Prepared (\d+) packages?", line):
        return f"putting in {found[1]} packages"
    return None


class Ticker:
    """One line that tells what goes on and for how long; without a terminal, a line for each big thing."""

    def __init__(self, doing: str):
        self.doing, self.began, self.live = doing, time.monotonic(), sys.stdout.isatty()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.tick, daemon=True)

    def show(self, doing: str | None):
        """From now on this goes on."""
        if doing is None:
            return
        self.doing = doing
        if not self.live and re.search(r"putting in|\d\d(\.\d)? Mi?B|Gi?B", doing):
            say(f"  {time.monotonic() - self.began:4.0f} s  {doing}")

    def tick(self):
        """Draw the line anew, twice a second."""
        while not self.over.wait(0.5):
            print(f"\r{f'  {time.monotonic() - self.began:4.0f} s  {self.doing}':<78.78}", end="", flush=True)

    def __enter__(self):
        if self.live:
            self.thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        if self.live:
            self.thread.join()
            print(f"\r{'':78}\r", end="", flush=True)
