"""Exercise `transformer.count_parameters`: its cases, its right answer found otherwise, and how people get it wrong."""

import itertools
import re

from classroom.judge.comparison import is_number, show
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, find, mistake
from nextword.transformer import ModelConfig
from nextword.transformer_parts.config import GPT3_MATRICES


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
    Config(11, 8, 3, 4, 6, context=8, n_kv_heads=2, biases=True),
    Config(12, 10, 3, 5, 7, context=9, n_kv_heads=1, mlp="relu2", positions="learned", biases=True),
    Config(13, 6, 1, 1, 5, context=7, tied=False, norm="layer", norm_weights=False),
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
    twins=["transformer_parts.config.ModelConfig.parameters_by_kind"],
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


def _count(
    config,
    tables=None,
    shared=None,
    queries=None,
    outputs=1,
    matrices=None,
    d_mlp=None,
    norms=None,
    layers=None,
    positions=None,
    biases=None,
):
    """A count in which some of the numbers are taken otherwise."""
    d_model = config.d_model
    norm = d_model * config.norm_weights * (2 if config.norm == "layer" else 1)
    tables = (1 if config.tied else 2) if tables is None else tables
    shared = config.n_kv_heads * config.head_dim if shared is None else shared
    queries = d_model if queries is None else queries
    matrices = (3 if config.mlp == "swiglu" else 2) if matrices is None else matrices
    d_mlp = config.d_mlp if d_mlp is None else d_mlp
    norms = (2 * config.n_layers + 1) * norm if norms is None else norms(norm)
    layers = config.n_layers if layers is None else layers
    positions = config.positions == "learned" if positions is None else positions
    biases = config.biases if biases is None else biases
    total = tables * config.vocab_size * d_model + norms + positions * config.context * d_model
    total += layers * d_model * (queries + outputs * d_model + 2 * shared + matrices * d_mlp)
    if biases:
        in_mlp = (2 if config.mlp == "swiglu" else 1) * config.d_mlp
        total += config.n_layers * (3 * d_model + 2 * config.n_kv_heads * config.head_dim + in_mlp)
    return total


@mistake(
    "transformer.count_parameters",
    "count-tied-twice",
    "The table of embeddings is counted twice (162,826,560 for the real model). Where config.tied, the way out uses the same table.",
)
def _(config):
    return _count(config, tables=2)


@mistake(
    "transformer.count_parameters",
    "count-no-unembedding",
    "The unembedding is missing (174,563,733,504 for GPT-3). Where config.tied is False, it is a second table as large as the first.",
)
def _(config):
    return _count(config, tables=1)


@mistake(
    "transformer.count_parameters",
    "count-tied-turned",
    "tied the wrong way round: tied means one table for both, so the second is counted only where config.tied is False.",
)
def _(config):
    return _count(config, tables=2 if config.tied else 1)


@mistake(
    "transformer.count_parameters",
    "count-no-table",
    "The table of embeddings is missing (106,203,456 for the real model): a vector for each token is vocab_size × d_model dials.",
)
def _(config):
    return _count(config, tables=0)


@mistake(
    "transformer.count_parameters",
    "count-all-heads",
    "Keys and values were counted with all heads (147,786,048 for the real model). It has 9 heads that ask and only 3 that answer: "
    "those two matrices are d_model × (n_kv_heads × head_dim).",
)
def _(config):
    return _count(config, shared=config.d_model)


@mistake(
    "transformer.count_parameters",
    "count-heads-as-width",
    "Keys and values were counted as d_model × n_kv_heads. Each head gives head_dim numbers: n_kv_heads × head_dim.",
)
def _(config):
    return _count(config, shared=config.n_kv_heads)


@mistake(
    "transformer.count_parameters",
    "count-one-head",
    "Keys and values were counted for one head. There are n_kv_heads of them: n_kv_heads × head_dim.",
)
def _(config):
    return _count(config, shared=config.head_dim)


@mistake(
    "transformer.count_parameters",
    "count-key-only",
    "Of keys and values only one was counted. Each has a matrix of its own.",
)
def _(config):
    return _count(config) - config.n_layers * config.d_model * config.n_kv_heads * config.head_dim


@mistake(
    "transformer.count_parameters",
    "count-each-head-whole",
    "Each head was counted as if it had matrices of d_model × d_model. The heads share them: each has head_dim of the d_model columns.",
)
def _(config):
    return _count(
        config,
        queries=config.n_heads * config.d_model,
        shared=config.n_kv_heads * config.d_model,
    )


@mistake(
    "transformer.count_parameters",
    "count-no-output",
    "One of attention's two large matrices is missing (124,561,728 for the real model), most often the output: d_model × d_model in "
    "each layer, as the query.",
)
def _(config):
    return _count(config, outputs=0)


@mistake(
    "transformer.count_parameters",
    "count-two-matrices",
    "The MLP was counted with two matrices (107,972,928 for the real model). With a gate it has three: gate, up, down.",
)
def _(config):
    return _count(config, matrices=2)


@mistake(
    "transformer.count_parameters",
    "count-three-matrices",
    'The MLP was counted with three matrices also where there is no gate. Only "swiglu" has a gate; any other, as "gelu" or "relu2", '
    "has two: up and down.",
)
def _(config):
    return _count(config, matrices=3)


@mistake(
    "transformer.count_parameters",
    "count-one-matrix",
    "One of the MLP's matrices is missing, also where there is no gate. There is a way in and a way back: up and down.",
)
def _(config):
    return _count(config, matrices=2 if config.mlp == "swiglu" else 1)


@mistake(
    "transformer.count_parameters",
    "count-four-times",
    "The MLP was counted as 4 × d_model wide. That is a custom, GPT-3's too; the real model has 1,536 neurons, and config.d_mlp says so.",
)
def _(config):
    return _count(config, d_mlp=4 * config.d_model)


@mistake(
    "transformer.count_parameters",
    "count-no-norms",
    "The norms are missing (134,479,872 for the real model): two in each layer and one at the end, each d_model dials.",
)
def _(config):
    return _count(config, norms=lambda norm: 0)


@mistake(
    "transformer.count_parameters",
    "count-no-final-norm",
    "The final norm is missing (134,514,432 for the real model): two norms in each layer, and one more at the end.",
)
def _(config):
    return _count(config, norms=lambda norm: 2 * config.n_layers * norm)


@mistake(
    "transformer.count_parameters",
    "count-one-norm-a-layer",
    "Only one norm a layer was counted (134,497,728 for the real model). There are two, one before attention and one before the MLP.",
)
def _(config):
    return _count(config, norms=lambda norm: (config.n_layers + 1) * norm)


@mistake(
    "transformer.count_parameters",
    "count-final-norm-in-each-layer",
    "Three norms a layer were counted. There are two; the third stands once, at the very end.",
)
def _(config):
    return _count(config, norms=lambda norm: 3 * config.n_layers * norm)


@mistake(
    "transformer.count_parameters",
    "count-norms-always",
    "A norm was counted as d_model dials whatever the configuration says. Use norm_dials: GPT-3 as people count it has none there.",
)
def _(config):
    return _count(config, norms=lambda norm: (2 * config.n_layers + 1) * config.d_model)


@mistake(
    "transformer.count_parameters",
    "count-one-layer",
    "Only one layer was counted. There are n_layers of them.",
)
def _(config):
    return _count(config, layers=1, norms=lambda norm: 3 * norm)


@mistake(
    "transformer.count_parameters",
    "count-table-in-each-layer",
    "The table of embeddings was counted once for each layer. It stands once, below all layers.",
)
def _(config):
    return _count(config, tables=config.n_layers * (1 if config.tied else 2))


@mistake(
    "transformer.count_parameters",
    "count-positions-always",
    'A table of positions was counted that is not there. RoPE turns vectors and has no dials; only "learned" positions have a table.',
)
def _(config):
    return _count(config, positions=True)


@mistake(
    "transformer.count_parameters",
    "count-biases-always",
    "Biases were counted where the model has none: config.biases says.",
)
def _(config):
    return _count(config, biases=True)


@mistake(
    "transformer.count_parameters",
    "count-no-extras",
    "Positions that are learned, or biases, are missing: the lines that were given add them. Is a return standing above them?",
)
def _(config):
    return _count(config, positions=False, biases=False)


@mistake(
    "transformer.count_parameters",
    "count-fraction",
    "The number is right, and a fraction (134515008.0). Dials are whole: // divides without a rest, / makes a fraction.",
)
def _(config):
    return float(_count(config))


@mistake(
    "transformer.count_parameters",
    "count-mlp-once",
    "The MLP was counted in one layer only: n_layers × attention + MLP. Brackets are missing, n_layers × (attention + MLP).",
)
def _(config):
    in_one = config.d_model * config.d_mlp * (3 if config.mlp == "swiglu" else 2)
    return _count(config) - (config.n_layers - 1) * in_one


@mistake(
    "transformer.count_parameters",
    "count-attention-once",
    "Attention was counted in one layer only: n_layers × MLP + attention. Brackets are missing, n_layers × (attention + MLP).",
)
def _(config):
    in_one = 2 * config.d_model * (config.d_model + config.n_kv_heads * config.head_dim)
    return _count(config) - (config.n_layers - 1) * in_one


@mistake(
    "transformer.count_parameters",
    "count-norms-once",
    "The norms of one layer only were counted (134,481,600 for the real model). Each layer has two of its own, and one stands at the end.",
)
def _(config):
    return _count(config, norms=lambda norm: 3 * norm)


@mistake(
    "transformer.count_parameters",
    "count-head-dim-64",
    "head_dim is taken as 64, and that is the real model's. Use config.head_dim.",
)
def _(config):
    return _count(config, shared=config.n_kv_heads * 64)


@mistake(
    "transformer.count_parameters",
    "count-constant",
    "This is the real model's number, whatever the configuration.",
)
def _(config):
    return 134_515_008


@mistake(
    "transformer.count_parameters",
    "count-kv-without-d",
    "Keys and values were counted without what goes in: each matrix is d_model × (n_kv_heads × head_dim).",
)
def _(config):
    in_one = 2 * config.n_kv_heads * config.head_dim
    return _count(config, shared=0) + config.n_layers * in_one


@mistake(
    "transformer.count_parameters",
    "count-mlp-without-d",
    "The MLP's matrices were counted without d_model: each is d_model × d_mlp.",
)
def _(config):
    in_one = config.d_mlp * (3 if config.mlp == "swiglu" else 2)
    return _count(config, matrices=0) + config.n_layers * in_one


@mistake(
    "transformer.count_parameters",
    "count-one-head-of-each",
    "Each matrix of attention was counted for one head, d_model × head_dim. Query and output are for all n_heads (d_model × d_model), "
    "key and value for all n_kv_heads.",
)
def _(config):
    in_one = 4 * config.d_model * config.head_dim
    return _count(config, queries=0, shared=0, outputs=0) + config.n_layers * in_one
