"""Checks of lesson 12: passages, their loss, pieces of a text that is measured, measuring it, a step of learning, and a checkpoint."""

EXERCISES = (
    "training.passages",
    "training.loss",
    "evaluation.windows",
    "evaluation.evaluate",
    "training.turn",
    "checkpoint.pack",
)
