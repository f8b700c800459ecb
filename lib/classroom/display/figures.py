"""How the course draws: one look, a title that states the finding, and a line of text that says it again."""

import base64
import io
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
from matplotlib.figure import Figure

INK, BLUE, GOLD, RED, GREEN, GREY = "#22303c", "#2b6cb0", "#d69e2e", "#c53030", "#2f855a", "#a0aec0"
GOLD_INK = "#975a16"  # gold that can be read on white
STYLE = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": 12,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "font.size": 11,
    "figure.dpi": 100,
    "legend.frameon": False,
    "svg.hashsalt": "nextword",
}

_at_work = threading.RLock()


@contextmanager
def look() -> Iterator[None]:
    """In a `with` block, new figures have the course's look.

    Matplotlib has one look for all threads, and a slider may draw in one while a cell draws in another: each waits for
    its turn, or one would put back what the other had set.
    """
    with _at_work, matplotlib.rc_context(STYLE):
        yield


def figure(title: str, width: float = 8, height: float = 3.2, columns: int = 1):
    """A figure and its axes in the course's look, under a title that states the finding."""
    with look():  # no pyplot, which keeps every figure, and knows one "current" one
        drawing = Figure(figsize=(width, height), layout="constrained")
        axes = drawing.subplots(1, columns)
        first = axes if columns == 1 else axes[0]
        first.set_title(title)
    return drawing, axes


def png(drawing: Figure) -> bytes:
    """The figure as a PNG, the same bytes each time."""
    buffer = io.BytesIO()
    with look():
        drawing.savefig(buffer, format="png", dpi=100, metadata={"Software": None})
    return buffer.getvalue()


class Picture:
    """A figure with the line of text that says what it shows, for those who cannot see it."""

    def __init__(self, drawing: Figure, says: str):
        self.image, self.says = png(drawing), says

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"image/png": base64.b64encode(self.image).decode(), "text/plain": self.says}


def show(drawing: Figure, says: str) -> None:
    """Show a figure, and under it the line that says what it shows."""
    from IPython.display import display

    display(Picture(drawing, says))
    print(textwrap.fill(says, 88))


def bars(
    ax, labels: list[str], values: list[float], colours: list[str] | str = BLUE, digits: int = 2
) -> None:
    """Horizontal bars, the first on top, each with its number beside it unless that is 0."""
    drawn = ax.barh(range(len(values)), values, color=colours)
    ax.set_yticks(range(len(values)), labels)
    ax.bar_label(
        drawn, labels=[f"{value:.{digits}f}" if value else "" for value in values], padding=3, fontsize=9
    )
    ax.invert_yaxis()
