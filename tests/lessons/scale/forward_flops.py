"""Answers to `scaling.forward_flops` as readers might write them."""

from tests.lessons import right, wrong

TARGET = "scaling.forward_flops"


def counted(config, n, *, each=2, pairs=None, width=None, layers=None, table=None, more=0, times=None):
    """The count, with one part of it otherwise."""
    d, kv = config.d_model, config.n_kv_heads * config.head_dim
    layer = d * (2 * d + 2 * kv + (3 if config.mlp == "swiglu" else 2) * config.d_mlp)
    table = config.vocab_size * d if table is None else table
    pairs = n * n if pairs is None else pairs
    attention = 2 * pairs * (d if width is None else width) * (config.n_layers if layers is None else layers)
    return each * ((n if times is None else times) * (config.n_layers * layer + table + more) + attention)


right(TARGET)(counted_right := lambda config, seq_len: counted(config, seq_len))


@right(TARGET)
def _(config, seq_len):
    d, total = config.d_model, 0
    shared = d // config.n_heads * config.n_kv_heads
    for _ in range(config.n_layers):
        for rows, columns in ((d, d), (d, shared), (d, shared), (d, d), (d, config.d_mlp), (config.d_mlp, d)):
            total += 2 * seq_len * rows * columns
        if config.mlp == "swiglu":
            total += 2 * seq_len * d * config.d_mlp
        total += config.n_heads * 4 * seq_len**2 * config.head_dim
    return total + 2 * seq_len * d * config.vocab_size


@wrong(TARGET, "flops-no-additions")
def _(config, seq_len):
    return counted(config, seq_len, each=1)


@wrong(TARGET, "flops-embedding")
def _(config, seq_len):
    return counted(config, seq_len, table=2 * config.vocab_size * config.d_model)


@wrong(TARGET, "flops-two-n")
def _(config, seq_len):
    n_parameters = sum(config.parameters_by_kind().values())
    return 2 * n_parameters * seq_len


@wrong(TARGET, "flops-no-unembedding")
def _(config, seq_len):
    return counted(config, seq_len, table=0)


@wrong(TARGET, "flops-tied-for-nothing")
def _(config, seq_len):
    return counted(config, seq_len, table=0 if config.tied else config.d_model * config.vocab_size)


@wrong(TARGET, "flops-no-attention")
def _(config, seq_len):
    return counted(config, seq_len, pairs=0)


@wrong(TARGET, "flops-scores-alone")
def _(config, seq_len):
    return counted(config, seq_len) - 2 * seq_len**2 * config.d_model * config.n_layers


@wrong(TARGET, "flops-half-the-pairs")
def _(config, seq_len):
    return counted(config, seq_len, pairs=sum(range(1, seq_len + 1)))


@wrong(TARGET, "flops-attention-in-one-layer")
def _(config, seq_len):
    return counted(config, seq_len, layers=1)


@wrong(TARGET, "flops-attention-linear")
def _(config, seq_len):
    return counted(config, seq_len, pairs=seq_len)


@wrong(TARGET, "flops-one-head")
def _(config, seq_len):
    return counted(config, seq_len, width=config.d_model // config.n_heads)


@wrong(TARGET, "flops-heads-twice")
def _(config, seq_len):
    return counted(config, seq_len, width=config.n_heads * config.d_model)


@wrong(TARGET, "flops-one-token")
def _(config, seq_len):
    return counted(config, seq_len, times=1)


@wrong(TARGET, "flops-context")
def _(config, seq_len):
    return counted(config, config.context)


@wrong(TARGET, "flops-with-the-way-back")
def _(config, seq_len):
    return 3 * counted(config, seq_len)


@wrong(TARGET, "flops-parts")
def _(config, seq_len):
    return counted(config, seq_len, each=1, pairs=0)


@wrong(TARGET, "flops-parts")
def _(config, seq_len):
    return counted(config, seq_len, table=2 * config.vocab_size * config.d_model, pairs=0)
