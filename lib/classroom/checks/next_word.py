"""Checks of lesson 01: counting what comes next, and scoring the guess."""

import itertools
import math
import random
from collections import Counter

from classroom.checking import Wrong, check
from classroom.comparing import is_number
from classroom.judging import ask

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


def contexts_are_of_that_length(count_next):
    """Each key is a tuple of n_context tokens; under it stands what followed, and how often."""
    for n_context in (1, 2):
        called, table = (
            f"count_next({SHORT}, {n_context})",
            ask("ngram.count_next", count_next, SHORT, n_context),
        )
        if not table:
            says = "The table is empty: nothing was put in. (table.get hands out a Counter; setdefault keeps it too.)"
            raise Wrong("count-next-empty", says, called, "{}")
        for key, followers in table.items():
            where = f"{key!r}: {followers!r}"
            if not isinstance(key, tuple) or not all(part in SHORT for part in key):
                says = (
                    "A key is a tuple of whole tokens: tuple(tokens[start:end]), or (token,) with its comma."
                )
                raise Wrong("count-next-key", says, called, where)
            if len(key) != n_context:
                says = f"Here a context is {len(key)} long, and n_context is {n_context}. "
                says += "The first token with enough before it stands at place n_context; it is no part of its context."
                raise Wrong("count-next-length", says, called, where)
            if not isinstance(followers, dict) or not all(isinstance(n, int) for n in followers.values()):
                says = "Under each context stands a Counter: what followed, and how many times."
                raise Wrong("count-next-followers", says, called, where)
            if not followers:
                says = "Nothing ever followed this context, so it has no place in the table."
                raise Wrong("count-next-no-followers", says, called, where)


@check(
    "ngram.count_next",
    behaviours=[contexts_are_of_that_length],
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
    shares = ask("ngram.probabilities", probabilities, counts)
    if shares.keys() != counts.keys() or not all(map(is_number, shares.values())):
        return  # that is said otherwise
    total = sum(shares.values())
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
        ({},),
    ],
    behaviours=[shares_sum_to_one],
)
def probabilities(counts):
    everything = list(itertools.chain.from_iterable([token] * n for token, n in counts.items()))
    return {token: everything.count(token) / len(everything) for token in counts}


def is_a_surprise(loss):
    """Never negative, and without end at the impossible."""
    value = ask("ngram.loss", loss, [0.5, 0.25])
    if is_number(value) and value < 0:
        says = "Surprise is never negative. The log of a share is below 0, so a minus is missing."
        raise Wrong("loss-negative", says, "loss([0.5, 0.25])", f"{value:.4g}", "1.04")
    if not is_number(value) or not math.isclose(value, -math.log(0.5 * 0.25) / 2, rel_tol=1e-4):
        return  # more than the 0 is amiss
    value = ask("ngram.loss", loss, [0.5, 0.0])
    if value == -math.inf:
        says = "Your minus turns math.inf into -math.inf. It belongs to the log alone: -math.log(p)."
        raise Wrong("loss-minus-infinity", says, "loss([0.5, 0.0])", "-inf", "inf")
    if is_number(value) and value != math.inf:
        says = "Nothing surprises more than the impossible: at probability 0 the surprise is math.inf. "
        says += "A small number in place of 0, or leaving it out, would hide the worst guess of all."
        raise Wrong("loss-zero", says, "loss([0.5, 0.0])", f"{value:.4g}", "inf")


@check(
    "ngram.loss",
    behaviours=[is_a_surprise],
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
    vocabulary = ["boy", "girl", "mermaid", "duckling"]
    for counts in ({"boy": 53, "girl": 46}, {}):
        row = ask("ngram.smooth", smooth, counts, vocabulary, 1.0)
        if set(row) != set(vocabulary) or not all(map(is_number, row.values())):
            return  # that is said otherwise
        total = sum(row.values())
        if math.isclose(total, 1, rel_tol=1e-6):
            continue
        says = f"The row sums to {total:.4g}, not 1: what is added on top must be added underneath too."
        if total < 1:
            says = (
                f"The row sums to {total:.4g}, not 1: more was added underneath than on top, over all words."
            )
        if not counts:
            says = f"A context never seen gave a row that sums to {total:.4g}. There every word gets an equal share."
        called = f"sum(smooth({counts}, {vocabulary}, 1.0).values())"
        raise Wrong("smooth-sum", says, called, f"{total:.4g}", "1")


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
        (["x", "old", "oak"], ["the", "old", "oak"], 3),
        (["oak", "old", "the"], ["the", "old", "oak"], 3),
        (["a", "b", "c", "a"], ["a", "b", "c"], 3),
        (["the", "oak"], ["the", "old", "the", "oak"], 2),
        (["a", "b", "c", "d"], ["a", "b", "c", "x", "b", "c", "d"], 3),
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
