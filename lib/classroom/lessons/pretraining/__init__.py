"""Checks of lesson 12: passages, their loss, pieces of a text that is measured, a step of learning, and a checkpoint."""

EXERCISES = (
    "training.passages",
    "training.loss",
    "evaluation.windows",
    "training.turn",
    "checkpoint.pack",
)
