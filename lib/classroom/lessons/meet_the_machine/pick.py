"""Exercise `black_box.pick`: sampling by the inverse cumulative distribution, whose interval ends are the hard part."""

import bisect
import itertools

from classroom.judge import shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.meet_the_machine.shared import EIGHT, LITTLE, MANY, answers, same_piece


def the_same_pin_gives_the_same_piece(pick):
    """All chance is in u."""
    if len(found := answers(pick, EIGHT, 0.3)) > 1:
        says = (
            "The same u gave two answers. u is the pin, and all the chance there is: draw none of your own."
        )
        called = "pick({'a': 0.125, 'b': 0.125, ... 'h': 0.125}, 0.3), twice"
        raise Wrong("pick-own-chance", says, called, " and ".join(found[:2]), "c both times")


ABC = {"a": 0.5, "b": 0.3, "c": 0.2}
WAS = {" was": 0.25, " is": 0.5, " were": 0.25}
SHORT = {"a": 0.3, "b": 0.3, "c": 0.3999}  # as rounding may leave it


@check(
    "black_box.pick",
    before=[the_same_pin_gives_the_same_piece],
    cases=[
        ({"a": 0.2, "b": 0.3, "c": 0.5}, 0.4),
        *((ABC, u) for u in (0.6, 0.1, 0.95)),
        *((LITTLE, u) for u in (0.7, 0.2, 0.9)),
        *((WAS, u) for u in (0.25, 0.0)),
        ({"never": 0.0, "always": 1.0}, 0.0),
        ({"a": 0.1, "b": 0.1, "c": 0.3, "d": 0.5}, 0.15),
        ({" Only": 1.0}, 0.4),
        *((SHORT, u) for u in (0.99995, 0.45)),
        *((MANY, u) for u in (0.02, 0.5, 0.004, 0.789)),
    ],
    awkward=shelf.PINS,
    same=same_piece,
)
def pick(options, u):
    ends = list(itertools.accumulate(options.values()))
    return list(options)[min(bisect.bisect_right(ends, u), len(options) - 1)]


AFTER_LOOP = "\n    return piece"

edits(
    "black_box.pick",
    (
        "pick-each-by-itself",
        "end += probability",
        "end = probability",
        "u was compared with each probability by itself. The pieces lie end to end: a from 0 to .2, b from .2 to .5, so the pin at .4 falls on b. Add up as you go.",
    ),
    (
        "pick-each-by-itself-none",
        [("end += probability", "end = probability"), (AFTER_LOOP, "")],
        "u was compared with each probability by itself. The pieces lie end to end: a from 0 to .2, b from .2 to .5, so the pin at .4 falls on b. Add up as you go. (And then the last piece catches what is left.)",
    ),
    (
        "pick-none",
        AFTER_LOOP,
        "",
        "Nothing was picked: rounding had left the sum a little below u. The last piece catches the rest, so return it after the loop.",
    ),
    (
        "pick-likeliest",
        ...,
        "return max(options, key=options.get)",
        "u makes no difference: this is always the likeliest piece. A pin may fall on any of them.",
    ),
    (
        "pick-equal-shares",
        ...,
        "return list(options)[int(u * len(options))]",
        "Each piece got an equal part of the ruler. It is as long as its probability.",
    ),
    (
        "pick-sorted",
        "options.items()",
        "sorted(options.items(), key=lambda item: -item[1])",
        "The pieces were put in order of probability first. They lie along the ruler in the order in which they come.",
    ),
    (
        "pick-end-included",
        "u < end",
        "u <= end",
        "Where one piece ends the next begins: a pin at .25 is no longer on a piece from 0 to .25. Ask u < end, not u <= end; else a piece with probability 0 can be picked.",
    ),
    (
        "pick-ends-excluded",
        [("end += probability", "start, end = end, end + probability"), ("u < end", "start < u < end")],
        "A pin just where a piece begins was left without a piece. The beginning belongs to the piece, the end to the next: start <= u < end.",
    ),
    (
        "pick-turned",
        "u < end",
        "u > end",
        "The comparison is the wrong way round. Add up until the sum has passed u, that is u < end.",
    ),
    (
        "pick-added-late",
        [("end += probability\n        ", ""), (AFTER_LOOP, f"\n        end += probability{AFTER_LOOP}")],
        "You looked before you added: the pin lies on this piece, and you gave the next one. First end += probability, then compare.",
    ),
    (
        "pick-last",
        ("return piece", 1),
        "found = piece",
        "This is always the last piece. (Does the loop stop when the piece is found? return does that.)",
    ),
    (
        "pick-first",
        AFTER_LOOP,
        "\n        return piece",
        "This is always the first piece. (Does a return stand in the loop without an if, or as its else?)",
    ),
    (
        "pick-first-or-last",
        AFTER_LOOP,
        "\n        return list(options)[-1]",
        "Only the first piece or the last is ever picked: the loop ends too early. A pin that isn't on this piece may be on the next: go on, and return the last only after the loop.",
    ),
    (
        "pick-probability",
        ("return piece", "every"),
        "return probability",
        "This is a probability. What is needed is the piece that has it.",
    ),
)
