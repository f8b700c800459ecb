"""Exercise `ngram.probabilities`: its cases, its right answer found otherwise, and how people get it wrong."""

import itertools
import math
from collections import Counter

from classroom.judge import shelf
from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.next_word.shared import LONG


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
    awkward=[
        *((counts,) for counts in shelf.COUNTS),
    ],
    behaviours=[shares_sum_to_one],
)
def probabilities(counts):
    everything = list(itertools.chain.from_iterable([token] * n for token, n in counts.items()))
    return {token: everything.count(token) / len(everything) for token in counts}


@mistake(
    "ngram.probabilities",
    "probabilities-by-kinds",
    "You divided by the number of different words. Divide by how often any of them was seen: the sum of the counts.",
)
def _(counts):
    return {token: count / len(counts) for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-equal",
    "Every word got the same share. A word seen more often gets more.",
)
def _(counts):
    return {token: 1 / len(counts) for token in counts}


@mistake(
    "ngram.probabilities",
    "probabilities-whole-numbers",
    "// throws away the fraction. Use / : a share is a fraction.",
)
def _(counts):
    return {token: count // sum(counts.values()) for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-percent",
    "These are percentages. A probability is a share of 1, not of 100.",
)
def _(counts):
    return {token: 100 * count / sum(counts.values()) for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-by-largest",
    "You divided by the largest count. Then the likeliest has 1, as if nothing else could come: divide by the sum.",
)
def _(counts):
    return {token: count / max(counts.values()) for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-added-one",
    "1 was added to each count. That is smoothing, and comes later; here each share is just count / sum of counts.",
)
def _(counts):
    total = sum(counts.values()) + len(counts)
    return {token: (count + 1) / total for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-softmax",
    "That is a softmax: e to the power of each count. Counts are in proportion already: divide by their sum.",
)
def _(counts):
    powers = {token: math.exp(count) for token, count in counts.items()}
    return {token: power / sum(powers.values()) for token, power in powers.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-empty",
    "Where nothing was counted, dividing by the sum stops at 0. There is nothing to share: the answer is {}.",
)
def _(counts):
    one = 1 / sum(counts.values())
    return {token: count * one for token, count in counts.items()}
