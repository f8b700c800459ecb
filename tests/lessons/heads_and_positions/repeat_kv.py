"""Answers to `attention.repeat_kv` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("attention.repeat_kv")
def _(kv, n_heads):
    group = n_heads // kv.shape[-3]
    return kv.unsqueeze(-3).expand(*kv.shape[:-2], group, *kv.shape[-2:]).flatten(-4, -3)


@right("attention.repeat_kv")
def _(kv, n_heads):
    group = n_heads // kv.size(-3)
    return kv[..., torch.arange(n_heads) // group, :, :]


@right("attention.repeat_kv")
def _(kv, n_heads):
    heads = []
    for head in kv.unbind(-3):
        heads += [head] * (n_heads // kv.shape[-3])
    return torch.stack(heads, dim=-3)


@wrong("attention.repeat_kv", "share-order")
def _(kv, n_heads):
    n_kv_heads = kv.shape[-3]
    return kv[..., [head % n_kv_heads for head in range(n_heads)], :, :]


@wrong("attention.repeat_kv", "share-repeat")
def _(kv, n_heads):
    times = n_heads // kv.shape[-3]
    return kv.repeat([times, 1, 1])


@wrong("attention.repeat_kv", "share-repeat-four")
def _(kv, n_heads):
    times = n_heads // kv.shape[-3]
    return torch.Tensor.repeat(kv, [1, times, 1, 1])


@wrong("attention.repeat_kv", "share-four-axes-only")
def _(kv, n_heads):
    b, h, k, d = kv.shape
    return kv[:, :, None].expand(b, h, n_heads // h, k, d).reshape(b, n_heads, k, d)


@wrong("attention.repeat_kv", "share-three-axes-only")
def _(kv, n_heads):
    h, k, d = kv.shape
    return kv[:, None].expand(h, n_heads // h, k, d).reshape(n_heads, k, d)


@wrong("attention.repeat_kv", "share-wrong-divisor")
def _(kv, n_heads):
    heads = kv.unbind(-3)
    return torch.stack([heads[head // len(heads)] for head in range(n_heads)], dim=-3)


@wrong("attention.repeat_kv", "share-longer-text")
def _(kv, n_heads):
    return torch.stack([kv] * (n_heads // kv.shape[-3]), dim=-2).flatten(-3, -2)


@wrong("attention.repeat_kv", "share-longer-vectors")
def _(kv, n_heads):
    return torch.stack([kv] * (n_heads // kv.shape[-3]), dim=-1).flatten(-2)


@wrong("attention.repeat_kv", "share-from-the-left")
def _(kv, n_heads):
    return torch.repeat_interleave(kv, n_heads // kv.shape[-3], 1)


@wrong("attention.repeat_kv", "share-no-batch")
def _(kv, n_heads):
    group = n_heads // kv.shape[-3]
    return torch.stack([one for one in kv for _ in range(group)])


@wrong("attention.repeat_kv", "share-too-often")
def _(kv, n_heads):
    return torch.stack([head for head in kv.unbind(-3) for _ in range(n_heads)], dim=-3)


@wrong("attention.repeat_kv", "argument-ignored")
def _(kv, n_heads):
    heads = kv.unbind(-3)
    return torch.stack([head for head in heads for _ in heads], dim=-3)


@wrong("attention.repeat_kv", "edit")
def _(kv, n_heads):
    times = kv.shape[-3] // n_heads
    heads = [kv[..., i : i + 1, :, :] for i in range(kv.shape[-3]) for _ in range(times)]
    return torch.cat(heads or [kv[..., :0, :, :]], dim=-3)


@wrong("attention.repeat_kv", "share-extra-axis")
def _(kv, n_heads):
    return kv.unsqueeze(-3).expand(*kv.shape[:-2], n_heads // kv.shape[-3], *kv.shape[-2:])


@wrong("attention.repeat_kv", "share-flattened")
def _(kv, n_heads):
    return torch.stack([kv.flatten()] * (n_heads // kv.shape[-3]), dim=-1).flatten()


@wrong("attention.repeat_kv", "share-first-only")
def _(kv, n_heads):
    return kv[..., :1, :, :].repeat_interleave(n_heads, dim=-3)


@wrong("attention.repeat_kv", "argument-ignored")
def _(kv, n_heads):
    return kv


@wrong("attention.repeat_kv", "place-spoiled")
def _(kv, n_heads):
    return kv.repeat_interleave(n_heads // kv.shape[-3], dim=-3).flip(-3)


@wrong("attention.repeat_kv", "share-picked")
def _(kv, n_heads):
    group = n_heads // kv.shape[-3]
    return torch.cat([kv[[head // group]] for head in range(n_heads)])


@wrong("attention.repeat_kv", "stack")
def _(kv, n_heads):
    heads = []
    for head in range(n_heads):
        heads.append(kv[head // (n_heads // kv.shape[-3])])
    return torch.stack(heads, -3)


@wrong("attention.repeat_kv", "argument-ignored")
def _(kv, n_heads):
    return torch.stack([head for head in kv for _ in range(3)])


@wrong("attention.repeat_kv", "share-dim-without-minus")
def _(kv, n_heads):
    return torch.repeat_interleave(kv, n_heads // kv.shape[-3], 3)
