"""Answers to `ngram.bits_per_byte` as readers might write them."""

import math

import numpy as np

from tests.lessons import right, wrong


@right("ngram.bits_per_byte")
def _(nats, n_bytes):
    return nats / n_bytes / 0.6931471805599453


@wrong("ngram.bits_per_byte", "bits-multiplied")
def _(nats, n_bytes):
    return (nats / n_bytes) * np.log(2.0)


@wrong("ngram.bits_per_byte", "bits-nats")
def _(nats, n_bytes):
    per_byte = nats / n_bytes
    return per_byte


@wrong("ngram.bits_per_byte", "bits-not-shared")
def _(nats, n_bytes):
    return nats * math.log2(math.e)


@wrong("ngram.bits_per_byte", "bits-eight")
def _(nats, n_bytes):
    return nats / n_bytes / 8 / np.log(2)


@wrong("ngram.bits_per_byte", "bits-inverted")
def _(nats, n_bytes):
    return n_bytes * math.log(2) / nats


@wrong("ngram.bits_per_byte", "bits-times-bytes")
def _(nats, n_bytes):
    return n_bytes * nats / math.log(2)


@wrong("ngram.bits_per_byte", "edit")
def _(nats, n_bytes):
    return nats / n_bytes / math.log(2, 10)


@wrong("ngram.bits_per_byte", "edit")
def _(nats, n_bytes):
    return 0.5 * nats / n_bytes


@wrong("ngram.bits_per_byte", "nearly")
def _(nats, n_bytes):
    return nats * 1.44 / n_bytes


@wrong("ngram.bits_per_byte", "bits-log-taken")
def _(nats, n_bytes):
    return math.log(nats) / math.log(2) / n_bytes
