"""Exercise `generation.cache_bytes`: the memory of a KV cache from a model's configuration."""

import torch

from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from nextword.transformer import ModelConfig


class Config(ModelConfig):
    """A configuration that is shown by what its cache depends on, and by what it might be taken for."""

    def __repr__(self) -> str:
        names = ("vocab_size", "d_model", "n_layers", "n_heads", "n_kv_heads", "d_mlp", "context")
        return f"ModelConfig({', '.join(f'{name}={getattr(self, name)}' for name in names)})"


REAL = Config(49_152, 576, 30, 9, 1_536, context=8_192, n_kv_heads=3)
TINY = Config(10, 8, 1, 2, 16, context=20)
SHARED = Config(10, 24, 2, 6, 40, context=50, n_kv_heads=2)
HALF = torch.bfloat16
PLAIN = (SHARED, 3)


def same_bytes(yours, needed) -> bool:
    """Bytes are whole: no rounding is excused."""
    return is_number(yours) and yours == needed and isinstance(yours, int)


def the_number_is_whole(function):
    """A right number that is a fraction looks nearly right, and the cause is a single stroke."""
    yours, needed = ask("generation.cache_bytes", function, *PLAIN), cache_bytes(*PLAIN)
    if isinstance(yours, float) and yours == needed:
        says = "The number is right, and a fraction. Bytes are whole: // divides without a rest, / makes a fraction."
        raise Wrong("cache-fraction", says, f"cache_bytes({PLAIN[0]}, {PLAIN[1]})", repr(yours), f"{needed}")


@check(
    "generation.cache_bytes",
    [
        (TINY, 1),
        (TINY, 3),
        (TINY, 3, 5),
        (SHARED, 3),
        (SHARED, 4, 3, HALF),
        (REAL, 1),
        (REAL, 8_192),
        (REAL, 1_000, 8, HALF),
    ],
    before=[the_number_is_whole],
    same=same_bytes,
    awkward=[
        (Config(11, 12, 5, 3, 7, context=9, n_kv_heads=1), 7, 2, torch.float64),
        (Config(11, 12, 5, 3, 7, context=9), 9, 1, torch.float16),
        (Config(50_257, 12_288, 96, 96, 49_152, context=2_048), 2_048, 64, torch.float16),
        (SHARED, 0),
        (Config(10, 8, 2, 1, 6, context=8), 6),
    ],
)
def cache_bytes(config, seq_len, batch=1, dtype=torch.float32):
    """A tensor of each kind for each layer, which never gets any memory."""
    shape = (batch, config.n_kv_heads, seq_len, config.d_model // config.n_heads)
    kept = [torch.empty(shape, dtype=dtype, device="meta") for _ in range(config.n_layers) for _ in "kv"]
    return sum(part.numel() * part.element_size() for part in kept)


edits(
    "generation.cache_bytes",
    (
        "cache-keys-only",
        "2 * numbers",
        "numbers",
        "This is half of it: each token leaves a key *and* a value in every layer.",
    ),
    (
        "cache-all-heads",
        "config.n_kv_heads",
        "config.n_heads",
        "This counts a key and a value for every head that asks. Groups of heads share them: only n_kv_heads are kept.",
    ),
    (
        "cache-one-layer",
        " * config.n_layers",
        "",
        "This is one layer's cache. Every layer has keys and values of its own.",
    ),
    (
        "cache-one-head",
        "config.n_kv_heads * config.head_dim",
        "config.head_dim",
        "This is one head's. There are n_kv_heads heads of keys and values, of head_dim numbers each.",
    ),
    (
        "cache-head-dim",
        "config.n_kv_heads * config.head_dim",
        "config.n_kv_heads",
        "A key was counted as one number a head. It has head_dim of them.",
    ),
    (
        "cache-one-text",
        " * batch",
        "",
        "This is one text's cache, however many there are. Each text has its own: times batch.",
    ),
    (
        "cache-four-bytes",
        "dtype.itemsize",
        "4",
        "Four bytes were counted for each number, whatever its kind. A bfloat16 has two: dtype.itemsize says how many.",
    ),
    (
        "cache-numbers",
        " * dtype.itemsize",
        "",
        "These are numbers, not bytes. Each takes dtype.itemsize bytes.",
    ),
    (
        "cache-bits",
        "dtype.itemsize",
        "(8 * dtype.itemsize)",
        "These are bits. dtype.itemsize is in bytes already.",
    ),
    (
        "cache-square",
        "* seq_len",
        "* seq_len**2",
        "This grows with the square of the text: the table of scores does so, and it is not kept. A token adds as much as the one before it.",
    ),
    (
        "cache-whole-context",
        "* seq_len",
        "* config.context",
        "This is the cache of the longest text that the model can read. Only seq_len tokens were read.",
    ),
)
