"""Exercise `ngram.probabilities`: maximum likelihood, each count divided by the sum of them all and by nothing else."""

import itertools
import math
from collections import Counter

from classroom.judge import shelf
from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.next_word.shared import LONG

SEEN = {"boy": 53, "girl": 46, "mermaid": 39}


def shares_sum_to_one(probabilities):
    """A distribution over followers must sum to 1, whatever else is wrong."""
    shares = ask("ngram.probabilities", probabilities, SEEN)
    if shares.keys() != SEEN.keys() or not all(map(is_number, shares.values())):
        return  # that is said otherwise
    total = sum(shares.values())
    if not math.isclose(total, 1, rel_tol=1e-6):
        says = f"The shares sum to {total:.4g}. Something must come next, so they have to sum to 1."
        raise Wrong("probabilities-sum", says, f"sum(probabilities({SEEN}).values())", f"{total:.4g}", "1")


@check(
    "ngram.probabilities",
    cases=[
        ({"boy": 3, "girl": 1},),
        (SEEN,),
        ({"only": 7},),
        ({32: 5, 101: 1, 116: 94},),
        (Counter(LONG),),
        ({},),
    ],
    awkward=[(counts,) for counts in shelf.COUNTS],
    behaviours=[shares_sum_to_one],
)
def probabilities(counts):
    everything = list(itertools.chain.from_iterable([token] * n for token, n in counts.items()))
    return {token: everything.count(token) / len(everything) for token in counts}


edits(
    "ngram.probabilities",
    (
        "probabilities-by-kinds",
        "sum(counts.values())",
        "len(counts)",
        "You divided by the number of different words. Divide by how often any of them was seen: the sum of the counts.",
    ),
    (
        "probabilities-equal",
        "count / total",
        "1 / len(counts)",
        "Every word got the same share. A word seen more often gets more.",
    ),
    (
        "probabilities-whole-numbers",
        "/ total",
        "// total",
        "The fraction was thrown away, as // and int(...) do. Use / alone: a share is a fraction.",
    ),
    (
        "probabilities-by-largest",
        "sum(counts.values())",
        "max(counts.values(), default=1)",
        "You divided by the largest count. Then the likeliest has 1, as if nothing else could come: divide by the sum.",
    ),
    (
        "probabilities-added-one",
        [
            ("sum(counts.values())", "sum(counts.values()) + len(counts)"),
            ("count / total", "(count + 1) / total"),
        ],
        "1 was added to each count. That is smoothing, and comes later; here each share is just count / sum of counts.",
    ),
    (
        "probabilities-running-total",
        [("sum(counts.values())", "0"), ("count / total", "count / (total := total + count)")],
        "You divided before the total was complete: each share only by the counts so far. First add all of them up, then divide.",
    ),
)
