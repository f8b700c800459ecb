"""Answers to `black_box.likeliest` as readers might write them."""

import random

import numpy as np

from tests.lessons import right, wrong


@right("black_box.likeliest")
def _(options):
    best = None
    for piece in options:
        if best is None or options[piece] > options[best]:
            best = piece
    return best


@right("black_box.likeliest")
def _(options):
    highest = max(options.values())
    for piece, probability in options.items():
        if probability == highest:
            return piece


@right("black_box.likeliest")
def _(options):
    return max(options.items(), key=lambda item: item[1])[0]


@right("black_box.likeliest")
def _(options):
    pieces, chances = list(options.keys()), list(options.values())
    return pieces[chances.index(max(chances))]


@wrong("black_box.likeliest", "likeliest-alphabet")
def _(options):
    return sorted(options)[-1]


@wrong("black_box.likeliest", "likeliest-probability")
def _(options):
    return sorted(options.values())[-1]


@wrong("black_box.likeliest", "likeliest-pair")
def _(options):
    best = max(options, key=options.get)
    return best, options[best]


@wrong("black_box.likeliest", "likeliest-first")
def _(options):
    for piece in options:
        return piece


@wrong("black_box.likeliest", "likeliest-last")
def _(options):
    best = 0
    for piece, probability in options.items():
        if probability > 0:
            best = piece
    return best


@wrong("black_box.likeliest", "likeliest-least")
def _(options):
    return sorted(options, key=lambda piece: options[piece])[0]


@wrong("black_box.likeliest", "likeliest-place")
def _(options):
    return max(range(len(options)), key=list(options.values()).__getitem__)


@wrong("black_box.likeliest", "likeliest-half")
def _(options):
    likely = [piece for piece in options if options[piece] >= 0.5]
    return likely[0] if likely else None


@wrong("black_box.likeliest", "likeliest-half-or-last")
def _(options):
    likely = [piece for piece in options if options[piece] >= 0.5]
    return likely[0] if likely else list(options)[-1]


@wrong("black_box.likeliest", "likeliest-half-or-first")
def _(options):
    best = list(options)[0]
    for piece in options:
        if options[piece] > 1 / 2:
            best = piece
    return best


@wrong("black_box.likeliest", "likeliest-tie")
def _(options):
    return sorted(options, key=options.get)[-1]


@wrong("black_box.likeliest", "place-spoiled")
def _(options):
    return max(options, key=options.get).replace(" ", "", 1)


@wrong("black_box.likeliest", "likeliest-list")
def _(options):
    return [max(options, key=options.get)]


@wrong("black_box.likeliest", "likeliest-chance")
def _(options):
    return random.choice(list(options))


@right("black_box.likeliest")
def _(options):
    return np.array(list(options))[np.argmax(list(options.values()))]
