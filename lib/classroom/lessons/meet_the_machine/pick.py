"""Exercise `black_box.pick`: its cases, its right answer found otherwise, and how people get it wrong."""

import bisect
import itertools

from classroom.judge import shelf
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.meet_the_machine.shared import LITTLE, MANY, _answers


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
    "black_box.pick",
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
    awkward=[
        *shelf.PINS,
    ],
)
def pick(options, u):
    ends = list(itertools.accumulate(options.values()))
    return list(options)[min(bisect.bisect_right(ends, u), len(options) - 1)]


@mistake(
    "black_box.pick",
    "pick-each-by-itself",
    "u was compared with each probability by itself. The pieces lie end to end: a from 0 to .2, b from .2 to .5, so the pin at .4 falls on b. "
    "Add up as you go.",
)
def _(options, u):
    for piece, probability in options.items():
        if u < probability:
            return piece
    return piece


@mistake(
    "black_box.pick",
    "pick-each-by-itself-none",
    "u was compared with each probability by itself. The pieces lie end to end: a from 0 to .2, b from .2 to .5, so the pin at .4 falls on b. "
    "Add up as you go. (And then the last piece catches what is left.)",
)
def _(options, u):
    for piece, probability in options.items():
        if u < probability:
            return piece


@mistake(
    "black_box.pick",
    "pick-none",
    "Nothing was picked: rounding had left the sum a little below u. The last piece catches the rest, so return it after the loop.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u < end:
            return piece


@mistake(
    "black_box.pick",
    "pick-first-catches-rest",
    "Beyond the end of the ruler you gave the first piece. The pin fell just behind the *last*.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u < end:
            return piece
    return next(iter(options))


@mistake(
    "black_box.pick",
    "pick-likeliest",
    "u makes no difference: this is always the likeliest piece. A pin may fall on any of them.",
)
def _(options, u):
    return max(options, key=options.get)


@mistake(
    "black_box.pick",
    "pick-equal-shares",
    "Each piece got an equal part of the ruler. It is as long as its probability.",
)
def _(options, u):
    return list(options)[int(u * len(options))]


@mistake(
    "black_box.pick",
    "pick-sorted",
    "The pieces were put in order of probability first. They lie along the ruler in the order in which they come.",
)
def _(options, u):
    end = 0
    for piece in sorted(options, key=options.get, reverse=True):
        end += options[piece]
        if u < end:
            return piece
    return piece


@mistake(
    "black_box.pick",
    "pick-alphabet",
    "The pieces were put in order of the alphabet first. They lie along the ruler in the order in which they come.",
)
def _(options, u):
    end = 0
    for piece in sorted(options):
        end += options[piece]
        if u < end:
            return piece
    return piece


@mistake(
    "black_box.pick",
    "pick-end-included",
    "Where one piece ends the next begins: a pin at .25 is no longer on a piece from 0 to .25. Ask u < end, not u <= end; else a piece with "
    "probability 0 can be picked.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u <= end:
            return piece
    return piece


@mistake(
    "black_box.pick",
    "pick-end-included-none",
    "Where one piece ends the next begins: a pin at .25 is no longer on a piece from 0 to .25. Ask u < end, not u <= end. (And return the last piece "
    "after the loop: rounding may leave the sum below u.)",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u <= end:
            return piece


@mistake(
    "black_box.pick",
    "pick-from-the-end",
    "The ruler was laid from the other end: the first piece should begin at 0.",
)
def _(options, u):
    end = 0
    for piece in reversed(options):
        end += options[piece]
        if u < end:
            return piece
    return piece


@mistake(
    "black_box.pick",
    "pick-turned",
    "The comparison is the wrong way round. Add up until the sum has passed u, that is u < end.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u > end:
            return piece
    return piece


@mistake(
    "black_box.pick",
    "pick-added-late",
    "You looked before you added: the pin lies on this piece, and you gave the next one. First end += probability, then compare.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        if u < end:
            return piece
        end += probability
    return piece


@mistake(
    "black_box.pick",
    "pick-last",
    "This is always the last piece. (Does the loop stop when the piece is found? return does that.)",
)
def _(options, u):
    return list(options)[-1]


@mistake(
    "black_box.pick",
    "pick-first",
    "This is always the first piece. (Does a return stand in the loop without an if, or as its else?)",
)
def _(options, u):
    return next(iter(options))


@mistake(
    "black_box.pick",
    "pick-first-or-last",
    "Only the first piece or the last is ever picked: the loop ends too early. A pin that isn't on this piece may be on the next: go on, and return "
    "the last only after the loop.",
)
def _(options, u):
    pieces = list(options)
    return pieces[0] if u < options[pieces[0]] else pieces[-1]


@mistake(
    "black_box.pick",
    "pick-nearest",
    "This is the piece whose probability is nearest to u. u is a place on the ruler: on which piece does it lie?",
)
def _(options, u):
    return min(options, key=lambda piece: abs(options[piece] - u))


@mistake(
    "black_box.pick",
    "pick-probability",
    "This is a probability. What is needed is the piece that has it.",
)
def _(options, u):
    end = 0
    for probability in options.values():
        end += probability
        if u < end:
            break
    return probability


@mistake(
    "black_box.pick",
    "pick-end",
    "This is where the piece ends on the ruler. What is needed is the piece.",
)
def _(options, u):
    end = 0
    for probability in options.values():
        end += probability
        if u < end:
            break
    return end


@mistake(
    "black_box.pick",
    "pick-place",
    "This is the number of the piece. What is needed is the piece itself.",
)
def _(options, u):
    ends = itertools.accumulate(options.values())
    return next((place for place, end in enumerate(ends) if u < end), len(options) - 1)


@mistake(
    "black_box.pick",
    "pick-above-u",
    "u was taken for a bar that a probability must reach. It is a place on the ruler: a lies from 0 to .2, b from .2 to .5, so the pin at .4 falls on b.",
)
def _(options, u):
    likely = [piece for piece, probability in options.items() if probability >= u]
    return likely[0] if likely else max(options, key=options.get)
