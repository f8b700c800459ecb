"""Checks of lesson 03: bytes, pairs, merges, and back to text."""

EXERCISES = (
    "tokenizer.utf8_bytes",
    "tokenizer.count_pairs",
    "tokenizer.merge",
    "tokenizer.train",
    "tokenizer.encode",
    "tokenizer.decode",
)
