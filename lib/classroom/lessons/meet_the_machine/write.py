"""Exercise `black_box.write`: its cases, its right answer found otherwise, and how people get it wrong."""

from collections.abc import Callable

from classroom.judge.comparison import kind
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, mistake
from classroom.judge.sandbox import run
from classroom.lessons.meet_the_machine.shared import HANDED_IN, Toy, _way_to_choose, best

TALE = ["The", " duckling", " that", " followed", " the", " swans", " was", " tired", "."]


def _machine(name: str, says: Callable) -> Toy:
    def read(text):
        if not isinstance(text, str):
            raise ValueError(f"a machine reads a text, and it was given {kind(text)}")
        return says(text)

    return Toy(name, read)


def _next_in_the_tale(text):
    """Who shows it the tale so far gets the next piece; who shows it anything else learns that it is lost."""
    for n in range(1, len(TALE)):
        if text == "".join(TALE[:n]):
            return {" (lost)": 0.2, TALE[n]: 0.8}
    return {" (lost)": 0.9, " (and tired)": 0.1}


tale = _machine("tale", _next_in_the_tale)  # by heart: The duckling that followed ...


lengths = _machine("lengths", lambda text: {" ?": 0.3, f" {len(text)}": 0.7})  # of the text that it was shown


forks = _machine("forks", lambda text: {" o": 0.3, f" {text[-1:]}x": 0.5, f" y{len(text)}": 0.2})


rarest = _way_to_choose("rarest", lambda options: min(options, key=options.get))


sentences = _machine(  # never done: after a full stop it begins again
    "sentences", lambda text: {" Then": 0.8, "!": 0.2} if text.endswith(".") else {"!": 0.3, ".": 0.7}
)


white = _machine("white", lambda text: {" x": 0.2, (" a\n", "\n", " ", "b ")[len(text) % 4]: 0.8})


BEGINNING = "The duckling that followed the swans"


def how_to_choose_is_handed_in(write):
    """The reader's own names for ways to choose are known elsewhere, not here."""
    error = run(write, ("The", 1, tale, best)).error
    if isinstance(error, NameError) and error.name in ("likeliest", "pick"):
        raise Wrong("write-choose-is-handed-in", HANDED_IN, f"write('The', 1, {tale}, {best})")


def the_whole_text_is_shown(write):
    """The machine is asked once for each piece, and sees all that stands there."""
    shown = []

    def machine(text):
        shown.append(text)
        return {f" {len(shown)}": 1.0}

    def choose(options):
        return next(iter(options))

    ask("black_box.write", write, BEGINNING, 4, machine, choose)
    called = f"write({BEGINNING!r}, 4, machine, choose)"
    needed = [BEGINNING + added for added in ("", " 1", " 1 2", " 1 2 3")]
    if len(shown) != 4:
        says = f"The machine was asked {len(shown)} times. For 4 pieces it is asked 4 times, once for each."
        raise Wrong("write-times-asked", says, called)
    for number, (saw, should) in enumerate(zip(shown, needed, strict=True), 1):
        if saw != should:
            says = f"Question {number} to the machine was not all of the text so far: each time it needs to see everything."
            raise Wrong("write-not-all-shown", says, called, f"it saw {saw!r}", repr(should))


@check(
    "black_box.write",
    before=[how_to_choose_is_handed_in],
    behaviours=[the_whole_text_is_shown],
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


@mistake(
    "black_box.write",
    "write-same-text",
    "The machine never saw what was added: each time it was shown the beginning only, and so it says the same again. Show it all the text so far, anew each time.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(start))
    return text


@mistake(
    "black_box.write",
    "write-last-piece-shown",
    "The machine was shown the last piece only. It saw ' duckling', not the tale, and was lost. Show it all the text so far.",
)
def _(start, n, machine, choose):
    text = piece = start
    for _ in range(n):
        piece = choose(machine(piece))
        text += piece
    return text


@mistake(
    "black_box.write",
    "write-beginning-not-shown",
    "The machine saw only what is new, without the beginning. Show it all the text so far.",
)
def _(start, n, machine, choose):
    new = ""
    for _ in range(n):
        new += choose(machine(new))
    return start + new


@mistake(
    "black_box.write",
    "write-spaces",
    "You added spaces, and pieces bring their own: ' duckling' begins with one. Now there are two, and the machine is confused.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += " " + choose(machine(text))
    return text


@mistake(
    "black_box.write",
    "write-only-new",
    "This is only what is new. Give the whole text, the beginning too.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text))
    return text[len(start) :]


@mistake(
    "black_box.write",
    "write-own-choice",
    "`choose` was not asked: the likeliest was taken each time. Whoever calls write says how to choose: choose(machine(text)).",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        options = machine(text)
        text += max(options, key=options.get)
    return text


@mistake(
    "black_box.write",
    "write-first-option",
    "`choose` was not asked: the first of the options was taken each time. Whoever calls write says how to choose: choose(machine(text)).",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += next(iter(machine(text)))
    return text


@mistake(
    "black_box.write",
    "write-unchanged",
    "The text came back as it was. text + piece makes a new text, and somebody must keep it: text = text + piece, or text += piece.",
)
def _(start, n, machine, choose):
    return start


@mistake(
    "black_box.write",
    "write-added-after-loop",
    "The piece is added once, below the loop. Move that line to the right, into the loop.",
)
def _(start, n, machine, choose):
    for _ in range(n):
        piece = choose(machine(start))
    return start + piece


@mistake(
    "black_box.write",
    "write-one-short",
    "One piece too few. range(n) has n steps already: 0, 1, ... up to n - 1.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n - 1):
        text += choose(machine(text))
    return text


@mistake(
    "black_box.write",
    "write-one-long",
    "One piece too many. range(n) has n steps: 0, 1, ... up to n - 1.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n + 1):
        text += choose(machine(text))
    return text


@mistake(
    "black_box.write",
    "write-return-inside",
    "It stops after one piece: the return stands inside the loop. Move it to the left, below the loop.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text))
        return text
    return text


@mistake(
    "black_box.write",
    "write-return-in-loop",
    "The return stands in the loop, so it ends after one round: move it to the left.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text))
        return text


@mistake(
    "black_box.write",
    "write-full-stop",
    "You ended at a full stop. n pieces are asked for, and after one sentence comes the next.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        if text.endswith("."):
            break
        text += choose(machine(text))
    return text


@mistake(
    "black_box.write",
    "write-once",
    "One piece was added, however large n is. What you did must be done n times: for _ in range(n).",
)
def _(start, n, machine, choose):
    return start + choose(machine(start))


@mistake(
    "black_box.write",
    "write-overwritten",
    "Each new piece took the place of the text. Put it at the end: text += piece, not text = piece.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text = choose(machine(text))
    return text


@mistake(
    "black_box.write",
    "write-in-front",
    "The new piece was put in front. It comes after the text: text + piece.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text = choose(machine(text)) + text
    return text


@mistake(
    "black_box.write",
    "write-letters",
    "n was taken for a number of letters. It says how many pieces are added.",
)
def _(start, n, machine, choose):
    text = start
    while len(text) < n:
        text += choose(machine(text))
    return text


@mistake(
    "black_box.write",
    "write-words",
    "n was taken for the length of the whole text, in words. It says how many pieces are added to the beginning.",
)
def _(start, n, machine, choose):
    text = start
    while len(text.split()) < n:
        text += choose(machine(text))
    return text


@mistake(
    "black_box.write",
    "write-pieces",
    "This is a list of pieces. Make one text of them: start from text = start, and add each piece to it.",
)
def _(start, n, machine, choose):
    pieces = [start]
    for _ in range(n):
        pieces.append(choose(machine("".join(pieces))))
    return pieces


@mistake(
    "black_box.write",
    "write-stripped",
    "The spaces were taken off, and the words stick together. They belong to the pieces: add each as it is.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text)).strip()
    return text


@mistake(
    "black_box.write",
    "write-options-added",
    "A dictionary cannot be added to a text: the machine gives all options, and choose picks one of them: text += choose(machine(text)).",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += machine(text)
    return text
