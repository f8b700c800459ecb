"""The front door of the course: type a beginning, see the chances of each next piece, and choose one.

A thread asks the model, and only about the newest text, once no key was pressed for a moment: typing never waits, and
fast typing asks once.
"""

import random
import threading
import time
from collections.abc import Callable
from html import escape

import ipywidgets

from classroom.display import background, parts
from classroom.display.spoken import Spoken
from classroom.lessons.meet_the_machine.next_word_bars import (
    SHOWN,
    Row,
    fell,
    named,
    number,
    quiet,
)
from nextword import black_box
from nextword.black_box import LanguageModel, Options

READS = 500  # pieces that are read here at most: on one slow core they take about four seconds
REST = 0.4  # seconds without a key before the model is asked
PAUSE = (
    0.25  # seconds in which new bars take no click: the second half of a double click is not meant for them
)
EMPTY = "Type a beginning: without one there is nothing to go on."


def next_word(m: LanguageModel, start: str = "Once upon a time there was a little") -> "NextWord":
    """A beginning that the reader types, and the chances of each next piece: press one, and it goes in again."""
    return NextWord(m, start)


class NextWord:
    """The beginning, ten pieces with their bars, and three ways to go on: by chance, by size, and back."""

    def __init__(self, m: LanguageModel, start: str, chance: Callable[[], float] = random.random):
        self.m, self.chance, self.lock = m, chance, threading.RLock()
        self.text, self.options, self.says = "", {}, EMPTY  # what is drawn
        self.wanted, self.due = start, 0.0  # what shall be drawn, and from when on
        self.busy, self.later = False, None  # a thread is at it; what was pressed meanwhile
        self.past = []  # texts to go back to
        self.build(start)
        self.draw(start, *self.answer(start))
        self.first = self.says, self.still()

    def build(self, start: str) -> None:
        """Lay out what there is to see and to press."""
        self.input = parts.box("a beginning:", start, rows=3)
        self.input.observe(self.typed, names="value")
        self.rows = [Row(lambda place=place: self.clicked(place)) for place in range(SHOWN)]
        self.rest = Row()
        self.by_chance = self.button("Let chance pick", self.pick, "drop a pin on the ruler of all pieces")
        self.by_size = self.button(
            "Take the likeliest", self.take, "add the piece with the highest probability"
        )
        self.undo = self.button("Back", self.back, "take the last step back")
        self.line, self.status, self.how = Spoken(), ipywidgets.HTML(), Spoken()
        bars = ipywidgets.VBox([row.box for row in (*self.rows, self.rest)])
        choices = parts.row(self.by_chance, self.by_size, self.undo, self.status)
        self.box = parts.page(parts.row(self.input), self.line, bars, choices, self.how)

    def button(self, text: str, act: Callable[[], None], tooltip: str) -> ipywidgets.Button:
        """A button whose deed follows what the machine is reading."""
        return parts.button(text, lambda: self.press(act), tooltip)

    # What the reader does

    def typed(self, change) -> None:
        """Another text stands in the box."""
        with self.lock:
            if change["new"] == self.wanted:
                return  # it was put there by a click
            if not self.busy:
                self.past.append(self.text)
            self.how.value, self.later = "", None
            self.ask(change["new"], REST)

    def clicked(self, place: int) -> None:
        """The bar at this place, which the reader has had time to see."""
        with self.lock:
            if not self.busy and place < len(self.options):
                piece = list(self.options)[place]
                self.add(
                    piece, f"You chose “{quiet(piece)}”, with probability {number(self.options[piece])}."
                )

    def press(self, act: Callable[[], None]) -> None:
        """One of the other buttons; pressed while the machine reads, it counts once, and afterwards."""
        with self.lock:
            if self.text == self.wanted:
                act()
            else:
                self.later = act

    def pick(self) -> None:
        """A pin falls on the ruler."""
        u = self.chance()
        self.choose(lambda: black_box.pick(self.options, u), lambda piece: fell(self.options, piece, u))

    def take(self) -> None:
        """The likeliest."""

        def told(piece: str) -> str:
            return (
                f"The likeliest was “{quiet(piece)}”, with probability {number(self.options.get(piece, 0))}."
            )

        self.choose(lambda: black_box.likeliest(self.options), told)

    def choose(self, function: Callable[[], str], told: Callable[[str], str]) -> None:
        """Add what a function of the library, or of the reader, chooses."""
        if not self.options:
            return
        try:
            piece = function()
            if not isinstance(piece, str):
                raise TypeError(f"it gave {piece!r}, and a piece of text was needed")
        except Exception as error:  # the function may be the reader's
            says = f"Nothing was chosen. {type(error).__name__}: {error}"
            self.how.value = parts.sentence(escape(says))
            return
        self.add(piece, told(piece))

    def back(self) -> None:
        """To the text before the last step."""
        if self.past:
            self.put(self.past.pop(), "")

    def add(self, piece: str, how: str) -> None:
        """The text with a piece more."""
        self.past.append(self.text)
        self.put(self.text + piece, how)

    def put(self, text: str, how: str) -> None:
        """Another text into the box, and into the machine."""
        self.wanted = self.input.value = text
        self.how.value = how and parts.sentence(how)
        self.ask(text, 0)

    # What the machine says

    def ask(self, text: str, delay: float) -> None:
        """Want the chances after this text; a thread that is at work already will see to it."""
        self.wanted, self.due = text, time.monotonic() + delay
        if not self.busy:
            self.busy = True
            background.start(self.work)

    def work(self) -> None:
        """Answer for the newest text until there is no newer one."""
        drawn = None
        while not background.ending.is_set():
            with self.lock:
                text, wait = self.wanted, self.due - time.monotonic()
                if text == drawn and wait <= 0:
                    self.busy, self.status.value = False, ""
                    return
            if wait > 0:
                time.sleep(wait)
                continue
            self.status.value = parts.faint("reading …")
            answer = self.answer(text)
            with self.lock:
                if text == self.wanted:
                    self.draw(text, *answer)
                    drawn, self.due = text, time.monotonic() + PAUSE
                    later, self.later = self.later, None
                    if later:
                        later()

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
        best = ", ".join(f"“{named(piece)}” {number(share)}" for piece, share in list(options.items())[:3])
        return options, f"After “{tail(text)}”: {best}."

    def draw(self, text: str, options: Options, says: str) -> None:
        """Show the chances after a text."""
        self.text, self.options, self.says = text, options, says
        self.line.value = parts.sentence(escape(says) + " Press a piece to add it." * bool(options))
        shown = list(options.items())[:SHOWN]
        for row, (piece, share) in zip(self.rows, shown, strict=False):
            row.show(piece, share)
        for row in (*self.rows[len(shown) :], self.rest):
            row.hide()
        if len(options) > len(shown):
            self.rest.show_rest(len(options) - len(shown), 1 - sum(share for _, share in shown))
        # Never "Back", which may have the keyboard's focus.
        self.by_chance.disabled = self.by_size.disabled = not options

    # Where nothing runs

    def still(self) -> str:
        """The bars as they are, for a page that cannot run."""
        start = f'<div style="{parts.FIELD}">{escape(self.text)}</div>'
        bars = (row.still for row in (*self.rows, self.rest))
        return parts.still(start, f"<p>{escape(self.says)}</p>", *bars)

    def __repr__(self) -> str:
        return self.first[0]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        says, page = self.first
        return self.box._repr_mimebundle_() | {"text/plain": says, "text/html": page}


def tail(text: str, n: int = 40) -> str:
    """The end of a text, on one line, from a word's beginning on.

    >>> tail("all the little ducklings", 12), tail("a" * 50, 5), tail("one\\ntwo")
    ('… ducklings', '… aaaaa', 'one↵two')
    """
    line = text.replace("\n", "↵")
    if len(line) <= n:
        return line
    end = line[-n:]
    return f"… {end.partition(' ')[2].strip() or end}"
