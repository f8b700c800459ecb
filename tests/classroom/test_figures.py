"""Figures: the course's look is theirs alone, also where a slider draws while a cell does."""

import threading

import matplotlib
import pytest

from classroom.display import figures
from tests import pace


@pytest.fixture
def slowly(monkeypatch):
    """Two threads that make a figure at the same time are both at it; the first that began is the first to end."""
    both, own = threading.Barrier(2), figures.Figure

    def made(**more):
        try:
            first = both.wait(timeout=0.5) == 0
        except threading.BrokenBarrierError:  # the other one waits for its turn
            first = True
        if not first:
            done.wait(timeout=pace.seconds(10))
        return own(**more)

    done = threading.Event()
    monkeypatch.setattr(figures, "Figure", made)
    return done


def test_two_threads_leave_matplotlib_as_it_was(slowly):
    before, drawn = dict(matplotlib.rcParams), []

    def draw():
        drawn.append(figures.figure("a finding")[1])
        slowly.set()

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dict(matplotlib.rcParams) == before
    assert all(ax.get_title(loc="left") == "a finding" and not ax.spines["top"].get_visible() for ax in drawn)


def test_a_figure_that_fails_leaves_matplotlib_as_it_was():
    before = dict(matplotlib.rcParams)
    with pytest.raises(ValueError):
        figures.figure("a finding", columns=0)
    assert dict(matplotlib.rcParams) == before
    assert figures.png(figures.figure("a finding")[0]) == figures.png(figures.figure("a finding")[0])
