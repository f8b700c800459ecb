"""Answers to `black_box.pick` as readers might write them."""

import random

import numpy as np

from tests.lessons import right, wrong


@right("black_box.pick")
def _(options, u):
    for piece, probability in options.items():
        u -= probability
        if u < -1e-12 or (u < 0 and probability > 0):
            return piece
    return list(options)[-1]


@right("black_box.pick")
def _(options, u):
    start = 0
    for piece in options:
        if start <= u < start + options[piece]:
            return piece
        start += options[piece]
    return list(options)[-1]


@right("black_box.pick")
def _(options, u):
    pieces, chances = list(options), list(options.values())
    i, end = 0, chances[0]
    while u >= end and i < len(pieces) - 1:
        i += 1
        end += chances[i]
    return pieces[i]


@wrong("black_box.pick", "pick-own-chance")
def _(options, u):
    return random.choices(list(options), weights=list(options.values()))[0]


@wrong("black_box.pick", "pick-each-by-itself")
def _(options, u):
    below = [piece for piece in options if u < options[piece]]
    return (below or list(options)[-1:])[0]


@wrong("black_box.pick", "pick-each-by-itself-none")
def _(options, u):
    end = 0
    for piece in options:
        end = options[piece]
        if end > u:
            return piece


@wrong("black_box.pick", "pick-none")
def _(options, u):
    ends = 0
    for piece in options:
        ends = ends + options[piece]
        if ends > u:
            return piece
    return None


@wrong("black_box.pick", "pick-likeliest")
def _(options, u):
    return sorted(options, key=options.get, reverse=True)[0]


@wrong("black_box.pick", "pick-equal-shares")
def _(options, u):
    end, share = 0, 1 / len(options)
    for piece in options:
        end += share
        if u < end - 1e-12:
            return piece
    return piece


@wrong("black_box.pick", "pick-sorted")
def _(options, u):
    ordered, end = sorted(options.items(), key=lambda item: -item[1]), 0
    while ordered and u >= end:
        piece, probability = ordered.pop(0)
        end += probability
    return piece


@wrong("black_box.pick", "pick-end-included")
def _(options, u):
    start = 0
    for piece in options:
        if start <= u <= start + options[piece]:
            return piece
        start += options[piece]
    return piece


@wrong("black_box.pick", "edit")
def _(options, u):
    end, backwards = 0, list(options.items())[::-1]
    for piece, probability in backwards:
        if end <= u < end + probability:
            return piece
        end += probability
    return backwards[-1][0]


@wrong("black_box.pick", "pick-ends-excluded")
def _(options, u):
    begin = 0
    for piece in options:
        if begin < u and u < begin + options[piece]:
            return piece
        begin += options[piece]
    return piece


@wrong("black_box.pick", "pick-turned")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if end < u:
            return piece
    return list(options)[-1]


@wrong("black_box.pick", "pick-added-late")
def _(options, u):
    ends = [sum(list(options.values())[:i]) for i in range(len(options))]
    later = [piece for piece, end in zip(options, ends, strict=True) if end > u]
    return later[0] if later else list(options)[-1]


@wrong("black_box.pick", "pick-last")
def _(options, u):
    for piece in options:
        found = piece
    return found


@wrong("black_box.pick", "pick-first")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if u < end:
            return piece
        return piece


@wrong("black_box.pick", "pick-first-or-last")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if u < end:
            return piece
        else:
            return list(options)[-1]


@wrong("black_box.pick", "pick-probability")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if u < end:
            return options[piece]
    return options[piece]


@wrong("black_box.pick", "wrong-kind")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if u < end:
            return end
    return end


@wrong("black_box.pick", "wrong-kind")
def _(options, u):
    end, place = 0, -1
    while u >= end and place < len(options) - 1:
        place += 1
        end += list(options.values())[place]
    return max(place, 0)


@right("black_box.pick")
def _(options, u):
    place = np.searchsorted(np.cumsum(list(options.values())), u, side="right")
    return np.array(list(options))[min(place, len(options) - 1)]
