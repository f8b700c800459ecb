"""The front door of the course: type a beginning, see the chances of each next piece, and choose one.

The model is asked by a thread, and only for the newest text, once no key was pressed for a moment: so typing never
waits, and fast typing asks once.
"""

import random
import threading
import time
from collections.abc import Callable
from html import escape

import ipywidgets

from classroom import figures
from classroom.widgets.tokens import visible
from nextword import machine
from nextword.machine import Machine, Options

SHOWN = 10  # pieces that get a bar
READS = 500  # pieces that are read here at most: on one slow core they take about four seconds
REST = 0.4  # seconds without a key before the model is asked
PAUSE = (
    0.25  # seconds in which new bars take no click: the second half of a double click was not meant for them
)
EMPTY = "Type a beginning: without one there is nothing to go on."
FILLS, REST_FILL = ("#2b6cb0", "#3f78b5"), "#cbd5e0"  # neighbours on the ruler, and all that has no bar


def next_word(m: Machine, start: str = "Once upon a time there was a little") -> "NextWord":
    """A beginning that the reader types, and what the machine says may come next: click a bar, and it goes in again."""
    return NextWord(m, start)


class NextWord:
    """Ten bars, a button on each; "let chance pick", "take the likeliest" and "back"."""

    def __init__(self, m: Machine, start: str, chance: Callable[[], float] = random.random):
        self.m, self.chance, self.lock = m, chance, threading.RLock()
        self.text, self.options, self.says = "", {}, EMPTY  # what is drawn
        self.wanted, self.due, self.busy = (
            start,
            0.0,
            False,
        )  # what shall be drawn, from when on; a thread is at it
        self.past = []  # texts to go back to
        self.build(start)
        self.draw(start, *self.answer(start))
        self.first = self.still()

    def build(self, start: str) -> None:
        """Lay out what there is to see and to press."""
        self.input = ipywidgets.Textarea(
            start, description="a beginning:", rows=3, style={"description_width": "initial"}
        )
        self.input.layout = {"width": "auto", "margin": "2px 2px 6px"}
        self.input.observe(self.typed, names="value")
        self.rows = [Row(lambda place=place: self.clicked(place)) for place in range(SHOWN)]
        self.rest = Row()
        self.by_chance = button("let chance pick", self.picked, "drop a pin on the ruler of all pieces")
        self.by_size = button("take the likeliest", self.took, "add the piece with the highest probability")
        self.undo = button("back", self.back, "take the last step back")
        self.status = ipywidgets.HTML()
        self.how, self.line = ipywidgets.HTML(), ipywidgets.HTML()
        choices = ipywidgets.Box(
            [self.by_chance, self.by_size, self.undo, self.status], layout={"flex_flow": "row wrap"}
        )
        bars = ipywidgets.VBox([row.box for row in (*self.rows, self.rest)])
        self.box = ipywidgets.VBox(
            [self.input, self.line, bars, choices, self.how], layout={"max_width": "44em", "padding": "4px 0"}
        )

    # What the reader does

    def typed(self, change) -> None:
        """Another text stands in the box."""
        with self.lock:
            if change["new"] == self.wanted:
                return  # it was put there by a click
            if not self.busy:
                self.past.append(self.text)
            self.how.value = ""
            self.ask(change["new"], REST)

    def clicked(self, place: int) -> None:
        """The bar at this place."""
        with self.lock:
            if not self.busy and place < len(self.options):
                piece = list(self.options)[place]
                self.add(piece, f"You chose {quiet(piece)}, with probability {number(self.options[piece])}.")

    def picked(self) -> None:
        """A pin falls on the ruler."""
        self.choose(lambda u: machine.pick(self.options, u), lambda piece, u: fell(self.options, piece, u))

    def took(self) -> None:
        """The likeliest."""

        def told(piece: str, u: float) -> str:
            return f"The likeliest was {quiet(piece)}, with probability {number(self.options.get(piece, 0))}."

        self.choose(lambda u: machine.likeliest(self.options), told)

    def choose(self, function: Callable[[float], str], told: Callable[[str, float], str]) -> None:
        """Add what a function of the library, or of the reader, chooses."""
        with self.lock:
            if self.busy or not self.options:
                return
            u = self.chance()
            try:
                piece = function(u)
                if not isinstance(piece, str):
                    raise TypeError(f"it gave {piece!r}, and a piece of text was needed")
                how = told(piece, u)
            except Exception as error:  # it may be the reader's
                self.how.value = sentence(f"Nothing was chosen. {type(error).__name__}: {error}")
                return
            self.add(piece, how)

    def back(self) -> None:
        """To the text before the last step."""
        with self.lock:
            if not self.busy and self.past:
                self.put(self.past.pop(), "")

    def add(self, piece: str, how: str) -> None:
        """The text with a piece more."""
        self.past.append(self.text)
        self.put(self.text + piece, how)

    def put(self, text: str, how: str) -> None:
        """Another text into the box, and into the machine."""
        self.wanted = self.input.value = text
        self.how.value = how and f'<div style="line-height:1.45">{how}</div>'
        self.ask(text, 0)

    # What the machine says

    def ask(self, text: str, delay: float) -> None:
        """Want the chances after this text; a thread that is at work already will see to it."""
        self.wanted, self.due = text, time.monotonic() + delay
        if not self.busy:
            self.busy = True
            threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        """Answer for the newest text until there is no newer one."""
        drawn = None
        while True:
            with self.lock:
                text, wait = self.wanted, self.due - time.monotonic()
                if text == drawn and wait <= 0:
                    self.busy, self.status.value = False, ""
                    return
            if wait > 0:
                time.sleep(wait)
                continue
            self.status.value = faint("reading …")
            answer = self.answer(text)
            with self.lock:
                if text == self.wanted:
                    self.draw(text, *answer)
                    drawn, self.due = text, time.monotonic() + PAUSE

    def answer(self, text: str) -> tuple[Options, str]:
        """The chances after a text, and a line that says them; without chances, why there are none."""
        try:
            if not text:
                raise ValueError(EMPTY)
            size, context = self.m.ids(text).shape[-1], self.m.model.config.context
            if size > min(READS, context):
                most = f"this window takes at most {min(READS, context):,}, and the machine {context:,}"
                raise ValueError(f"This beginning is {size:,} pieces long; {most}. Shorten it.")
            options = self.m(text)
        except ValueError as error:
            return {}, str(error)
        except Exception as error:  # a function of the reader's may be in there
            return {}, f"The machine gave no answer. {type(error).__name__}: {error}"
        best = ", ".join(f"{visible(piece.encode())} {number(p)}" for piece, p in list(options.items())[:3])
        return options, f"After “{tail(text)}”: {best}, and {len(options) - 3:,} others."

    def draw(self, text: str, options: Options, says: str) -> None:
        """Show the chances after a text."""
        self.text, self.options, self.says = text, options, says
        self.line.value = sentence(says)
        shown = list(options.items())[:SHOWN]
        for row, (piece, probability) in zip(self.rows, shown, strict=False):
            row.show(piece, probability)
        for row in self.rows[len(shown) :]:
            row.hide()
        if len(options) > len(shown):
            self.rest.show_rest(len(options) - len(shown), 1 - sum(p for _, p in shown))
        else:
            self.rest.hide()
        self.by_chance.disabled = self.by_size.disabled = not options
        self.undo.disabled = not self.past

    # Where nothing runs

    def still(self) -> str:
        """The bars at the start as a piece of HTML for a page that cannot run."""
        frame = "border:1px solid #a0aec0;border-radius:3px;padding:4px 8px;white-space:pre-wrap"
        rows = "".join(row.still for row in (*self.rows, self.rest))
        page = f'<div style="{frame}">{escape(self.text)}</div><p>{escape(self.says)}</p>{rows}'
        return f'<div style="max-width:44em">{page}</div>'

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self.box._repr_mimebundle_() | {"text/plain": self.says, "text/html": self.first}


class Row:
    """A piece of text to press, and its bar; without something to do, the text alone."""

    def __init__(self, act: Callable[[], None] | None = None):
        layout = ipywidgets.Layout(width="9em", flex="0 0 auto", margin="1px 6px 1px 2px")
        self.name = button("", act) if act else ipywidgets.HTML()
        self.name.layout = layout
        self.bar = ipywidgets.HTML(layout={"flex": "1 1 auto", "min_width": "0", "margin": "0"})
        self.box, self.still = ipywidgets.HBox([self.name, self.bar]), ""

    def show(self, piece: str, probability: float) -> None:
        """A piece and its probability."""
        self.name.description = visible(piece.encode())
        self.name.tooltip = f"add {piece!r}, probability {number(probability)}"
        self.bar.value = bar(probability, figures.BLUE)
        self.still = flat(quiet(piece), self.bar.value)
        self.box.layout.display = ""

    def show_rest(self, n: int, probability: float) -> None:
        """All pieces that have no bar of their own."""
        name = f"{n:,} others"
        self.name.value = f'<div style="text-align:center;opacity:.8;line-height:1.45">{name}</div>'
        self.bar.value = bar(max(probability, 0.0), figures.GREY)
        self.still = flat(name, self.bar.value)
        self.box.layout.display = ""

    def hide(self) -> None:
        """Nothing to show."""
        self.still, self.box.layout.display = "", "none"


def button(text: str, act: Callable[[], None], tooltip: str = "") -> ipywidgets.Button:
    """A button that does something."""
    made = ipywidgets.Button(description=text, tooltip=tooltip, layout={"width": "auto"})
    made.on_click(lambda _: act())
    return made


def bar(probability: float, colour: str) -> str:
    """A bar as long as a probability, and the number at its end."""
    filled = f"width:{80 * probability:.1f}%;min-width:2px;height:14px;border-radius:2px;background:{colour}"
    row = "display:flex;align-items:center;height:28px;line-height:1.45"
    return f'<div style="{row}"><div style="{filled}"></div>&nbsp;{number(probability)}</div>'


def flat(name: str, drawn: str) -> str:
    """A row of the still."""
    return (
        f'<div style="display:flex;align-items:center"><div style="width:9em">{name}</div>'
        f'<div style="flex:1">{drawn}</div></div>'
    )


def fell(options: Options, piece: str, u: float) -> str:
    """Where the pin fell, in words and on a ruler of all pieces, end to end."""
    says = (
        f"The pin fell at {u:.2f}, on {quiet(piece)}, which has {number(options.get(piece, 0))} of the ruler."
    )
    shown = list(options.items())[:SHOWN]
    rest = (f"{len(options) - len(shown):,} others", max(0.0, 1 - sum(p for _, p in shown)))
    left, drawn = 0.0, ""
    for place, (name, share) in enumerate([*shown, rest]):
        is_rest = place == len(shown)
        hit = piece not in dict(shown) if is_rest else name == piece
        fill = figures.GOLD if hit else REST_FILL if is_rest else FILLS[place % 2]
        ink = figures.INK if hit or is_rest else "white"
        label = escape(name if is_rest else visible(name.encode())) if share > 0.02 * len(name) else ""
        drawn += (
            f'<div style="position:absolute;left:{100 * left:.2f}%;width:{100 * share:.2f}%;top:10px;height:22px;'
            f"background:{fill};color:{ink};line-height:22px;text-align:center;overflow:hidden;"
            f'white-space:nowrap">{label}</div>'
        )
        left += share
    pin = f"position:absolute;left:{100 * u:.2f}%;top:0;height:36px;border-left:2px solid;margin-left:-1px"
    dot = "width:8px;height:8px;border-radius:4px;background:currentColor;margin-left:-5px"
    drawn += f'<div style="{pin}"><div style="{dot}"></div></div>'
    look = "position:relative;height:40px;margin:4px 8px;overflow:hidden"
    return f'{says}<div aria-hidden="true" style="{look}">{drawn}</div>'


def number(probability: float) -> str:
    """A probability with two digits, or three where it is small.

    >>> number(0.4418), number(0.0049), number(0.00002)
    ('0.44', '0.005', 'under 0.001')
    """
    if probability < 0.0005:
        return "under 0.001"
    return f"{probability:.2f}" if probability >= 0.00995 else f"{probability:.3f}"


def quiet(piece: str) -> str:
    """A piece as HTML, with faint dots for spaces."""
    return escape(visible(piece.encode())).replace("·", '<span style="opacity:.5">·</span>')


def tail(text: str, n: int = 40) -> str:
    """The end of a text, on one line.

    >>> tail("a" * 50, 5), tail("one\\ntwo")
    ('…aaaaa', 'one↵two')
    """
    line = text.replace("\n", "↵")
    return line if len(line) <= n else "…" + line[-n:]


def sentence(text: str) -> str:
    """A sentence as HTML."""
    return f'<div style="line-height:1.45;overflow-wrap:anywhere">{escape(text)}</div>'


def faint(text: str) -> str:
    """A word beside the point."""
    return f'<span style="opacity:.7">{escape(text)}</span>'
