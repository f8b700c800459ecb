"""Answers to `lora.forward` as readers might write them."""

import torch
from torch.nn import functional

from tests.lessons import right, wrong


@right("lora.forward")
def _(x, weight, a, b, scale):
    return functional.linear(x, weight) + functional.linear(functional.linear(x, a) * scale, b)


@right("lora.forward")
def _(x, weight, a, b, scale):
    narrow = torch.matmul(x, a.mT)
    wide = torch.matmul(narrow, b.mT)
    return wide * scale + torch.matmul(x, weight.mT)


@wrong("lora.forward", "lora-no-scale")
def _(x, weight, a, b, scale):
    return functional.linear(x, weight) + functional.linear(functional.linear(x, a), b)


@wrong("lora.forward", "lora-scale-on-all")
def _(x, weight, a, b, scale):
    both = functional.linear(x, weight) + functional.linear(functional.linear(x, a), b)
    return both * scale


@wrong("lora.forward", "lora-divided")
def _(x, weight, a, b, scale):
    return functional.linear(x, weight) + functional.linear(functional.linear(x, a), b) / scale


@wrong("lora.forward", "lora-divided-by-rank")
def _(x, weight, a, b, scale):
    rank = a.shape[0]
    return functional.linear(x, weight) + functional.linear(functional.linear(x, a), b) * scale / rank


@wrong("lora.forward", "lora-pair-alone")
def _(x, weight, a, b, scale):
    return functional.linear(functional.linear(x, a), b) * scale


@wrong("lora.forward", "lora-matrix-on-its-side")
def _(x, weight, a, b, scale):
    return torch.matmul(x, weight) + scale * functional.linear(functional.linear(x, a), b)


@wrong("lora.forward", "lora-pair-exchanged")
def _(x, weight, a, b, scale):
    narrow = torch.matmul(x, b)
    return functional.linear(x, weight) + scale * torch.matmul(narrow, a)


@wrong("lora.forward", "lora-pair-of-output")
def _(x, weight, a, b, scale):
    out = functional.linear(x, weight)
    return out + scale * functional.linear(functional.linear(out, a), b)


@wrong("lora.forward", "lora-subtracted")
def _(x, weight, a, b, scale):
    return functional.linear(x, weight) - functional.linear(functional.linear(x, a), b) * scale


@wrong("lora.forward", "lora-x-kept")
def _(x, weight, a, b, scale):
    x_out = functional.linear(x, weight)
    return x + (x_out + scale * functional.linear(functional.linear(x, a), b))
