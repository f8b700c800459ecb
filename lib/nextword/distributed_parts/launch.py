"""Under rung `distributed`: start `torchrun` from a program, and tell in one sentence what went wrong.

`torchrun` starts the processes and tells each who it is. If one dies it ends the others, and prints a page about it;
here that page is left out, and what our own processes said last is told instead.
"""

import importlib.util
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

from nextword.distributed_parts import world
from nextword.distributed_parts.ending import SAYS
from nextword.distributed_parts.world import Refused

# What the numbers of signals mean, on Linux and macOS alike
SIGNALS = {
    6: "it gave up",
    9: "it was killed, or there was no memory",
    11: "it crashed",
    15: "it was asked to stop",
}


class LaunchFailed(RuntimeError):
    """The processes ended with an error; the sentence says which."""


def command(n_processes: int, *arguments: str, options: Sequence[str] = ("--standalone",)) -> list[str]:
    """The line that starts so many processes of a script or module; by its options on one machine, at a free port."""
    if importlib.util.find_spec("torch.distributed.run") is None:
        raise Refused(
            "torchrun is not here: this torch was built without torch.distributed; install one that has it"
        )
    torchrun = [sys.executable, "-m", "torch.distributed.run"]
    return [*torchrun, *options, f"--nproc-per-node={n_processes}", *arguments]


def refuse_used_port(port: int) -> None:
    """Raise `Refused` where another program listens at a port of this machine."""
    with socket.socket() as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind(("", port))
        except OSError:
            says = f"port {port} of this machine is in use: choose another, or --standalone, which finds a free one"
            raise Refused(says) from None


def launch(
    n_processes: int,
    *arguments: str,
    seconds: float = 600,
    port: int | None = None,
    show: Callable[[str], None] = print,
) -> list[str]:
    """Run a script or `-m module` on so many ranks, and give the lines that they printed; `show` sees each as it comes.

    A `Refused` says where that cannot be begun, and a `LaunchFailed` what ended it. When it returns, or is
    interrupted, no process of it is left.
    """
    world.refuse_crowd(n_processes, world.n_cores())
    options = ("--standalone",)
    if port is not None:
        refuse_used_port(port)
        options = ("--master-addr=localhost", f"--master-port={port}")
    environment = {"OMP_NUM_THREADS": "1"} | os.environ  # torchrun sets it too, and warns
    process = subprocess.Popen(
        command(n_processes, *arguments, options=options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    return watched(process, seconds, show)


def watched(process: subprocess.Popen, seconds: float, show: Callable[[str], None]) -> list[str]:
    """What a launched process prints, until it ends or its time is over; then its whole family is ended."""
    printed, complaints = [], []

    def hear() -> None:
        complaints.extend(line.rstrip() for line in process.stderr)

    ear, clock = threading.Thread(target=hear, daemon=True), threading.Timer(seconds, end, [process])
    ear.start()
    clock.start()
    try:
        for line in process.stdout:
            printed.append(line.rstrip())
            show(printed[-1])
        code = process.wait()
    finally:
        is_late = not clock.is_alive()
        clock.cancel()
        end(process)
        for line in process.stdout:  # what they said while they ended
            show(line.rstrip())
    ear.join(timeout=5)
    if is_late:
        raise LaunchFailed(f"the processes were ended after {seconds:g} seconds")
    if code:
        raise LaunchFailed(sentence(complaints))
    return printed


def sentence(complaints: Sequence[str]) -> str:
    """What our own processes said of themselves; else the last line of an error's trace; else how the first ended."""
    ours = [line.partition(SAYS)[2] for line in complaints if SAYS in line]
    traces = [re.sub(r"^\[rank\d+\]: ", "", line) for line in complaints]
    refused = [line.partition("Refused: ")[2] for line in traces if re.match(r"[\w.]*Refused: ", line)]
    errors = [line for line in traces if re.match(r"[\w.]*(Error|Exception|RankLost): ", line)]
    return (ours or refused or errors or [silent("\n".join(complaints))])[0]


def silent(page: str) -> str:
    """How the first process ended that said nothing, by what `torchrun` writes of it.

    >>> silent("failed (exitcode: -9) local_rank: 1 (pid: 12)")
    'a process ended without a word (by signal 9: it was killed, or there was no memory)'
    """
    found = re.search(r"failed \(exitcode: (-?\d+)\)", page)
    if not found:
        return "a process ended without a word"
    code = int(found[1])
    if code >= 0:
        return f"a process ended without a word (with exit code {code})"
    why = f": {SIGNALS[-code]}" if -code in SIGNALS else ""
    return f"a process ended without a word (by signal {-code}{why})"


def end(process: subprocess.Popen) -> None:
    """End `torchrun`, which ends what it has started: at once, or after 30 seconds by force; so we wait for 40."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
