"""Exercise `black_box.likeliest`: its cases, its right answer found otherwise, and how people get it wrong."""

from classroom.judge import shelf
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.meet_the_machine.shared import LITTLE, MANY, _answers


def no_chance_decides(likeliest):
    """The same options, the same piece."""
    if len(answers := _answers(likeliest, {letter: 1 / 8 for letter in "abcdefgh"})) > 1:
        says = "The same options gave two answers: chance was asked. The likeliest is always the same."
        called = "likeliest({'a': 0.125, 'b': 0.125, ... 'h': 0.125}), twice"
        raise Wrong("likeliest-chance", says, called, " and ".join(answers[:2]), "a both times")


@check(
    "black_box.likeliest",
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
    awkward=[
        *((options,) for options in shelf.OPTIONS),
    ],
)
def likeliest(options):
    ordered = sorted(options.items(), key=lambda item: -item[1])  # of equals the first stays the first
    return ordered[0][0]


@mistake(
    "black_box.likeliest",
    "likeliest-alphabet",
    "That is the piece that comes last in the alphabet: of a dictionary, the keys are compared. "
    "max takes a second argument, key, which says what to compare by. Give it one.",
)
def _(options):
    return max(options)


@mistake(
    "black_box.likeliest",
    "likeliest-probability",
    "This is the highest probability. What is needed is the piece that has it.",
)
def _(options):
    return max(options.values())


@mistake(
    "black_box.likeliest",
    "likeliest-pair",
    "This is the piece together with its probability. Give the piece alone.",
)
def _(options):
    return max(options.items(), key=lambda item: item[1])


@mistake(
    "black_box.likeliest",
    "likeliest-first",
    "This is the first piece, whatever its probability. The real machine does put the likeliest first, but not everybody does: look at "
    "the numbers. (If you compare them in a loop, return only after it.)",
)
def _(options):
    return next(iter(options))


@mistake(
    "black_box.likeliest",
    "likeliest-last",
    "This is the last piece, whatever its probability. Compare: keep a piece only if it is likelier than the best so far.",
)
def _(options):
    return list(options)[-1]


@mistake(
    "black_box.likeliest",
    "likeliest-least",
    "Upside down: this is the least likely piece.",
)
def _(options):
    return min(options, key=options.get)


@mistake(
    "black_box.likeliest",
    "likeliest-longest",
    "This is the longest piece. Compare the probabilities: key=options.get, not key=len.",
)
def _(options):
    return max(options, key=len)


@mistake(
    "black_box.likeliest",
    "likeliest-place",
    "This is the place of the piece in the list, a number. Give the piece itself.",
)
def _(options):
    chances = list(options.values())
    return chances.index(max(chances))


@mistake(
    "black_box.likeliest",
    "likeliest-half",
    "A piece need not have more than half of the probability to be the likeliest. Then nothing was found here.",
)
def _(options):
    for piece, probability in options.items():
        if probability >= 0.5:
            return piece


@mistake(
    "black_box.likeliest",
    "likeliest-tie",
    "Of two that are equally likely, you took the later. Of equals the first is needed: max takes it, and so does a loop with >.",
)
def _(options):
    best, highest = None, 0
    for piece, probability in options.items():
        if probability >= highest:
            best, highest = piece, probability
    return best


@mistake(
    "black_box.likeliest",
    "likeliest-stripped",
    "The space before the word is gone. It belongs to the piece: without it the next word would stick to the last.",
)
def _(options):
    return max(options, key=options.get).strip()


@mistake(
    "black_box.likeliest",
    "likeliest-list",
    "This is a list that holds the piece. Give the piece itself: put [0] behind it.",
)
def _(options):
    return sorted(options, key=options.get, reverse=True)[:1]
