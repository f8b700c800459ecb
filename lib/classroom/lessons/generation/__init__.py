"""Checks of lesson 16: a cache's memory, texts side by side, int8 weights, guesses that are checked, and tokens that fit a form."""

EXERCISES = (
    "generation.cache_bytes",
    "batching.positions",
    "quantization.quantize",
    "speculative.accept",
    "speculative.residual",
    "constrained.allowed",
)
