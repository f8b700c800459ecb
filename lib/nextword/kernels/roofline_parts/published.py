"""Under `kernels.roofline`: published speeds that the model is compared with, and FlashAttention-3's inner loop.

Source: Shah et al. 2024 (FlashAttention-3, arXiv 2407.08608), figure 5: forward pass on an H100 SXM, 16,384 tokens in
all, 2,048 features in all heads, 10^12 operations a second; the Triton kernel there is of 2024.
"""

from types import SimpleNamespace

from nextword.kernels.roofline_parts.tiles import Shape

LENGTHS = (1024, 2048, 4096, 8192, 16384)
TRITON = {  # (head_dim, causal): for each length
    (64, False): (382, 396, 400, 401, 403),
    (64, True): (291, 342, 363, 376, 363),
    (128, False): (372, 389, 389, 392, 395),
    (128, True): (273, 323, 353, 369, 378),
}
FLASH_ATTENTION_3 = {
    (64, False): (392, 460, 476, 496, 497),
    (64, True): (265, 371, 420, 460, 473),
    (128, False): (565, 625, 638, 646, 648),
    (128, True): (423, 521, 579, 602, 616),
}


def shape(length: int, head_dim: int, causal: bool) -> Shape:
    """The call that was measured at a length.

    >>> shape(4096, 128, causal=True)
    Shape(batch=4, n_heads=16, queries=4096, keys=4096, head_dim=128, causal=True, n_kv_heads=None, bytes_each=2)
    """
    return Shape(16_384 // length, 2048 // head_dim, length, length, head_dim, causal)


def flash_attention_3(head_dim: int) -> SimpleNamespace:
    """FlashAttention-3's kernel as the model sees it: two groups of four warps that take turns, and nothing wasted.

    We have not compiled it. These are the instructions that the computation cannot do without: for each score one
    each of scaling, maximum, exponential and sum, and half a conversion; for each number of the output one rescaling.
    """
    queries, keys = 128, 128
    scores, mixed = keys // 2, head_dim // 2  # of one thread, in a turn: 16 rows for a warp of 32
    each = {
        "FFMA": scores,
        "FMNMX": scores,
        "MUFU": scores,
        "FADD": scores,
        "F2FP": scores // 2,
        "FMUL": mixed,
    }
    loop = {"instructions": each, "matrix_operations": 4 * queries * keys * head_dim // 8, "body": ()}
    return SimpleNamespace(
        kernel="FlashAttention-3",
        constants={"BLOCK_QUERIES": queries, "BLOCK_KEYS": keys},
        loops=(loop,),
        instructions=each,
        specialised=True,
        num_warps=12,
        registers=168,
        shared=160 * 1024,
    )
