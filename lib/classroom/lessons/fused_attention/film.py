"""A film: a few pictures one after another, stored as one file that plays on a page that cannot run."""

import base64
import io
from collections.abc import Callable, Sequence
from html import escape

from matplotlib.figure import Figure
from PIL import Image

from classroom.display import figures

SECONDS = 1.2  # for which each picture stands
TIMES = 3  # then it stops, on the last one
DPI = 110  # fewer pixels than a figure has: there are many pictures


class Film:
    """Show `draw(step)` for each step; whoever asked their machine for less motion sees the last picture alone.

    `draw` gives a figure and the line of text that says what it shows; the last step's line stands below.
    """

    def __init__(self, steps: Sequence, draw: Callable[[object], tuple[Figure, str]], says: str):
        drawn = [draw(step)[0] for step in steps]
        self.frames = [frame(drawing) for drawing in drawn]
        self.says = says
        self.size = [round(100 * inches) for inches in drawn[-1].get_size_inches()]

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        width, height = self.size
        same = f'alt="{escape(self.says)}" width="{width}" height="{height}" class="{figures.PAPER}"'
        still = f'<source media="(prefers-reduced-motion: reduce)" srcset="{source("png", png(self.frames[-1]))}">'
        film = f'<img src="{source("gif", gif(self.frames))}" {same} style="{figures.FRAME}">'
        page = f"<style>{figures.DARK}</style><picture>{still}{film}</picture>{figures.as_caption(self.says)}"
        return {"text/html": page, "text/plain": self.says}


def frame(drawing: Figure) -> Image.Image:
    """A figure as a picture of few colours, the same each time."""
    drawn = io.BytesIO()
    with figures.look():
        figures.wrap_titles(drawing)
        drawing.savefig(drawn, format="png", dpi=DPI)
    return Image.open(drawn).convert("RGB").quantize(64, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def png(picture: Image.Image) -> bytes:
    stored = io.BytesIO()
    picture.save(stored, format="PNG", optimize=True)
    return stored.getvalue()


def gif(pictures: list[Image.Image]) -> bytes:
    """The pictures one after another; the last stands twice as long."""
    stored, each = io.BytesIO(), round(1000 * SECONDS)
    times = [each] * (len(pictures) - 1) + [2 * each]
    pictures[0].save(
        stored,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=times,
        loop=TIMES - 1,
        optimize=True,
    )
    return stored.getvalue()


def source(kind: str, content: bytes) -> str:
    """The bytes of a picture as an address that holds them."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
