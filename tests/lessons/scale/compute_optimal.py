"""Answers to `scaling.compute_optimal` as readers might write them."""

import math

from tests.lessons import right, wrong

TARGET = "scaling.compute_optimal"


@right(TARGET)
def _(flops, tokens_per_parameter=20.0):
    n_tokens = math.sqrt(flops * tokens_per_parameter / 6)
    return n_tokens / tokens_per_parameter, n_tokens


@right(TARGET)
def _(flops, tokens_per_parameter=20.0):
    squared = flops / 6 / tokens_per_parameter
    return squared**0.5, flops / (6 * squared**0.5)


@wrong(TARGET, "optimal-forward-only")
def _(flops, tokens_per_parameter=20.0):
    n = (flops / 2 / tokens_per_parameter) ** 0.5
    return n, n * tokens_per_parameter


@wrong(TARGET, "optimal-no-six")
def _(flops, tokens_per_parameter=20.0):
    n = (flops / tokens_per_parameter) ** 0.5
    return n, n * tokens_per_parameter


@wrong(TARGET, "optimal-no-root")
def _(flops, tokens_per_parameter=20.0):
    n = flops / tokens_per_parameter / 6
    return n, n * tokens_per_parameter


@wrong(TARGET, "optimal-root-too-early")
def _(flops, tokens_per_parameter=20.0):
    n = flops**0.5 / 6 / tokens_per_parameter
    return n, n * tokens_per_parameter


@wrong(TARGET, "optimal-half-and-half")
def _(flops, tokens_per_parameter=20.0):
    n = (flops / 6) ** 0.5
    return n, n * tokens_per_parameter


@wrong(TARGET, "optimal-order")
def _(flops, tokens_per_parameter=20.0):
    n = math.sqrt(flops / tokens_per_parameter / 6)
    return n * tokens_per_parameter, n


@wrong(TARGET, "optimal-always-20")
def _(flops, tokens_per_parameter=20.0):
    n = math.sqrt(flops / 120)
    return n, 20 * n


@wrong(TARGET, "optimal-ratio-turned")
def _(flops, tokens_per_parameter=20.0):
    n = math.sqrt(flops / tokens_per_parameter / 6)
    return n, n / tokens_per_parameter


@wrong(TARGET, "optimal-tokens-alone")
def _(flops, tokens_per_parameter=20.0):
    return math.sqrt(flops / tokens_per_parameter / 6), flops / 6
