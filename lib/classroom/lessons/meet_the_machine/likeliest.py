"""Exercise `black_box.likeliest`: greedy choice, an argmax over a dictionary, whose keys `max` compares if not told."""

from classroom.judge import shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.meet_the_machine.shared import EIGHT, LITTLE, MANY, answers, same_piece


def no_chance_decides(likeliest):
    """The same options, the same piece."""
    if len(found := answers(likeliest, EIGHT)) > 1:
        says = "The same options gave two answers: chance was asked. The likeliest is always the same."
        called = "likeliest({'a': 0.125, 'b': 0.125, ... 'h': 0.125}), twice"
        raise Wrong("likeliest-chance", says, called, " and ".join(found[:2]), "a both times")


@check(
    "black_box.likeliest",
    before=[no_chance_decides],
    cases=[
        (LITTLE,),
        ({" duck": 0.1, " duckling": 0.75, " swan": 0.15},),
        ({" river": 0.15, " bank": 0.25, " duckling": 0.2, " swans": 0.4},),
        ({" girl": 0.44, " town": 0.18, " boy": 0.04, " village": 0.02},),
        ({"the": 0.2, " the": 0.25, " The": 0.15, "The": 0.4},),
        ({"a": 0.25, "b": 0.375, "c": 0.375},),
        ({" a": 0.4, " b": 0.1, " c": 0.3, " d": 0.2},),
        ({" was": 1.0},),
        ({" tired": 2e-9, " asleep": 3e-9, " a little bit tired": 1e-9},),
        (MANY,),
    ],
    awkward=[(options,) for options in shelf.OPTIONS],
    same=same_piece,
)
def likeliest(options):
    ordered = sorted(options.items(), key=lambda item: -item[1])  # of equals the first stays the first
    return ordered[0][0]


BEST = "max(options, key=options.get)"
HALF = "for piece, probability in options.items():\n    if probability > 0.5:\n        return piece"
LATER = """
best, highest = None, 0
for piece, probability in options.items():
    if probability >= highest:
        best, highest = piece, probability
return best
"""

edits(
    "black_box.likeliest",
    (
        "likeliest-alphabet",
        ", key=options.get",
        "",
        "That is the piece that comes last in the alphabet: of a dictionary, the keys are compared. max takes a second argument, key, which says what to compare by. Give it one.",
    ),
    (
        "likeliest-probability",
        BEST,
        "max(options.values())",
        "This is the highest probability. What is needed is the piece that has it.",
    ),
    (
        "likeliest-pair",
        BEST,
        "max(options.items(), key=lambda item: item[1])",
        "This is the piece together with its probability. Give the piece alone.",
    ),
    (
        "likeliest-first",
        BEST,
        "next(iter(options))",
        "This is the first piece, whatever its probability. The real machine does put the likeliest first, but not everybody does: look at the numbers. (If you compare them in a loop, return only after it.)",
    ),
    (
        "likeliest-last",
        BEST,
        "list(options)[-1]",
        "This is the last piece, whatever its probability. Compare: keep a piece only if it is likelier than the best so far.",
    ),
    ("likeliest-least", "max", "min", "Upside down: this is the least likely piece."),
    (
        "likeliest-place",
        BEST,
        "list(options.values()).index(max(options.values()))",
        "This is the place of the piece in the list, a number. Give the piece itself.",
    ),
    (
        "likeliest-half",
        ...,
        HALF,
        "A piece need not have more than half of the probability to be the likeliest. Then nothing was found here.",
    ),
    (
        "likeliest-half-or-last",
        ...,
        f"{HALF}\nreturn piece",
        "A piece need not have more than half of the probability to be the likeliest. Where none has, you gave the last: compare them with each other.",
    ),
    (
        "likeliest-half-or-first",
        ...,
        f"{HALF}\nreturn next(iter(options))",
        "A piece need not have more than half of the probability to be the likeliest. Where none has, you gave the first: compare them with each other.",
    ),
    (
        "likeliest-tie",
        ...,
        LATER,
        "Of two that are equally likely, you took the later. Of equals the first is needed: max takes it, and so does a loop with >.",
    ),
    (
        "likeliest-list",
        BEST,
        f"[{BEST}]",
        "This is a list that holds the piece. Give the piece itself: put [0] behind it.",
    ),
)
