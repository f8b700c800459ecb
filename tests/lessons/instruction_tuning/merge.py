"""Answers to `lora.merge` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("lora.merge")
def _(weight, a, b, scale):
    return torch.matmul(scale * b, a) + weight


@right("lora.merge")
def _(weight, a, b, scale):
    whole = weight.clone()
    whole += scale * torch.einsum("or,ri->oi", b, a)
    return whole


@wrong("lora.merge", "merge-no-scale")
def _(weight, a, b, scale):
    return torch.matmul(b, a) + weight


@wrong("lora.merge", "merge-product-alone")
def _(weight, a, b, scale):
    return torch.matmul(b, a) * scale


@wrong("lora.merge", "merge-exchanged")
def _(weight, a, b, scale):
    return torch.matmul(a, b) * scale + weight


@wrong("lora.merge", "merge-on-its-side")
def _(weight, a, b, scale):
    return weight + scale * torch.matmul(a.T, b.T)


@wrong("lora.merge", "merge-divided")
def _(weight, a, b, scale):
    return torch.matmul(b, a) / scale + weight


@wrong("lora.merge", "merge-divided-by-rank")
def _(weight, a, b, scale):
    return torch.matmul(b, a) * (scale / a.shape[0]) + weight


@wrong("lora.merge", "merge-twice")
def _(weight, a, b, scale):
    whole = weight + torch.matmul(b, a) * scale
    return whole + torch.matmul(b, a) * scale


@wrong("lora.merge", "merge-subtracted")
def _(weight, a, b, scale):
    return weight - torch.matmul(b, a) * scale


@wrong("lora.merge", "merge-element-by-element")
def _(weight, a, b, scale):
    return weight + torch.mul(b, a) * scale
