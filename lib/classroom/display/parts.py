"""Small parts of widgets that stand on a white and on a black page, in a wide and in a narrow window."""

from collections.abc import Callable
from html import escape

import ipywidgets

WRAP = "white-space:pre-wrap;overflow-wrap:anywhere"
LINE = "line-height:1.45;overflow-wrap:anywhere"
FIELD = f"border:1px solid #a0aec0;border-radius:3px;padding:4px 8px;margin:4px 0;{WRAP}"  # a box in a still
WIDEST = "46em"


def sentence(html: str) -> str:
    """A line of HTML."""
    return f'<div style="{LINE};min-height:1.45em">{html}</div>'


def faint(text: str) -> str:
    """Words beside the point."""
    return f'<div style="{LINE};opacity:.7">{escape(text)}</div>'


def button(text: str, act: Callable[[], None], tooltip: str = "") -> ipywidgets.Button:
    """A button that does something."""
    made = ipywidgets.Button(description=text, tooltip=tooltip, layout={"width": "auto"})
    made.on_click(lambda _: act())
    return made


def box(label: str, text: str = "", rows: int = 2, **more) -> ipywidgets.Textarea:
    """A labelled box to type in."""
    return ipywidgets.Textarea(text, description=label, rows=rows, **wide(), **more)


def wide() -> dict:
    """As wide as there is room, with the whole label; on a line of its own where there is little."""
    return {
        "style": {"description_width": "initial"},
        "layout": {"width": "auto", "flex": "1 1 20em", "min_width": "0"},
    }


def row(*parts: ipywidgets.Widget) -> ipywidgets.Box:
    """Parts beside each other, or below each other in a narrow window."""
    return ipywidgets.Box(parts, layout={"flex_flow": "row wrap", "align_items": "center"})


def stack(*parts: ipywidgets.Widget, **layout) -> ipywidgets.VBox:
    """Parts below each other, in the look of widgets.css."""
    box = ipywidgets.VBox(parts, layout=layout)
    box.add_class("nextword")
    return box


def page(*parts: ipywidgets.Widget) -> ipywidgets.VBox:
    """Parts below each other, no wider than what is easily read."""
    return stack(*parts, max_width=WIDEST, padding="4px 0")


def still(*rows: str) -> str:
    """Pieces of HTML below each other, for a page that cannot run."""
    return f'<div style="max-width:{WIDEST}">{"".join(rows)}</div>'
