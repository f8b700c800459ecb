"""The whole machine on the reader's own sentence: a picture in which each part shows its numbers and its code."""

from html import escape
from pathlib import Path

import ipywidgets
import torch
import traitlets

from classroom.display import figures, parts
from classroom.display.spoken import Element, Spoken
from classroom.lessons.transformer import whole_machine_details as details
from classroom.lessons.transformer import whole_machine_drawing as drawing
from classroom.lessons.transformer import whole_machine_numbers as numbers
from nextword.black_box import LanguageModel

HOW = "Click a part, or go from part to part with the arrow keys: beside the picture stand its numbers and its code. A head "
HOW += "colours the words that it takes from. Choosing a word shows the machine above that word."


class Canvas(Element):
    """A picture as SVG whose parts can be chosen, and beside it what is told of the chosen one."""

    _esm = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    _css = Element._css + Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    picture = traitlets.Unicode().tag(sync=True)
    told = traitlets.Unicode().tag(sync=True)
    part = traitlets.Unicode().tag(sync=True)
    weights = traitlets.List(traitlets.Float()).tag(
        sync=True
    )  # how much the chosen head takes from each word


class WholeMachine:
    """A box for a sentence, and below it the whole machine at work on it."""

    def __init__(self, machine: LanguageModel, start: str, part: str):
        self.machine, self.reading, self.place = machine, None, 0
        layout = {"width": "min(100% - 4px, 700px)"}
        style = {"description_width": "initial"}
        self.input = ipywidgets.Text(
            start,
            continuous_update=False,
            description="your sentence, then Enter:",
            style=style,
            layout=layout,
        )
        self.canvas, self.text = Canvas(part=part), Spoken()
        self.read(start)
        how = ipywidgets.HTML(parts.faint(HOW))
        self.box = parts.stack(self.input, how, self.canvas, self.text)
        self.still = figures.html(drawing.still(self.drawn), self.says)
        self.input.observe(lambda change: self.read(change["new"]), names="value")
        self.canvas.observe(lambda _: self.choose(), names="part")

    @torch.inference_mode()
    def read(self, text: str) -> None:
        """Run the machine over another sentence, and look at its last word."""
        try:
            self.reading = numbers.read(self.machine, text)
        except ValueError as error:
            self.canvas.picture = self.canvas.told = ""
            self.says, self.reading = str(error), None
            self.text.value = escape(self.says)
            return
        self.place = len(self.reading.ids) - 1
        if self.canvas.part.startswith("word."):
            self.canvas.part = f"word.{self.place}"
        self.show()

    @torch.inference_mode()
    def choose(self) -> None:
        """Tell of another part; a word of the text shows the machine above that word."""
        kind, _, number = self.canvas.part.partition(".")
        if self.reading is None:
            return
        if kind == "word" and int(number) != self.place:
            self.place = int(number)
            self.show()
        else:
            self.tell()

    def show(self) -> None:
        """Draw the machine anew, and tell of the chosen part."""
        self.drawn = drawing.draw(self.reading, self.place)
        self.says = f"{self.drawn.title}. {self.drawn.says}"
        self.canvas.picture = drawing.svg(self.drawn)
        self.tell()
        self.text.value = escape(self.says)

    def tell(self) -> None:
        """Tell of the chosen part; of a head, the words show how much it takes from each."""
        layer, _, kind = self.canvas.part.partition(".")
        kind, _, head = kind.partition(".")
        taken = self.reading.pattern(int(layer), int(head), self.place).tolist() if kind == "head" else []
        self.canvas.told, self.canvas.weights = (
            details.tell(self.reading, self.place, self.canvas.part),
            taken,
        )

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self.box._repr_mimebundle_() | {"text/plain": self.says, "text/html": self.still}


def show(machine: LanguageModel, start: str, part: str = "next") -> WholeMachine:
    """Type a sentence, and look at each part of the machine while it reads it."""
    return WholeMachine(machine, start, part)
