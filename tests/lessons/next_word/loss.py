"""Answers to `ngram.loss` as readers might write them."""

import math

import numpy as np

from tests.lessons import right, wrong


@right("ngram.loss")
def _(probabilities):
    with np.errstate(divide="ignore"):
        return float(-np.log(probabilities).mean())


@wrong("ngram.loss", "loss-log-of-mean")
def _(probabilities):
    return -float(np.log(np.mean(probabilities)))


@wrong("ngram.loss", "loss-sign")
def _(probabilities):
    with np.errstate(divide="ignore"):
        return float(np.log(probabilities).mean())


@wrong("ngram.loss", "loss-log2")
def _(probabilities):
    with np.errstate(divide="ignore"):
        return float(-np.log2(probabilities).mean())


@wrong("ngram.loss", "edit")
def _(probabilities):
    with np.errstate(divide="ignore"):
        return float(-np.log10(probabilities).mean())


@wrong("ngram.loss", "loss-sum")
def _(probabilities):
    total = 0.0
    for p in probabilities:
        total = total - math.log(p) if p > 0 else math.inf
    return total


@wrong("ngram.loss", "loss-product-first")
def _(probabilities):
    likelihood = 1.0
    for p in probabilities:
        likelihood *= p
    if likelihood == 0:
        return float("inf")
    return -math.log(likelihood) / len(probabilities)


@wrong("ngram.loss", "loss-zero-crashes")
def _(probabilities):
    surprises = []
    for p in probabilities:
        surprises.append(-math.log(p))
    return sum(surprises) / len(surprises)


@wrong("ngram.loss", "loss-zero")
def _(probabilities):
    logs = [math.log(p) for p in probabilities if p]
    return -sum(logs) / len(logs)


@wrong("ngram.loss", "loss-one-minus-p")
def _(probabilities):
    return 1 - sum(probabilities) / len(probabilities)


@wrong("ngram.loss", "loss-weighted")
def _(probabilities):
    entropy = 0.0
    for p in probabilities:
        entropy -= p * math.log(p or 1)
    return entropy


@wrong("ngram.loss", "loss-return-inside")
def _(probabilities):
    total = 0.0
    for p in probabilities:
        total -= math.log(p)
        return total / len(probabilities)


@wrong("ngram.loss", "loss-zero")
def _(probabilities):
    return -sum(math.log(max(p, 1e-12)) for p in probabilities) / len(probabilities)


@wrong("ngram.loss", "loss-negative")
def _(probabilities):
    return sum(math.log(p) for p in probabilities if p)


@wrong("ngram.loss", "loss-sum")  # and it stops at 0: two at once
def _(probabilities):
    return -sum(map(math.log, probabilities))


@wrong("ngram.loss", "loss-log2")  # two at once
def _(probabilities):
    return -sum(map(math.log2, probabilities)) / len(probabilities)


@wrong("ngram.loss", "loss-minus-infinity")
def _(probabilities):
    return -sum(math.log(p) if p else math.inf for p in probabilities) / len(probabilities)


@wrong("ngram.loss", "loss-of-product")
def _(probabilities):
    likelihood = 1
    for p in probabilities:
        likelihood *= p
    return -math.log(likelihood) if likelihood > 0 else math.inf


@wrong("ngram.loss", "loss-perplexity")
def _(probabilities):
    return (
        math.inf
        if 0 in probabilities
        else math.prod(1 / p ** (1 / len(probabilities)) for p in probabilities)
    )


@wrong("ngram.loss", "loss-small-is-zero")
def _(probabilities):
    return sum(-math.log(p) if p > 1e-9 else math.inf for p in probabilities) / len(probabilities)


@right("ngram.loss")
def _(probabilities):
    return sum(math.log(1 / p) if p else math.inf for p in probabilities) / len(probabilities)
