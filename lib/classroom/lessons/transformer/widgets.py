"""The pictures of lesson 07: three sets of dials, and how large large is."""

import math
import textwrap
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from classroom.display import figures
from nextword.transformer import ModelConfig

INKS = ("#718096", figures.BLUE, figures.RED)
COLUMNS, ROWS = 10, 3  # dials that are drawn of each set
LONGEST = 10  # bits per byte at the right end of a bar
LAST_LATIN, DRAWN = "\u024f", "↵⇥‘’“”–—…"  # pieces may hold any letter, and a picture's font has few
WRITTEN = {"va": "top", "style": "italic", "fontsize": 10, "linespacing": 1.35, "parse_math": False}


class Heard(NamedTuple):
    """A machine with one set of dials: what it writes, what it makes of a text, and a few of its dials."""

    story: str
    bits: float  # per byte
    favourite: float  # mean chance of the piece that it holds likeliest
    true: float  # typical chance of the piece that really comes
    dials: list[float]


def readable(piece: str) -> str:
    """A piece of text as a picture can show it: on one line, without the space before it.

    >>> readable(" a\\n鸭"), readable(" ")
    ('a↵▯', '(space)')
    """
    letters = piece.strip(" ").replace("\n", "↵").replace("\t", "⇥") or "(space)"
    return "".join(x if x in DRAWN or (x.isprintable() and x <= LAST_LATIN) else "▯" for x in letters)


def share(chance: float) -> str:
    """A probability that can be read, however small.

    >>> share(0.8), share(0.00002), share(1e-12)
    ('0.80', 'one in 50,000', 'less than one in a billion')
    """
    if chance >= 0.005:
        return f"{chance:.2f}"
    if chance < 1e-9:
        return "less than one in a billion"
    return f"one in {float(f'{1 / chance:.0e}'):,.0f}"


def three_sets(sets: dict[str, Heard], start: str, blind: float) -> Figure:
    """For each set of dials a few of them, the bits per byte as a bar, and what the machine writes."""
    better = " and ".join(f"the {name}" for name, heard in sets.items() if heard.bits < blind)
    title = f"Same code, three sets of dials: only {better} one beats blind guessing"
    drawing, ax = figures.figure(title, width=9, height=3.5)
    step = COLUMNS + 1.6
    for column, ((name, heard), ink) in enumerate(zip(sets.items(), INKS, strict=True)):
        left = column * step
        ax.text(left, 4.6, name, color=ink, weight="bold", fontsize=13)
        draw_dials(ax, left, heard.dials, ink)
        ax.add_patch(Rectangle((left, -0.3), min(heard.bits, LONGEST), 0.8, color=ink))
        inside = heard.bits > 2
        at, ha, colour = (heard.bits - 0.2, "right", "white") if inside else (heard.bits + 0.2, "left", ink)
        number = f"{heard.bits:.2f}"
        ax.text(left + at, 0.1, number, ha=ha, va="center", weight="bold", fontsize=10, color=colour)
        ax.plot([left + blind] * 2, [-0.6, 0.8], "--", color=figures.INK, linewidth=1)
        ax.text(left, -0.9, start_lines(start), color="#718096", **WRITTEN)
        ax.text(
            left, -2.6, "\n".join(textwrap.wrap(readable(heard.story), 31)[:3]), color=figures.INK, **WRITTEN
        )
    ax.text(blind + 0.2, 0.1, f"blind guessing: {blind:.2f}", va="center", fontsize=9, color=figures.INK)
    ax.set(xlim=(-0.2, 3 * step - 1.2), ylim=(-4.2, 5.4), aspect="equal")
    ax.axis("off")
    return drawing


def start_lines(start: str) -> str:
    """The beginning that all machines go on from, on lines of its own."""
    return "\n".join(textwrap.wrap(f"{start} …", 31))


def draw_dials(ax, left: float, dials: list[float], ink: str) -> None:
    """Rows of dials with a hand each: straight up is 0, and the hand turns by a third of a circle at most."""
    spread = math.sqrt(sum(x * x for x in dials) / len(dials))
    for place, x in enumerate(dials[: COLUMNS * ROWS]):
        column, row = left + place % COLUMNS + 0.5, 3.6 - place // COLUMNS
        angle = max(-1.0, min(x / spread / 2, 1.0)) * 2 * math.pi / 3
        ax.add_patch(Circle((column, row), 0.4, facecolor="white", edgecolor=ink, linewidth=1.2))
        tip = column + 0.34 * math.sin(angle), row + 0.34 * math.cos(angle)
        ax.plot([column, tip[0]], [row, tip[1]], color=figures.INK, linewidth=1.4, solid_capstyle="round")


def areas(whose: str, config: ModelConfig, ours: int) -> Figure:
    """A model's kinds of matrices as areas, one strip a layer, and beside it another model at the same scale."""
    kinds = config.parameters_by_kind()
    total, ends, mlp = sum(kinds.values()), ("embedding", "unembedding"), ("gate", "up", "down")
    of_mlp = sum(kinds.get(kind, 0) for kind in mlp) / total
    title = f"{whose}: {of_mlp:.0%} of {total:,} dials are in MLPs; the gold square is all of ours"
    drawing, ax = figures.figure(title, width=9, height=4.4)
    width, left = 2.1, 0.0  # of an area that is 1 high
    for kind, count in kinds.items():
        wide = width * count / total
        ink = figures.GREEN if kind in ends else figures.RED if kind in mlp else figures.BLUE
        ax.add_patch(Rectangle((left, 0), wide, 1, facecolor=ink))
        line, y, va = (" ", -0.04, "top") if kind in ends else ("\n", 1.03, "bottom")
        label = f"{kind}{line}{count / total:.1%}"
        ax.text(left + wide / 2, y, label, ha="center", va=va, color=ink, fontsize=10)
        left += wide
        if kind not in ends:
            ax.plot([left, left], [0, 1], color="white", linewidth=1.5)
            strips = [layer / config.n_layers for layer in range(1, config.n_layers)]
            ax.hlines(strips, left - wide, left, color="white", linewidth=0.25)
    ax.text(
        width / 2, -0.04, f"{config.n_layers} layers, a strip each", ha="center", va="top", color=figures.INK
    )
    side = math.sqrt(ours / total * width)
    ax.add_patch(Rectangle((width + 0.12, 0.5), side, side, facecolor=figures.GOLD))
    ax.text(width + 0.12, 0.46, f"ours, whole:\n{ours:,}", va="top", color=figures.GOLD_INK, fontsize=10)
    ax.set(xlim=(-0.22, width + 0.48), ylim=(-0.13, 1.17), aspect="equal")
    ax.axis("off")
    return drawing
