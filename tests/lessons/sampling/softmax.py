"""Answers to `sampling.softmax` as readers might write them."""

import math

import numpy as np
import torch

from tests.lessons import right, wrong


@right("sampling.softmax")
def _(logits):
    return torch.exp(logits - torch.logsumexp(logits, dim=-1, keepdim=True))


@wrong("sampling.softmax", "softmax-whole-table")
def _(logits):
    return torch.softmax(logits.flatten(), dim=0).reshape(logits.shape)


@wrong("sampling.softmax", "softmax-axis")
def _(logits):
    powers = torch.exp(logits - logits.amax(dim=0))
    return powers / powers.sum(dim=0)


@wrong("sampling.softmax", "softmax-overflow")
def _(logits):
    with np.errstate(all="ignore"):
        e = np.e ** logits.numpy()
        return torch.from_numpy(e / e.sum(axis=-1, keepdims=True))


@wrong("sampling.softmax", "softmax-one-maximum")
def _(logits):
    e = (logits - torch.max(logits)).exp()
    return e / torch.sum(e, -1).unsqueeze(-1)


@wrong("sampling.softmax", "softmax-no-exp")
def _(logits):
    return torch.div(logits, logits.sum(-1, keepdim=True))


@wrong("sampling.softmax", "edit")
def _(logits):
    return torch.softmax(logits * math.log(2), dim=-1)


@wrong("sampling.softmax", "softmax-log")
def _(logits):
    return logits - torch.logsumexp(logits, dim=-1, keepdim=True)


@wrong("sampling.softmax", "softmax-not-divided")
def _(logits):
    return (logits - logits.amax(-1, keepdim=True)).exp()


@wrong("sampling.softmax", "softmax-keepdim")
def _(logits):
    e = torch.exp(logits - logits.amax(-1, keepdim=True))
    return e / torch.sum(e, dim=-1)


@wrong("sampling.softmax", "softmax-sign")
def _(logits):
    e = torch.exp(-(logits - logits.amin(-1, keepdim=True)))
    return e / e.sum(-1, keepdim=True)


@right("sampling.softmax")
def _(logits):
    import torch.nn.functional as F

    return F.softmax(logits, dim=logits.dim() - 1)


@right("sampling.softmax")
def _(logits):
    numbers = logits.numpy()
    powers = np.exp(numbers - numbers.max(axis=-1, keepdims=True))
    return torch.from_numpy(powers / powers.sum(axis=-1, keepdims=True))


@wrong("sampling.softmax", "softmax-sigmoid")
def _(logits):
    return 1 / (1 + torch.exp(-logits))


@wrong("sampling.softmax", "softmax-not-the-largest")
def _(logits):
    powers = (logits - logits.amin(-1, keepdim=True)).exp()
    return powers / powers.sum(-1).unsqueeze(-1)


@wrong("sampling.softmax", "softmax-not-the-largest")
def _(logits):
    powers = (logits - logits.sum(-1, keepdim=True) / logits.shape[-1]).exp()
    return powers / powers.sum(-1, keepdim=True)


@wrong("sampling.softmax", "softmax-whole-table")  # and no maximum: two at once
def _(logits):
    powers = torch.exp(logits)
    return powers / powers.sum()


@wrong("sampling.softmax", "place-spoiled")
def _(logits):
    return torch.softmax(logits, dim=-1).half()


@right("sampling.softmax")
def _(logits):
    return torch.log_softmax(logits.double(), -1).exp().to(logits.dtype)


@wrong("sampling.softmax", "softmax-place-subtracted")
def _(logits):
    powers = (logits - torch.max(logits, dim=-1, keepdim=True).indices).exp()
    return powers / powers.sum(-1, keepdim=True)


@wrong("sampling.softmax", "softmax-clamped")
def _(logits):
    return torch.softmax(torch.minimum(logits, torch.tensor(70.0)), dim=-1)


@wrong("sampling.softmax", "loses-its-kind")
def _(logits):
    return torch.softmax(logits, dim=-1, dtype=torch.float64)


@wrong("sampling.softmax", "softmax-loop")
def _(logits):
    shares = []
    for row in logits:
        powers = torch.exp(row - row.max())
        shares.append(powers / powers.sum())
    return torch.stack(shares)


@wrong("sampling.softmax", "softmax-sign")  # and no maximum
def _(logits):
    powers = 1 / torch.exp(logits)
    return powers / powers.sum(-1, keepdim=True)
