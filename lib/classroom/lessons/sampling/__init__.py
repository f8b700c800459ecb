"""Checks of lesson 02: logits to probabilities, filters, and a draw."""

EXERCISES = (
    "sampling.softmax",
    "sampling.with_temperature",
    "sampling.top_k",
    "sampling.draw",
    "sampling.top_p",
)
