"""Answers to `kernels.basics.add` as readers might write them."""

from tests.lessons import wrong
from tests.lessons.gpu_kernels import answers, made

OTHER = """
@triton.jit
def kernel(a, b, c, n, SIZE: tl.constexpr):
    me = tl.program_id(axis=0)
    start = me * SIZE
    i = start + tl.arange(0, SIZE)
    left = tl.load(a + i, i < n, 0)
    right = tl.load(b + i, i < n, 0)
    tl.store(c + i, left + right, i < n)

def add(x, y, block=1024):
    c = torch.zeros_like(x)
    grid = lambda meta: ((x.numel() + block - 1) // block,)
    kernel[grid](x, y, c, x.numel(), SIZE=block)
    return c
"""
BACKWARDS = """
@triton.jit
def from_the_end(a, b, c, n, SIZE: tl.constexpr):
    i = n - 1 - tl.program_id(0) * SIZE - tl.arange(0, SIZE)
    tl.store(c + i, tl.load(b + i, mask=i >= 0) + tl.load(a + i, mask=i >= 0), mask=i >= 0)

def add(x, y, block=1024):
    c = torch.empty(x.shape, dtype=x.dtype)
    from_the_end[(triton.cdiv(x.numel(), block),)](x, y, c, x.numel(), SIZE=block)
    return c
"""
answers(
    "kernels.basics.add",
    OTHER,
    {
        "add-no-mask": [(", i < n, 0", ""), (", i < n", "")],
        "add-store-without-mask": [("left + right, i < n", "left + right")],
        "add-load-without-mask": [(", i < n, 0", "")],
        "add-no-block": [("start = me * SIZE", "start = me")],
        "add-one-too-few": [("i < n", "i + 1 < n"), ("zeros_like", "empty_like")],
        "add-last-block-left-out": [
            ("(x.numel() + block - 1) // block", "x.numel() // block"),
            ("zeros_like", "empty_like"),
        ],
        "add-one-program": [("(x.numel() + block - 1) // block,", "1,"), ("zeros_like", "empty_like")],
        "add-y-is-x": [("tl.load(b + i", "tl.load(a + i")],
        "add-stores-into-x": [("tl.store(c + i", "tl.store(a + i"), ("zeros_like", "empty_like")],
    },
)
answers("kernels.basics.add", BACKWARDS, {"add-no-block": [("tl.program_id(0) * SIZE", "0")]})
wrong("kernels.basics.add", "add-no-mask")(made(OTHER, "add", ("i < n", "i < n + 1")))
wrong("kernels.basics.add", "loses-its-kind")(made(OTHER, "add", ("zeros_like(x)", "zeros(x.shape)")))
