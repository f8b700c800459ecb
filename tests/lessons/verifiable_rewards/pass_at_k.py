"""Answers to `verifiable.pass_at_k` as readers might write them."""

import math

from tests.lessons import right, wrong


def _none(n, n_wrong, k):
    """The chance that k attempts, drawn one after another, are all wrong."""
    return math.prod(max(0, n_wrong - i) / (n - i) for i in range(k))


@right("verifiable.pass_at_k")
def _(n, n_right, k):
    return 1.0 - _none(n, n - n_right, k)


@right("verifiable.pass_at_k")
def _(n, n_right, k):
    with_one = sum(math.comb(n_right, i) * math.comb(n - n_right, k - i) for i in range(1, k + 1))
    return with_one / math.comb(n, k)


@wrong("verifiable.pass_at_k", "pass-plain-formula")
def _(n, n_right, k):
    share = n_right / n
    return 1 - math.prod([1 - share] * k)


@wrong("verifiable.pass_at_k", "pass-share-of-right")
def _(n, n_right, k):
    return 1 - (n - n_right) / n


@wrong("verifiable.pass_at_k", "pass-k-times")
def _(n, n_right, k):
    chance = n_right / n * k
    return chance if chance < 1 else 1.0


@wrong("verifiable.pass_at_k", "pass-all-right")
def _(n, n_right, k):
    return _none(n, n_right, k)


@wrong("verifiable.pass_at_k", "pass-power-k")
def _(n, n_right, k):
    return math.pow(n_right / n, k)


@wrong("verifiable.pass_at_k", "pass-none-right")
def _(n, n_right, k):
    return _none(n, n - n_right, k)


@wrong("verifiable.pass_at_k", "pass-any-at-all")
def _(n, n_right, k):
    return 1.0 if n_right else 0.0


@wrong("verifiable.pass_at_k", "pass-exactly-one")
def _(n, n_right, k):
    return math.comb(n_right, 1) * math.comb(n - n_right, k - 1) / math.comb(n, k)


@wrong("verifiable.pass_at_k", "pass-wrong-swapped")
def _(n, n_right, k):
    return 1 - _none(n, n_right, k)
