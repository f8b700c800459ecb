"""Answers to `kernels.basics.softmax` as readers might write them."""

from tests.lessons import wrong
from tests.lessons.gpu_kernels import answers, made

OTHER = """
@triton.jit
def rows_kernel(x, y, n, SIZE: tl.constexpr):
    line = tl.program_id(0) * n
    j = tl.arange(0, SIZE)
    logits = tl.load(x + line + j, mask=j < n, other=float("-inf"))
    top = tl.max(logits, axis=0)
    e = tl.exp(logits - top)
    total = tl.sum(e, axis=0)
    tl.store(y + line + j, e / total, mask=j < n)

def softmax(x):
    y = torch.empty_like(x)
    n = x.size(1)
    rows_kernel[(x.size(0),)](x, y, n, SIZE=triton.next_power_of_2(n))
    return y
"""
IN_TWO = """
@triton.jit
def rows_kernel(x, y, n, SIZE: tl.constexpr):
    line = tl.program_id(0) * n
    top = -float("inf")
    for j in range(0, n):
        top = tl.maximum(top, tl.load(x + line + j))
    total = 0.0
    for j in range(0, n):
        total += tl.exp(tl.load(x + line + j).to(tl.float32) - top)
    j = tl.arange(0, SIZE)
    e = tl.exp(tl.load(x + line + j, mask=j < n).to(tl.float32) - top)
    tl.store(y + line + j, e / total, mask=j < n)

def softmax(x):
    y = torch.empty_like(x)
    rows_kernel[(len(x),)](x, y, x.shape[1], SIZE=triton.next_power_of_2(x.shape[1]))
    return y
"""
answers("kernels.basics.softmax", IN_TWO, {})
answers(
    "kernels.basics.softmax",
    OTHER,
    {
        "softmax-other-zero": [('float("-inf")', "0")],
        "softmax-no-other": [(', other=float("-inf")', "")],
        "softmax-other-not-below-all": [('float("-inf")', "-1e9")],
        "softmax-other-than-the-max": [("tl.max(logits, axis=0)", "tl.sum(logits, axis=0) / n")],
        "softmax-no-max": [("logits - top", "logits")],
        "softmax-block-for-row": [("tl.program_id(0) * n", "tl.program_id(0) * SIZE")],
        "softmax-columns-for-rows": [("line + j", "tl.program_id(0) + j * n")],
        "softmax-first-row-only": [("tl.program_id(0) * n", "0")],
        "softmax-store-without-mask": [("e / total, mask=j < n", "e / total")],
        "softmax-mask-too-short": [("j < n", "j <= n - 2")],
        "softmax-row-not-divided": [("e / total", "e")],
        "softmax-grid-of-columns": [("(x.size(0),)", "(n,)")],
        "softmax-no-powers": [("e = tl.exp(logits - top)", "e = logits - top")],
    },
)
wrong("kernels.basics.softmax", "softmax-row-not-divided")(made(OTHER, "softmax", ("tl.sum(e", "tl.max(e")))
