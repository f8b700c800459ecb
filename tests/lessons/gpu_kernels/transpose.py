"""Answers to `kernels.basics.transpose` as readers might write them."""

from tests.lessons import wrong
from tests.lessons.gpu_kernels import answers, made

OTHER = """
@triton.jit
def turn(x, y, m, n, SIZE: tl.constexpr):
    i = (tl.program_id(0) * SIZE + tl.arange(0, SIZE))[:, None]
    j = (tl.program_id(1) * SIZE + tl.arange(0, SIZE))[None, :]
    ok = (i < m) & (j < n)
    source = i * n + j
    target = i + j * m
    piece = tl.load(x + source, mask=ok)
    tl.store(y + target, piece, mask=ok)

def transpose(x, block=32):
    m, n = x.shape
    y = torch.empty((n, m), dtype=x.dtype)
    turn[(triton.cdiv(m, block), triton.cdiv(n, block))](x, y, m, n, SIZE=block)
    return y
"""
IN_ONE_ROW = """
@triton.jit
def turn(x, y, m, n, SIZE: tl.constexpr):
    across = tl.cdiv(n, SIZE)
    i = tl.program_id(0) // across * SIZE + tl.arange(0, SIZE)
    j = tl.program_id(0) % across * SIZE + tl.arange(0, SIZE)
    piece = tl.load(x + i[:, None] * n + j[None, :], mask=(i[:, None] < m) & (j[None, :] < n))
    tl.store(y + j[:, None] * m + i[None, :], tl.trans(piece), mask=(j[:, None] < n) & (i[None, :] < m))

def transpose(x, block=32):
    m, n = x.shape
    y = torch.empty((n, m), dtype=x.dtype)
    turn[(triton.cdiv(m, block) * triton.cdiv(n, block),)](x, y, m, n, SIZE=block)
    return y
"""
answers("kernels.basics.transpose", IN_ONE_ROW, {})
answers(
    "kernels.basics.transpose",
    OTHER,
    {
        "transpose-copied": [("target = i + j * m", "target = source")],
        "transpose-old-length": [("i + j * m", "i + j * n")],
        "transpose-new-length": [("i * n + j", "i * m + j")],
        "transpose-read-turned": [("i * n + j", "j * n + i")],
        "transpose-rows-masked-alone": [("(i < m) & (j < n)", "(i < m) & (j == j)")],
        "transpose-columns-masked-alone": [("(i < m) & (j < n)", "(i == i) & (j < n)")],
        "transpose-either": [("(i < m) & (j < n)", "(i < m) | (j < n)")],
        "transpose-mask-exchanged": [("(i < m) & (j < n)", "(i < n) & (j < m)")],
        "transpose-grid-exchanged": [
            (
                "(triton.cdiv(m, block), triton.cdiv(n, block))",
                "(triton.cdiv(n, block), triton.cdiv(m, block))",
            )
        ],
        "transpose-one-column-of-tiles": [
            ("(triton.cdiv(m, block), triton.cdiv(n, block))", "(triton.cdiv(m, block),)")
        ],
        "transpose-turned-twice": [("y + target, piece", "y + target, tl.trans(piece)")],
    },
)
wrong("kernels.basics.transpose", "transpose-either")(
    made(OTHER, "transpose", ("(i < m) & (j < n)", "(i <= m) & (j <= n)"))
)
