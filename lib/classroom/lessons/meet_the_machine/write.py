"""Exercise `black_box.write`: autoregressive generation, where each step must see all of the text so far."""

from collections.abc import Callable
from dataclasses import dataclass, field

from classroom.judge.comparison import kind
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.judge.sandbox import run

HANDED_IN = "How to choose is handed in: use `choose`. (Here `machine` is the argument, not the module.)"
NOT_CHOSEN = (
    "choose was not given options. They come from asking the machine about the text: choose(machine(text)). "
    "(And is the order of the arguments start, n, machine, choose?)"
)

# ---- machines, and ways to choose ----


@dataclass(frozen=True)
class Toy:
    """A machine, or a way to choose, that a diagnosis can show by its name."""

    name: str
    rule: Callable = field(repr=False)

    def __call__(self, *given):
        return self.rule(*given)

    def __getattr__(self, name):
        if name in ("likeliest", "pick", "write"):
            raise Wrong("write-choose-is-handed-in", HANDED_IN)
        raise AttributeError(f"a function has no {name}")

    def __repr__(self) -> str:
        return self.name


def a_machine(name: str, says: Callable) -> Toy:
    def read(text):
        if not isinstance(text, str):
            raise ValueError(f"a machine reads a text, and it was given {kind(text)}")
        return says(text)

    return Toy(name, read)


def a_way_to_choose(name: str, chooses: Callable) -> Toy:
    def choose(options):
        if not isinstance(options, dict):
            raise Wrong("write-not-chosen", NOT_CHOSEN)
        return chooses(options)

    return Toy(name, choose)


TALE = ["The", " duckling", " that", " followed", " the", " swans", " was", " tired", "."]


def next_in_the_tale(text):
    """Who shows it the tale so far gets the next piece; who shows it anything else learns that it is lost."""
    for n in range(1, len(TALE)):
        if text == "".join(TALE[:n]):
            return {" (lost)": 0.2, TALE[n]: 0.8}
    return {" (lost)": 0.9, " (and tired)": 0.1}


best = a_way_to_choose("best", lambda options: max(options, key=options.get))
rarest = a_way_to_choose("rarest", lambda options: min(options, key=options.get))

tale = a_machine("tale", next_in_the_tale)  # by heart: The duckling that followed ...
lengths = a_machine("lengths", lambda text: {" ?": 0.3, f" {len(text)}": 0.7})  # of the text it was shown
forks = a_machine("forks", lambda text: {" o": 0.3, f" {text[-1:]}x": 0.5, f" y{len(text)}": 0.2})
sentences = a_machine(  # never done: after a full stop it begins again
    "sentences", lambda text: {" Then": 0.8, "!": 0.2} if text.endswith(".") else {"!": 0.3, ".": 0.7}
)
white = a_machine("white", lambda text: {" x": 0.2, (" a\n", "\n", " ", "b ")[len(text) % 4]: 0.8})

# ---- what is judged ----

BEGINNING = "The duckling that followed the swans"


def how_to_choose_is_handed_in(write):
    """The reader's own names for ways to choose are known elsewhere, not here."""
    error = run(write, ("The", 1, tale, best)).error
    if isinstance(error, NameError) and error.name in ("likeliest", "pick"):
        raise Wrong("write-choose-is-handed-in", HANDED_IN, f"write('The', 1, {tale}, {best})")


def the_whole_text_is_shown(write):
    """The machine is asked once for each piece, and sees all that stands there."""
    _all_is_shown(write, BEGINNING, repr(BEGINNING))


def a_long_text_is_shown_whole(write):
    """However long the text is, the machine sees it from its first letter on."""
    _all_is_shown(write, 300 * BEGINNING, f"300 * {BEGINNING!r}")


def _all_is_shown(write, beginning: str, called: str) -> None:
    shown = []

    def machine(text):
        shown.append(text)
        return {f" {len(shown)}": 1.0}

    ask("black_box.write", write, beginning, 4, machine, lambda options: next(iter(options)))
    called = f"write({called}, 4, machine, choose)"
    needed = [beginning + added for added in ("", " 1", " 1 2", " 1 2 3")]
    if len(shown) != 4:
        says = f"The machine was asked {len(shown)} times. For 4 pieces it is asked 4 times, once for each."
        raise Wrong("write-times-asked", says, called)
    for number, (saw, should) in enumerate(zip(shown, needed, strict=True), 1):
        if saw == should:
            continue
        says = f"Question {number} to the machine was not all of the text so far: each time it needs to see everything."
        if should in saw:
            says = f"Question {number} to the machine was more than the text so far. Add the pieces, and nothing else."
        if len(should) > 1000 and should.endswith(saw):
            says = f"Of a long text the machine was shown the last {len(saw)} letters only. It needs to see all of it, from the first."
            raise Wrong("write-end-shown", says, called, f"{len(saw)} letters", f"{len(should)} letters")
        raise Wrong("write-not-all-shown", says, called, f"it saw {saw[-80:]!r}", repr(should[-80:]))


@check(
    "black_box.write",
    before=[how_to_choose_is_handed_in],
    behaviours=[the_whole_text_is_shown, a_long_text_is_shown_whole],
    cases=[
        ("The", 3, tale, best),
        ("The duckling", 1, tale, best),
        ("The", 8, tale, best),
        ("The duckling", 2, tale, rarest),
        ("a", 5, lengths, best),
        ("The", 0, tale, best),
        ("", 3, lengths, best),
        ("swan", 4, forks, best),
        ("swan", 4, forks, rarest),
        ("The duckling ", 3, lengths, best),
        ("The duckling that", 4, tale, best),
        ("The duckling was tired", 4, sentences, best),
    ],
    awkward=[
        *(
            (text, n, white, best)
            for text, n in (("", 1), (" \n", 0), ("\n The ", 1), (" ", 2), ("The", 4), ("x", 7))
        ),
        (300 * BEGINNING, 1, lengths, best),
    ],
)
def write(start, n, machine, choose):
    if n == 0:
        return start
    before = write(start, n - 1, machine, choose)
    return before + choose(machine(before))


# ---- how people get it wrong ----

ADD = "text += choose(machine(text))"

edits(
    "black_box.write",
    (
        "write-same-text",
        "machine(text)",
        "machine(start)",
        "The machine never saw what was added: each time it was shown the beginning only, and so it says the same again. Show it all the text so far, anew each time.",
    ),
    (
        "write-last-piece-shown",
        [
            ("text = start", "text = piece = start"),
            (ADD, "piece = choose(machine(piece))\n        text += piece"),
        ],
        "The machine was shown the last piece only. It saw ' duckling', not the tale, and was lost. Show it all the text so far.",
    ),
    (
        "write-spaces",
        ADD,
        'text += " " + choose(machine(text))',
        "You added spaces, and pieces bring their own: ' duckling' begins with one. Now there are two, and the machine is confused.",
    ),
    (
        "write-stripped",
        ADD,
        f"{ADD}.strip()",
        "The spaces were taken off, and the words stick together. They belong to the pieces: add each as it is.",
    ),
    (
        "write-text-stripped",
        ADD,
        "text = text.strip() + choose(machine(text))",
        "White space at the ends of the text so far was taken off. It is part of the text: add the piece, and change nothing else.",
    ),
    (
        "write-only-new",
        "return text",
        "return text[len(start):]",
        "This is only what is new. Give the whole text, the beginning too.",
    ),
    (
        "write-own-choice",
        ADD,
        "text += max(options := machine(text), key=options.get)",
        "`choose` was not asked: the likeliest was taken each time. Whoever calls write says how to choose: choose(machine(text)).",
    ),
    (
        "write-options-added",
        ADD,
        "text += machine(text)",
        "A dictionary cannot be added to a text: the machine gives all options, and choose picks one of them: text += choose(machine(text)).",
    ),
    (
        "write-pieces",
        [("= start", "= [start]"), (ADD, 'text += [choose(machine("".join(text)))]')],
        "This is a list of pieces. Make one text of them: start from text = start, and add each piece to it.",
    ),
    (
        "write-unchanged",
        ADD,
        "text + choose(machine(text))",
        "The text came back as it was. text + piece makes a new text, and somebody must keep it: text = text + piece, or text += piece.",
    ),
    (
        "write-overwritten",
        ADD,
        "text = choose(machine(text))",
        "Each new piece took the place of the text. Put it at the end: text += piece, not text = piece.",
    ),
    (
        "write-in-front",
        ADD,
        "text = choose(machine(text)) + text",
        "The new piece was put in front. It comes after the text: text + piece.",
    ),
    (
        "write-return-inside",
        ADD,
        f"{ADD}\n        return text",
        "It stops after one piece: the return stands inside the loop. Move it to the left, below the loop.",
    ),
    (
        "write-added-after-loop",
        [(ADD, "piece = choose(machine(text))"), ("return text", "return text + piece")],
        "The piece is added once, below the loop. Move that line to the right, into the loop.",
    ),
    (
        "write-stops-early",
        ADD,
        f'{ADD}\n        if text.endswith("."):\n            break',
        "It stopped once the text ended in a full stop. n pieces are asked for, whatever they say: whoever calls write decides when to stop.",
    ),
    (
        "write-once",
        ...,
        "return start + choose(machine(start))",
        "One piece was added, however large n is. What you did must be done n times: for _ in range(n).",
    ),
)
