"""Exercise `ngram.bits_per_byte`: nats to bits, and whole text to one byte; both divide, which is easily turned round."""

import math

from classroom.judge.listed import edits
from classroom.judge.registry import check


@check(
    "ngram.bits_per_byte",
    cases=[(math.log(2) * 80, 10), (100.0, 50), (0.0, 7), (1234.5, 321), (1.0, 1), (0.25, 3)],
)
def bits_per_byte(nats, n_bytes):
    return math.log2(math.e) * nats / n_bytes


edits(
    "ngram.bits_per_byte",
    (
        "bits-multiplied",
        "nats / math.log(2)",
        "nats * math.log(2)",
        "You multiplied by ln 2, or divided by log2(e). Divide by ln 2: one nat is 1.44 bits, so the number of bits is the larger one.",
    ),
    (
        "bits-nats",
        " / math.log(2)",
        "",
        "This is nats per byte. One bit is ln 2 nats: divide by math.log(2).",
    ),
    (
        "bits-not-shared",
        " / n_bytes",
        "",
        "These are the bits of the whole text. Divide by its bytes.",
    ),
    (
        "bits-eight",
        "/ n_bytes",
        "/ n_bytes / 8",
        "There are 8 bits in a byte of storage, but surprise is not storage: no 8.",
    ),
    (
        "bits-log-taken",
        "nats / math.log(2)",
        "math.log2(nats)",
        "nats is a sum of logs already: do not take its log again, only divide.",
    ),
    (
        "bits-inverted",
        "nats / math.log(2) / n_bytes",
        "n_bytes / (nats / math.log(2))",
        "Upside down: bytes per bit. The bytes stand underneath.",
    ),
    (
        "bits-times-bytes",
        "math.log(2) / n_bytes",
        "(math.log(2) / n_bytes)",
        "The bytes ended up on top: n_bytes multiplies. Divide by math.log(2), then divide by n_bytes, without brackets.",
    ),
)
