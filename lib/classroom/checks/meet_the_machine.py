"""Checks of lesson 00: choose a piece, write on, and the text behind a chat."""

import bisect
import contextlib
import itertools
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from classroom.checking import Wrong, check, find
from classroom.comparing import kind, show
from classroom.judging import ask
from classroom.running import run

EXERCISES = ("machine.likeliest", "machine.pick", "machine.write", "chat.transcript")

_chance = random.Random(0)


def _chances(*pieces: str) -> dict[str, float]:
    """Each piece with a probability by chance; they sum to 1."""
    shares = [_chance.random() for _ in pieces]
    return {piece: share / sum(shares) for piece, share in zip(pieces, shares, strict=True)}


@contextlib.contextmanager
def _seeded(seed: int):
    """Whatever chance a function may draw from, begun anew; and put back afterwards."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    states = random.getstate(), numpy and numpy.random.get_state(), torch and torch.get_rng_state()
    random.seed(seed)
    if numpy:
        numpy.random.seed(seed)
    if torch:
        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(states[0])
        if numpy:
            numpy.random.set_state(states[1])
        if torch:
            torch.set_rng_state(states[2])


def _answers(function: Callable, *arguments) -> list[str]:
    """The different texts that one and the same call gives; none where it fails, which is said otherwise."""
    answers = set()
    for seed in range(12):
        with _seeded(seed):
            outcome = run(function, arguments)
        if outcome.error is not None or not isinstance(outcome.value, str):
            return []
        answers.add(outcome.value)
    return sorted(answers)


def no_chance_decides(likeliest):
    """The same options, the same piece."""
    if len(answers := _answers(likeliest, {letter: 1 / 8 for letter in "abcdefgh"})) > 1:
        says = "The same options gave two answers: chance was asked. The likeliest is always the same."
        called = "likeliest({'a': 0.125, 'b': 0.125, ... 'h': 0.125}), twice"
        raise Wrong("likeliest-chance", says, called, " and ".join(answers[:2]), "a both times")


LITTLE = {" boy": 0.3, " girl": 0.5, " town": 0.2}
MANY = _chances(*(f" {letter}{other}" for letter in "swanduck" for other in "lingfot"))


@check(
    "machine.likeliest",
    before=[no_chance_decides],
    cases=[
        (LITTLE,),
        ({" swan": 0.25, " duckling": 0.75},),
        ({" river": 0.15, " bank": 0.25, " duckling": 0.2, " swans": 0.4},),
        ({" girl": 0.44, " town": 0.18, " boy": 0.04, " village": 0.02},),
        ({"The": 0.2, " the": 0.25, " The": 0.15, "the": 0.4},),
        ({"a": 0.25, "b": 0.375, "c": 0.375},),
        ({" was": 1.0},),
        ({" tired": 2e-9, " asleep": 3e-9, " a little bit tired": 1e-9},),
        (MANY,),
    ],
)
def likeliest(options):
    ordered = sorted(options.items(), key=lambda item: -item[1])  # of equals the first stays the first
    return ordered[0][0]


# ---- pick ----


def the_same_pin_gives_the_same_piece(pick):
    """All chance is in u."""
    if len(answers := _answers(pick, {letter: 1 / 8 for letter in "abcdefgh"}, 0.3)) > 1:
        says = (
            "The same u gave two answers. u is the pin, and all the chance there is: draw none of your own."
        )
        called = "pick({'a': 0.125, 'b': 0.125, ... 'h': 0.125}, 0.3), twice"
        raise Wrong("pick-own-chance", says, called, " and ".join(answers[:2]), "c both times")


ABC = {"a": 0.5, "b": 0.3, "c": 0.2}
SHORT = {"a": 0.3, "b": 0.3, "c": 0.3999}  # as rounding may leave it


@check(
    "machine.pick",
    before=[the_same_pin_gives_the_same_piece],
    cases=[
        ({"a": 0.2, "b": 0.3, "c": 0.5}, 0.4),
        (ABC, 0.6),
        (ABC, 0.1),
        (ABC, 0.95),
        (LITTLE, 0.7),
        (LITTLE, 0.2),
        (LITTLE, 0.9),
        ({" was": 0.25, " is": 0.5, " were": 0.25}, 0.25),
        ({" was": 0.25, " is": 0.5, " were": 0.25}, 0.0),
        ({"never": 0.0, "always": 1.0}, 0.0),
        ({" only": 1.0}, 0.4),
        (SHORT, 0.99995),
        (SHORT, 0.45),
        (MANY, 0.123),
        (MANY, 0.5),
        (MANY, 0.789),
    ],
)
def pick(options, u):
    ends = list(itertools.accumulate(options.values()))
    return list(options)[min(bisect.bisect_right(ends, u), len(options) - 1)]


# ---- write: machines that are small enough to read ----


HANDED_IN = "How to choose is handed in: use `choose`. (Here `machine` is the argument, not the module.)"
NOT_CHOSEN = (
    "choose was not given options. They come from asking the machine about the text: choose(machine(text)). "
    "(And is the order of the arguments start, n, machine, choose?)"
)


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


TALE = ["The", " duckling", " that", " followed", " the", " swans", " was", " tired", "."]


def _machine(name: str, says: Callable) -> Toy:
    def read(text):
        if not isinstance(text, str):
            raise ValueError(f"a machine reads a text, and it was given {kind(text)}")
        return says(text)

    return Toy(name, read)


def _way_to_choose(name: str, chooses: Callable) -> Toy:
    def choose(options):
        if not isinstance(options, dict):
            raise Wrong("write-not-chosen", NOT_CHOSEN)
        return chooses(options)

    return Toy(name, choose)


def _next_in_the_tale(text):
    """Who shows it the tale so far gets the next piece; who shows it anything else learns that it is lost."""
    for n in range(1, len(TALE)):
        if text == "".join(TALE[:n]):
            return {" (lost)": 0.2, TALE[n]: 0.8}
    return {" (lost)": 0.9, " (and tired)": 0.1}


tale = _machine("tale", _next_in_the_tale)  # by heart: The duckling that followed ...
lengths = _machine("lengths", lambda text: {" ?": 0.3, f" {len(text)}": 0.7})  # of the text that it was shown
forks = _machine("forks", lambda text: {" o": 0.3, f" {text[-1:]}x": 0.5, f" y{len(text)}": 0.2})
best = _way_to_choose("best", likeliest)
rarest = _way_to_choose("rarest", lambda options: min(options, key=options.get))
sentences = _machine(  # never done: after a full stop it begins again
    "sentences", lambda text: {" Then": 0.8, "!": 0.2} if text.endswith(".") else {"!": 0.3, ".": 0.7}
)
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

    ask("machine.write", write, BEGINNING, 4, machine, choose)
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
    "machine.write",
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
)
def write(start, n, machine, choose):
    if n == 0:
        return start
    before = write(start, n - 1, machine, choose)
    return before + choose(machine(before))


# ---- transcript ----

HELLO = [("user", "Hello!")]
BRIEF = [("system", "Be brief."), ("user", "Hello!")]
LONGER = [*BRIEF, ("assistant", "Hi. What is it?"), ("user", "Who wrote The Ugly Duckling?")]
UNUSUAL = [("system", "  You are a swan.  "), ("user", "Two lines,\nand a 🦆:\n\n- tired\n")]


def it_is_right_up_to_here(transcript):
    """Where an answer first goes another way than the one that is needed."""
    for (turns,) in find("chat.transcript").cases:
        yours, needed = ask("chat.transcript", transcript, turns), by_lines(turns)
        if not isinstance(yours, str) or yours == needed:
            continue
        if "{" in yours and "{" not in needed:
            says = (
                "Names in curly brackets stand there as they are: before the quotes an f is missing, f'...'."
            )
            raise Wrong("transcript-no-f", says, f"transcript({show(turns)})", show(yours), show(needed))
        for mark in ("chat.START", "chat.END"):
            if mark in yours and mark not in needed:
                says = f"{mark} stands in quotes: without them it is the mark. (In an f-text: in curly brackets.)"
                called = f"transcript({show(turns)})"
                raise Wrong("transcript-quoted-mark", says, called, show(yours), show(needed))
        here = next(
            (i for i, (a, b) in enumerate(zip(yours, needed, strict=False)) if a != b),
            min(len(yours), len(needed)),
        )
        said, should = yours[here : here + 20], needed[here : here + 20]
        says = f"It is right as far as {needed[max(0, here - 20) : here]!r}. " if here else ""
        says += (
            f"Then comes {said!r}, and it should be {should!r}."
            if should
            else f"Then it should end, and {said!r} follows."
        )
        if not said:
            says = f"It ends too early: {should!r} is missing."
        raise Wrong("transcript-up-to-here", says, f"transcript({show(turns)})", show(yours), show(needed))


@check(
    "chat.transcript",
    behaviours=[it_is_right_up_to_here],
    cases=[
        (HELLO,),
        (BRIEF,),
        (LONGER,),
        ([("user", "Hello!"), ("assistant", "Hi."), ("user", "Are you tired?")],),
        (UNUSUAL,),
        ([("system", "Be brief.")],),
        ([("user", "Hello!"), ("assistant", "Hi."), ("user", "Go on."), ("assistant", "I am a swan.")],),
        ([],),
    ],
)
def by_lines(turns):
    lines = []
    for turn in turns:
        lines += ["<|im_start|>" + turn[0], turn[1] + "<|im_end|>"]
    return "\n".join([*lines, "<|im_start|>assistant", ""])
