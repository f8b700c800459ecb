"""Checks of lesson 06: vectors cut into heads and merged again, shared keys, arrows that turn."""

EXERCISES = (
    "attention.split_heads",
    "attention.merge_heads",
    "attention.repeat_kv",
    "attention.rope",
)
