"""Exercise `ngram.bits_per_byte`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

from classroom.judge.registry import check, mistake


@check(
    "ngram.bits_per_byte",
    cases=[(math.log(2) * 80, 10), (100.0, 50), (0.0, 7), (1234.5, 321), (1.0, 1), (0.25, 3)],
)
def bits_per_byte(nats, n_bytes):
    return math.log2(math.e) * nats / n_bytes


@mistake(
    "ngram.bits_per_byte",
    "bits-multiplied",
    "You multiplied by ln 2, or divided by log2(e). Divide by ln 2: one nat is 1.44 bits, so the number of bits is the larger one.",
)
def _(nats, n_bytes):
    return nats * math.log(2) / n_bytes


@mistake(
    "ngram.bits_per_byte", "bits-nats", "This is nats per byte. One bit is ln 2 nats: divide by math.log(2)."
)
def _(nats, n_bytes):
    return nats / n_bytes


@mistake(
    "ngram.bits_per_byte", "bits-not-shared", "These are the bits of the whole text. Divide by its bytes."
)
def _(nats, n_bytes):
    return nats / math.log(2)


@mistake(
    "ngram.bits_per_byte",
    "bits-eight",
    "There are 8 bits in a byte of storage, but surprise is not storage: no 8.",
)
def _(nats, n_bytes):
    return nats / math.log(2) / (8 * n_bytes)


@mistake(
    "ngram.bits_per_byte",
    "bits-log-taken",
    "nats is a sum of logs already: do not take its log again, only divide.",
)
def _(nats, n_bytes):
    return math.log2(nats) / n_bytes


@mistake("ngram.bits_per_byte", "bits-inverted", "Upside down: bytes per bit. The bytes stand underneath.")
def _(nats, n_bytes):
    return n_bytes / (nats / math.log(2))


@mistake(
    "ngram.bits_per_byte",
    "bits-times-bytes",
    "The bytes ended up on top: n_bytes multiplies. Divide by math.log(2), then divide by n_bytes, without brackets.",
)
def _(nats, n_bytes):
    return nats / (math.log(2) / n_bytes)


@mistake(
    "ngram.bits_per_byte",
    "bits-log10",
    "math.log10 counts in powers of ten, and nats in powers of e. One bit is math.log(2) nats.",
)
def _(nats, n_bytes):
    return nats / math.log10(2) / n_bytes


@mistake(
    "ngram.bits_per_byte",
    "bits-halved",
    "You divided by 2. One bit is the natural log of 2 in nats: math.log(2), 0.693.",
)
def _(nats, n_bytes):
    return nats / 2 / n_bytes
