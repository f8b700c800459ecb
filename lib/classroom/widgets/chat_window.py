"""A chat in the notebook, in which the reply comes piece by piece and can be stopped in mid-sentence.

The model writes in a thread of its own, so that the kernel is free to hear the stop button. All that it writes is
escaped, and shown at most twenty times a second.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from html import escape

import ipywidgets
import torch

from classroom import figures, verdict
from classroom.widgets.tokens import count
from nextword import chat
from nextword.chat import Chat
from nextword.generation import Choice
from nextword.machine import Machine

EVERY = 0.05  # seconds between two looks at a reply that is being written
SAYS = "A chat: type a message, and the machine writes the reply, piece by piece."
BUSY = "It is still writing: wait for the end, or press Stop."
NOTHING_YET = "Nothing has been said yet."
READS = "What the machine reads: one text, with its marks"
DIAL = "0 takes the likeliest piece always; higher is bolder. It counts from the next reply on."
NAMES = {"user": ("You", figures.GREY), "assistant": ("The machine", figures.BLUE)}


def chat_window(m: Machine, system: str = chat.SYSTEM, choice: Choice = chat.LIVELY) -> "ChatWindow":
    """A chat with the machine, and below it the one text that the machine reads."""
    return ChatWindow(m, system, choice)


class Counted(Chat):
    """A chat that counts the tokens of a reply."""

    heard = 0

    def listened(self, said: str, ids: list[int], tokens: Iterator[int]) -> Iterator[str]:
        """The pieces of a reply, as the chat gives them."""
        self.heard = 0

        def counted() -> Iterator[int]:
            for token in tokens:
                self.heard += 1
                yield token

        return super().listened(said, ids, counted())


class ChatWindow:
    """The conversation, what can be pressed and set, and the raw transcript."""

    def __init__(self, m: Machine, system: str, choice: Choice, generator: torch.Generator | None = None):
        self.m, self.choice, self.generator = m, choice, generator
        self.lock = threading.RLock()  # between what the reader does and the thread that writes
        self.stopping = None  # the signal that ends the reply that is being written, while one is
        self.build(system)
        self.begin("")

    def build(self, system: str) -> None:
        """Lay out what there is to see, to type in and to press."""
        self.system = box("system prompt:", system, continuous_update=False)
        self.message = box("you:", placeholder="Say something. Enter sends it.")
        self.temperature = ipywidgets.FloatSlider(
            self.choice.temperature,
            min=0,
            max=2,
            step=0.1,
            description="temperature:",
            readout_format=".1f",
            **sizes("20em"),
        )
        self.send_button, self.stop_button = button("Send", self.pressed_send), button("Stop", self.stop)
        again = button(
            "Start again", lambda: self.begin("A new chat began. It knows nothing of the one before.")
        )
        self.message.observe(self.typed, names="value")
        self.system.observe(self.changed_system, names="value")
        self.turns = ipywidgets.VBox(layout={"flex": "0 0 auto"})
        self.status, self.raw = ipywidgets.HTML(), ipywidgets.HTML()
        self.under = ipywidgets.Accordion([self.raw], titles=(READS,))
        self.under.observe(lambda _: self.show_raw(), names="selected_index")
        # Reversed, a box stays scrolled to its end while it grows.
        scrolled = {
            "flex_flow": "column-reverse",
            "max_height": "26em",
            "overflow": "auto",
            "padding": "0 4px",
        }
        parts = [
            row(self.system),
            ipywidgets.Box([self.turns], layout=scrolled),
            row(self.message, self.send_button, self.stop_button),
            self.status,
            row(self.temperature, ipywidgets.HTML(faint(DIAL), layout={"flex": "1 1 16em"}), again),
            self.under,
        ]
        self.box = ipywidgets.VBox(parts, layout={"max_width": "50em", "padding": "4px 0"})

    # What the reader does

    def typed(self, change) -> None:
        """A line that is ended with Enter is sent."""
        if change["new"].endswith("\n"):
            self.message.value = change["new"].strip()
            self.send()

    def pressed_send(self) -> None:
        """The button; the cursor goes back to where the next message is typed."""
        self.send()
        self.message.focus()

    def send(self) -> None:
        """Start a reply to what stands in the box, unless one is being written."""
        with self.lock:
            said = self.message.value.strip()
            if self.stopping:
                twice = said in ("", self.said)  # the second half of a double click, or of a double Enter
                if twice:
                    self.message.value = ""
                else:
                    self.tell(BUSY)
                return
            if not said:
                self.tell("There is nothing to answer yet: say something first.", trouble=True)
                return
            self.talk.choice = replace(self.choice, temperature=self.temperature.value)
            self.stopping, self.said, self.message.value = threading.Event(), said, ""
            self.exchanges.append(ipywidgets.HTML())
            self.show(self.stopping, "")
            self.turns.children = self.exchanges
            self.tell("Reading …")
            self.set_buttons()
            threading.Thread(target=self.write, args=(self.talk, said, self.stopping), daemon=True).start()

    def stop(self) -> None:
        """End the reply after the piece that is being computed."""
        with self.lock:
            if self.stopping:
                self.stopping.set()
                self.tell("Stopping …")

    def changed_system(self, change) -> None:
        """Another system prompt is another beginning."""
        self.begin("A new chat began, with the new system prompt. It knows nothing of the one before.")

    def begin(self, says: str) -> None:
        """An empty chat; a reply that is being written is dropped."""
        with self.lock:
            if self.stopping:
                self.stopping.set()
            self.talk = Counted(
                self.m.model, self.m.tokenizer, self.system.value, self.choice, self.generator
            )
            self.stopping, self.said, self.exchanges = None, "", []
            self.turns.children = [ipywidgets.HTML(faint(NOTHING_YET))]
            self.tell(says)
            self.set_buttons()
            self.show_raw()

    # The thread that writes

    def write(self, talk: Counted, said: str, stopping: threading.Event) -> None:
        """Listen to a reply until it ends or shall end, and show it from time to time."""
        began, shown, heard, trouble = time.monotonic(), 0.0, "", ""
        try:
            with closing(talk.reply(said)) as pieces:
                for piece in pieces:
                    heard += piece
                    if stopping.is_set():
                        break
                    if time.monotonic() - shown > EVERY:
                        self.show(stopping, heard)
                        shown = time.monotonic()
        except Exception as error:  # it may come from a function of the reader's
            trouble = told(error)
        self.finish(talk, stopping, time.monotonic() - began, trouble)

    def show(self, stopping: threading.Event, heard: str) -> None:
        """Show the reply so far, unless another chat has begun."""
        with self.lock:
            if self.stopping is stopping:
                self.exchanges[-1].value = turn("user", self.said) + turn("assistant", heard, "▌")
                self.show_raw(heard)
                if heard and not stopping.is_set():
                    self.tell("Writing …")

    def finish(self, talk: Counted, stopping: threading.Event, seconds: float, trouble: str) -> None:
        """Show what was said in the end, and how fast."""
        with self.lock:
            if self.stopping is not stopping:
                return
            self.stopping = None
            answered = talk.turns[-2:-1] == [("user", self.said)]
            if answered:
                self.exchanges[-1].value = "".join(turn(who, what) for who, what in talk.turns[-2:])
            else:  # it could not even be read: the reader may mend it
                self.exchanges.pop()
                self.turns.children = self.exchanges or [ipywidgets.HTML(faint(NOTHING_YET))]
                self.message.value = self.message.value or self.said
            self.tell(trouble or pace(talk, seconds, stopping.is_set()), trouble=bool(trouble))
            self.set_buttons()
            self.show_raw()

    # What is seen

    def set_buttons(self) -> None:
        """Only a reply that is being written can be stopped."""
        self.send_button.disabled, self.stop_button.disabled = bool(self.stopping), not self.stopping

    def tell(self, says: str, trouble: bool = False) -> None:
        """A sentence below the message."""
        sign = f'<span style="color:{verdict.COLOURS["wrong"]}">{verdict.SIGNS["wrong"]}</span> '
        self.status.value = f'<div style="{LINE}">{sign if trouble else ""}{escape(says) or "&nbsp;"}</div>'

    def show_raw(self, heard: str | None = None) -> None:
        """The text that the machine reads, where the reader has opened it; `heard` is a reply being written."""
        with self.lock:
            if self.under.selected_index is None:
                return
            turns = self.talk.turns if heard is None else [*self.talk.turns, ("user", self.said)]
            try:
                self.raw.value = raw(turns, heard)
            except Exception as error:  # the reader's own chat.transcript
                self.raw.value = faint(told(error))

    def __repr__(self) -> str:
        return SAYS

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        page = still(self.system.value, self.choice.temperature)
        return self.box._repr_mimebundle_() | {"text/plain": SAYS, "text/html": page}


def pace(talk: Counted, seconds: float, stopped: bool) -> str:
    """How a reply ended, and how fast it was written."""
    tokens = count(talk.heard, "token")
    speed = f"{tokens} in {seconds:.1f} seconds, {talk.heard / max(seconds, 0.01):.0f} a second"
    if stopped:
        return f"You stopped it after {speed}. What it had said stays in the chat."
    if talk.heard >= talk.choice.max_new:
        return f"It was cut off at its limit: {speed}."
    return f"It wrote {speed}, and then {chat.END}, which ends its turn."


def told(error: Exception) -> str:
    """An error as one sentence."""
    says = " ".join(str(error).split())[:400]
    if isinstance(error, ValueError):
        return says[:1].upper() + says[1:] + "." * (not says.endswith("."))
    return f"The reply broke off. {type(error).__name__}: {says}"


def raw(turns: list[chat.Turn], heard: str | None) -> str:
    """The transcript as HTML, its marks on gold, and only those that are marks to the machine."""
    text = chat.transcript([(who, what.replace("<|", chat.APART)) for who, what in turns])
    if heard is None:
        text = text.removesuffix(f"{chat.START}assistant\n")  # nobody is to speak
    else:
        text += heard.replace("<|", chat.APART) + "▌"
    html = escape(text)
    for mark in map(escape, (chat.START, chat.END)):
        html = html.replace(mark, f'<span style="background:#d69e2e55;border-radius:3px">{mark}</span>')
    html = html.replace(chat.APART, escape("<|"))
    return f'<div style="font-family:monospace;line-height:1.45;{WRAP}">{html}</div>'


# Looks: sizes and lines that hold on a white and on a black page, in a wide and in a narrow window

WRAP = "white-space:pre-wrap;overflow-wrap:anywhere"
LINE = "line-height:1.45;overflow-wrap:anywhere;min-height:1.45em"


def turn(who: str, what: str, cursor: str = "") -> str:
    """What one of the two said."""
    name, colour = NAMES[who]
    words = escape(what) + cursor if what or cursor else faint("(nothing)")
    said = f'<div style="border-left:3px solid {colour};padding:0 10px;{WRAP}">{words}</div>'
    return f'<div style="line-height:1.45;margin-bottom:8px">{faint(name)}{said}</div>'


def faint(text: str) -> str:
    """A word beside the point."""
    return f'<div style="opacity:.7;line-height:1.45">{escape(text)}</div>'


def sizes(width: str) -> dict:
    """As wide as there is room, on a line of its own where there is little."""
    return {
        "style": {"description_width": "initial"},
        "layout": {"width": "auto", "flex": f"1 1 {width}", "min_width": "0"},
    }


def box(label: str, text: str = "", **more) -> ipywidgets.Textarea:
    """A labelled box of two lines."""
    return ipywidgets.Textarea(text, description=label, rows=2, **sizes("20em"), **more)


def button(text: str, act: Callable[[], None]) -> ipywidgets.Button:
    """A button that does something."""
    made = ipywidgets.Button(description=text, layout={"width": "auto"})
    made.on_click(lambda _: act())
    return made


def row(*parts: ipywidgets.Widget) -> ipywidgets.Box:
    """Parts beside each other, or below each other in a narrow window."""
    return ipywidgets.Box(parts, layout={"flex_flow": "row wrap", "align_items": "center"})


def still(system: str, temperature: float) -> str:
    """The empty chat, for a page that cannot run."""
    field = "border:1px solid #a0aec0;border-radius:3px;padding:4px 8px;margin:4px 0"
    rows = [
        f'<div style="{field}">{faint("system prompt")}{escape(system)}</div>',
        f'<div style="margin:12px 0">{faint(NOTHING_YET)}</div>',
        f'<div style="{field}">{faint("you: say something")}</div>',
        f"<div><button disabled>Send</button> <button disabled>Stop</button> "
        f"<button disabled>Start again</button> temperature: {temperature:.1f}</div>",
        faint("A still of the chat: where this notebook runs, it answers."),
    ]
    return f'<div style="max-width:50em">{"".join(rows)}</div>'
