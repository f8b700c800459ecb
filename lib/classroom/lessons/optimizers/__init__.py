"""Checks of lesson 11: a heavy ball, clipping, a schedule, AdamW, singular values brought to 1, and Muon."""

EXERCISES = (
    "optim.momentum",
    "optim.clip",
    "optim.warmup_and_decay",
    "optim.adamw",
    "optim.newton_schulz",
    "optim.muon",
)
