"""Answers to `transformer.rms_norm` as readers might write them."""

import math

import torch
from torch.nn import functional

from tests.lessons import right, wrong


@right("transformer.rms_norm")
def _(x, weight=None, eps=1e-5):
    root = ((x**2).mean(-1, keepdim=True) + eps) ** 0.5
    return x / root if weight is None else x / root * weight


@right("transformer.rms_norm")
def _(x, weight=None, eps=1e-5):
    total = torch.einsum("...i,...i->...", x, x)[..., None]
    scaled = x / torch.sqrt(total / x.shape[-1] + eps)
    return scaled * (1 if weight is None else weight)


@right("transformer.rms_norm")
def _(x, weight=None, eps=1e-5):
    length = torch.linalg.vector_norm(x.float(), dim=-1, keepdim=True)
    scaled = (x / (length**2 / x.size(-1) + eps).sqrt()).to(x.dtype)
    if weight is not None:
        scaled = scaled * weight
    return scaled


@right("transformer.rms_norm")
def _(x, weight=None, eps=1e-5):
    rows = [row / math.sqrt(float((row.double() ** 2).mean()) + eps) for row in x.reshape(-1, x.shape[-1])]
    scaled = torch.stack(rows).reshape(x.shape)
    return scaled if weight is None else weight * scaled


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.abs().mean(-1, keepdim=True) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    scaled = functional.normalize(x, dim=-1)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-rsqrt")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.pow(2).mean(-1, keepdim=True) + eps).rsqrt()
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-mean")
def _(x, weight=None, eps=1e-5):
    return functional.layer_norm(x, x.shape[-1:], weight, None, eps)


@wrong("transformer.rms_norm", "rms-norm-sum")
def _(x, weight=None, eps=1e-5):
    scaled = x / ((x * x).sum(-1, keepdim=True) + eps).sqrt()
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-keepdim")
def _(x, weight=None, eps=1e-5):
    scaled = x / torch.sqrt(torch.mean(x**2, -1) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-axis")
def _(x, weight=None, eps=1e-5):
    scaled = x / torch.sqrt((x**2).mean(0) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-whole-table")
def _(x, weight=None, eps=1e-5):
    scaled = x / torch.sqrt(torch.mean(x * x) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    scaled = x * (1 / ((x**2).mean(-1, keepdim=True) + eps))
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-no-eps")
def _(x, weight=None, eps=1e-5):
    scaled = x * (x**2).mean(-1, keepdim=True).rsqrt()
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-eps-outside")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.norm(dim=-1, keepdim=True) / x.shape[-1] ** 0.5 + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "argument-ignored")
def _(x, weight=None, eps=1e-5):
    return functional.rms_norm(x, x.shape[-1:], weight, 1e-5)


@wrong("transformer.rms_norm", "rms-norm-square-of-mean")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.mean(-1, keepdim=True) ** 2 + eps).sqrt()
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "edit")
def _(x, weight=None, eps=1e-5):
    scale = 1 / (x.pow(2).mean(-1, keepdim=True) + eps).sqrt()
    return scale if weight is None else scale * weight


@wrong("transformer.rms_norm", "rms-norm-half")
def _(x, weight=None, eps=1e-5):
    scaled = x / ((x**2).mean(-1, keepdim=True) + eps) ** 1 * 2
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "argument-ignored")
def _(x, weight=None, eps=1e-5):
    return functional.rms_norm(x, x.shape[-1:], None, eps)


@wrong("transformer.rms_norm", "rms-norm-weight-first")
def _(x, weight=None, eps=1e-5):
    return functional.rms_norm(x if weight is None else x * weight, x.shape[-1:], None, eps)


@wrong("transformer.rms_norm", "place-parts")
def _(x, weight=None, eps=1e-5):
    return functional.rms_norm(x, x.shape[-1:], None, eps) + (0 if weight is None else weight)


@wrong("transformer.rms_norm", "rms-norm-kind")
def _(x, weight=None, eps=1e-5):
    scaled = x.float() * torch.rsqrt(x.float().square().mean(-1, keepdim=True) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    spread = ((x - x.mean(-1, keepdim=True)) ** 2).sum(-1, keepdim=True) / (x.shape[-1] - 1)
    scaled = x / (spread**0.5 + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    spread = ((x - x.mean(-1, keepdim=True)) ** 2).mean(-1, keepdim=True)
    scaled = x / (spread + eps) ** 0.5
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    total = torch.einsum("...i,...i->...", x, x)[..., None]
    scaled = x / (total / (x.shape[-1] - 1) + eps) ** 0.5
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-eps-for-zeros")
def _(x, weight=None, eps=1e-5):
    size = x.square().mean(dim=-1, keepdim=True).sqrt()
    size = size + (size == 0)
    return x / size if weight is None else x / size * weight


@wrong("transformer.rms_norm", "rms-norm-eps-squared")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.pow(2).mean(-1, keepdim=True) + eps * eps).sqrt()
    return scaled if weight is None else scaled * weight
