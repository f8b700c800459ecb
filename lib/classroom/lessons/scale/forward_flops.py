"""Operations of reading a text: two for each number of each matrix and token, and those of attention's pairs."""

import numpy as np

from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.scale.shared import Config


def same_count(yours, needed, nan: bool = False) -> bool:
    """Operations are whole: no rounding is excused but a fraction's that is whole."""
    return is_number(yours) and is_number(needed) and yours == needed


CASES = [
    (Config(10, 4, 1, 2, 6, context=8), 3),
    (Config(10, 4, 1, 2, 6, context=8), 1),
    (Config(10, 4, 3, 2, 6, context=8), 5),
    (Config(10, 4, 2, 2, 6, context=8, tied=False), 4),
    (Config(23, 24, 2, 6, 40, context=50, n_kv_heads=2), 7),
    (Config(23, 24, 2, 6, 40, context=50, mlp="gelu", tied=False), 50),
    (Config(1024, 128, 3, 2, 336, context=128, tied=False, norm_weights=False), 128),
    (Config(50_257, 12_288, 96, 96, 49_152, context=2_048, mlp="gelu", tied=False), 2_048),
    (Config(13, 12, 2, 3, 5, context=9, norm="layer", positions="learned", biases=True), 6),
]
PARTS = (  # what is counted, how often it must be, and how one says it
    ("matrices", 2, "each number of a layer's matrices and each token"),
    ("unembedding", 2, "each of the vocab_size × d_model numbers of the unembedding and each token"),
    ("pairs", 4, "each pair of tokens, each layer and each of d_model numbers"),
)


def parts(config, seq_len) -> list[int]:
    """The sizes of what is counted."""
    kinds = config.parameters_by_kind()
    matrices = sum(kinds.get(name, 0) for name in ("query", "key", "value", "output", "gate", "up", "down"))
    table = config.vocab_size * config.d_model
    return [seq_len * matrices, seq_len * table, seq_len**2 * config.n_layers * config.d_model]


def numbers_name_the_part(function):
    """How often each part is counted, where that explains the numbers of all cases exactly."""
    yours = np.array([float(ask("scaling.forward_flops", function, *case)) for case in CASES])
    sizes = np.array([parts(*case) for case in CASES], dtype=float)
    size = sizes.sum(axis=1)  # or the largest model alone would decide
    times, *_ = np.linalg.lstsq(sizes / size[:, None], yours / size, rcond=None)
    times = np.round(2 * times) / 2 + 0.0  # no -0
    if not np.allclose(sizes @ times, yours, rtol=1e-9):
        return
    told = [
        f"{found:g} for {name} (needed: {needed})"
        for found, (_, needed, name) in zip(times, PARTS, strict=True)
        if found != needed
    ]
    if told:
        raise Wrong("flops-parts", f"By the numbers, yours counts {'; '.join(told)}.")


@check(
    "scaling.forward_flops",
    same=same_count,
    cases=CASES,
    behaviours=[numbers_name_the_part],
    awkward=[
        (Config(1, 2, 1, 1, 1, context=1), 1),
        (Config(49_152, 576, 30, 9, 1_536, context=8_192, n_kv_heads=3), 8_192),
        (Config(10, 6, 2, 3, 4, context=9, n_kv_heads=1, mlp="relu2", positions="none"), 2),
        (Config(7, 8, 5, 4, 3, context=20, norm_weights=False, tied=False), 20),
    ],
    twins=["scaling.training_flops"],
)
def forward_flops(config, seq_len):
    """Product by product: a table of n rows times one of m columns, k numbers each, takes 2 n k m."""
    d_model, head_dim, tokens = config.d_model, config.d_model // config.n_heads, seq_len
    shared = config.n_kv_heads * head_dim
    products = [(tokens, d_model, d_model), (tokens, d_model, shared), (tokens, d_model, shared)]
    products += [(tokens, head_dim, tokens), (tokens, tokens, head_dim)] * config.n_heads
    products += [(tokens, d_model, d_model), (tokens, config.d_mlp, d_model)]
    products += [(tokens, d_model, config.d_mlp)] * (2 if config.mlp == "swiglu" else 1)
    products = products * config.n_layers + [(tokens, d_model, config.vocab_size)]
    return sum(2 * rows * inner * columns for rows, inner, columns in products)


RETURNED, PAIRS = "return 2 * (seq_len * (matrices + unembedding) + attention)", "pairs = seq_len * seq_len"
OF_ATTENTION = "2 * pairs * config.d_model * config.n_layers"

edits(
    "scaling.forward_flops",
    (
        "flops-no-additions",
        RETURNED,
        "return seq_len * (matrices + unembedding) + attention",
        "Only multiplications were counted. Each product is added to a sum: that is an operation, too, so there are twice as many.",
    ),
    (
        "flops-embedding",
        RETURNED,
        'return 2 * (seq_len * (matrices + unembedding + kinds["embedding"]) + attention)',
        "The table of embeddings was counted as a product, too. On the way in a row of it is looked up: nothing is multiplied.",
    ),
    (
        "flops-two-n",
        RETURNED,
        "return 2 * seq_len * sum(kinds.values())",
        "This is 2 N for each token. It counts dials that multiply no vector, and leaves out attention's own products, of queries with keys and of weights with values.",
    ),
    (
        "flops-no-unembedding",
        RETURNED,
        "return 2 * (seq_len * matrices + attention)",
        "The unembedding is missing: each last vector is multiplied by a matrix of vocab_size rows.",
    ),
    (
        "flops-tied-for-nothing",
        "unembedding = config.vocab_size * config.d_model",
        'unembedding = kinds.get("unembedding", 0)',
        "Where the tables are tied, the unembedding was counted as nothing. It has no dials of its own then, and is multiplied all the same.",
    ),
    (
        "flops-no-attention",
        RETURNED,
        "return 2 * seq_len * (matrices + unembedding)",
        "Attention's own products are missing: each query times each key, and the weights times the values. They have no dials, and they grow with the square of the text.",
    ),
    (
        "flops-scores-alone",
        OF_ATTENTION,
        "pairs * config.d_model * config.n_layers",
        "For each pair of tokens one product was counted. There are two: query times key makes the score, and weight times value mixes.",
    ),
    (
        "flops-half-the-pairs",
        PAIRS,
        "pairs = seq_len * (seq_len + 1) // 2",
        "Only the pairs that the mask leaves were counted. Our attention, and torch's count, multiply all of them, and hide the rest afterwards.",
    ),
    (
        "flops-attention-in-one-layer",
        OF_ATTENTION,
        "2 * pairs * config.d_model",
        "Attention's pairs were counted in one layer. Every layer has an attention of its own.",
    ),
    (
        "flops-attention-linear",
        PAIRS,
        "pairs = seq_len",
        "Attention was counted with one key for each query. Each query meets all keys: seq_len times seq_len pairs.",
    ),
    (
        "flops-one-head",
        OF_ATTENTION,
        "2 * pairs * config.head_dim * config.n_layers",
        "Attention was counted for one head. All n_heads together multiply d_model numbers for each pair.",
    ),
    (
        "flops-heads-twice",
        OF_ATTENTION,
        "2 * pairs * config.d_model * config.n_heads * config.n_layers",
        "Attention was counted with d_model numbers in each head. A head has head_dim of them, and all heads together d_model.",
    ),
    (
        "flops-one-token",
        RETURNED,
        "return 2 * (matrices + unembedding + attention)",
        "The matrices were counted for one token. Each of the seq_len tokens is multiplied by all of them.",
    ),
    (
        "flops-context",
        PAIRS,
        "seq_len = config.context\n    pairs = seq_len * seq_len",
        "The longest text that the model reads was counted, config.context. This one has seq_len tokens.",
    ),
    (
        "flops-with-the-way-back",
        RETURNED,
        "return 6 * (seq_len * (matrices + unembedding) + attention)",
        "This is three times too many, as many as with the way back. Reading alone takes 2 for each number and token.",
    ),
)
