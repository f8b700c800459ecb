"""Answers to `kernels.flash_attention_backward.delta` as readers might write them."""

import torch

from nextword.kernels import tl, triton
from tests.lessons import right, wrong

TARGET = "kernels.flash_attention_backward.delta"


@triton.jit
def one_row(out, grad, sums, length, BLOCK: tl.constexpr):
    """A program for each query."""
    row, place = tl.program_id(0), tl.arange(0, BLOCK)
    o = tl.load(out + row * length + place, mask=place < length, other=0.0).to(sums.dtype.element_ty)
    do = tl.load(grad + row * length + place, mask=place < length, other=0.0).to(sums.dtype.element_ty)
    tl.store(sums + row, tl.sum(o * do))


@right(TARGET)
def _(out, grad_out):
    """Rows laid one after another, a program for each."""
    out, grad_out = out.contiguous(), grad_out.contiguous()
    dtype = torch.float64 if out.dtype == torch.float64 else torch.float32
    sums = torch.empty(out.shape[:-1], dtype=dtype, device=out.device)
    length = out.shape[-1]
    one_row[(sums.numel(),)](out, grad_out, sums, length, BLOCK=triton.next_power_of_2(length))
    return sums


def _floats(out, grad_out):
    return out.float(), grad_out.float()


@wrong(TARGET, "delta-output-squared")
def _(out, grad_out):
    return out.float().square().sum(-1)


@wrong(TARGET, "delta-gradient-squared")
def _(out, grad_out):
    return torch.einsum("...d,...d->...", grad_out.float(), grad_out.float())


@wrong(TARGET, "delta-of-the-output")
def _(out, grad_out):
    return torch.einsum("...d->...", out.float())


@wrong(TARGET, "delta-of-the-gradient")
def _(out, grad_out):
    return torch.sum(grad_out.float(), dim=-1)


@wrong(TARGET, "delta-mean")
def _(out, grad_out):
    o, do = _floats(out, grad_out)
    return torch.mean(o * do, dim=-1)


@wrong(TARGET, "delta-down-the-columns")
def _(out, grad_out):
    """What comes out of tiles of 16 queries by as many features, 0 past the end."""
    o, do = _floats(out, grad_out)
    product = o * do
    queries, features = product.shape[-2:]
    wide = max(16, triton.next_power_of_2(features))
    tiles = torch.nn.functional.pad(product, (0, wide - features, 0, -queries % 16)).unflatten(-2, (-1, 16))
    return tiles.sum(-2)[..., :16].flatten(-2)[..., :queries]


@wrong(TARGET, "delta-in-16-bits")
def _(out, grad_out):
    if out.dtype != torch.float16:
        return torch.einsum("...d,...d->...", *_floats(out, grad_out))
    return torch.full(out.shape[:-1], torch.inf)


@wrong(TARGET, "delta-of-the-largest")
def _(out, grad_out):
    o, do = _floats(out, grad_out)
    product = o * do
    wide = max(16, triton.next_power_of_2(product.shape[-1]))
    return torch.nn.functional.pad(product, (0, wide - product.shape[-1])).amax(-1)
