"""Checks of lesson 07: norms, an MLP, a layer, the last step, a count of dials, a hunt for a neuron."""

import copy
import itertools
import math
import re

import torch
from torch import nn

from classroom.checking import Named, Wrong, check, find
from classroom.comparing import has_nan, is_number, same, show
from classroom.judging import ask
from classroom.running import run
from nextword.attention_cache import Cache
from nextword.transformer import ModelConfig
from nextword.transformer_config import GPT3_MATRICES

EXERCISES = (
    "transformer.rms_norm",
    "transformer.mlp",
    "transformer.block",
    "transformer.next_logits",
    "transformer.count_parameters",
    "facts.find_neuron",
)

_noise = torch.Generator().manual_seed(7)


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=_noise)


# ---- rms_norm ----

SQUARE = torch.tensor([[3.0, 4.0], [0.0, 2.0]])  # as many places as numbers: a lost axis goes unseen
DEEP = _random(2, 3, 4)


def right_on(function, right, *arguments) -> bool:
    """Whether a function is right there: only then does a behaviour say more than the value does."""
    outcome = run(function, arguments)
    fine = outcome.error is None and not outcome.changed_input
    return fine and same(outcome.value, right(*arguments))


def rms_norm_keeps_the_kind_of_number(function):
    """A model in bfloat16 needs bfloat16 back."""
    if not right_on(function, rms_norm, DEEP, DEEP[0, 0]):
        return
    x, weight = SQUARE.bfloat16(), torch.tensor([10.0, 100.0], dtype=torch.bfloat16)
    for arguments in ((x,), (x, weight)):
        found = ask("transformer.rms_norm", function, *arguments)
        call = f"rms_norm({', '.join(show(a) for a in arguments)}), all in bfloat16"
        needed = rms_norm(*(a.double() for a in arguments))
        if found.dtype != torch.bfloat16:
            says = (
                f"It was given bfloat16 and gives {str(found.dtype)[6:]}: the next matrix would refuse that. "
                "End with .to(x.dtype)."
            )
            raise Wrong("rms-norm-kind", says, call, str(found.dtype), "torch.bfloat16")
        if has_nan(found) or not found.double().allclose(needed, 0.03, 0.03):
            raise Wrong("rms-norm-rough", "In bfloat16 the value differs.", call, show(found), show(needed))


@check(
    "transformer.rms_norm",
    cases=[
        (torch.tensor([[3.0, 4.0]]),),
        (SQUARE,),
        (torch.tensor([3.0, 4.0]), torch.tensor([10.0, 100.0])),
        (torch.tensor([[2.0, -2.0, 0.0, 4.0], [1.0, 1.0, 1.0, 5.0]]),),
        (torch.tensor([[0.003, 0.004]]),),
        (torch.zeros(1, 2),),
        (SQUARE, None, 1.0),
        (SQUARE, torch.tensor([10.0, 100.0]), Named(eps=1e-3)),
        (_random(3, 3), _random(3)),
        (DEEP, _random(4)),
        (1000 * _random(2, 2, 5) + 300,),
    ],
    behaviours=(rms_norm_keeps_the_kind_of_number,),
)
def rms_norm(x, weight=None, eps=1e-5):
    rows = [
        [number / math.sqrt(math.fsum(n * n for n in row) / len(row) + eps) for number in row]
        for row in x.double().reshape(-1, x.shape[-1]).tolist()
    ]
    scaled = torch.tensor(rows, dtype=torch.float64).reshape(x.shape)
    return scaled if weight is None else torch.einsum("...i,i->...i", scaled, weight.double())


# ---- small modules: shown in a few characters, equal to their own copies, and worked out by hand as well ----


class Small(nn.Module):
    """A module that a diagnosis can show, and that equals its own copy."""

    says = ""

    def __init__(self, **matrices: torch.Tensor):
        super().__init__()
        for name, matrix in matrices.items():
            self.register_buffer(name, matrix)

    def __eq__(self, other) -> bool:
        mine, theirs = self.state_dict(), other.state_dict()
        return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)

    __hash__ = nn.Module.__hash__

    def __getattr__(self, name: str):
        if name in ("weight", "bias", "gate", "up", "down", "query", "key", "value", "output"):
            if name not in self._modules:
                raise Wrong(
                    "inside-a-part",
                    f"You looked for {name} inside a part. Call the part as a whole, as in layer.mlp(...) or "
                    "model.final_norm(...): it knows its own dials, and runs your function on them.",
                )
        return super().__getattr__(name)

    def __repr__(self) -> str:
        return self.says


def linear(matrix: torch.Tensor, bias: torch.Tensor | None = None) -> nn.Linear:
    """A linear layer with these dials."""
    layer = nn.Linear(matrix.shape[1], matrix.shape[0], bias=bias is not None)
    layer.weight.data = matrix
    if bias is not None:
        layer.bias.data = bias
    return layer.requires_grad_(False)


def through(matrix, bias, row):
    """A row of numbers through a linear layer, number by number."""
    extra = [0.0] * len(matrix) if bias is None else bias
    return [
        math.fsum(m * number for m, number in zip(line, row, strict=True)) + b
        for line, b in zip(matrix, extra, strict=True)
    ]


# ---- mlp ----


class Dials(Small):
    """An MLP's gate, up and down."""

    def __init__(self, gate, up, down, biases=(None, None, None)):
        super().__init__()
        for name, matrix, bias in zip(("gate", "up", "down"), (gate, up, down), biases, strict=True):
            setattr(self, name, linear(matrix, bias))
        parts = [f"{name} {show(getattr(self, name).weight)[7:-1]}" for name in ("gate", "up", "down")]
        self.says = f"dials({', '.join(parts)}{', with biases' if biases[0] is not None else ''})"

    def forward(self, x):
        raise Wrong(
            "mlp-calls-dials",
            "dials(x) would run mlp, which you are writing: call its parts, dials.gate, dials.up and dials.down.",
        )

    def hand(self, name, row):
        part = getattr(self, name)
        return through(part.weight.tolist(), None if part.bias is None else part.bias.tolist(), row)


ONE_NEURON = Dials(torch.tensor([[1.0]]), torch.tensor([[3.0]]), torch.tensor([[1.0]]))
TWO_NEURONS = Dials(
    torch.tensor([[1.0, 0.0], [0.0, -1.0]]),
    torch.tensor([[2.0, 0.0], [0.0, 5.0]]),
    torch.tensor([[1.0, 0.0], [1.0, 1.0]]),
)
SOME_NEURONS = Dials(_random(7, 4), _random(7, 4), _random(4, 7))
SQUARE_DIALS = Dials(_random(4, 4), _random(4, 4), _random(4, 4))
WITH_BIASES = Dials(_random(5, 4), _random(5, 4), _random(4, 5), (_random(5), _random(5), _random(4)))


def mlp_calls_its_layers(function):
    """What looks inside a model, and what silences a neuron, stands where the layers are called."""
    seen, dials = [], copy.deepcopy(SOME_NEURONS)
    for name in ("gate", "up", "down"):
        getattr(dials, name).register_forward_hook(lambda *_, name=name: seen.append(name))
    if not right_on(function, mlp, DEEP, dials):
        return
    for name in ("gate", "up", "down"):
        if seen.count(name) != 1:
            says = (
                f"The values are right, but dials.{name} is called {seen.count(name)} times, and once is needed: whoever "
                "listens in on the neurons or silences one does so there. Write dials.gate(x), not its weight."
            )
            raise Wrong("mlp-calls", says)


@check(
    "transformer.mlp",
    cases=[
        (torch.tensor([[2.0]]), ONE_NEURON),
        (torch.tensor([[-1.0]]), ONE_NEURON),
        (torch.tensor([[2.0, 1.0]]), TWO_NEURONS),
        (torch.tensor([[100.0, -3.0], [-100.0, 0.5]]), TWO_NEURONS),
        (_random(1, 3, 4), SOME_NEURONS),
        (_random(2, 5, 4), SOME_NEURONS),
        (_random(4), SOME_NEURONS),
        (_random(2, 4, 4), SQUARE_DIALS),
        (_random(3, 4), WITH_BIASES),
    ],
    behaviours=(mlp_calls_its_layers,),
)
def mlp(x, dials):
    rows = []
    for row in x.reshape(-1, x.shape[-1]).tolist():
        gates, ups = dials.hand("gate", row), dials.hand("up", row)
        opened = [g / (1 + math.exp(-g)) * up for g, up in zip(gates, ups, strict=True)]
        rows.append(dials.hand("down", opened))
    return torch.tensor(rows).reshape(x.shape)


# ---- block ----


class Part(Small):
    """Multiplies, and adds so much."""

    def __init__(self, times: float, plus: float = 0.0):
        super().__init__(times=torch.tensor(times), plus=torch.tensor(plus))

    def forward(self, x):
        return x * self.times + self.plus

    def hand(self, row):
        return [number * float(self.times) + float(self.plus) for number in row]


class Scaled(Small):
    """A norm with weights."""

    def __init__(self, weight: torch.Tensor):
        super().__init__(scales=weight)

    def forward(self, x):
        return nn.functional.rms_norm(x, x.shape[-1:], self.scales, 1e-5)

    def hand(self, row):
        root = math.sqrt(math.fsum(n * n for n in row) / len(row) + 1e-5)
        return [w * n / root for w, n in zip(self.scales.tolist(), row, strict=True)]


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


class Read(Cache):
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


# ---- next_logits ----


class Model(Small):
    """The end of a model: its final norm and its unembedding. A tied one uses the table of embeddings."""

    def __init__(self, says, final_norm, table, embedding=None):
        super().__init__(table=table)
        self.final_norm, self.says = final_norm, says
        self.embedding = nn.Embedding.from_pretrained(table if embedding is None else embedding)

    def unembed(self, x):
        return nn.functional.linear(x, self.table)

    def forward(self, ids, cache=None):
        raise Wrong(
            "next-logits-calls-model",
            "model(...) reads tokens, from the beginning. x has been through all layers: what is left are the "
            "final norm and the unembedding.",
        )


PLAIN_END = Model(
    "model(final_norm halves, unembedding [[1, 0], [0, 1], [1, 1], [0, -1]])",
    Part(1 / 2),
    torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, -1.0]]),
)
TIED = Model("model(tied: 6 tokens, 4 numbers each)", Scaled(_random(4)), _random(6, 4))
UNTIED = Model("model(not tied: 6 tokens, 4 numbers each)", Scaled(_random(4)), _random(6, 4), _random(6, 4))
AS_MANY = Model("model(4 tokens, 4 numbers each)", Scaled(_random(4)), _random(4, 4))


def next_logits_calls_the_norm(function):
    """What looks inside a model stands where the final norm is called."""
    seen, model = [], copy.deepcopy(UNTIED)
    model.final_norm.register_forward_hook(lambda *_: seen.append(True))
    if right_on(function, next_logits, DEEP, model) and not seen:
        says = "The values are right, but model.final_norm is never called: whoever listens in on the model does so there."
        raise Wrong("next-logits-calls", says)


@check(
    "transformer.next_logits",
    cases=[
        (torch.tensor([[[1.0, 2.0], [5.0, 6.0], [3.0, 8.0]]]), PLAIN_END),
        (
            torch.tensor([[[1.0, 2.0], [5.0, 6.0], [3.0, 8.0]], [[7.0, 2.0], [2.0, 0.0], [4.0, 2.0]]]),
            PLAIN_END,
        ),
        (torch.tensor([[1.0, 2.0], [5.0, 6.0], [3.0, 8.0]]), PLAIN_END),
        (_random(1, 5, 4), TIED),
        (_random(2, 3, 4), TIED),
        (_random(4, 4), TIED),
        (_random(1, 3, 4), UNTIED),
        (_random(2, 3, 4), AS_MANY),
        (_random(2, 3, 2, 4), UNTIED),
        (_random(2, 1, 4), TIED),
    ],
    behaviours=(next_logits_calls_the_norm,),
)
def next_logits(x, model):
    found = []
    for rows in x.reshape(-1, *x.shape[-2:]).tolist():
        found.append(through(model.table.tolist(), None, model.final_norm.hand(rows[-1])))
    return torch.tensor(found).reshape(*x.shape[:-2], len(model.table))


# ---- count_parameters ----


class Config(ModelConfig):
    """A configuration that is shown by what is not as in a Llama."""

    def __repr__(self) -> str:
        plain = {"n_kv_heads": self.n_heads, "norm": "rms", "norm_weights": True, "mlp": "swiglu"}
        plain |= {"positions": "rope", "tied": True, "biases": False}
        needed = ("vocab_size", "d_model", "n_layers", "n_heads", "d_mlp", "context")
        shown = [*needed, *(name for name, usual in plain.items() if getattr(self, name) != usual)]
        return f"ModelConfig({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


GPT = {"norm": "layer", "mlp": "gelu", "positions": "learned", "biases": True}
REAL = Config(49_152, 576, 30, 9, 1_536, context=8_192, n_kv_heads=3)
GPT3_MADE = Config(**vars(GPT3_MATRICES))
CONFIGS = [
    REAL,
    GPT3_MADE,
    Config(10, 4, 1, 2, 6, context=8),
    Config(10, 4, 3, 2, 6, context=8, n_kv_heads=1),
    Config(10, 4, 2, 2, 6, context=8, tied=False),
    Config(23, 24, 2, 6, 40, context=50, n_kv_heads=2, tied=False, biases=True),
    Config(23, 24, 2, 6, 41, context=50, mlp="relu2", norm_weights=False, positions="none"),
    Config(23, 24, 3, 6, 40, context=50, n_kv_heads=3, norm="layer", positions="learned"),
    Config(50_257, 768, 12, 12, 3_072, context=1_024, **GPT),  # GPT-2: 124,439,808
    Config(50_257, 12_288, 96, 96, 49_152, context=2_048, **GPT),  # GPT-3 whole: 174,604,259,328
]


def same_count(yours, needed) -> bool:
    """Dials are whole: no rounding is excused."""
    return is_number(yours) and isinstance(yours, int) and yours == needed


ALIKE = {"query": "output", "key": "value", "up": "down"}  # always as many: a number cannot tell them apart


def counts_name_what_is_missing(function):
    """What the numbers say by themselves: which kinds are missing or too many, or which mistakes were made at once."""
    yours = [ask("transformer.count_parameters", function, config) for config in CONFIGS]
    needed = [count_parameters(config) for config in CONFIGS]
    differ = [your - need for your, need in zip(yours, needed, strict=True)]
    if not any(differ):
        return
    first = next(number for number, difference in enumerate(differ) if difference)
    shown = (f"count_parameters({CONFIGS[first]})", show(yours[first]), show(needed[first]))
    how_many = f"It is {abs(differ[first]):,} too {'few' if differ[first] < 0 else 'many'}."
    if made := mistakes_that_add_up(needed, differ, (2,)):
        raise Wrong("count-two-at-once", f"{how_many} Two things at once. {' And: '.join(made)}", *shown)
    if kinds := kinds_that_differ(differ):
        names = [
            f"{kind} (or {ALIKE[kind]})" if ALIKE.get(kind, kind) not in kinds else kind for kind in kinds
        ]
        what = "is missing" if differ[first] < 0 else "was counted once too often"
        raise Wrong("count-kinds", f"{how_many} By the number, this {what}: {', '.join(names)}.", *shown)
    made = (
        mistakes_that_add_up(needed[:1], differ[:1], (1, 2, 3)) if differ[0] else []
    )  # of the real model alone
    if made:
        says = f"{how_many} By the number, this happened: {' And: '.join(made)}"
        raise Wrong("count-several-at-once", says, *shown)
    says = f"{how_many} Compare kind by kind with config.parameters_by_kind()."
    raise Wrong("count-differs", says, *shown)


def mistakes_that_add_up(needed: list[int], differ: list[int], sizes: tuple[int, ...]) -> list[str]:
    """What to say of mistakes, so many at once, whose differences add up to these; nothing where none do."""
    misses = {}  # the sentence's beginning -> by how much such a count is off
    for wrong in find("transformer.count_parameters").mistakes:
        off = [wrong.function(config) - n for config, n in zip(CONFIGS, needed, strict=False)]
        if any(off) and off not in misses.values():
            misses[re.split(r"(?<=[.:]) ", wrong.says)[0].rstrip(".:") + "."] = off
    for size in sizes:
        for made in itertools.combinations(misses, size):
            if [sum(parts) for parts in zip(*(misses[says] for says in made), strict=True)] == differ:
                return list(made)
    return []


def kinds_that_differ(differ: list[int]) -> tuple[str, ...]:
    """The kinds of dials, at most four, that make up the difference in every configuration."""
    tables = [config.parameters_by_kind() for config in CONFIGS]
    names = list(dict.fromkeys(name for table in tables for name in table))
    for kinds in itertools.chain(*(itertools.combinations(names, size) for size in (1, 2, 3, 4))):
        sums = [sum(table.get(name, 0) for name in kinds) for table in tables]
        if differ in (sums, [-number for number in sums]):
            return kinds
    return ()


@check(
    "transformer.count_parameters",
    cases=[(config,) for config in CONFIGS],
    behaviours=(counts_name_what_is_missing,),
    same=same_count,
)
def count_parameters(config):
    width, layers = config.d_model, config.n_layers
    shared = config.n_kv_heads * (width // config.n_heads)
    shapes = [(config.vocab_size, width)] * (1 if config.tied else 2)
    if config.positions == "learned":
        shapes.append((config.context, width))
    inside = [(width, width), (shared, width), (shared, width), (width, width)]
    inside += [(config.d_mlp, width)] * (2 if config.mlp == "swiglu" else 1) + [(width, config.d_mlp)]
    if config.biases:
        inside += [(1, rows) for rows, _ in inside]
    norm = [(1, width)] * ((2 if config.norm == "layer" else 1) if config.norm_weights else 0)
    shapes += (inside + 2 * norm) * layers + norm
    return sum(rows * columns for rows, columns in shapes)


# ---- find_neuron: eighths and the like, so that "exactly at the limit" is exact ----

BEFORE = torch.tensor([0.75, 0.5, 0.25])


def _crowd(candidates: int, facts: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Facts, and candidates of which some move much, some little."""
    before = torch.rand(facts, generator=_noise)
    size = torch.rand(candidates, 1, generator=_noise) ** 3 * 0.4
    after = before + size * torch.randn(candidates, facts, generator=_noise)
    after[:, 0] = before[0] * torch.rand(candidates, generator=_noise)
    return before, after.clamp(0, 1)


@check(
    "facts.find_neuron",
    cases=[
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.1, 0.2], [0.3, 0.79], [0.5, 0.8]])),
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.1, 0.2], [0.7, 0.79], [0.5, 0.8], [0.4, 0.81]])),
        # one lets another fact rise, one moves two facts a little, one moves one of them far
        (
            BEFORE,
            torch.tensor(
                [[0.5, 0.5, 0.25], [0.125, 0.5, 0.5], [0.25, 0.46875, 0.28125], [0.0, 0.421875, 0.25]]
            ),
        ),
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.2, 0.3], [0.1, 0.4]])),
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.7, 0.8], [0.65, 0.79], [0.2, 0.1]])),
        (BEFORE, torch.tensor([[0.125, 0.5, 0.75], [0.25, 0.625, 0.25], [0.375, 0.5, 0.25]]), 0.125),
        (BEFORE, torch.tensor([[0.5, 0.375, 0.125], [0.25, 0.5, 0.46875], [0.0, 0.25, 0.25]]), 0.2),
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.6, 0.8], [0.6, 0.8]])),
        (BEFORE, torch.tensor([[0.71, 0.5, 0.25], [0.72, 0.51, 0.27], [0.74, 0.49, 0.24]])),
        (
            torch.tensor([0.5, 0.9, 0.02]),
            torch.tensor([[0.4, 0.9, 0.02], [0.1, 0.86, 0.05], [0.3, 0.9, 0.02]]),
        ),
        (
            torch.tensor([0.5, 0.4, 0.4, 0.4, 0.4]),
            torch.tensor([[0.4, 0.4, 0.4, 0.4, 0.4], [0.1, 0.43, 0.37, 0.43, 0.37]]),
        ),
        (*_crowd(20, 4),),
        (*_crowd(40, 7), 0.1),
        (*_crowd(12, 6), 0.02),
    ],
)
def find_neuron(before, after, limit=0.05):
    best = None
    for row, chances in enumerate(after.tolist()):
        others = [abs(now - was) for now, was in zip(chances[1:], before.tolist()[1:], strict=True)]
        fall = before.tolist()[0] - chances[0]
        if fall > 0 and max(others) <= limit and (best is None or fall > best[0]):
            best = fall, row
    return None if best is None else best[1]
