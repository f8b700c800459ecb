"""A line that says, while a cell works, how far it has come and how long it will take, with a curve beside it."""

import time
from collections.abc import Sequence
from html import escape

import ipywidgets
from IPython.display import display

from classroom.display import figures

WIDTH, HEIGHT = 240, 48  # of the curve, in pixels
BETWEEN = 0.5  # seconds between one look and the next


class Progress:
    """Shown at once; `at(n, ...)` brings it up to date, as often as one can read, and always at the end.

    >>> bar = Progress("learning", 200)
    learning: 0 of 200
    >>> bar.at(200, [3.0, 2.5], "loss 2.50")
    >>> bar
    learning: 200 of 200
    """

    def __init__(self, what: str, total: int, done: int = 0):
        self.what, self.total, self.n, self.first = what, total, done, done
        self.began, self.shown = time.monotonic(), 0.0
        self.view = ipywidgets.HTML(self.line(""))
        display(self)

    def at(self, n: int, curve: Sequence[float] = (), says: str = "") -> None:
        """So many of all are done; `says` is what else there is to tell."""
        self.n, now = n, time.monotonic()
        if now - self.shown > BETWEEN or n == self.total:
            self.shown = now
            left = round((now - self.began) / max(1, n - self.first) * (self.total - n))
            rest = f"about {left} s left" if n < self.total else "done"
            self.view.value = f"{drawn(curve)}{self.line(says)}, {rest}"

    def line(self, says: str) -> str:
        """Where it stands, in words."""
        return escape(f"{self!r}{', ' if says else ''}{says}")

    def __repr__(self) -> str:
        return f"{self.what}: {self.n} of {self.total}"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        """Stored is what stays true: what it is about, not how long it took here."""
        return self.view._repr_mimebundle_() | {"text/plain": f"{self.what}: {self.total} steps"}


def drawn(curve: Sequence[float]) -> str:
    """A curve as a small picture; nothing where there are fewer than two numbers."""
    if len(curve) < 2:
        return ""
    some = list(curve)[:: max(1, len(curve) // WIDTH)]
    low, high = min(some), max(some)
    points = " ".join(
        f"{WIDTH * i / (len(some) - 1):.0f},{HEIGHT * (high - y) / (high - low or 1):.0f}"
        for i, y in enumerate(some)
    )
    style = (
        f'style="vertical-align:middle;margin-right:8px" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true"'
    )
    line = f'<polyline points="{points}" fill="none" stroke="{figures.BLUE}" stroke-width="1.5"/>'
    return f"<svg {style}>{line}</svg>"
