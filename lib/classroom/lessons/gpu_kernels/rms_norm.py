"""RMSNorm, fused: one reading of a row gives the mean of its squares and the answer."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.gpu_kernels.shared import half, near, noise

THREE_HUNDREDS = torch.tensor([[300.0, 300.0, 300.0], [300.0, -300.0, 0.0]]).half()  # squared, past float16


@check(
    "kernels.basics.rms_norm",
    same=near,
    cases=[
        (torch.tensor([[3.0, 4.0]]), torch.ones(2)),
        (torch.tensor([[1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0]]), torch.ones(4)),
        (torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 6.0]]), torch.ones(3)),
        (torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]), torch.tensor([1.0, 10.0, 0.5])),
        (noise(4, 16), noise(16)),
        (noise(7, 33), noise(33)),
        (torch.tensor([[1e-3, -2e-3, 1e-3]]), torch.ones(3)),
        (noise(2, 5), noise(5), 0.5),
        (THREE_HUNDREDS, torch.ones(3).half()),
    ],
    awkward=[
        (torch.tensor([[3.0]]), torch.tensor([2.0])),
        (noise(5, 1), noise(1)),
        (noise(2, 3, 5), noise(5)),
        (noise(6), noise(6)),
        (noise(2, 6),),
        (torch.zeros(2, 3), noise(3)),
        (half(3, 20), half(20)),
        (1e4 * noise(2, 10), noise(10), 1e-6),
    ],
)
def rms_norm(x, weight=None, eps=1e-5):
    weight = torch.ones(x.shape[-1]) if weight is None else weight
    return torch.nn.functional.rms_norm(x.double(), x.shape[-1:], weight.double(), eps).to(x.dtype)


MEAN = "tl.sum(x * x, axis=0) / columns"
edits(
    "kernels.basics.rms_norm",
    (
        "rms-mean-over-block",
        MEAN,
        "tl.sum(x * x, axis=0) / BLOCK",
        "The sum of squares is divided by the length of the block, and must be by the length of the row: / columns.",
    ),
    (
        "rms-sum",
        MEAN,
        "tl.sum(x * x, axis=0)",
        "These are sums of squares, and their mean is needed: / columns.",
    ),
    (
        "rms-mean-of-numbers",
        "tl.sum(x * x, axis=0)",
        "tl.sum(tl.abs(x), axis=0)",
        "The mean of the sizes was taken. RMSNorm takes the mean of the squares, and then the root.",
    ),
    (
        "rms-eps-behind-the-root",
        "tl.rsqrt(mean_square + eps)",
        "(1 / (tl.sqrt(mean_square) + eps))",
        "eps was added after the root. It belongs under it, to the mean of the squares.",
    ),
    (
        "rms-no-eps",
        "tl.rsqrt(mean_square + eps)",
        "tl.rsqrt(mean_square)",
        "The eps that is given is not added: mean_square + eps, under the root. (Without it the root of a row of zeros is 0.)",
    ),
    (
        "rms-no-root",
        "tl.rsqrt(mean_square + eps)",
        "(1 / (mean_square + eps))",
        "It is divided by the mean of the squares, and must be by its root: tl.rsqrt is 1 / root.",
    ),
    (
        "rms-times-root",
        "tl.rsqrt(mean_square + eps)",
        "tl.sqrt(mean_square + eps)",
        "The row is multiplied by the root, and must be divided by it: tl.rsqrt is 1 / root.",
    ),
    (
        "rms-weight-of-every-row",
        "weight_pointer + places",
        "weight_pointer + row * columns + places",
        "There is one weight for each feature, the same for every row: weight_pointer + places, without the row.",
    ),
    (
        "rms-no-weight",
        " * weight, mask",
        ", mask",
        "The weight is left out: each feature is multiplied by its own at the end.",
    ),
    (
        "rms-in-float16",
        ("other=0.0).to(tl.float32)", 1),
        "other=0.0)",
        "The squares are made in float16, which ends at 65,504: 300 × 300 is already past it. Right after the load, .to(tl.float32).",
    ),
    (
        "rms-less-the-mean",
        MEAN,
        "tl.sum(x * x, axis=0) / columns - (tl.sum(x, axis=0) / columns) * (tl.sum(x, axis=0) / columns)",
        "The mean was taken away first: that is the variance, which LayerNorm divides by. RMSNorm takes the numbers as they are.",
    ),
    (
        "rms-block-for-row",
        ("row * columns + places", "every"),
        "row * BLOCK + places",
        "Row 1 begins behind row 0, after `columns` numbers. A block is longer than a row wherever that is no power of 2: row * columns.",
    ),
    (
        "rms-no-other",
        ("mask=inside, other=0.0", 1),
        "mask=inside",
        "Nothing says what stands past the end of a row, and its square is added up with the rest. A GPU promises nothing there (the check puts nan): "
        "other=0.0 adds nothing.",
    ),
)
