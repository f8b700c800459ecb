"""How the course draws: one look, a title that states the finding, and a line of text that says it again."""

import base64
import io
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import matplotlib
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

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
SHARP = 2  # pixels of the picture to one on the page, for screens that have as many
MARGIN = 4  # of the figure's own pixels, between a title and the right edge
MARKERS = "os^Dv"  # what belongs together has one shape too: a colour is never the only sign
PAPER = "nextword-paper"  # a class: white on a white page; on a dark one it is dark, and blue is blue still
DARK = (
    f'[data-jp-theme-light="false"] .{PAPER},[data-theme="dark"] .{PAPER},.vscode-dark .{PAPER}'
    "{filter:invert(.92) hue-rotate(180deg) brightness(1.2)}"
)
FRAME = "max-width:100%;height:auto;background:#fff;border-radius:6px"
CAPTION = "margin:4px 0 0;max-width:46em;line-height:1.45;overflow-wrap:break-word"

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
    """The figure as a PNG, the same bytes each time; 256 colours are enough, and a third of the bytes."""
    drawn, stored = io.BytesIO(), io.BytesIO()
    with look():
        wrap_titles(drawing)
        drawing.savefig(drawn, format="png", dpi=100 * SHARP, pil_kwargs={"compress_level": 1})
    sharp = Image.open(drawn).convert("RGB")
    few = sharp.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(stored, format="PNG", optimize=True)
    return stored.getvalue()


def wrap_titles(drawing: Figure) -> None:
    """Break a title that would run out of the figure into lines; the rest makes room where it can."""
    drawing.draw_without_rendering()
    wanted = titles(drawing)
    for text in drawing.findobj(Text):
        while text.get_text() in wanted:
            room = drawing.bbox.width - MARGIN - text.get_window_extent().x0
            share = room / text.get_window_extent().width
            long = max(map(len, text.get_text().split("\n")))
            if share >= 1 or long < 12:
                break
            text.set_text(textwrap.fill(" ".join(text.get_text().split()), min(int(long * share), long - 1)))
            wanted.add(text.get_text())


def titles(drawing: Figure) -> set[str]:
    """What stands above a figure and above its parts."""
    above = {ax.get_title(loc) for ax in drawing.axes for loc in ("left", "center", "right")}
    return (above | {drawing.get_suptitle()}) - {""}


def finding(drawing: Figure) -> str:
    """The title of the whole figure, on one line."""
    first = drawing.axes[0].get_title("left") if drawing.axes else ""
    return " ".join((drawing.get_suptitle() or first).split())


def html(drawing: Figure | str, says: str, caption: bool = True) -> str:
    """A figure, or a piece of HTML, with the line that says what it shows: below it, and in a picture's `alt`.

    The title stands in the `alt` too: it is drawn, and a screen reader can't read drawings.
    """
    below = as_caption(says) if caption else ""
    if isinstance(drawing, str):
        return f"{drawing}{below}"
    width, height = (round(100 * inches) for inches in drawing.get_size_inches())
    title = finding(drawing)
    stop = "" if title.endswith((".", "?", "!")) else "."
    alt = says if says.startswith(title) else f"{title}{stop} {says}"
    source = f"data:image/png;base64,{base64.b64encode(png(drawing)).decode()}"
    size = f'width="{width}" height="{height}"'
    image = f'<img src="{source}" alt="{escape(alt)}" {size} class="{PAPER}" style="{FRAME}">'
    return f"<style>{DARK}</style>{image}{below}"


def as_caption(says: str) -> str:
    """The line below a picture, as long as a line that is easily read."""
    return f'<p style="{CAPTION}">{escape(says)}</p>'


class Picture:
    """A figure with the line of text that says what it shows, for those who cannot see it."""

    def __init__(self, drawing: Figure, says: str):
        self.html, self.says = html(drawing, says), says

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/html": self.html, "text/plain": self.says}


def show(drawing: Figure, says: str) -> None:
    """Show a figure, and under it the line that says what it shows."""
    from IPython.display import display

    display(Picture(drawing, says))


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
