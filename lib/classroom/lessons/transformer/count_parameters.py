"""Exercise `transformer.count_parameters`: count a model's parameters from its configuration. A number says much of what was forgotten."""

import itertools
import operator
import re

from classroom.judge.comparison import is_number, show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, find
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
CONFIGS = [
    Config(49_152, 576, 30, 9, 1_536, context=8_192, n_kv_heads=3),  # the real model
    Config(**vars(GPT3_MATRICES)),
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


def the_number_is_pythons_own(function):
    """Numpy's and torch's whole numbers look alike, and count as no fraction."""
    yours = ask("transformer.count_parameters", function, CONFIGS[0])
    if isinstance(yours, int) or not hasattr(yours, "__index__"):
        return
    try:
        whole = operator.index(yours)
    except (TypeError, ValueError):  # a tensor of fractions
        return
    if whole == count_parameters(CONFIGS[0]):
        kind = f"{type(yours).__module__}.{type(yours).__name__}"
        says = f"The number is right, and a {kind}: int(...) makes a plain Python number of it."
        raise Wrong("count-not-an-int", says, "", repr(yours), f"{whole}")


# ---- what the numbers say by themselves ----

PARTS = {  # what has a count of its own, and the kinds of matrices in it
    "the table of embeddings": ("embedding",),
    "the unembedding": ("unembedding",),
    "both tables": ("embedding", "unembedding"),
    "the query (or the output)": ("query",),
    "the key (or the value)": ("key",),
    "keys and values": ("key", "value"),
    "attention": ("query", "key", "value", "output"),
    "the gate": ("gate",),
    "up (or down)": ("up",),
    "the MLP": ("gate", "up", "down"),
    "the norms": ("norms",),
    "all that is in a layer": ("query", "key", "value", "output", "gate", "up", "down", "norms in layers"),
    "the norms in the layers": ("norms in layers",),
    "the final norm": ("final norm",),
    "the positions": ("positions",),
    "the biases": ("biases",),
}
WAYS = {  # how it was counted, and by how much that is off
    "missing": lambda n, config: -n,
    "counted once too often": lambda n, config: n,
    "counted in one layer only": lambda n, config: n // config.n_layers - n,
    "counted in one layer too many": lambda n, config: n // config.n_layers,
    "counted in each layer": lambda n, config: n * (config.n_layers - 1),
    "counted without d_model": lambda n, config: n // config.d_model - n,
}


def parts_counted_otherwise() -> dict[tuple, str]:
    """By how much a count is off in each configuration where one part is counted otherwise, and what to say of it."""
    tables = []
    for config in CONFIGS:
        table = config.parameters_by_kind()
        table["final norm"] = table.get("norms", 0) // (2 * config.n_layers + 1)
        table["norms in layers"] = table.get("norms", 0) - table["final norm"]
        tables.append(table)
    found = {}
    for way, off in WAYS.items():
        for part, kinds in PARTS.items():
            sums = [sum(table.get(kind, 0) for kind in kinds) for table in tables]
            differ = tuple(off(n, config) for n, config in zip(sums, CONFIGS, strict=True))
            found.setdefault(differ, f"{part} {'are' if part.endswith('s') else 'is'} {way}")
    return found


def mistakes_counted() -> dict[tuple, str]:
    """The same of each listed mistake: the beginning of its sentence."""
    needed, found = [count_parameters(config) for config in CONFIGS], {}
    for wrong in find("transformer.count_parameters").mistakes:
        differ = tuple(wrong.function(config) - n for config, n in zip(CONFIGS, needed, strict=True))
        found.setdefault(differ, re.split(r"(?<=[.:]) ", wrong.says)[0].rstrip(".:") + ".")
    return found


def counts_name_what_is_missing(function):
    """One part that is counted otherwise in every configuration, or two things at once; never from one number alone."""
    yours = [ask("transformer.count_parameters", function, config) for config in CONFIGS]
    differ = tuple(your - count_parameters(config) for your, config in zip(yours, CONFIGS, strict=True))
    if not any(differ):
        return
    if len(set(yours)) == 1:
        says = "It gives the same number, whatever the configuration: take what config holds."
        raise Wrong("always-the-same", says, f"count_parameters({CONFIGS[1]})", show(yours[1]))
    first = next(number for number, difference in enumerate(differ) if difference)
    needed = count_parameters(CONFIGS[first])
    shown = (f"count_parameters({CONFIGS[first]})", show(yours[first]), show(needed))
    how_many = f"It is {abs(differ[first]):,} too {'few' if differ[first] < 0 else 'many'}."
    parts = parts_counted_otherwise()
    if differ in parts:
        raise Wrong("count-kinds", f"{how_many} By the number, {parts[differ]}.", *shown)
    single = {off: f"{says[0].upper()}{says[1:]}." for off, says in parts.items() if any(off)}
    single |= {off: says for off, says in mistakes_counted().items() if any(off)}
    for id, things in (("count-two-at-once", 2), ("count-several-at-once", 3)):
        for made in itertools.combinations(single, things - 1):
            rest = tuple(one - sum(others) for one, *others in zip(differ, *made, strict=True))
            if rest in single:
                told = sorted({*(single[off] for off in made), single[rest]})
                raise Wrong(
                    id, f"{how_many} By the number, {things} things at once. {' And: '.join(told)}", *shown
                )
    says = f"{how_many} Compare kind by kind with config.parameters_by_kind()."
    raise Wrong("count-differs", says, *shown)


@check(
    "transformer.count_parameters",
    [(config,) for config in CONFIGS],
    before=[the_number_is_pythons_own],
    behaviours=[counts_name_what_is_missing],
    same=same_count,
    twins=[  # building GPT-3 to count it would fill any memory
        "transformer_parts.config.ModelConfig.parameters_by_kind",
        *(f"transformer.{part}.__init__" for part in ("Transformer", "Block", "Attention", "MLP")),
    ],
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


TABLES, MATRICES = "1 if config.tied else 2", 'matrices = 3 if config.mlp == "swiglu" else 2'
SHARED = "d_model * config.n_kv_heads * config.head_dim"
LAYERS, FINAL = "config.n_layers * in_layer", " + norm_dials\n"

edits(
    "transformer.count_parameters",
    (
        "count-tied-twice",
        TABLES,
        "2",
        "The table of embeddings is counted twice (162,826,560 for the real model). Where config.tied, the way out uses the same table.",
    ),
    (
        "count-no-unembedding",
        TABLES,
        "1",
        "The unembedding is missing (174,563,733,504 for GPT-3). Where config.tied is False, it is a second table as large as the first.",
    ),
    (
        "count-tied-turned",
        TABLES,
        "2 if config.tied else 1",
        "tied the wrong way round: tied means one table for both, so the second is counted only where config.tied is False.",
    ),
    (
        "count-all-heads",
        SHARED,
        "d_model * d_model",
        "Keys and values were counted with all heads (147,786,048 for the real model). It has 9 heads that ask and only 3 that answer: "
        "those two matrices are d_model × (n_kv_heads × head_dim).",
    ),
    (
        "count-heads-as-width",
        SHARED,
        "d_model * config.n_kv_heads",
        "Keys and values were counted as d_model × n_kv_heads. Each head gives head_dim numbers: n_kv_heads × head_dim.",
    ),
    (
        "count-one-head",
        SHARED,
        "d_model * config.head_dim",
        "Keys and values were counted for one head. There are n_kv_heads of them: n_kv_heads × head_dim.",
    ),
    (
        "count-all-shared",
        "2 * d_model * d_model + 2",
        "4",
        "All four matrices of attention were counted as small as keys and values (121,243,968 for the real model). Query and output are for "
        "all n_heads: d_model × d_model each.",
    ),
    (
        "count-query-shared",
        "2 * d_model * d_model + 2",
        "d_model * d_model + 3",
        "Query (or output) was counted as small as keys and values (127,879,488 for the real model). It is for all n_heads: "
        "d_model × d_model.",
    ),
    (
        "count-two-matrices",
        MATRICES,
        "matrices = 2",
        "The MLP was counted with two matrices (107,972,928 for the real model). With a gate it has three: gate, up, down.",
    ),
    (
        "count-one-matrix",
        MATRICES,
        'matrices = 2 if config.mlp == "swiglu" else 1',
        "One of the MLP's matrices is missing, also where there is no gate. There is a way in and a way back: up and down.",
    ),
    (
        "count-three-matrices",
        MATRICES,
        "matrices = 3",
        'The MLP was counted with three matrices also where there is no gate. Only "swiglu" has a gate; any other, as "gelu" or "relu2", '
        "has two: up and down.",
    ),
    (
        "count-gate-turned",
        MATRICES,
        'matrices = 2 if config.mlp == "swiglu" else 3',
        'Two and three matrices changed places. "swiglu" is the one with a gate, and has three: gate, up, down. Any other has two.',
    ),
    (
        "count-four-times",
        "config.d_mlp + 2",
        "4 * d_model + 2",
        "The MLP was counted as 4 × d_model wide. That is a custom, GPT-3's too; the real model has 1,536 neurons, and config.d_mlp says so.",
    ),
    (
        "count-one-norm-a-layer",
        "2 * norm_dials",
        "norm_dials",
        "Only one norm a layer was counted (134,497,728 for the real model). There are two, one before attention and one before the MLP.",
    ),
    (
        "count-final-norm-in-each-layer",
        [("2 * norm_dials", "3 * norm_dials"), (f"{LAYERS}{FINAL}", f"{LAYERS}\n")],
        "Three norms a layer were counted. There are two; the third stands once, at the very end.",
    ),
    (
        "count-norms-always",
        'config.norm_weights * d_model * (2 if config.norm == "layer" else 1)',
        "d_model",
        "A norm was counted as d_model dials whatever the configuration says. Use norm_dials: GPT-3 as people count it has none there.",
    ),
    (
        "count-no-extras",
        f"{LAYERS}{FINAL}",
        f"{LAYERS}{FINAL}    return total\n",
        "Positions that are learned, or biases, are missing: the lines that were given add them. Is a return standing above them?",
    ),
    (
        "count-fraction",
        "return total",
        "return float(total)",
        "The number is right, and a fraction (134515008.0). Dials are whole: // divides without a rest, / makes a fraction.",
    ),
)
