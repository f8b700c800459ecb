"""Checks of lesson 05: values mixed, queries matched with keys, the future hidden, a whole head, and 27 dials."""

EXERCISES = (
    "attention.weighted_sum",
    "attention.scores",
    "attention.mask_future",
    "attention.attend",
    "toy_head.set_by_hand",
)
