"""What answers to several exercises of this lesson share."""

from tests.lessons import wrong


def extras(config):
    """What the exercise gives."""
    total = config.context * config.d_model if config.positions == "learned" else 0
    if config.biases:
        in_mlp = config.d_mlp * (2 if config.mlp == "swiglu" else 1)
        total += config.n_layers * (3 * config.d_model + 2 * config.n_kv_heads * config.head_dim + in_mlp)
    return total


def norm_dials(config):
    """What the exercise gives."""
    return config.d_model * config.norm_weights * (2 if config.norm == "layer" else 1)


def by_kind(config):
    """How many there are of each, so that an instance can leave some out."""
    d_model, d_kv, n = config.d_model, config.n_kv_heads * config.head_dim, config.n_layers
    return {
        "in": config.vocab_size * d_model,
        "out": 0 if config.tied else config.vocab_size * d_model,
        "query": n * d_model**2,
        "key": n * d_model * d_kv,
        "value": n * d_model * d_kv,
        "output": n * d_model**2,
        "gate": n * d_model * config.d_mlp if config.mlp == "swiglu" else 0,
        "up": n * d_model * config.d_mlp,
        "down": n * d_model * config.d_mlp,
        "norms": 2 * n * norm_dials(config),
        "last norm": norm_dials(config),
        "extras": extras(config),
    }


def without(*kinds):
    return lambda config: sum(n for kind, n in by_kind(config).items() if kind not in kinds)


def instance(id):
    return wrong("transformer.count_parameters", id)


instance("count-no-unembedding")(without("out"))


instance("count-kinds")(without("in", "out"))


instance("count-kinds")(without("output"))


instance("count-two-matrices")(without("gate"))


instance("count-one-matrix")(without("down"))


instance("count-kinds")(without("norms", "last norm"))


instance("count-kinds")(without("last norm"))


instance("count-no-extras")(without("extras"))


instance("count-kinds")(without("value"))


instance("count-several-at-once")(without("gate", "output", "last norm"))


instance("count-two-at-once")(without("output", "norms", "last norm"))


instance("count-kinds")(without("query", "key", "value", "output"))


instance("count-one-matrix")(without("up"))


instance("count-kinds")(without("query"))


@instance("count-differs")
def _(config):
    d = config.d_model
    return 2 * config.vocab_size * d + config.n_layers * (4 * d * d + 3 * d * config.d_mlp)


@instance("count-tied-twice")
def _(config):
    return without("out")(config) + config.vocab_size * config.d_model


@instance("count-tied-turned")
def _(config):
    return without("out")(config) + config.vocab_size * config.d_model * config.tied


@instance("count-all-heads")
def _(config):
    return without("key", "value")(config) + 2 * config.n_layers * config.d_model * config.d_model


@instance("count-heads-as-width")
def _(config):
    return without("key", "value")(config) + 2 * config.n_layers * config.d_model * config.n_kv_heads


@instance("count-one-head")
def _(config):
    return without("key", "value")(config) + 2 * config.n_layers * config.d_model * config.head_dim


@instance("count-differs")
def _(config):
    heads = config.n_heads + 2 * config.n_kv_heads
    return without("query", "key", "value")(config) + config.n_layers * heads * config.d_model**2


@instance("count-three-matrices")
def _(config):
    return without("gate")(config) + config.n_layers * config.d_model * config.d_mlp


@instance("count-four-times")
def _(config):
    matrices = 12 if config.mlp == "swiglu" else 8
    return without("gate", "up", "down")(config) + config.n_layers * matrices * config.d_model**2


@instance("count-one-norm-a-layer")
def _(config):
    return without("norms")(config) + config.n_layers * norm_dials(config)


@instance("count-final-norm-in-each-layer")
def _(config):
    return without("last norm")(config) + config.n_layers * norm_dials(config)


@instance("count-norms-always")
def _(config):
    return without("norms", "last norm")(config) + (2 * config.n_layers + 1) * config.d_model


@instance("count-kinds")
def _(config):
    once = ("in", "out", "last norm", "extras")
    return sum(n if kind in once else n // config.n_layers for kind, n in by_kind(config).items())


@instance("count-kinds")
def _(config):
    tables = ("in", "out")
    return sum(n * config.n_layers if kind in tables else n for kind, n in by_kind(config).items())


@instance("count-fraction")
def _(config):
    return without()(config) / 1


@instance("count-kinds")
def _(config):
    mlp = ("gate", "up", "down")
    return sum(n // config.n_layers if kind in mlp else n for kind, n in by_kind(config).items())


@instance("count-kinds")
def _(config):
    heads = ("query", "key", "value", "output")
    return sum(n // config.n_layers if kind in heads else n for kind, n in by_kind(config).items())


@instance("count-kinds")
def _(config):
    return sum(n // config.n_layers if kind == "norms" else n for kind, n in by_kind(config).items())


@instance("count-all-shared")
def _(config):
    in_attention = 4 * config.n_layers * config.d_model * config.n_kv_heads * config.head_dim
    return without("query", "key", "value", "output")(config) + in_attention


@instance("count-query-shared")
def _(config):
    return without("output")(config) + by_kind(config)["value"]


@instance("count-gate-turned")
def _(config):
    matrices = 2 + (config.mlp != "swiglu")
    return without("gate", "up", "down")(config) + matrices * by_kind(config)["up"]


@instance("count-kinds")  # one layer too many
def _(config):
    once = ("in", "out", "last norm", "extras")
    return without()(config) + sum(
        n // config.n_layers for kind, n in by_kind(config).items() if kind not in once
    )


instance("always-the-same")(lambda config: int("134515008"))


@instance("count-kinds")
def _(config):
    return sum(n // config.d_model if kind in ("key", "value") else n for kind, n in by_kind(config).items())


@instance("count-kinds")
def _(config):
    mlp = ("gate", "up", "down")
    return sum(n // config.d_model if kind in mlp else n for kind, n in by_kind(config).items())


@instance("count-differs")
def _(config):
    matrices = 2 if config.mlp == "gelu" else 3
    in_mlp = matrices * config.n_layers * config.d_model * config.d_mlp
    return without("gate", "up", "down")(config) + in_mlp


@instance("count-differs")
def _(config):
    return without()(config) + 7 * config.n_heads
