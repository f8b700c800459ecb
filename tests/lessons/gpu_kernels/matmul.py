"""Answers to `kernels.basics.matmul` as readers might write them."""

from tests.lessons.gpu_kernels import answers

OTHER = """
@triton.jit
def product(x, y, z, M, N, K, SIZE: tl.constexpr):
    i = tl.program_id(0) * SIZE + tl.arange(0, SIZE)
    j = tl.program_id(1) * SIZE + tl.arange(0, SIZE)
    acc = tl.zeros((SIZE, SIZE), tl.float32)
    for step in range(tl.cdiv(K, SIZE)):
        k = step * SIZE + tl.arange(0, SIZE)
        left = (i < M)[:, None] & (k < K)[None, :]
        right = (k < K)[:, None] & (j < N)[None, :]
        p = tl.load(x + i[:, None] * K + k[None, :], left, 0.0)
        q = tl.load(y + k[:, None] * N + j[None, :], right, 0.0)
        acc += tl.dot(p, q, input_precision="ieee")
    tl.store(z + i[:, None] * N + j[None, :], acc, (i < M)[:, None] & (j < N)[None, :])

def matmul(a, b, block=64):
    M, K, N = *a.shape, b.shape[1]
    z = torch.empty((M, N), dtype=a.dtype)
    product[(triton.cdiv(M, block), triton.cdiv(N, block))](a, b, z, M, N, K, SIZE=block)
    return z
"""
PROGRAM_A_ROW = """
@triton.jit
def product(x, y, z, N, K, WIDE: tl.constexpr):
    i = tl.program_id(0)
    j = tl.arange(0, WIDE)
    acc = tl.zeros((WIDE,), tl.float32)
    for k in range(0, K):
        acc += tl.load(x + i * K + k).to(tl.float32) * tl.load(y + k * N + j, mask=j < N, other=0.0).to(tl.float32)
    tl.store(z + i * N + j, acc, mask=j < N)

def matmul(a, b, block=64):
    z = torch.empty((a.shape[0], b.shape[1]), dtype=a.dtype)
    product[(a.shape[0],)](a, b, z, b.shape[1], a.shape[1], WIDE=triton.next_power_of_2(b.shape[1]))
    return z
"""
answers("kernels.basics.matmul", PROGRAM_A_ROW, {})
answers(
    "kernels.basics.matmul",
    OTHER,
    {
        "matmul-last-tile-only": [("acc += tl.dot", "acc = tl.dot")],
        "matmul-same-tile": [("step * SIZE + tl.arange(0, SIZE)", "tl.arange(0, SIZE)")],
        "matmul-total-in-float16": [
            ("(SIZE, SIZE), tl.float32", "(SIZE, SIZE), tl.float16"),
            ('tl.dot(p, q, input_precision="ieee")', 'tl.dot(p, q, input_precision="ieee").to(tl.float16)'),
        ],
        "matmul-inner-edge-of-a": [
            ("(i < M)[:, None] & (k < K)[None, :]", "(i < M)[:, None] & (k == k)[None, :]")
        ],
        "matmul-inner-edge-of-b": [
            ("(k < K)[:, None] & (j < N)[None, :]", "(k == k)[:, None] & (j < N)[None, :]")
        ],
        "matmul-no-inner-edge": [("(k < K)", "(k == k)")],
        "matmul-no-other": [("left, 0.0", "left"), ("right, 0.0", "right")],
        "matmul-rows-of-a": [("i[:, None] * K + k", "i[:, None] * N + k")],
        "matmul-rows-of-b": [("k[:, None] * N + j", "k[:, None] * K + j")],
        "matmul-b-turned": [("k[:, None] * N + j[None, :]", "k[:, None] + j[None, :] * K")],
        "matmul-number-by-number": [('tl.dot(p, q, input_precision="ieee")', "p * q")],
        "matmul-store-rows": [("z + i[:, None] * N", "z + i[:, None] * M")],
    },
)
