"""One labelled slider over one picture, with a line of text that says what is seen."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets

from classroom.display import figures, parts
from classroom.display.spoken import Slider, Spoken


class Dial:
    """Show `draw(value)` for the value that a slider stands at.

    `draw` gives a matplotlib figure or a piece of HTML, and the line of text that says what it shows. What is stored
    in the notebook is the picture at the start, so a page that cannot run shows that.
    """

    def __init__(self, label: str, values: Sequence, draw: Callable, start=None, name: Callable = str):
        self.draw = draw
        options = [(name(value), value) for value in values]
        start = values[0] if start is None else start
        self.slider = Slider(label, options, start, layout={"width": "min(100% - 4px, 600px)"})
        drawing, self.says = draw(start)
        self.still = figures.html(drawing, self.says)
        self.view, self.text = ipywidgets.HTML(figures.html(drawing, self.says, caption=False)), Spoken()
        self.text.value = escape(self.says)
        self.box = parts.stack(self.slider, self.view, self.text)
        self.slider.observe(self.update, names="value")

    def update(self, change) -> None:
        """Draw again for the slider's new value."""
        drawing, says = self.draw(change["new"])
        self.view.value, self.text.value = figures.html(drawing, says, caption=False), escape(says)

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self.box._repr_mimebundle_() | {"text/plain": self.says, "text/html": self.still}
