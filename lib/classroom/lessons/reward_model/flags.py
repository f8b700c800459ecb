"""Two samples of the reader's own model side by side: which do they like better? Each answer is kept at once.

Buttons, or keys: a or the left arrow, b or the right one, s skips and u takes the last answer back. What is kept, and how,
is the business of classroom.mine.flags.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import traitlets

from classroom.display import figures, parts
from classroom.display.spoken import Element
from classroom.mine import flags
from classroom.mine.flags import Flag

SAYS = "Two samples of your model, A and B: choose the one you like better, or skip. Each answer is kept."
WANTED = 48
ENOUGH = "That is enough: go on with the next cell. Whoever likes may go on choosing."
NO_PAIR = (
    "No pair is left. Undo still takes answers back; another seed in the cell above gives other samples."
)
NOTHING = "There is no answer to take back."
AGAIN = "Taken back. Here is the pair again."


class Pad(Element):
    """Two texts and four buttons; what the reader does comes as a message, with the number of the pair it is about."""

    _esm = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    _css = Element._css + Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    pair = traitlets.Dict().tag(sync=True)  # number, opening, a, b; without texts where no pair is left
    progress = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)


class Flagging:
    """Asks about one pair after another, those that were answered before left out."""

    def __init__(self, offers: Sequence[tuple[str, str, str]], wanted: int = WANTED):
        self.offers = [(opening, a, b) for opening, a, b in offers if a != b]
        self.wanted, self.number, self.shown = wanted, 0, None
        self.given = list(flags.read().flags)  # what Undo takes back, the last first
        self.pad = Pad()
        self.pad.on_msg(lambda _, told, __: self.heard(told))
        self.box = parts.page(self.pad)
        self.go_on("")
        self.still = figures.html(still(self.shown, self.pad.progress), SAYS)

    def heard(self, told: dict) -> None:
        """What the reader did, unless it was about a pair that is no longer shown."""
        if told.get("number") == self.number:
            if told.get("do") == "undo":
                self.undo()
            elif told.get("do") in flags.ANSWERS and self.shown:
                self.answer(told["do"])

    def answer(self, which: str) -> None:
        """Keep an answer to the pair that is shown, and show the next."""
        one = flags.flag(*self.shown, which)
        trouble = flags.keep(one)
        self.given.append(one)
        self.go_on(trouble)

    def undo(self) -> None:
        """Take the last answer back, also one of an earlier day, and show its pair again."""
        if not self.given:
            return self.show(self.shown, NOTHING)
        one = self.given.pop()
        before = flags.read().flags.count(one)
        trouble = flags.take_back(one)
        if before and flags.read().flags.count(one) == before:
            self.given.append(one)  # it could not be struck out
            return self.show(self.shown, trouble)
        return self.show((one.opening, one.a, one.b), trouble or AGAIN)

    def go_on(self, trouble: str) -> None:
        """Show the first pair that is not answered yet, and what is to be said."""
        kept = flags.read()
        known = {one.pair for one in kept.flags}
        left = [offer for offer in self.offers if frozenset(offer[1:]) not in known]
        says = [trouble or kept.trouble, *odd(kept.flags)]
        says += [ENOUGH] * (len(kept.answers) >= self.wanted) + [NO_PAIR] * (not left)
        self.show(left[0] if left else None, " ".join(filter(None, says)))

    def show(self, offer: tuple[str, str, str] | None, note: str) -> None:
        """Put a pair before the reader, under a new number."""
        self.number, self.shown = self.number + 1, offer
        texts = dict(zip(("opening", "a", "b"), offer or ("", "", ""), strict=True))
        self.pad.progress = f"{len(flags.read().answers)} of {self.wanted}"
        self.pad.note = note
        self.pad.pair = {"number": self.number, **texts}

    def __repr__(self) -> str:
        return SAYS

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self.box._repr_mimebundle_() | {"text/plain": SAYS, "text/html": self.still}


def odd(given: Sequence[Flag]) -> list[str]:
    """What is odd about answers; that there are none yet is not odd here."""
    return flags.remarks(given) if any(one.answer != "skip" for one in given) else []


def still(offer: tuple[str, str, str] | None, progress: str) -> str:
    """The pad as a page without a kernel shows it."""
    texts = [
        f"<b>{letter}</b> ‹{escape(text)}›"
        for letter, text in zip("AB", (offer or ("",) * 3)[1:], strict=True)
    ]
    cards = "".join(f'<div style="{parts.FIELD};flex:1 1 15em">{text}</div>' for text in texts)
    keys = parts.faint("A (a or ←) · B (b or →) · Skip (s) · Undo (u)")
    return parts.still(
        f'<div style="display:flex;flex-flow:row wrap;gap:8px">{cards}</div>', keys, parts.sentence(progress)
    )
