"""Checks of lesson 01: counting what comes next, and scoring the guess."""

import itertools
import math
import random
from collections import Counter

from classroom.checking import Wrong, check

EXERCISES = (
    "ngram.count_next",
    "ngram.probabilities",
    "ngram.loss",
    "ngram.bits_per_byte",
    "ngram.smooth",
    "ngram.copied_share",
)

_chance = random.Random(1)
SHORT = ["the", "swan", "and", "the", "duck"]
ODD = ["a", "a", "a", "b", "a", "a", "the", "b", "a", "b"]
LONG = _chance.choices(["the", "little", "boy", "girl", "sat", "."], k=60)


@check(
    "ngram.count_next",
    cases=[
        (SHORT, 1),
        (ODD, 1),
        (SHORT, 2),
        (ODD, 2),
        (SHORT, 0),
        (LONG, 3),
        (b"quack quack", 2),
        (["alone"], 1),
        ([], 1),
    ],
)
def count_next(tokens, n_context):
    table = {}
    for place in range(n_context, len(tokens)):
        context = tuple(tokens[place - n_context : place])
        if context not in table:
            followers = [
                tokens[i]
                for i in range(n_context, len(tokens))
                if tuple(tokens[i - n_context : i]) == context
            ]
            table[context] = Counter(followers)
    return table


def shares_sum_to_one(probabilities):
    """A distribution over followers must sum to 1, whatever else is wrong."""
    counts = {"boy": 53, "girl": 46, "mermaid": 39}
    total = sum(probabilities(dict(counts)).values())
    if not math.isclose(total, 1, rel_tol=1e-6):
        says = f"The shares sum to {total:.4g}. Something must come next, so they have to sum to 1."
        raise Wrong("probabilities-sum", says, f"sum(probabilities({counts}).values())", f"{total:.4g}", "1")


@check(
    "ngram.probabilities",
    cases=[
        ({"boy": 3, "girl": 1},),
        ({"boy": 53, "girl": 46, "mermaid": 39},),
        ({"only": 7},),
        ({32: 5, 101: 1, 116: 94},),
        (Counter(LONG),),
    ],
    behaviours=[shares_sum_to_one],
)
def probabilities(counts):
    everything = list(itertools.chain.from_iterable([token] * n for token, n in counts.items()))
    return {token: everything.count(token) / len(everything) for token in counts}


@check(
    "ngram.loss",
    cases=[
        ([0.5, 0.01],),
        ([0.25],),
        ([1.0, 1.0],),
        ([0.9, 0.1, 0.3, 0.05],),
        ([0.01] * 200,),
        ([0.5, 0.0],),
    ],
)
def loss(probabilities):
    if min(probabilities) == 0:
        return math.inf
    return math.fsum(math.log2(1 / p) for p in probabilities) * math.log(2) / len(probabilities)


@check("ngram.bits_per_byte", cases=[(math.log(2) * 80, 10), (100.0, 50), (0.0, 7), (1234.5, 321), (1.0, 1)])
def bits_per_byte(nats, n_bytes):
    return math.log2(math.e) * nats / n_bytes


def smoothed_rows_sum_to_one(smooth):
    """Over the whole vocabulary, shares sum to 1."""
    counts, vocabulary = {"boy": 53, "girl": 46}, ["boy", "girl", "mermaid", "duckling"]
    row = smooth(dict(counts), list(vocabulary), 1.0)
    total = sum(row.values())
    if set(row) == set(vocabulary) and not math.isclose(total, 1, rel_tol=1e-6):
        says = f"The row sums to {total:.4g}, not 1: what is added on top must be added underneath too."
        raise Wrong(
            "smooth-sum", says, f"sum(smooth({counts}, {vocabulary}, 1.0).values())", f"{total:.4g}", "1"
        )


@check(
    "ngram.smooth",
    cases=[
        ({"boy": 3}, ["boy", "girl"], 1.0),
        ({"boy": 53, "girl": 46}, ["boy", "duckling", "girl", "mermaid"], 1.0),
        ({"boy": 53, "girl": 46}, ["boy", "duckling", "girl", "mermaid"], 0.1),
        ({}, ["boy", "girl", "mermaid"], 1.0),
        ({98: 2}, range(256), 0.5),
        (dict(Counter(LONG)), sorted(set(LONG) | {"swan", "tired"}), 2.5),
    ],
    behaviours=[smoothed_rows_sum_to_one],
)
def smooth(counts, vocabulary, extra):
    seen_more = {token: extra for token in vocabulary}
    for token, count in counts.items():
        seen_more[token] += count
    whole = math.fsum(seen_more.values())
    return {token: share / whole for token, share in seen_more.items()}


TALE = "the old oak tree stood by the water and the old oak tree slept".split()


@check(
    "ngram.copied_share",
    cases=[
        (["x", "the", "old", "oak"], ["the", "old", "oak", "fell"], 3),
        (TALE[:8] + ["never"], TALE, 3),
        (["he", "slept"], ["the", "water", "slept"], 1),
        (["a", "b", "c"], ["x", "y", "z"], 2),
        (["the", "old"], ["the", "old", "oak"], 3),
        (["z", "the", "old", "oak", "z", "z", "oak", "tree", "stood"], TALE, 3),
        (["oak", "tree"] * 6, TALE, 2),
        (LONG[3:12] + ["swan"] + LONG[30:35], LONG, 6),
        (["the", "oldoak"], ["the", "old", "oak"], 2),
    ],
)
def copied_share(tokens, source, run):
    def stands_in_source(start):
        return any(
            list(source[i : i + run]) == list(tokens[start : start + run])
            for i in range(len(source) - run + 1)
        )

    covered = 0
    for place in range(len(tokens)):
        starts = range(max(0, place - run + 1), min(place, len(tokens) - run) + 1)
        covered += any(stands_in_source(start) for start in starts)
    return covered / len(tokens)
