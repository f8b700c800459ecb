"""Exercise `ngram.loss`: cross-entropy, the mean of -log p; which of log and mean comes first, and what p = 0 gives."""

import math

from classroom.judge import shelf
from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check


def is_a_surprise(loss):
    """Never negative, and without end at the impossible."""
    value = ask("ngram.loss", loss, [0.5, 0.25])
    if is_number(value) and value < 0:
        says = "Surprise is never negative. The log of a share is below 0: is its minus missing?"
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
    value = ask("ngram.loss", loss, [1e-12])
    if value == math.inf:
        says = "A very small probability was taken for 0. However small it is, it has a log: only at 0 itself is the surprise infinite."
        raise Wrong("loss-small-is-zero", says, "loss([1e-12])", "inf", "27.63")


@check(
    "ngram.loss",
    behaviours=[is_a_surprise],
    cases=[
        (chances,)
        for chances in ([0.5, 0.01], [0.25], [1.0, 1.0], [0.3, 0.9, 0.05, 0.1], [0.01] * 200, [0.5, 0.0])
    ],
    awkward=[(chances,) for chances in shelf.CHANCES],
)
def loss(probabilities):
    if min(probabilities) == 0:
        return math.inf
    return math.fsum(math.log2(1 / p) for p in probabilities) * math.log(2) / len(probabilities)


LOG = "-math.log(p)"
MEAN = "sum(surprises) / len(surprises)"

edits(
    "ngram.loss",
    (
        "loss-log-of-mean",
        ...,
        "return -math.log(sum(probabilities) / len(probabilities))",
        "You took the log of the mean. Take the log of each probability first: one very wrong guess must hurt.",
    ),
    (
        "loss-sign",
        [(LOG, "math.log(p)"), ("math.inf", "-math.inf")],
        "The minus is missing: the log of a share is negative, and surprise is positive.",
    ),
    (
        "loss-log2",
        LOG,
        "-math.log2(p)",
        "This is in bits: off by a factor of 1.44. In nats, the log is math.log.",
    ),
    (
        "loss-sum",
        MEAN,
        "sum(surprises)",
        "This is the sum. Divide by how many there are, or a longer text looks worse.",
    ),
    (
        "loss-product-first",
        ...,
        "p = math.prod(probabilities)\nreturn -math.log(p) / len(probabilities) if p else math.inf",
        "Multiplied first, many small numbers become 0.0 in Python. Take logs first, then add.",
    ),
    (
        "loss-of-product",
        ...,
        "p = math.prod(probabilities)\nreturn -math.log(p) if p else math.inf",
        "This is the surprise of all of them together, by way of their product. What is needed is the mean: take the log of each, add, and divide by how many.",
    ),
    (
        "loss-zero-crashes",
        f"{LOG} if p > 0 else math.inf",
        LOG,
        "A probability of 0 stops it: math.log(0) is an error. The surprise at the impossible is infinite: math.inf.",
    ),
    (
        "loss-one-minus-p",
        f"{LOG} if p > 0 else math.inf",
        "1 - p",
        "This is the mean of 1 - p. It hardly notices a very wrong guess; the log makes it count.",
    ),
    (
        "loss-weighted",
        ...,
        "return -sum(p * math.log(p) for p in probabilities if p > 0)",
        "Each surprise was weighted with its probability: that is entropy. Each of these tokens stood there once: a plain mean.",
    ),
    (
        "loss-perplexity",
        MEAN,
        f"math.exp({MEAN})",
        "You took e to the power of the loss, which is called perplexity. Leave out the last math.exp.",
    ),
    (
        "loss-return-inside",
        MEAN,
        "surprises[0] / len(surprises)",
        "Only the first token counts: the return stands inside the loop. Add up in the loop, return below it.",
    ),
)
