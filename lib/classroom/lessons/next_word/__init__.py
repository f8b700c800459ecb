"""Checks of lesson 01: counting what comes next, and scoring the guess."""

EXERCISES = (
    "ngram.count_next",
    "ngram.probabilities",
    "ngram.loss",
    "ngram.bits_per_byte",
    "ngram.smooth",
    "ngram.copied_share",
)
