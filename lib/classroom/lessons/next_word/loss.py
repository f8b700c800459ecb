"""Exercise `ngram.loss`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

from classroom.judge import shelf
from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, mistake


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
    awkward=[
        *((chances,) for chances in shelf.CHANCES),
    ],
)
def loss(probabilities):
    if min(probabilities) == 0:
        return math.inf
    return math.fsum(math.log2(1 / p) for p in probabilities) * math.log(2) / len(probabilities)


@mistake(
    "ngram.loss",
    "loss-log-of-mean",
    "You took the log of the mean. Take the log of each probability first: one very wrong guess must hurt.",
)
def _(probabilities):
    mean = sum(probabilities) / len(probabilities)
    return -math.log(mean)


@mistake(
    "ngram.loss",
    "loss-sign",
    "The minus is missing: the log of a share is negative, and surprise is positive.",
)
def _(probabilities):
    return sum(math.log(p) if p else -math.inf for p in probabilities) / len(probabilities)


@mistake("ngram.loss", "loss-log2", "This is in bits: off by a factor of 1.44. In nats, the log is math.log.")
def _(probabilities):
    return sum(-math.log2(p) if p else math.inf for p in probabilities) / len(probabilities)


@mistake(
    "ngram.loss", "loss-log10", "math.log10 counts in powers of ten: off by a factor of 0.43. Use math.log."
)
def _(probabilities):
    return sum(-math.log10(p) if p else math.inf for p in probabilities) / len(probabilities)


@mistake(
    "ngram.loss", "loss-sum", "This is the sum. Divide by how many there are, or a longer text looks worse."
)
def _(probabilities):
    return sum(-math.log(p) if p else math.inf for p in probabilities)


@mistake(
    "ngram.loss",
    "loss-product-first",
    "Multiplied first, many small numbers become 0.0 in Python. Take logs first, then add.",
)
def _(probabilities):
    product = math.prod(probabilities)
    return -math.log(product) / len(probabilities) if product else math.inf


@mistake(
    "ngram.loss",
    "loss-zero-crashes",
    "A probability of 0 stops it: math.log(0) is an error. The surprise at the impossible is infinite: math.inf.",
)
def _(probabilities):
    return -sum(math.log(p) for p in probabilities) / len(probabilities)


@mistake(
    "ngram.loss",
    "loss-zero-skipped",
    "Tokens with probability 0 are left out of the mean. They are the worst guesses of all: the surprise is math.inf.",
)
def _(probabilities):
    possible = [p for p in probabilities if p > 0]
    return -sum(math.log(p) for p in possible) / len(possible)


@mistake(
    "ngram.loss",
    "loss-one-minus-p",
    "This is the mean of 1 - p. It hardly notices a very wrong guess; the log makes it count.",
)
def _(probabilities):
    return sum(1 - p for p in probabilities) / len(probabilities)


@mistake(
    "ngram.loss",
    "loss-weighted",
    "Each surprise was weighted with its probability: that is entropy. Each of these tokens stood there once: a plain mean.",
)
def _(probabilities):
    return -sum(p * math.log(p) for p in probabilities if p > 0)


@mistake(
    "ngram.loss",
    "loss-perplexity",
    "You took e to the power of the loss, which is called perplexity. Leave out the last math.exp.",
)
def _(probabilities):
    return math.exp(sum(-math.log(p) if p else math.inf for p in probabilities) / len(probabilities))


@mistake(
    "ngram.loss",
    "loss-return-inside",
    "Only the first token counts: the return stands inside the loop. Add up in the loop, return below it.",
)
def _(probabilities):
    for p in probabilities:
        return -math.log(p) if p else math.inf
