"""How operations are best spent: so many tokens to each dial, and six operations for each of both."""

from classroom.judge.listed import edits
from classroom.judge.registry import check


@check(
    "scaling.compute_optimal",
    cases=[
        (12_000.0, 20.0),
        (480.0, 20.0),
        (5.76e23, 20.0),
        (3.8e25, 20.0),
        (96.0, 1.0),
        (1e18, 2.5),
        (3.14e23, 100.0),
    ],
    awkward=[(120, 20), (1.0, 20.0), (6e10, 0.1), (1e30, 38.5), (7.0, 7.0), (3074.66, 31.49)],
)
def compute_optimal(flops, tokens_per_parameter=20.0):
    """By halving: a size between two, the operations of which are too few and too many."""
    low, high = 0.0, max(1.0, float(flops))
    for _ in range(400):
        middle = (low + high) / 2
        if 6 * middle * (tokens_per_parameter * middle) < flops:
            low = middle
        else:
            high = middle
    return high, tokens_per_parameter * high


INSIDE, TOKENS = "6 * tokens_per_parameter", "tokens_per_parameter * n_parameters"

edits(
    "scaling.compute_optimal",
    (
        "optimal-forward-only",
        INSIDE,
        "2 * tokens_per_parameter",
        "Two operations for each dial and token: that is the way forward alone. The way back takes four more.",
    ),
    (
        "optimal-no-six",
        INSIDE,
        "tokens_per_parameter",
        "One operation was counted for each dial and token. Training takes six: N D 6 are the operations.",
    ),
    (
        "optimal-no-root",
        "math.sqrt(flops / (6 * tokens_per_parameter))",
        "flops / (6 * tokens_per_parameter)",
        "This is N squared. With D = 20 N the operations are 6 N times 20 N: take the root.",
    ),
    (
        "optimal-root-too-early",
        "math.sqrt(flops / (6 * tokens_per_parameter))",
        "math.sqrt(flops) / (6 * tokens_per_parameter)",
        "The root was taken of the operations alone. It is the root of flops / (6 · tokens per dial), all of it.",
    ),
    (
        "optimal-half-and-half",
        "math.sqrt(flops / (6 * tokens_per_parameter))",
        "math.sqrt(flops / 6)",
        "As many dials as tokens were bought. Each dial comes with tokens_per_parameter tokens, which have to be paid, too.",
    ),
    (
        "optimal-order",
        f"return n_parameters, {TOKENS}",
        f"return {TOKENS}, n_parameters",
        "Dials and tokens changed places: dials come first.",
    ),
    (
        "optimal-always-20",
        [(INSIDE, "6 * 20"), (TOKENS, "20 * n_parameters")],
        "It buys 20 tokens for each dial, whatever tokens_per_parameter says.",
    ),
    (
        "optimal-ratio-turned",
        TOKENS,
        "n_parameters / tokens_per_parameter",
        "The dials were divided by the tokens for each of them. Each dial comes with so many tokens: multiply.",
    ),
    (
        "optimal-tokens-alone",
        TOKENS,
        "flops / 6",
        "The tokens are flops / 6, as if there were one dial. They are shared out over the dials: tokens_per_parameter for each.",
    ),
)
