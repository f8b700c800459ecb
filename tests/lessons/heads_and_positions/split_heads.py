"""Answers to `attention.split_heads` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("attention.split_heads")
def _(x, n_heads):
    *batch, seq_len, d_model = x.shape
    return x.reshape(*batch, seq_len, n_heads, d_model // n_heads).transpose(-2, -3)


@right("attention.split_heads")
def _(x, n_heads):
    return torch.stack(x.chunk(n_heads, dim=-1), dim=-3)


@right("attention.split_heads")
def _(x, n_heads):
    head_dim = x.shape[-1] // n_heads
    heads = x.new_zeros(*x.shape[:-2], n_heads, x.shape[-2], head_dim)
    for head in range(n_heads):
        heads[..., head, :, :] = x[..., head * head_dim : (head + 1) * head_dim]
    return heads


@right("attention.split_heads")
def _(x, n_heads):
    return torch.einsum("...whd->...hwd", x.view(*x.shape[:-1], n_heads, x.size(-1) // n_heads))


@wrong("attention.split_heads", "split-view")
def _(x, n_heads):
    *batch, seq_len, d_model = x.shape
    return x.view(*batch, n_heads, seq_len, d_model // n_heads)


@wrong("attention.split_heads", "split-not-transposed")
def _(x, n_heads):
    return torch.stack(x.chunk(n_heads, dim=-1), dim=-2)


@wrong("attention.split_heads", "split-from-the-left")
def _(x, n_heads):
    return x.reshape(*x.shape[:-1], n_heads, x.shape[-1] // n_heads).swapaxes(1, 2)


@wrong("attention.split_heads", "split-no-batch")
def _(x, n_heads):
    return x.reshape(*x.shape[:-1], n_heads, -1).movedim(1, 0)


@wrong("attention.split_heads", "split-three-axes-only")
def _(x, n_heads):
    b, s, d = x.shape
    return x.reshape(b, s, n_heads, d // n_heads).permute(0, 2, 1, 3)


@wrong("attention.split_heads", "split-two-axes-only")
def _(x, n_heads):
    words, numbers = x.shape
    return x.reshape(words, n_heads, numbers // n_heads).permute(1, 0, 2)


@wrong("attention.split_heads", "stack")
def _(x, n_heads):
    return torch.stack(x.chunk(n_heads, -1), dim=-2).permute([1, 0, 2])


@wrong("attention.split_heads", "split-heads-and-numbers")
def _(x, n_heads):
    return torch.stack(x.split(n_heads, dim=-1), dim=-3)


@wrong("attention.split_heads", "split-every-nth")
def _(x, n_heads):
    return torch.stack([x[..., head::n_heads] for head in range(n_heads)], dim=-3)


@wrong("attention.split_heads", "split-words")
def _(x, n_heads):
    return x.unflatten(-2, (n_heads, x.shape[-2] // n_heads))


@wrong("attention.split_heads", "split-stacked-in-front")
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).movedim(-2, 0)


@wrong("attention.split_heads", "split-wrong-axes")
def _(x, n_heads):
    return torch.stack(x.chunk(n_heads, dim=-1), dim=-1)


@wrong("attention.split_heads", "edit")
def _(x, n_heads):
    return torch.stack([part.transpose(-1, -2) for part in x.chunk(n_heads, dim=-1)], dim=-3)


@wrong("attention.split_heads", "split-one-by-one")
def _(x, n_heads):
    return x.split(x.shape[-1] // n_heads, dim=-1)


@wrong("attention.split_heads", "place-spoiled")
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2).flatten(-3, -2)


@wrong("attention.split_heads", "split-fraction")
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, x.shape[-1] / n_heads)).transpose(-3, -2)


@wrong("attention.split_heads", "split-fraction")
def _(x, n_heads):
    length = x.shape[-1] / n_heads
    return torch.stack([x[..., head * length : (head + 1) * length] for head in range(n_heads)], dim=-3)


@wrong("attention.split_heads", "split-in-two")
def _(x, n_heads):
    return x.unflatten(-1, (2, -1)).transpose(-3, -2)


@wrong("attention.split_heads", "split-len")
def _(x, n_heads):
    return x.view(len(x), n_heads, -1).movedim(1, 0)


@wrong("attention.split_heads", "stack")
def _(x, n_heads):
    head_dim = x.shape[-1] // n_heads
    return x.view(len(x), n_heads, head_dim).transpose(-3, -2)


@wrong("attention.split_heads", "split-other-part")
def _(x, n_heads):
    d = x.shape[-1] // n_heads
    return torch.stack([x[..., i : i + d] for i in range(n_heads)], dim=-3)


@wrong("attention.split_heads", "split-other-words")
def _(x, n_heads):
    return x.reshape(*x.shape[:-2], n_heads, -1, x.shape[-2]).transpose(-1, -2)
