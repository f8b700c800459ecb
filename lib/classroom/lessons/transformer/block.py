"""Exercise `transformer.block`: its cases, its right answer found otherwise, and how people get it wrong."""

import copy

import torch

from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.transformer.shared import DEEP, Part, Scaled, Small, _random, more, right_on, through
from nextword.attention_parts.kv_cache import KVCache


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


BY_HAND = Layer(
    "layer(attention_norm halves, attention gives 10 times, mlp_norm divides by 3, mlp gives 100 times)",
    Part(1 / 2),
    Attention(10.0),
    Part(1 / 3),
    Part(100.0),
)


REAL_LIKE = Layer(
    "layer(two norms, attention, an mlp)",
    Scaled(_random(4)),
    Attention(0.5, 0.25),
    Scaled(_random(4)),
    Bent(_random(4, 4)),
)


def _from(start: int, n: int) -> torch.Tensor:
    return torch.arange(start, start + n)


def block_calls_its_parts(function):
    """What looks inside a model stands where the parts are called, each once."""
    seen, layer = [], copy.deepcopy(REAL_LIKE)
    names = ("attention_norm", "attention", "mlp_norm", "mlp")
    for name in names:
        getattr(layer, name).register_forward_hook(lambda *_, name=name: seen.append(name))
    if not right_on(function, block, DEEP, layer, _from(0, 3), None):
        return
    for name in names:
        if seen.count(name) != 1:
            says = (
                f"The values are right, but layer.{name} is called {seen.count(name)} times, and once is needed: "
                "each call costs time, and a cache notes each."
            )
            raise Wrong("block-calls", says)


@check(
    "transformer.block",
    lives=in_a_model,
    cases=[
        (torch.tensor([[2.0]]), BY_HAND, _from(0, 1), None),
        (torch.tensor([[2.0, 4.0]]), BY_HAND, _from(0, 1), None),
        (torch.tensor([[2.0], [6.0]]), BY_HAND, _from(0, 2), None),
        (_random(1, 3, 4), REAL_LIKE, _from(0, 3), None),
        (_random(2, 4, 4), REAL_LIKE, _from(0, 4)),
        (_random(5, 4), REAL_LIKE, _from(0, 5), None),
        (3 * _random(2, 1, 4), REAL_LIKE, _from(6, 1), None),
        (_random(1, 2, 4), REAL_LIKE, _from(3, 2), Read(3)),
        (_random(2, 2, 3, 4), REAL_LIKE, _from(5, 3), Read(5)),
    ],
    awkward=[
        (more(1, 1, 4), REAL_LIKE, _from(4097, 1), Read(1)),
        (more(3, 2, 5, 4), REAL_LIKE, _from(2049, 5)),
    ],
    behaviours=(block_calls_its_parts,),
)
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


@mistake(
    "transformer.block",
    "block-no-attention-residual",
    "After attention there is no x +: what the word was is lost, and only what it found is left. Add it to the stream.",
)
def _(x, layer, positions, cache=None):
    x = layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-no-mlp-residual",
    "After the MLP there is no x +: all that was before is lost. Add what it knows to the stream.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-no-residual",
    "There is no x + at all. A layer adds to the stream twice, and never replaces it.",
)
def _(x, layer, positions, cache=None):
    x = layer.attention(layer.attention_norm(x), positions, cache)
    return layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-adds-to-normed",
    "You added to the normed copy. That is for reading only: add to the stream as it came, x + attention(norm(x)).",
)
def _(x, layer, positions, cache=None):
    x = layer.attention_norm(x)
    x = x + layer.attention(x, positions, cache)
    x = layer.mlp_norm(x)
    return x + layer.mlp(x)


@mistake(
    "transformer.block",
    "block-norm-afterwards",
    "The norm came after the sum, as in the transformer of 2017. Here each part reads a normed copy, and the stream itself is never normed.",
)
def _(x, layer, positions, cache=None):
    x = layer.attention_norm(x + layer.attention(x, positions, cache))
    return layer.mlp_norm(x + layer.mlp(x))


@mistake(
    "transformer.block",
    "block-norm-of-answer",
    "You normed what the parts gave. Norm what they read: attention(norm(x)), not norm(attention(x)).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention_norm(layer.attention(x, positions, cache))
    return x + layer.mlp_norm(layer.mlp(x))


@mistake(
    "transformer.block",
    "block-no-norms",
    "Without norms the parts read the stream itself, whose numbers grow with every layer. Give them a normed copy.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(x, positions, cache)
    return x + layer.mlp(x)


@mistake(
    "transformer.block",
    "block-no-mlp-norm",
    "The MLP read the stream itself. It needs a normed copy, as attention does: layer.mlp_norm(x).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(x)


@mistake(
    "transformer.block",
    "block-no-attention-norm",
    "Attention read the stream itself. It needs a normed copy, as the MLP does: layer.attention_norm(x).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(x, positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-same-norm",
    "attention_norm was used twice. The MLP has a norm of its own, with other dials: layer.mlp_norm.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.attention_norm(x))


@mistake(
    "transformer.block",
    "block-norms-swapped",
    "The two norms changed places.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.mlp_norm(x), positions, cache)
    return x + layer.mlp(layer.attention_norm(x))


@mistake(
    "transformer.block",
    "block-side-by-side",
    "The MLP read the stream as it was before attention. It comes second: it reads what attention has added.",
)
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return x + found + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-mlp-first",
    "The MLP came first. Attention finds, and then the MLP works on what was found.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.mlp(layer.mlp_norm(x))
    return x + layer.attention(layer.attention_norm(x), positions, cache)


@mistake(
    "transformer.block",
    "block-attention-lost",
    "What attention found is missing from the answer: at the end you added to the first x. Add to the stream that attention has added to.",
)
def _(x, layer, positions, cache=None):
    middle = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(middle))


@mistake(
    "transformer.block",
    "block-mlp-reads-attention",
    "The MLP read only what attention found. It reads the whole stream, with that added.",
)
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return x + found + layer.mlp(layer.mlp_norm(found))


@mistake(
    "transformer.block",
    "block-normed-twice",
    "The MLP's norm read the normed copy instead of the stream: what attention found is not in there, and it was normed twice.",
)
def _(x, layer, positions, cache=None):
    normed = layer.attention_norm(x)
    x = x + layer.attention(normed, positions, cache)
    return x + layer.mlp(layer.mlp_norm(normed))


@mistake(
    "transformer.block",
    "block-no-mlp",
    "The MLP is missing: a layer adds twice, what attention finds and what the MLP knows.",
)
def _(x, layer, positions, cache=None):
    return x + layer.attention(layer.attention_norm(x), positions, cache)


@mistake(
    "transformer.block",
    "block-no-attention",
    "Attention is missing: a layer adds twice, what attention finds and what the MLP knows.",
)
def _(x, layer, positions, cache=None):
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-only-what-is-added",
    "This is what the layer adds. The stream that it is added to is missing.",
)
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return found + layer.mlp(layer.mlp_norm(x + found))


@mistake(
    "transformer.block",
    "block-no-cache",
    "The cache was not handed on, so a new token sees none of the tokens before it: layer.attention(..., positions, cache).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-own-positions",
    "Positions were counted from 0 here. A text that goes on does not begin at 0: hand on the positions that came.",
)
def _(x, layer, positions, cache=None):
    places = torch.arange(x.shape[-2])
    x = x + layer.attention(layer.attention_norm(x), places, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-adds-to-normed-attention",
    "What attention found was added to the normed copy. That is for reading only: add to the stream as it came, x + attention(norm(x)).",
)
def _(x, layer, positions, cache=None):
    x = layer.attention_norm(x)
    x = x + layer.attention(x, positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-adds-to-normed-mlp",
    "What the MLP knows was added to the normed copy. That is for reading only: add to the stream itself, x + mlp(norm(x)).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    x = layer.mlp_norm(x)
    return x + layer.mlp(x)


@mistake(
    "transformer.block",
    "block-one-sum",
    "x was added once, at the end, and the MLP saw only what attention found. Add after attention too: the stream runs through both.",
)
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(found))


@mistake(
    "transformer.block",
    "block-same-norm-second",
    "mlp_norm was used twice. Attention has a norm of its own, with other dials: layer.attention_norm.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.mlp_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))
