"""How the chances for the next piece look: a bar for each, and all of them end to end as a ruler with a pin."""

from collections.abc import Callable
from html import escape

import ipywidgets

from classroom.display import figures
from classroom.display.parts import button
from classroom.lessons.tokens.widgets import visible
from nextword.black_box import Options

SHOWN = 10  # pieces that get a bar
FILLS, REST_FILL = ("#2b6cb0", "#3f78b5"), "#cbd5e0"  # neighbours on the ruler, and all that has no bar
TICKS = "display:flex;justify-content:space-between;font-size:85%;opacity:.7;line-height:1.45"


def number(probability: float) -> str:
    """A probability with two digits, or three where it is small.

    >>> number(0.4418), number(0.0049), number(0.00002)
    ('0.44', '0.005', 'under 0.001')
    """
    if probability < 0.0005:
        return "under 0.001"
    return f"{probability:.2f}" if probability >= 0.00995 else f"{probability:.3f}"


def named(piece: str) -> str:
    """A piece as something that can be seen.

    >>> named(" girl"), named("\\n"), named("�")
    ('·girl', '↵', '� part of a letter')
    """
    return f"{piece} part of a letter" if piece == "�" else visible(piece.encode())


def quiet(piece: str) -> str:
    """A piece as HTML, with faint dots for spaces."""
    return escape(named(piece)).replace("·", '<span style="opacity:.65">·</span>')


def bar(probability: float, colour: str) -> str:
    """A bar as long as a probability, and the number at its end."""
    filled = f"width:{80 * probability:.1f}%;min-width:2px;height:18px;border-radius:2px;background:{colour}"
    row = "display:flex;align-items:center;height:28px;line-height:18px"
    return f'<div style="{row}"><div style="{filled}"></div>&nbsp;{number(probability)}</div>'


class Row:
    """A piece of text to press, and its bar; without something to do, the text alone."""

    def __init__(self, act: Callable[[], None] | None = None):
        self.name = button("", act) if act else ipywidgets.HTML()
        label = {"width": "10em", "flex": "0 0 auto", "margin": "1px 6px 1px 2px"}
        self.name.layout = label | ({"display": "flex", "justify_content": "flex-end"} if act else {})
        self.bar = ipywidgets.HTML(layout={"flex": "1 1 auto", "min_width": "0", "margin": "0"})
        self.box, self.still = ipywidgets.HBox([self.name, self.bar]), ""

    def show(self, piece: str, probability: float) -> None:
        """A piece and its probability."""
        self.name.description = named(piece)
        self.name.tooltip = f"add {piece!r}, probability {number(probability)}"
        self.fill(quiet(piece), probability, figures.BLUE)

    def show_rest(self, n: int, probability: float) -> None:
        """All pieces that have no bar of their own."""
        name = f"{n:,} others"
        self.name.value = f'<div style="text-align:right;padding-right:10px;opacity:.8">{name}</div>'
        self.fill(name, max(probability, 0.0), figures.GREY)

    def fill(self, name: str, probability: float, colour: str) -> None:
        """Draw the bar, and the row as it is in the still."""
        self.bar.value, self.box.layout.display = bar(probability, colour), ""
        self.still = (
            f'<div style="display:flex;align-items:center"><div style="width:10em;text-align:right;'
            f'margin-right:8px">{name}</div><div style="flex:1">{self.bar.value}</div></div>'
        )

    def hide(self) -> None:
        """Nothing to show."""
        self.still, self.box.layout.display = "", "none"


def fell(options: Options, piece: str, u: float) -> str:
    """Where the pin fell, in words and on the ruler."""
    share = number(options.get(piece, 0.0))
    says = f"The pin fell at {u:.2f}, on “{quiet(piece)}”, which has {share} of the ruler."
    ticks = '<span>0</span><span>0.5</span><span style="min-width:1em;text-align:right">1</span>'
    below = f'<div style="position:absolute;left:0;right:0;top:34px;{TICKS}">{ticks}</div>'
    look = "position:relative;height:54px;margin:4px 8px"
    return f'{says}<div aria-hidden="true" style="{look}">{segments(options, piece)}{pin(u)}{below}</div>'


def segments(options: Options, piece: str) -> str:
    """The pieces end to end, the chosen one gold; those without a bar are one segment."""
    shown = list(options.items())[:SHOWN]
    rest = (f"{len(options) - len(shown):,} others", max(0.0, 1 - sum(share for _, share in shown)))
    left, drawn = 0.0, ""
    for place, (name, share) in enumerate([*shown, rest]):
        is_rest = place == len(shown)
        hit = piece not in dict(shown) if is_rest else name == piece
        fill = figures.GOLD if hit else REST_FILL if is_rest else FILLS[place % 2]
        ink = figures.INK if hit or is_rest else "white"
        label = escape(name if is_rest else named(name)) if share > 0.014 * len(name) else ""  # where it fits
        drawn += (
            f'<div style="position:absolute;left:{100 * left:.2f}%;width:{100 * share:.2f}%;top:10px;height:22px;'
            f"background:{fill};color:{ink};line-height:22px;text-align:center;overflow:hidden;"
            f'white-space:nowrap;text-overflow:ellipsis">{label}</div>'
        )
        left += share
    return drawn


def pin(u: float) -> str:
    """A pin on the ruler."""
    line = f"position:absolute;left:{100 * u:.2f}%;top:0;height:36px;border-left:2px solid;margin-left:-1px"
    head = "width:8px;height:8px;border-radius:4px;background:currentColor;margin-left:-5px"
    return f'<div style="{line}"><div style="{head}"></div></div>'
