"""Bytes that stay from step to step: weights, gradients, in mixed precision a copy, and the optimizer's memories."""

from classroom.judge.listed import edits
from classroom.judge.registry import check


@check(
    "scaling.state_bytes",
    cases=[
        (1000, "adamw", False),
        (1000, "adamw", True),
        (1000, "muon", False),
        (1000, "muon", True),
        (1000, "sgd", False),
        (1000, "sgd", True),
        (845_824, "momentum", False),
        (175_181_291_520, "adamw", True),
    ],
    awkward=[
        (0, "adamw", True),
        (1, "muon", True),
        (7, "sgd", True),
        (3, "momentum", True),
        (11, "adamw", False),
    ],
)
def state_bytes(n_parameters, rule="adamw", mixed=False):
    """Dial by dial, from a table of the bits that each number takes."""
    short, long = (16, 16), (32, 32)
    weight, gradient = short if mixed else long
    memories = {"sgd": 0, "momentum": 1, "muon": 1, "adamw": 2}[rule]
    bits = {"weights": weight, "gradients": gradient, "copy": 32 if mixed else 0, "memories": 32 * memories}
    return {name: n_parameters * each // 8 for name, each in bits.items()}


EACH, MEMORIES, COPY = (
    "each = 2 if mixed else 4",
    "4 * n_memories * n_parameters",
    "4 * n_parameters if mixed else 0",
)

edits(
    "scaling.state_bytes",
    (
        "state-bits",
        [
            (EACH, "each = 16 if mixed else 32"),
            (COPY, "32 * n_parameters if mixed else 0"),
            (MEMORIES, "32 * n_memories * n_parameters"),
        ],
        "These are bits. A byte has 8 of them: a number of float32 takes 4 bytes, one of bfloat16 2.",
    ),
    (
        "state-bits-in-name",
        EACH,
        "each = 16 if mixed else 32",
        "Weights and gradients were counted in bits: float32 has 32 of them, which are 4 bytes, and bfloat16 has 16, which are 2.",
    ),
    (
        "state-one-memory",
        MEMORIES,
        "4 * min(1, n_memories) * n_parameters",
        "AdamW was given one memory. It has two of each dial: the mean of its gradients, and that of their squares.",
    ),
    (
        "state-no-memories",
        MEMORIES,
        "0",
        "The optimizer's memories are missing. AdamW keeps two numbers for each dial, Muon and momentum one.",
    ),
    (
        "state-always-adamw",
        MEMORIES,
        "8 * n_parameters",
        "Two memories were counted whatever the rule: AdamW has two, Muon and momentum one, plain SGD none.",
    ),
    (
        "state-memories-halved",
        MEMORIES,
        "each * n_memories * n_parameters",
        "With mixed precision the memories were counted in bfloat16. The optimizer works in float32, or small steps would be lost: 4 bytes.",
    ),
    (
        "state-no-copy",
        COPY,
        "0",
        "With mixed precision the copy of the weights in float32 is missing: in bfloat16 a small step would change nothing.",
    ),
    (
        "state-copy-always",
        COPY,
        "4 * n_parameters",
        "A copy was counted without mixed precision, too. There the weights themselves are in float32, and no copy is needed.",
    ),
    (
        "state-copy-halved",
        COPY,
        "2 * n_parameters if mixed else 0",
        "The copy was counted in bfloat16. It is there to be more exact than the weights: float32, 4 bytes.",
    ),
    (
        "state-mixed-turned",
        EACH,
        "each = 4 if mixed else 2",
        "Turned round: with mixed precision weights and gradients have 2 bytes, and without it 4.",
    ),
    (
        "state-gradients-in-float32",
        '"gradients": each * n_parameters',
        '"gradients": 4 * n_parameters',
        "With mixed precision gradients were counted in float32. As we count, they are in bfloat16, as the weights are: 2 bytes.",
    ),
    (
        "state-eight-bytes",
        EACH,
        "each = 4 if mixed else 8",
        "Weights and gradients were counted twice as large: float32 has 4 bytes, bfloat16 2. (8 are those of Python's own fractions.)",
    ),
)
