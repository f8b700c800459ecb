"""Answers to `kernels.basics.rms_norm` as readers might write them."""

from tests.lessons import wrong
from tests.lessons.gpu_kernels import answers, made

OTHER = """
@triton.jit
def norm(a, w, o, n, eps, SIZE: tl.constexpr):
    first = tl.program_id(0) * n
    j = tl.arange(0, SIZE)
    v = tl.load(a + first + j, j < n, 0.0)
    v = v.to(tl.float32)
    scale = tl.load(w + j, j < n, 0.0)
    power = tl.sum(v * v, 0) / n
    v = v / tl.sqrt(power + eps)
    tl.store(o + first + j, v * scale, j < n)

def rms_norm(x, weight=None, eps=1e-5):
    n = x.shape[-1]
    weight = torch.ones(n, dtype=x.dtype) if weight is None else weight
    o = torch.zeros(x.shape, dtype=x.dtype)
    norm[(x.numel() // n,)](x, weight, o, n, eps, SIZE=triton.next_power_of_2(n))
    return o
"""
BY_WHERE = """
@triton.jit
def norm(a, w, o, n, eps, SIZE: tl.constexpr):
    j = tl.arange(0, SIZE)
    at = tl.program_id(0) * n + j
    v = tl.where(j < n, tl.load(a + at, mask=j < n).to(tl.float32), 0.0)
    root = tl.sqrt(tl.sum(v * v / n) + eps)
    tl.store(o + at, tl.load(w + j, mask=j < n) * (v / root), mask=j < n)

def rms_norm(x, weight=None, eps=1e-5):
    n = x.shape[-1]
    weight = torch.ones(n, dtype=x.dtype) if weight is None else weight
    o = torch.empty_like(x)
    norm[(x.numel() // n,)](x, weight, o, n, eps, SIZE=triton.next_power_of_2(n))
    return o
"""
answers("kernels.basics.rms_norm", BY_WHERE, {})
answers(
    "kernels.basics.rms_norm",
    OTHER,
    {
        "rms-mean-over-block": [("tl.sum(v * v, 0) / n", "tl.sum(v * v, 0) / SIZE")],
        "rms-sum": [("tl.sum(v * v, 0) / n", "tl.sum(v * v, 0)")],
        "rms-mean-of-numbers": [("tl.sum(v * v, 0) / n", "tl.sum(tl.abs(v), 0) / n")],
        "rms-eps-behind-the-root": [("tl.sqrt(power + eps)", "(tl.sqrt(power) + eps)")],
        "rms-no-eps": [("tl.sqrt(power + eps)", "tl.sqrt(power)")],
        "rms-no-root": [("tl.sqrt(power + eps)", "(power + eps)")],
        "rms-times-root": [("v / tl.sqrt", "v * tl.sqrt")],
        "rms-weight-of-every-row": [("w + j", "w + first + j")],
        "rms-no-weight": [("v * scale", "v")],
        "rms-in-float16": [("v = v.to(tl.float32)", "v = v * 1")],
        "rms-less-the-mean": [
            ("tl.sum(v * v, 0) / n", "tl.sum(v * tl.where(j < n, v - tl.sum(v, 0) / n, 0.0), 0) / n")
        ],
        "rms-block-for-row": [("tl.program_id(0) * n", "tl.program_id(0) * SIZE")],
        "rms-no-other": [("first + j, j < n, 0.0", "first + j, j < n")],
    },
)
wrong("kernels.basics.rms_norm", "rms-no-eps")(made(OTHER, "rms_norm", ("power + eps", "power + 1e-5")))
