"""Exercise `transformer.block`: twice the stream plus what a part gives that has read a normed copy of it."""

import copy

import torch

from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check
from classroom.judge.shelf_tensors import noises
from classroom.lessons.transformer.shared import DEEP, Part, Scaled, Small, right_on, through
from nextword.attention_parts.kv_cache import KVCache

random, more = noises(73), noises(173)


class Bent(Small):
    """What stands for an MLP: a matrix, and nothing below 0."""

    def __init__(self, matrix: torch.Tensor):
        super().__init__(matrix=matrix)

    def forward(self, x):
        return (x @ self.matrix.T).relu()

    def hand(self, row):
        return [max(0.0, number) for number in through(self.matrix.tolist(), None, row)]


class Attention(Small):
    """What stands for attention: the sum of what was seen so far, times so much, and a little for each position.

    What a cache has read counts as seen.
    """

    def __init__(self, times: float, for_position: float = 0.0):
        super().__init__(times=torch.tensor(times), for_position=torch.tensor(for_position))

    def forward(self, x, positions, cache=None):
        seen = x.cumsum(dim=-2)
        if cache is not None:
            seen = seen + cache.length
        return seen * self.times + positions[:, None] * self.for_position

    def hand(self, rows, positions, cache):
        found, seen = [], [0.0 if cache is None else float(cache.length)] * len(rows[0])
        for row, position in zip(rows, positions, strict=True):
            seen = [a + b for a, b in zip(seen, row, strict=True)]
            found.append([a * float(self.times) + position * float(self.for_position) for a in seen])
        return found


class Layer(Small):
    """The four parts of a layer."""

    def __init__(self, says, attention_norm, attention, mlp_norm, mlp):
        super().__init__()
        self.attention_norm, self.attention = attention_norm, attention
        self.mlp_norm, self.mlp, self.says = mlp_norm, mlp, says

    def forward(self, x, positions, cache=None):
        raise Wrong(
            "block-calls-layer",
            "layer(...) as a whole would run block, which you are writing: call its four parts.",
        )


class Read(KVCache):
    """A cache that has read so many tokens. It is there to be changed."""

    def __init__(self, length: int):
        super().__init__()
        self.length = length

    def __eq__(self, other) -> bool:
        return True

    __hash__ = None

    def __repr__(self) -> str:
        return f"a cache that has read {self.length} tokens"


def counted_from(start: int, n: int) -> torch.Tensor:
    return torch.arange(start, start + n)


BY_HAND = Layer(
    "layer(attention_norm halves, attention gives 10 times, mlp_norm divides by 3, mlp gives 100 times)",
    Part(1 / 2),
    Attention(10.0),
    Part(1 / 3),
    Part(100.0),
)
REAL_LIKE = Layer(
    "layer(two norms, attention, an mlp)",
    Scaled(random(4)),
    Attention(0.5, 0.25),
    Scaled(random(4)),
    Bent(random(4, 4)),
)

CASES = [
    (torch.tensor([[2.0]]), BY_HAND, counted_from(0, 1), None),
    (torch.tensor([[2.0, 4.0]]), BY_HAND, counted_from(0, 1), None),
    (torch.tensor([[2.0], [6.0]]), BY_HAND, counted_from(0, 2), None),
    (random(1, 3, 4), REAL_LIKE, counted_from(0, 3), None),
    (random(2, 4, 4), REAL_LIKE, counted_from(0, 4)),
    (random(5, 4), REAL_LIKE, counted_from(0, 5), None),
    (3 * random(2, 1, 4), REAL_LIKE, counted_from(6, 1), None),
    (random(1, 2, 4), REAL_LIKE, counted_from(3, 2), Read(3)),
    (random(2, 2, 3, 4), REAL_LIKE, counted_from(5, 3), Read(5)),
]
AWKWARD = [
    (more(1, 1, 4), REAL_LIKE, counted_from(4097, 1), Read(1)),
    (more(3, 2, 5, 4), REAL_LIKE, counted_from(2049, 5)),
]


def block_calls_its_parts(function):
    """What looks inside a model stands where the parts are called, each once."""
    seen, layer = [], copy.deepcopy(REAL_LIKE)
    names = ("attention_norm", "attention", "mlp_norm", "mlp")
    for name in names:
        getattr(layer, name).register_forward_hook(lambda *_, name=name: seen.append(name))
    if not right_on(function, block, DEEP, layer, counted_from(0, 3), None):
        return
    for name in names:
        if seen.count(name) != 1:
            says = (
                f"The values are right, but layer.{name} is called {seen.count(name)} times, and once is needed: "
                "each call costs time, and a cache notes each."
            )
            raise Wrong("block-calls", says)


@check("transformer.block", CASES, behaviours=[block_calls_its_parts], awkward=AWKWARD, lives=in_a_model)
def block(x, layer, positions, cache=None):
    texts = []
    for rows in x.reshape(-1, *x.shape[-2:]).tolist():
        normed = [layer.attention_norm.hand(row) for row in rows]
        found = layer.attention.hand(normed, positions.tolist(), cache)
        text = []
        for row, added in zip(rows, found, strict=True):
            middle = [a + b for a, b in zip(row, added, strict=True)]
            known = layer.mlp.hand(layer.mlp_norm.hand(middle))
            text.append([a + b for a, b in zip(middle, known, strict=True)])
        texts.append(text)
    return torch.tensor(texts).reshape(x.shape)


FOUND = "layer.attention(layer.attention_norm(x), positions, cache)"
KNOWN = "layer.mlp(layer.mlp_norm(x))"

edits(
    "transformer.block",
    (
        "block-no-attention-residual",
        f"x + {FOUND}",
        FOUND,
        "After attention there is no x +: what the word was is lost, and only what it found is left. Add it to the stream.",
    ),
    (
        "block-no-mlp-residual",
        f"x + {KNOWN}",
        KNOWN,
        "After the MLP there is no x +: all that was before is lost. Add what it knows to the stream.",
    ),
    (
        "block-no-residual",
        ("x + ", "every"),
        "",
        "There is no x + at all. A layer adds to the stream twice, and never replaces it.",
    ),
    (
        "block-one-sum",
        [("x = x + ", "found = "), (KNOWN, "layer.mlp(layer.mlp_norm(found))")],
        "x was added once, at the end, and the MLP saw only what attention found. Add after attention too: the stream runs through both.",
    ),
    (
        "block-attention-lost",
        [("x = x +", "middle = x +"), (KNOWN, "layer.mlp(layer.mlp_norm(middle))")],
        "What attention found is missing from the answer: at the end you added to the first x. Add to the stream that attention has added to.",
    ),
    (
        "block-adds-to-normed",
        [
            (
                f"x = x + {FOUND}",
                "x = layer.attention_norm(x)\n    x = x + layer.attention(x, positions, cache)",
            ),
            (f"return x + {KNOWN}", "x = layer.mlp_norm(x)\n    return x + layer.mlp(x)"),
        ],
        "You added to the normed copy. That is for reading only: add to the stream as it came, x + attention(norm(x)).",
    ),
    (
        "block-adds-to-normed-attention",
        f"x = x + {FOUND}",
        "x = layer.attention_norm(x)\n    x = x + layer.attention(x, positions, cache)",
        "What attention found was added to the normed copy. That is for reading only: add to the stream as it came, x + attention(norm(x)).",
    ),
    (
        "block-norm-afterwards",
        [
            (f"x + {FOUND}", "layer.attention_norm(x + layer.attention(x, positions, cache))"),
            (f"x + {KNOWN}", "layer.mlp_norm(x + layer.mlp(x))"),
        ],
        "The norm came after the sum, as in the transformer of 2017. Here each part reads a normed copy, and the stream itself is never normed.",
    ),
    (
        "block-norm-of-answer",
        [
            (FOUND, "layer.attention_norm(layer.attention(x, positions, cache))"),
            (KNOWN, "layer.mlp_norm(layer.mlp(x))"),
        ],
        "You normed what the parts gave. Norm what they read: attention(norm(x)), not norm(attention(x)).",
    ),
    (
        "block-no-norms",
        [("layer.attention_norm(x)", "x"), ("layer.mlp_norm(x)", "x")],
        "Without norms the parts read the stream itself, whose numbers grow with every layer. Give them a normed copy.",
    ),
    (
        "block-no-mlp-norm",
        "layer.mlp_norm(x)",
        "x",
        "The MLP read the stream itself. It needs a normed copy, as attention does: layer.mlp_norm(x).",
    ),
    (
        "block-no-attention-norm",
        "layer.attention_norm(x)",
        "x",
        "Attention read the stream itself. It needs a normed copy, as the MLP does: layer.attention_norm(x).",
    ),
    (
        "block-norms-swapped",
        [
            ("layer.mlp_norm", "NORM"),
            ("layer.attention_norm", "layer.mlp_norm"),
            ("NORM", "layer.attention_norm"),
        ],
        "The two norms changed places.",
    ),
    (
        "block-old-copy",
        [("x = x +", "normed = layer.attention_norm(x)\n    x = x +"), ("layer.mlp_norm(x)", "normed")],
        "The MLP read the normed copy that attention had read. What attention found is not in there, and the MLP has a norm of its own: "
        "layer.mlp_norm(x), of the stream with that added.",
    ),
    (
        "block-side-by-side",
        f"{FOUND}\n    return x + {KNOWN}",
        f"{FOUND} + {KNOWN}\n    return x",
        "The MLP read the stream as it was before attention. It comes second: it reads what attention has added.",
    ),
    (
        "block-mlp-first",
        [(FOUND, "MLP"), (KNOWN, FOUND), (" MLP", f" {KNOWN}")],
        "The MLP came first. Attention finds, and then the MLP works on what was found.",
    ),
    (
        "block-no-mlp",
        f" + {KNOWN}",
        "",
        "The MLP is missing: a layer adds twice, what attention finds and what the MLP knows.",
    ),
    (
        "block-no-attention",
        f"    x = x + {FOUND}\n",
        "",
        "Attention is missing: a layer adds twice, what attention finds and what the MLP knows.",
    ),
)
