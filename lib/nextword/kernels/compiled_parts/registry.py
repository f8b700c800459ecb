"""Under `kernels.compiled`: the course's kernels, as calls of their launchers at the sizes that matter.

Nothing here says how large a block is or how many warps share it: that is the launchers' choice, and what is compiled is
what they choose.
"""

from dataclasses import dataclass

HEAD_DIMS = (64, 128)


@dataclass(frozen=True)
class Entry:
    """A call whose kernels are compiled, and what is promised of them."""

    name: str  # what a reader calls it
    function: str  # below nextword.kernels
    arguments: tuple  # (shape, kind of number) for a tensor, anything else as it is
    keywords: tuple = ()  # pairs
    promises: tuple = ()  # of "tuned" (wgmma alone on sm_90), "specialised" (USETMAXREG on sm_90)


def tensor(*shape: int, dtype: str = "bfloat16") -> tuple:
    """How an entry describes a tensor."""
    return (shape, dtype)


def qkv(head_dim: int, queries: int = 1024, keys: int = 1024, n_kv_heads: int = 8) -> tuple:
    """A query, a key and a value of eight heads."""
    key = tensor(1, n_kv_heads, keys, head_dim)
    return (tensor(1, 8, queries, head_dim), key, key)


def basics() -> list[Entry]:
    """Lesson 08's kernels."""
    long, table = tensor(98_432, dtype="float32"), tensor(1024, 1024, dtype="float32")
    wide = tensor(1024, 1024)
    return [
        Entry("add", "basics.add", (long, long)),
        Entry("softmax", "basics.softmax", (table,)),
        Entry("transpose", "basics.transpose", (table,)),
        Entry("matmul", "basics.matmul", (wide, wide)),
        Entry("rms_norm", "basics.rms_norm", (wide, tensor(1024))),
        Entry("cross_entropy", "basics.cross_entropy", (table, tensor(1024, dtype="int64"))),
    ]


def forward() -> list[Entry]:
    """Attention forward, plain: the taught kernel, by head_dim and by kind of number."""
    named = [
        Entry(f"attention forward, head_dim {size}", "flash_attention.forward", qkv(size))
        for size in (*HEAD_DIMS, 256)
    ]
    narrow = tuple((shape, "float32") for shape, _ in qkv(64))
    return [*named, Entry("attention forward, head_dim 64, float32", "flash_attention.forward", narrow)]


def backward() -> list[Entry]:
    """The gradients of attention: delta, then query, then key and value."""
    return [
        Entry(
            f"attention backward, head_dim {size}",
            "flash_attention_backward.backward",
            (*qkv(size), qkv(size)[0], tensor(1, 8, 1024, dtype="float32"), qkv(size)[0]),
        )
        for size in HEAD_DIMS
    ]


def entries() -> list[Entry]:
    """All kernels of the course, in the order in which they are taught."""
    return [*basics(), *forward(), *backward(), *decode()]


def decode() -> list[Entry]:
    """One new token against a long cache of keys and values."""
    return [Entry("decode, head_dim 128", "decode.decode", qkv(128, queries=1, keys=4096, n_kv_heads=2))]
