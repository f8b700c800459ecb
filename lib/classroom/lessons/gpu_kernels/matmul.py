"""A tile of a matrix product for each program: a loop along the inner axis, and a total kept in float32."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.gpu_kernels.shared import half, near, noise

HUNDREDS = torch.full((1, 64), 100.0).half()  # half of the sum, 320,000, is more than float16 holds
BACK = torch.cat([torch.full((32, 1), 100.0), torch.full((32, 1), -100.0)]).half()


def close(yours, needed, nan: bool = False) -> bool:
    """Sums of many products cancel in part, and what is left then has fewer right digits."""
    if isinstance(yours, torch.Tensor) and yours.shape == needed.shape:
        size = 2e-3 if needed.dtype == torch.float16 else 1e-5
        return yours.double().allclose(needed.double(), 1e-4 + size, 20 * size, equal_nan=nan)
    return near(yours, needed, nan)


@check(
    "kernels.basics.matmul",
    same=close,
    cases=[
        (torch.eye(16), torch.arange(256.0).view(16, 16) / 10, Named(block=16)),
        (torch.arange(256.0).view(16, 16) / 100, torch.arange(256.0).view(16, 16) / 100, Named(block=16)),
        (noise(16, 32), noise(32, 16), Named(block=16)),
        (noise(32, 16), noise(16, 48), Named(block=16)),
        (noise(20, 16), noise(16, 16), Named(block=16)),
        (noise(16, 16), noise(16, 20), Named(block=16)),
        (noise(16, 20), noise(20, 16), Named(block=16)),
        (noise(19, 37), noise(37, 23), Named(block=16)),
        (HUNDREDS, BACK, Named(block=16)),
    ],
    awkward=[
        (noise(1, 1), noise(1, 1), Named(block=16)),
        (noise(1, 40), noise(40, 1), Named(block=16)),
        (noise(17, 1), noise(1, 17), Named(block=16)),
        (half(18, 20), half(20, 22), Named(block=16)),
        (noise(33, 40), noise(40, 34)),
    ],
)
def matmul(a, b, block=64):
    return torch.einsum("ik,kj->ij", a.double(), b.double()).to(a.dtype)


DOT = 'total = tl.dot(a, b, total, input_precision="ieee")'
A_MASK = "mask=(down < rows) & (a_along < inner)"
B_MASK = "mask=(b_along < inner) & (across < columns)"
edits(
    "kernels.basics.matmul",
    (
        "matmul-last-tile-only",
        DOT,
        'total = tl.dot(a, b, input_precision="ieee")',
        "Only the last product of tiles is kept. The tiles along the inner axis are added up: tl.dot(a, b, total) adds to total.",
    ),
    (
        "matmul-same-tile",
        "start + tl.arange(0, BLOCK)",
        "tl.arange(0, BLOCK)",
        "Each round of the loop takes the first tile again: start is not used. along = start + tl.arange(0, BLOCK).",
    ),
    (
        "matmul-total-in-float16",
        [
            ("dtype=tl.float32", "dtype=tl.float16"),
            (DOT, 'total += tl.dot(a, b, input_precision="ieee").to(tl.float16)'),
        ],
        "The total is kept in float16, which ends at 65,504 and has three digits: add up in float32, and round once at the end.",
    ),
    (
        "matmul-inner-edge-of-a",
        A_MASK,
        "mask=down < rows",
        "The mask of a looks at its rows alone. Where inner is no multiple of BLOCK, the last tile reaches past the end of a row.",
    ),
    (
        "matmul-inner-edge-of-b",
        B_MASK,
        "mask=across < columns",
        "The mask of b looks at its columns alone. Where inner is no multiple of BLOCK, the last tile reaches past the last row.",
    ),
    (
        "matmul-no-inner-edge",
        [(A_MASK, "mask=down < rows"), (B_MASK, "mask=across < columns")],
        "Nothing stops the last tile at the end of the inner axis: a_along and b_along must be below inner.",
    ),
    (
        "matmul-no-other",
        (", other=0.0", "every"),
        "",
        "Nothing says what stands past the edges, and it is multiplied and added up with the rest. A GPU promises nothing there (the check puts nan): "
        "other=0.0 adds nothing.",
    ),
    (
        "matmul-rows-of-a",
        "down * inner",
        "down * columns",
        "A row of a is `inner` long, not `columns`: place (i, k) of a stands at i * inner + k.",
    ),
    (
        "matmul-rows-of-b",
        "b_along * columns",
        "b_along * inner",
        "A row of b is `columns` long, not `inner`: place (k, j) of b stands at k * columns + j.",
    ),
    (
        "matmul-b-turned",
        "b_along * columns + across",
        "across * inner + b_along",
        "b is read with rows and columns exchanged. Place (k, j) of b stands at k * columns + j.",
    ),
    (
        "matmul-number-by-number",
        DOT,
        "total += a * b",
        "The tiles are multiplied number by number. A product of matrices is rows times columns: tl.dot.",
    ),
    (
        "matmul-store-rows",
        "down * columns + across, total",
        "down * rows + across, total",
        "A row of the answer is `columns` long, not `rows`: place (i, j) stands at i * columns + j.",
    ),
)
