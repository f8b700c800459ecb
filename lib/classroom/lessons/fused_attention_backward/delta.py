"""Delta, one number a query: the output times its gradient, summed. The oracle is torch's einsum, in float64."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.fused_attention_backward.shared import close, in_autograd

noise = shelf.noises(143)
LARGE = torch.full((1, 2, 4), 300.0, dtype=torch.float16)


@check(
    "kernels.flash_attention_backward.delta",
    same=close,
    lives=in_autograd,
    twins=("kernels.flash_attention_backward.backward",),
    cases=[
        (torch.full((1, 1, 4), 0.5), torch.tensor([[[1.0, 2.0, 3.0, 4.0]]])),
        (torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]), torch.tensor([[[1.0, 0.0], [0.0, 10.0]]])),
        (noise(2, 3, 4), noise(2, 3, 4)),
        (noise(1, 40, 8), noise(1, 40, 8)),
        (noise(2, 3, 5, 16), noise(2, 3, 5, 16)),
        (LARGE, LARGE),
    ],
    awkward=[
        (noise(1, 1, 1), noise(1, 1, 1)),
        (noise(1, 33, 20), noise(1, 33, 20)),
        (noise(2, 1, 3, 4, 2), noise(2, 1, 3, 4, 2)),
        (noise(2, 5, 3, 4).transpose(1, 2), noise(2, 3, 5, 4)),
        (noise(2, 3, 4), torch.ones(()).expand(2, 3, 4)),
        (torch.zeros(1, 2, 4), noise(1, 2, 4)),
    ],
)
def delta(out, grad_out):
    return torch.einsum("...d,...d->...", out.double(), grad_out.double()).float()


PRODUCT = "o.to(sums.dtype.element_ty) * do.to(sums.dtype.element_ty)"
edits(
    "kernels.flash_attention_backward.delta",
    (
        "delta-output-squared",
        PRODUCT,
        "o.to(sums.dtype.element_ty) * o.to(sums.dtype.element_ty)",
        "The output was multiplied by itself. Delta is the output times its *gradient*.",
    ),
    (
        "delta-gradient-squared",
        PRODUCT,
        "do.to(sums.dtype.element_ty) * do.to(sums.dtype.element_ty)",
        "The gradient was multiplied by itself. Delta is the *output* times its gradient.",
    ),
    (
        "delta-of-the-output",
        PRODUCT,
        "o.to(sums.dtype.element_ty)",
        "The output was summed alone: its gradient is missing, number by number.",
    ),
    (
        "delta-of-the-gradient",
        PRODUCT,
        "do.to(sums.dtype.element_ty)",
        "The gradient was summed alone: the output is missing, number by number.",
    ),
    (
        "delta-mean",
        "axis=1)",
        "axis=1) / HEAD_DIM",
        "The mean of the products was taken, and their sum is needed.",
    ),
    (
        "delta-down-the-columns",
        "axis=1",
        "axis=0",
        "The tile was summed down its columns, over the queries. Each query has its own sum, along its row: axis=1.",
    ),
    (
        "delta-in-16-bits",
        PRODUCT,
        "o * do",
        "In float16 the products were made and summed in 16 bits, which end at 65,504 and keep three digits: "
        "bring both to sums.dtype.element_ty first.",
    ),
    (
        "delta-of-the-largest",
        "tl.sum(",
        "tl.max(",
        "The largest of the products was taken, and their sum is needed: tl.sum.",
    ),
)
