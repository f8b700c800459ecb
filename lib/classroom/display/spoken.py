"""What ipywidgets lacks for those who hear a page: a slider that tells its name and value, a line that is read aloud.

Its own sliders have no name and say the number of the step. Both are small elements of the browser's own, in
slider.js and spoken.js; the look of all widgets (rings around what has the keyboard's focus) is in widgets.css, and
what keeps their keys from JupyterLab in keys.js.
"""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import traitlets

from classroom.display import figures

HERE = Path(__file__).parent
KEYS = (HERE / "keys.js").read_text(encoding="utf-8")


class Element(anywidget.AnyWidget):
    """An element of the browser's own, with the look that the course's widgets share."""

    _css = (HERE / "widgets.css").read_text(encoding="utf-8") + figures.DARK


class Slider(Element):
    """A labelled slider over values that have names.

    >>> slider = Slider("noise:", [("none", 0.0), ("some", 0.5)], value=0.5)
    >>> slider.index, slider.names[slider.index]
    (1, 'some')
    """

    _esm = KEYS + (HERE / "slider.js").read_text(encoding="utf-8")
    description = traitlets.Unicode().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    index = traitlets.Int().tag(sync=True)
    continuous_update = traitlets.Bool(False).tag(sync=True)
    value = traitlets.Any()

    def __init__(self, description: str, options: Sequence[tuple[str, object]], value: object, **more):
        self.options = tuple(options)
        values = [one for _, one in self.options]
        super().__init__(
            description=description,
            names=[name for name, _ in self.options],
            index=values.index(value),
            value=value,
            **more,
        )

    @traitlets.validate("index")
    def _within(self, proposal) -> int:
        if not 0 <= proposal.value < len(self.options):
            steps = len(self.options)
            raise traitlets.TraitError(f"step {proposal.value} is not on this slider: 0 to {steps - 1} are")
        return proposal.value

    @traitlets.validate("value")
    def _an_option(self, proposal) -> object:
        values = [value for _, value in self.options]
        if proposal.value not in values:
            raise traitlets.TraitError(f"{proposal.value!r} is not on this slider: it has {values}")
        return proposal.value

    @traitlets.observe("index")
    def _moved(self, change) -> None:
        self.value = self.options[change.new][1]

    @traitlets.observe("value")
    def _set(self, change) -> None:
        self.index = [value for _, value in self.options].index(change.new)


class Spoken(Element):
    """A piece of HTML that a screen reader reads aloud when it changes; `heard_only` shows nothing."""

    _esm = KEYS + (HERE / "spoken.js").read_text(encoding="utf-8")
    value = traitlets.Unicode().tag(sync=True)
    heard_only = traitlets.Bool(False).tag(sync=True)

    def __init__(self, value: str = "", **more):
        super().__init__(value=value, **more)
