"""A chat in the notebook, in which the reply comes piece by piece and can be stopped in mid-sentence.

The model writes in a thread of its own, so that the kernel is free to hear the stop button. All that it writes is
escaped, and shown at most twenty times a second.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html import escape

import ipywidgets
import torch

from classroom.display import background, parts, verdict
from classroom.display.spoken import Slider, Spoken
from classroom.lessons.meet_the_machine import chat_page
from nextword import chat
from nextword.black_box import LanguageModel
from nextword.chat import Chat
from nextword.generation import SamplingConfig

EVERY = 0.05  # seconds between two looks at a reply that is being written
SAYS = "A chat: type a message, and the machine writes the reply, piece by piece."
SHOW, HIDE = (f"{verb} what the machine reads: one text, with its marks" for verb in ("Show", "Hide"))
DIAL = "At 0 it always takes the likeliest."
DOUBLE = 1.0  # seconds after a message in which an empty one is the second half of a double click
READING = "Reading …"
BUSY = "It is still writing: wait for the end, or press Stop."
SILENCE = "There is nothing to answer yet: say something first."
AGAIN = "A new chat began. It knows nothing of the one before."
NEW_SYSTEM = "A new chat began, with the new system prompt. It knows nothing of the one before."
TOO_FULL = " “Start again” empties the chat."
FRAME = {
    "flex_flow": "column-reverse",  # so a box stays scrolled to its end while it grows
    "max_height": "26em",
    "overflow": "auto",
    "border": "1px solid rgba(128, 128, 128, 0.4)",
    "margin": "4px 2px",
    "padding": "6px 10px 0",
}


def chat_window(
    m: LanguageModel, system: str = chat.SYSTEM, config: SamplingConfig = chat.CHAT_SAMPLING
) -> "ChatWindow":
    """A chat with the machine, and below it the one text that the machine reads."""
    return ChatWindow(m, system, config)


class Counted(Chat):
    """A chat that counts the tokens of a reply."""

    heard = 0

    def stream_reply(self, said: str, ids: list[int], tokens: Iterator[int]) -> Iterator[str]:
        """The pieces of a reply, as the chat gives them."""
        self.heard = 0

        def counted() -> Iterator[int]:
            for token in tokens:
                self.heard += 1
                yield token

        return super().stream_reply(said, ids, counted())


class ChatWindow:
    """The conversation, what can be pressed and set, and the raw transcript."""

    def __init__(
        self, m: LanguageModel, system: str, config: SamplingConfig, generator: torch.Generator | None = None
    ):
        self.m, self.config, self.generator = m, config, generator
        self.lock = threading.RLock()  # between what the reader does and the thread that writes
        self.sent = -DOUBLE  # when the last message went off, or its reply was ended
        self.stopping = None  # the signal that ends the reply that is being written, while one is
        self.build(system)
        self.begin("")

    def build(self, system: str) -> None:
        """Lay out what there is to see, to type in and to press."""
        self.system = parts.box("system prompt:", system, continuous_update=False)
        self.message = parts.box("you:", placeholder="Say something. Enter sends it.")
        chosen = self.config.temperature
        temperatures = [(f"{t:g}", t) for t in sorted({chosen, *(step / 10 for step in range(21))})]
        self.temperature = Slider("temperature:", temperatures, chosen, layout=parts.wide()["layout"])
        # No button is ever switched off: one that is, while it has the keyboard's focus, loses it.
        self.send_button = parts.button("Send", self.pressed_send)
        self.stop_button = parts.button("Stop", self.stop)
        self.again_button = parts.button("Start again", lambda: self.begin(AGAIN))
        self.message.observe(self.typed, names="value")
        self.system.observe(lambda _: self.begin(NEW_SYSTEM), names="value")
        self.turns = ipywidgets.VBox(layout={"flex": "0 0 auto"})
        self.status, self.reply, self.raw = Spoken(), Spoken(heard_only=True), ipywidgets.HTML()
        self.under = ipywidgets.ToggleButton(description=SHOW, layout={"width": "auto"})
        self.under.observe(lambda _: self.show_raw(), names="value")
        self.box = parts.page(
            parts.row(self.system),
            ipywidgets.Box([self.turns], layout=FRAME),
            parts.row(self.message, ipywidgets.HBox([self.send_button, self.stop_button])),
            self.status,
            parts.row(
                self.temperature,
                ipywidgets.HTML(parts.faint(DIAL), layout={"margin": "0 8px"}),
                self.again_button,
            ),
            ipywidgets.HBox([self.under]),
            self.raw,
            self.reply,
        )

    # What the reader does

    def typed(self, change) -> None:
        """A line that is ended with Enter is sent."""
        if change["new"].endswith("\n"):
            self.send()

    def pressed_send(self) -> None:
        """The button; the cursor goes back to where the next message is typed."""
        self.send()
        self.message.focus()

    def send(self) -> None:
        """Start a reply to what stands in the box, unless one is being written."""
        with self.lock:
            said = self.message.value.strip()
            self.message.value = ""
            twice = (
                time.monotonic() - self.sent < DOUBLE
            )  # the second half of a double click, or of a double Enter
            if self.stopping:
                if said not in ("", self.said):
                    self.message.value = said  # not lost, and without the line's end that would have sent it
                    self.tell(BUSY)
            elif said:
                self.start(said)
            elif not twice:
                self.tell(SILENCE, trouble=True)

    def start(self, said: str) -> None:
        """Show the message, and let a thread write the reply."""
        self.talk.config = replace(self.config, temperature=self.temperature.value)
        self.stopping, self.said, self.sent = threading.Event(), said, time.monotonic()
        self.exchanges.append(ipywidgets.HTML())
        self.show(self.stopping, "")
        self.turns.children = self.exchanges
        self.reply.value = ""
        self.tell(READING)
        background.start(self.write, self.talk, said, self.stopping)

    def stop(self) -> None:
        """End the reply after the piece that is being computed."""
        with self.lock:
            if self.stopping:
                self.stopping.set()
                self.tell("Stopping …")

    def begin(self, says: str) -> None:
        """An empty chat; a reply that is being written is dropped."""
        with self.lock:
            if self.stopping:
                self.stopping.set()
            model, tokenizer = self.m.model, self.m.tokenizer
            self.talk = Counted(model, tokenizer, self.system.value, self.config, self.generator)
            self.stopping, self.said, self.exchanges = None, "", []
            self.show_turns()
            self.tell(says)

    # The thread that writes

    def write(self, talk: Counted, said: str, stopping: threading.Event) -> None:
        """Listen to a reply until it ends or shall end, and show it from time to time."""
        began, shown, heard, trouble, before = time.monotonic(), 0.0, "", "", len(talk.turns)
        try:
            with closing(talk.reply(said)) as pieces:
                for piece in pieces:
                    heard += piece
                    if stopping.is_set() or background.ending.is_set():
                        break
                    if time.monotonic() - shown > EVERY:
                        self.show(stopping, heard)
                        shown = time.monotonic()
        except Exception as error:  # it may come from a function of the reader's
            trouble = chat_page.told(error)
        how = chat_page.ended(talk.heard, talk.config.max_new, time.monotonic() - began, stopping.is_set())
        self.finish(stopping, talk.turns[before:], how, trouble)

    def show(self, stopping: threading.Event, heard: str) -> None:
        """Show the reply so far, unless another chat has begun."""
        with self.lock:
            if self.stopping is not stopping:
                return
            reply = chat_page.turn("assistant", heard, chat_page.CURSOR)
            self.put(chat_page.turn("user", self.said) + reply)
            self.show_raw(heard)
            if heard and self.told == READING:
                self.tell("Writing …")

    def finish(self, stopping: threading.Event, said: list[chat.Turn], how: str, trouble: str) -> None:
        """Show what both have said in the end, and how it ended."""
        with self.lock:
            if self.stopping is not stopping:
                return
            self.stopping, self.sent = None, time.monotonic()
            if said:
                self.put("".join(chat_page.turn(who, what) for who, what in said))
                self.reply.value = chat_page.turn(*said[-1])  # heard once, whole: not piece by piece
            else:  # the message could not even be read: the reader may mend it
                self.exchanges.pop()
                self.message.value = self.message.value or self.said
                trouble += TOO_FULL * bool(self.exchanges)
            self.show_turns()
            self.tell(trouble or how, trouble=bool(trouble))

    # What is seen

    def put(self, html: str) -> None:
        """The newest exchange; the first can have the keyboard's focus, so that keys can scroll the chat."""
        first = len(self.exchanges) == 1
        self.exchanges[-1].value = f'<div tabindex="0">{html}</div>' if first else html

    def show_turns(self) -> None:
        """All that was said."""
        self.turns.children = self.exchanges or [ipywidgets.HTML(parts.faint(chat_page.NOTHING_YET))]
        self.show_raw()

    def tell(self, says: str, trouble: bool = False) -> None:
        """A sentence below the message."""
        sign = f'<span style="color:{verdict.COLOURS["wrong"]}">{verdict.SIGNS["wrong"]}</span> '
        self.told, self.status.value = says, parts.sentence(sign * trouble + escape(says))

    def show_raw(self, heard: str | None = None) -> None:
        """The text that the machine reads, where the reader has opened it; `heard` is a reply being written."""
        with self.lock:
            self.under.description = HIDE if self.under.value else SHOW
            self.raw.layout.display = "" if self.under.value else "none"
            if not self.under.value:
                return
            turns = self.talk.turns if heard is None else [*self.talk.turns, ("user", self.said)]
            try:
                self.raw.value = chat_page.raw(turns, heard)
            except Exception as error:  # chat.transcript may be the reader's
                self.raw.value = parts.faint(chat_page.told(error))

    def __repr__(self) -> str:
        return SAYS

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        page = chat_page.still(self.system.value, self.config.temperature)
        return self.box._repr_mimebundle_() | {"text/plain": SAYS, "text/html": page}
