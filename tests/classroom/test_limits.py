"""What never ends, or takes all memory, is stopped, and the reader goes on: whatever it waits for."""

import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest
import torch

from classroom.judge import diagnosis, memory, registry, sandbox, trial
from classroom.judge.registry import Wrong
from classroom.mine import decorator, storage
from nextword import ngram
from nextword.base import overrides
from tests import pace
from tests.classroom.clones import put

CHECK = registry.find("ngram.loss")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is no such limit")
MANY = 10**12


def sleeps(p):
    time.sleep(MANY / 1e6)


def waits_for_a_lock(p):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def waits_for_a_process(p):
    subprocess.run(["sleep", "600"])


def sums_in_c(p):
    return sum(range(MANY))


def searches_in_c(p):
    return MANY // 3 in map(abs, range(MANY))


def backtracks(p):
    return re.match(r"(a+)+$", "a" * 40 + "b")


def loops(p):
    while True:
        pass


def catches_everything(p):
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass


def doubles(p):
    numbers = [0.5]
    while True:
        numbers = numbers + numbers


def grows(p):
    numbers = []
    while True:
        numbers.append(bytearray(10**7))


def one_huge_table(p):
    return ngram.math.fsum([0.5] * 10**9)


def tensors(p):
    numbers = torch.ones(10**7)
    while True:
        numbers = torch.cat([numbers, numbers])


def breaks_c_code(p):
    os.kill(os.getpid(), signal.SIGSEGV)


ENDLESS = [
    sleeps,
    waits_for_a_lock,
    waits_for_a_process,
    sums_in_c,
    searches_in_c,
    backtracks,
    loops,
    catches_everything,
]
HUNGRY = [doubles, grows, one_huge_table, tensors]


def resident():
    """How much memory this process holds, in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@linux
@pytest.mark.parametrize("function", ENDLESS)
def test_a_trial_ends_whatever_it_waits_for(monkeypatch, function):
    monkeypatch.setattr(sandbox, "SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(Wrong, match="was stopped. Is there a loop") as found:
        trial.refuse_what_never_ends(CHECK, function)
    assert found.value.id == "never-ends" and found.value.call.startswith("loss(")
    assert time.monotonic() - began < pace.seconds(5)


@linux
@pytest.mark.parametrize("function", HUNGRY)
def test_a_trial_bounds_memory_and_takes_none_here(monkeypatch, function):
    monkeypatch.setattr(sandbox, "SECONDS", pace.seconds(20))
    monkeypatch.setattr(memory, "BYTES", 150_000_000)
    before = resident()
    with pytest.raises(Wrong, match="more than 1 GB of memory") as found:
        trial.refuse_what_never_ends(CHECK, function)
    assert found.value.id == "too-much-memory" and resident() - before < 50e6


@linux
def test_what_breaks_python_breaks_the_trial_only():
    with pytest.raises(Wrong) as found:
        trial.refuse_what_never_ends(CHECK, breaks_c_code)
    assert found.value.id == "crashes"


@pytest.mark.parametrize(
    "function", [overrides.original("ngram.loss"), lambda p: 1 / 0, lambda p: exit(), lambda: 0]
)
def test_what_ends_passes_a_trial_right_or_wrong(function):
    trial.refuse_what_never_ends(CHECK, function)


def test_a_trial_leaves_nothing_behind(monkeypatch):
    threads, handler = threading.active_count(), signal.getsignal(signal.SIGALRM)
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)
    for function in (loops, CHECK.right):
        try:
            trial.refuse_what_never_ends(CHECK, function)
        except Wrong:
            pass
        diagnosis.diagnose(CHECK, function)
    assert threading.active_count() == threads and signal.getsignal(signal.SIGALRM) is handler
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@linux
def test_the_stop_button_ends_a_trial():
    def press():
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        trial.refuse_what_never_ends(CHECK, sums_in_c)
    assert time.monotonic() - began < pace.seconds(5)


@linux
@pytest.mark.parametrize("function", [sleeps, waits_for_a_lock, loops])
def test_without_a_trial_what_sleeps_or_loops_is_stopped_too(monkeypatch, function):
    monkeypatch.setattr(sandbox, "SECONDS", 0.5)
    began = time.monotonic()
    assert diagnosis.diagnose(CHECK, function).id == "never-ends"
    assert time.monotonic() - began < pace.seconds(5)


@linux
@pytest.mark.parametrize("function", HUNGRY)
def test_without_a_trial_memory_is_bounded_and_given_back(monkeypatch, function):
    monkeypatch.setattr(sandbox, "SECONDS", pace.seconds(20))
    monkeypatch.setattr(memory, "BYTES", 150_000_000)
    before = resident()
    assert diagnosis.diagnose(CHECK, function).id == "too-much-memory"
    assert resident() - before < 100e6
    assert len(bytearray(500_000_000)) == 500_000_000, "afterwards nothing is bounded"


@linux
def test_a_function_that_never_ends_is_a_card_and_the_next_one_is_judged(my, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.5)
    verdict, _ = decorator.judge(CHECK, sums_in_c)
    assert verdict.id == "never-ends" and verdict.rows["this call"]
    put(my, {"functions/ngram.loss.py": b"def loss(p):\n    return sum(range(10**12))\n"})
    assert decorator.bring_back("ngram.loss").id == "never-ends"
    monkeypatch.setattr(sandbox, "SECONDS", pace.seconds(10))
    right = overrides.original("ngram.loss")
    try:
        assert decorator.judge(CHECK, right)[0].kind == "right" and storage.kept_targets() == ["ngram.loss"]
    finally:
        overrides.restore("ngram.loss")
