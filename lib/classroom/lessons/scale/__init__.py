"""Checks of lesson 15: years of reading, operations, bytes, the best size, a power law, and ranks' gradients."""

EXERCISES = (
    "scaling.reading_years",
    "scaling.forward_flops",
    "scaling.state_bytes",
    "scaling.compute_optimal",
    "scaling.fit",
    "distributed.average_gradients",
)
