"""Answers to `scaling.state_bytes` as readers might write them."""

from tests.lessons import right, wrong

TARGET = "scaling.state_bytes"
REMEMBERED = {"sgd": 0, "momentum": 1, "muon": 1, "adamw": 2}


def held(n, rule, mixed, **otherwise):
    """The four counts, in bytes a dial, some of them otherwise."""
    each = {"weights": 4 - 2 * mixed, "gradients": 4 - 2 * mixed, "copy": 4 * mixed}
    each["memories"] = 4 * REMEMBERED[rule]
    return {name: n * count for name, count in (each | otherwise).items()}


@right(TARGET)
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, rule, mixed)


@right(TARGET)
def _(n_parameters, rule="adamw", mixed=False):
    found = dict.fromkeys(("weights", "gradients"), n_parameters * (2 if mixed else 4))
    found["copy"] = 0
    found["memories"] = 0
    if mixed:
        found["copy"] += 4 * n_parameters
    for _ in range(REMEMBERED[rule]):
        found["memories"] += 4 * n_parameters
    return found


@wrong(TARGET, "state-bits")
def _(n_parameters, rule="adamw", mixed=False):
    return {name: 8 * count for name, count in held(n_parameters, rule, mixed).items()}


@wrong(TARGET, "state-bits-in-name")
def _(n_parameters, rule="adamw", mixed=False):
    bits = 32 - 16 * mixed
    return held(n_parameters, rule, mixed, weights=bits, gradients=bits)


@wrong(TARGET, "state-one-memory")
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, rule, mixed, memories=0 if rule == "sgd" else 4)


@wrong(TARGET, "state-no-memories")
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, rule, mixed, memories=0)


@wrong(TARGET, "state-always-adamw")
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, "adamw", mixed)


@wrong(TARGET, "state-memories-halved")
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, rule, mixed, memories=(2 if mixed else 4) * REMEMBERED[rule])


@wrong(TARGET, "state-no-copy")
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, rule, mixed, copy=0)


@wrong(TARGET, "state-copy-always")
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, rule, mixed, copy=4)


@wrong(TARGET, "state-copy-halved")
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, rule, mixed, copy=2 * mixed)


@wrong(TARGET, "state-mixed-turned")
def _(n_parameters, rule="adamw", mixed=False):
    each = [2, 4][mixed]
    return held(n_parameters, rule, mixed, weights=each, gradients=each)


@wrong(TARGET, "state-gradients-in-float32")
def _(n_parameters, rule="adamw", mixed=False):
    return held(n_parameters, rule, mixed, gradients=4)


@wrong(TARGET, "state-eight-bytes")
def _(n_parameters, rule="adamw", mixed=False):
    each = 8 - 4 * mixed
    return held(n_parameters, rule, mixed, weights=each, gradients=each)
