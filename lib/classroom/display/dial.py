"""One labelled slider over one picture, with a line of text that says what is seen."""

import base64
from collections.abc import Callable, Sequence
from html import escape

import ipywidgets
from matplotlib.figure import Figure

from classroom.display import figures


class Dial:
    """Show `draw(value)` for the value that a slider stands at.

    `draw` gives a matplotlib figure or a piece of HTML, and the line of text that says what it shows. What is stored
    in the notebook is the picture at the start, so a page that cannot run shows that.
    """

    def __init__(self, label: str, values: Sequence, draw: Callable, start=None, name: Callable = str):
        self.draw = draw
        options = [(name(value), value) for value in values]
        start = values[0] if start is None else start
        self.slider = ipywidgets.SelectionSlider(
            options=options,
            value=start,
            description=label,
            continuous_update=False,
            style={"description_width": "initial"},
            layout={"width": "min(100%, 600px)"},
        )
        drawing, self.says = draw(start)
        self.html = drawing if isinstance(drawing, str) else None
        self.still = None if self.html else figures.png(drawing)
        self.view = (
            ipywidgets.HTML(self.html) if self.html else ipywidgets.Image(value=self.still, format="png")
        )
        self.text = ipywidgets.HTML(escape(self.says))
        self.box = ipywidgets.VBox([self.slider, self.view, self.text])
        self.slider.observe(self.update, names="value")

    def update(self, change) -> None:
        """Draw again for the slider's new value."""
        drawing, says = self.draw(change["new"])
        self.view.value = figures.png(drawing) if isinstance(drawing, Figure) else drawing
        self.text.value = escape(says)

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = self.box._repr_mimebundle_() | {"text/plain": self.says}
        if self.html:
            return bundle | {"text/html": f"{self.html}<p>{escape(self.says)}</p>"}
        return bundle | {"image/png": base64.b64encode(self.still).decode()}
