"""Answers to `ngram.probabilities` as readers might write them."""

import numpy as np

from tests.lessons import right, wrong


@right("ngram.probabilities")
def _(counts):
    values = np.array(list(counts.values()), dtype=float)
    return dict(zip(counts, (values / values.sum()).tolist(), strict=True))


@wrong("ngram.probabilities", "probabilities-by-kinds")
def _(counts):
    shares = {}
    for word in counts:
        shares[word] = counts[word] / len(counts.keys())
    return shares


@wrong("ngram.probabilities", "probabilities-equal")
def _(counts):
    return dict.fromkeys(counts, 1 / len(counts))


@wrong("ngram.probabilities", "probabilities-whole-numbers")
def _(counts):
    return {word: int(n / sum(counts.values())) for word, n in counts.items()}


@wrong("ngram.probabilities", "probabilities-sum")
def _(counts):
    total = sum(counts.values())
    return {word: n / total * 100 for word, n in counts.items()}


@wrong("ngram.probabilities", "probabilities-by-largest")
def _(counts):
    largest = sorted(counts.values())[-1]
    return {word: n / largest for word, n in counts.items()}


# the whole corpus underneath: not a variant of the catalogue, found by its behaviour
@wrong("ngram.probabilities", "probabilities-sum")
def _(counts):
    return {word: n / 416_193 for word, n in counts.items()}


@wrong("ngram.probabilities", "probabilities-added-one")
def _(counts):
    more = {word: n + 1 for word, n in counts.items()}
    return {word: n / sum(more.values()) for word, n in more.items()}


@wrong("ngram.probabilities", "nearly")
def _(counts):
    return {word: round(n / sum(counts.values()), 2) for word, n in counts.items()}


@right("ngram.probabilities")
def _(counts):
    values = np.array(list(counts.values()), dtype=np.float32)
    return dict(zip(counts, values / max(values.sum(), 1), strict=True))


@wrong("ngram.probabilities", "probabilities-running-total")
def _(counts):
    shares, so_far = {}, 0
    for word, n in counts.items():
        so_far += n
        shares[word] = n / so_far
    return shares
