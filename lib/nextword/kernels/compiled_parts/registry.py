"""Under `kernels.compiled`: the course's kernels, as calls of their launchers at the sizes that matter.

Nothing here says how large a block is or how many warps share it: that is the launchers' choice, and what is compiled
is what they choose.
"""

from dataclasses import dataclass

HEAD_DIMS = (64, 128)
EVERYWHERE, HOPPER = ("sm_80", "sm_90", "gfx942"), ("sm_90",)


@dataclass(frozen=True)
class Entry:
    """A call whose kernels are compiled, and what is promised of them."""

    name: str  # what a reader calls it
    function: str  # below nextword.kernels
    arguments: tuple  # a pair (shape, kind of number) for a tensor, anything else as it is
    keywords: tuple = ()  # pairs
    tuned: bool = False  # on sm_90 all its matrices are multiplied by wgmma
    specialised: bool = False  # on sm_90 its warps have different tasks
    targets: tuple = EVERYWHERE


def entries() -> list[Entry]:
    """All kernels of the course, in the order in which they are taught."""
    return [*basics(), *forward(), *backward(), *tuned(), *variants(), *decode()]


def tensor(*shape: int, dtype: str = "bfloat16") -> tuple:
    """How an entry describes a tensor.

    >>> tensor(2, 3)
    ((2, 3), 'bfloat16')
    """
    return (shape, dtype)


def qkv(head_dim: int, queries: int = 1024, keys: int = 1024, n_kv_heads: int = 8, dtype="bfloat16") -> tuple:
    """A query, a key and a value of eight heads."""
    key = tensor(1, n_kv_heads, keys, head_dim, dtype=dtype)
    return (tensor(1, 8, queries, head_dim, dtype=dtype), key, key)


def with_gradient(head_dim: int) -> tuple:
    """What a backward pass is given: query, key, value, output, log-sum-exp, and the output's gradient."""
    same = qkv(head_dim)
    return (*same, same[0], tensor(1, 8, 1024, dtype="float32"), same[0])


def basics() -> list[Entry]:
    """The small kernels, and the table of scores in tiles."""
    long, table = tensor(98_432, dtype="float32"), tensor(1024, 1024, dtype="float32")
    wide = tensor(1024, 1024)
    return [
        Entry("add", "basics.add", (long, long)),
        Entry("softmax", "basics.softmax", (table,)),
        Entry("transpose", "basics.transpose", (table,)),
        Entry("matmul", "basics.matmul", (wide, wide)),
        Entry("rms_norm", "basics.rms_norm", (wide, tensor(1024))),
        Entry("cross_entropy", "basics.cross_entropy", (table, tensor(1024, dtype="int64"))),
        Entry("scores in tiles", "tiled_scores.masked_scores", (tensor(8, 1024, 64), tensor(8, 1024, 64))),
    ]


def forward() -> list[Entry]:
    """Attention forward, plain: the kernel that is taught."""
    sizes = [
        Entry(f"attention forward, head_dim {size}", "flash_attention.forward", qkv(size))
        for size in (*HEAD_DIMS, 256)
    ]
    in_float32 = qkv(64, dtype="float32")
    return [*sizes, Entry("attention forward, head_dim 64, float32", "flash_attention.forward", in_float32)]


def backward() -> list[Entry]:
    """The gradients of attention: delta, then query, then key and value."""
    name, function = "attention backward, head_dim", "flash_attention_backward.backward"
    return [Entry(f"{name} {size}", function, with_gradient(size)) for size in HEAD_DIMS]


def tuned() -> list[Entry]:
    """Attention for speed: two loops; tiles by descriptors; warps with tasks of their own; and its gradients."""
    found = [
        Entry(f"tuned forward, head_dim {size}", "flash_tuned.forward", qkv(size), tuned=True)
        for size in HEAD_DIMS
    ]
    for form in ("descriptors", "specialised"):
        for size in HEAD_DIMS:
            name, special = f"{form} forward, head_dim {size}", form == "specialised"
            promise = {"tuned": True, "specialised": special, "targets": HOPPER}
            found.append(Entry(name, "flash_tuned.forward", qkv(size), ((form, True),), **promise))
    name, function = "tuned backward, head_dim", "flash_tuned_backward.backward"
    return found + [Entry(f"{name} {size}", function, with_gradient(size), tuned=True) for size in HEAD_DIMS]


def variants() -> list[Entry]:
    """Attention with a softcap and learnable sinks, forward and backward."""
    sinks = (("softcap", 30.0), ("sinks", tensor(8, dtype="float32")))
    return [
        Entry("softcap and sinks, forward", "flash_variants.forward", qkv(64), sinks),
        Entry("softcap and sinks, backward", "flash_variants_backward.backward", with_gradient(64), sinks),
    ]


def decode() -> list[Entry]:
    """One new token against a long cache of keys and values."""
    return [Entry("decode, head_dim 128", "decode.decode", qkv(128, queries=1, keys=4096, n_kv_heads=2))]
