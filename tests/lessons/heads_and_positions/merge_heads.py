"""Answers to `attention.merge_heads` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("attention.merge_heads")
def _(x):
    *batch, n_heads, seq_len, head_dim = x.shape
    return x.transpose(-2, -3).reshape(*batch, seq_len, n_heads * head_dim)


@right("attention.merge_heads")
def _(x):
    return torch.cat([x[..., head, :, :] for head in range(x.shape[-3])], dim=-1)


@right("attention.merge_heads")
def _(x):
    return x.movedim(-3, -2).contiguous().view(*x.shape[:-3], x.shape[-2], -1)


@wrong("attention.merge_heads", "merge-not-transposed")
def _(x):
    *batch, n_heads, seq_len, head_dim = x.shape
    return x.view(*batch, seq_len, n_heads * head_dim)


@wrong("attention.merge_heads", "merge-below")
def _(x):
    return torch.cat(x.unbind(-3), dim=-2)


@wrong("attention.merge_heads", "merge-words-flattened")
def _(x):
    return x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1])


@wrong("attention.merge_heads", "merge-not-flattened")
def _(x):
    return torch.stack(x.unbind(-3), dim=-2)


@wrong("attention.merge_heads", "merge-interleaved")
def _(x):
    return torch.stack(x.unbind(-3), dim=-1).flatten(-2)


@wrong("attention.merge_heads", "merge-sum")
def _(x):
    return sum(x[..., head, :, :] for head in range(x.shape[-3]))


@wrong("attention.merge_heads", "merge-wrong-axes")
def _(x):
    return x.mT.reshape(*x.shape[:-2], -1)


@wrong("attention.merge_heads", "merge-from-the-left")
def _(x):
    swapped = x.swapaxes(1, 2)
    return swapped.reshape(*swapped.shape[:-2], -1)


@wrong("attention.merge_heads", "merge-no-batch")
def _(x):
    swapped = x.movedim(0, 1)
    return swapped.reshape(*swapped.shape[:-2], -1)


@wrong("attention.merge_heads", "merge-four-axes-only")
def _(x):
    b, h, s, d = x.shape
    return x.permute(0, 2, 1, 3).reshape(b, s, h * d)


@wrong("attention.merge_heads", "merge-three-axes-only")
def _(x):
    h, s, d = x.shape
    return x.permute(1, 0, 2).reshape(s, h * d)


@wrong("attention.merge_heads", "stack")
def _(x):
    swapped = x.permute([1, 0, 2])
    return swapped.reshape(*swapped.shape[:-2], -1)


@wrong("attention.merge_heads", "merge-first-axis")
def _(x):
    return torch.cat([head for head in x], dim=-1)


@wrong("attention.merge_heads", "edit")
def _(x):
    return x.movedim(-3, -2).reshape(*x.shape[:-3], -1)


@wrong("attention.merge_heads", "edit")
def _(x):
    return x.movedim(-3, -2).reshape(-1)


@wrong("attention.merge_heads", "merge-first-two")
def _(x):
    return torch.cat([x.select(-3, 0), x.select(-3, 1)], dim=-1)


@wrong("attention.merge_heads", "merge-one-head")
def _(x):
    return x.unbind(-3)[0]


@wrong("attention.merge_heads", "merge-flattened-first")
def _(x):
    rows = x.reshape(*x.shape[:-2], -1)
    return rows.mT


@wrong("attention.merge_heads", "merge-order")
def _(x):
    return torch.cat(x.unbind(-3)[::-1], dim=-1)


@wrong("attention.merge_heads", "merge-other-words")
def _(x):
    return x.mT.reshape(*x.shape[:-3], x.shape[-2], -1)
