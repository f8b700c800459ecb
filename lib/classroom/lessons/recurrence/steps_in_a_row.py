"""How many steps must follow one another: the longest chain of needs."""

from classroom.judge.listed import edits
from classroom.judge.registry import check


@check(
    "recurrent.steps_in_a_row",
    cases=[
        (1000, 1, True, False),
        (1000, 1, False, False),
        (1000, 4, False, False),
        (10, 4, True, False),
        (10, 4, True, True),
        (10, 4, False, True),
        (3, 7, True, False),
        (3, 7, False, False),
    ],
    awkward=[
        (1, 1, True, True),
        (1, 5, True, False),
        (1, 5, False, True),
        (6, 1, False, True),
        (2, 2, True, False),
        (20, 20, True, False),
        (7, 3, True, True),
    ],
)
def steps_in_a_row(n_tokens, n_layers, recurrent, generating):
    """When each layer's step at each token can be made at the earliest; the last of them is the answer."""
    done = {}
    for token in range(n_tokens):
        for layer in range(n_layers):
            below = done[token, layer - 1] if layer else 0
            itself = done[token - 1, layer] if recurrent and token else 0
            written = done[token - 1, n_layers - 1] if generating and token else 0
            done[token, layer] = 1 + max(below, itself, written)
    return max(done.values())


READ = "n_tokens + n_layers - 1 if recurrent else n_layers"

edits(
    "recurrent.steps_in_a_row",
    (
        "steps-layers-wait",
        "n_tokens + n_layers - 1 if",
        "n_tokens * n_layers if",
        "A recurrent machine that reads need not finish a token before it begins the next: while layer 2 reads the first, layer 1 reads the second. Each layer is one step behind the one below.",
    ),
    (
        "steps-one-too-many",
        "n_tokens + n_layers - 1 if",
        "n_tokens + n_layers if",
        "That is one too many: with one layer a text of n tokens takes n steps. The last layer begins n_layers - 1 steps late.",
    ),
    (
        "steps-no-layers",
        "n_tokens + n_layers - 1 if",
        "n_tokens if",
        "The layers were forgotten: the last one begins n_layers - 1 steps later, and must read all tokens from there on.",
    ),
    (
        "steps-transformer-in-turn",
        READ,
        "n_tokens + n_layers - 1",
        "A transformer that reads need not wait from token to token: attention looks at all earlier places in the layer below, which are all there. Only its layers follow one another.",
    ),
    (
        "steps-transformer-at-once",
        "else n_layers",
        "else 1",
        "Not even a transformer does all at once: each layer needs what the one below it has made.",
    ),
    (
        "steps-generates-at-once",
        "if generating:",
        "if generating and recurrent:",
        "A transformer that *generates* is as slow a machine as any: the next token is not there until the last layer has said it. Its layers follow one another anew for each token.",
    ),
    (
        "steps-generates-overlapping",
        "n_tokens * n_layers",
        "(n_tokens + n_layers - 1 if recurrent else n_tokens * n_layers)",
        "A recurrent machine that generates cannot let its layers overlap: layer 1 needs the next token, and that comes out of the last layer.",
    ),
    (
        "steps-generates-layers-forgotten",
        "        return n_tokens * n_layers",
        "        return n_tokens",
        "For each token that is generated all layers follow one another, not one.",
    ),
    (
        "steps-exchanged",
        READ,
        "n_layers if recurrent else n_tokens + n_layers - 1",
        "The two machines are exchanged: it is the recurrent one whose steps wait for one another.",
    ),
)
