"""One text box over one picture: what the reader types is shown at once."""

from collections.abc import Callable
from html import escape

import ipywidgets

from classroom.display import figures, parts
from classroom.display.spoken import Spoken


class Typed:
    """Show `draw(text)` for what stands in the box: HTML or a matplotlib figure, and a line that says what is seen.

    A ValueError from `draw` is shown as its sentence: a reader may type anything.
    """

    def __init__(self, label: str, start: str, draw: Callable, lines: int = 1):
        self.draw = draw
        box = ipywidgets.Text if lines == 1 else ipywidgets.Textarea
        self.input = box(
            value=start,
            description=label,
            continuous_update=True,
            style={"description_width": "initial"},
            layout={"width": "min(100% - 4px, 700px)"},
        )
        self.view, self.text = ipywidgets.HTML(), Spoken()
        self.update({"new": start})
        self.input.observe(self.update, names="value")
        self.box = parts.stack(self.input, self.view, self.text)

    def update(self, change) -> None:
        """Draw again for the new text."""
        try:
            drawing, says = self.draw(change["new"])
        except ValueError as error:
            drawing, says = "", str(error)
        self.view.value = figures.html(drawing, says, caption=False)
        self.text.value, self.says = escape(says), says

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = self.box._repr_mimebundle_() | {"text/plain": self.says}
        return bundle | {"text/html": figures.html(self.view.value, self.says)}
