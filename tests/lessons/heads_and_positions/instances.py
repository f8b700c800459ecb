"""Lesson 06."""

import math

import numpy as np
import torch

from nextword import attention
from tests.lessons import right, wrong

# ---- split_heads ----


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


# ---- merge_heads ----


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


# ---- repeat_kv ----


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


# ---- rope ----


def parts(x, positions, base):
    angle = attention.angles(positions, x.shape[-1], base)
    return x[..., ::2], x[..., 1::2], torch.cos(angle), torch.sin(angle)


def woven(right, up):
    return torch.stack((right, up), -1).reshape(*right.shape[:-1], -1)


@right("attention.rope")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base)
    arrows = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    turned = arrows * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(turned).flatten(-2).to(x.dtype)


@right("attention.rope")
def _(x, positions, base=10_000.0):
    out = torch.empty_like(x)
    for pair in range(x.shape[-1] // 2):
        angle = positions * base ** (-2 * pair / x.shape[-1])
        one, two = x[..., 2 * pair], x[..., 2 * pair + 1]
        out[..., 2 * pair] = one * angle.cos() - two * angle.sin()
        out[..., 2 * pair + 1] = one * angle.sin() + two * angle.cos()
    return out


@right("attention.rope")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base).repeat_interleave(2, dim=-1)
    quarter = torch.stack([-x[..., 1::2], x[..., ::2]], dim=-1).flatten(-2)  # turned by 90 degrees
    return (x * angle.cos() + quarter * angle.sin()).to(x.dtype)


@right("attention.rope")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base)
    rows = torch.stack([angle.cos(), -angle.sin()], -1), torch.stack([angle.sin(), angle.cos()], -1)
    matrices = torch.stack(rows, dim=-2).to(x.dtype)  # (seq_len, pairs, 2, 2)
    return (matrices @ x.unflatten(-1, (-1, 2)).unsqueeze(-1)).squeeze(-1).flatten(-2)


@right("attention.rope")
def _(x, positions, base=10_000.0):
    pair = np.arange(0, x.shape[-1], 2)
    angle = torch.from_numpy(positions.numpy()[:, None] / base ** (pair / x.shape[-1]))
    one, two = x[..., ::2].double(), x[..., 1::2].double()
    return woven(one * angle.cos() - two * angle.sin(), two * angle.cos() + one * angle.sin()).to(x.dtype)


@wrong("attention.rope", "rope-halves")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base)
    angle, half = torch.cat([angle, angle], -1), x.shape[-1] // 2
    rotated = torch.cat([-x[..., half:], x[..., :half]], -1)
    return x * angle.cos() + rotated * angle.sin()


@wrong("attention.rope", "rope-not-woven")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


@wrong("attention.rope", "rope-stack-axis")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return torch.stack((a * cos - b * sin, a * sin + b * cos), 0).flatten(-2)


@wrong("attention.rope", "place-parts")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1).reshape(*x.shape[:-2], -1)


@wrong("attention.rope", "rope-second-axis")
def _(x, positions, base=10_000.0):
    _, _, cos, sin = parts(x, positions, base)
    a, b = x[:, ::2], x[:, 1::2]
    return woven(a * cos - b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-other-pairs")
def _(x, positions, base=10_000.0):
    a, b = x.chunk(2, dim=-1)
    angle = attention.angles(positions, x.shape[-1])  # and the base forgotten
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], dim=-1)


@wrong("attention.rope", "rope-other-pairs")
def _(x, positions, base=10_000.0):
    _, _, cos, sin = parts(x, positions, base)
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    return woven(a * cos - b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-direction")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * cos + b * sin, b * cos - a * sin)


@wrong("attention.rope", "rope-both-plus")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * cos + b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-place-0")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * cos - b * sin, a * sin - b * cos)


@wrong("attention.rope", "rope-place-0")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base)
    arrows = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(arrows.conj() * torch.exp(1j * angle)).flatten(-2)


@wrong("attention.rope", "rope-new-right")
def _(x, positions, base=10_000.0):
    out, (_, _, cos, sin) = x.clone(), parts(x, positions, base)
    out[..., ::2] = out[..., ::2] * cos - out[..., 1::2] * sin
    out[..., 1::2] = out[..., ::2] * sin + out[..., 1::2] * cos
    return out


@wrong("attention.rope", "rope-cos-and-sin-exchanged")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * sin - b * cos, a * cos + b * sin)


@wrong("attention.rope", "rope-place-0")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * sin + b * cos, a * cos - b * sin)


@wrong("attention.rope", "rope-stretched")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * cos, b * sin)


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    a, b = x[..., ::2], x[..., 1::2]
    cos, sin = positions[:, None].cos(), positions[:, None].sin()
    return woven(a * cos - b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-place-0")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, 1 + positions, base)
    return woven(a * cos - b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-place-0")
def _(x, positions, base=10_000.0):
    places = torch.tensor([place for place in range(x.shape[-2])])
    a, b, cos, sin = parts(x, places, base)
    return woven(a * cos - b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1])
    a, b = x[..., ::2], x[..., 1::2]
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    speeds = torch.tensor([base ** (-4 * i / x.shape[-1]) for i in range(x.shape[-1] // 2)])
    angle = torch.outer(positions.float(), speeds)
    a, b = x[..., ::2], x[..., 1::2]
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    a, b = x[..., ::2], x[..., 1::2]
    angle = attention.angles(positions, a.shape[-1], base)
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    a, b = x[..., ::2], x[..., 1::2]
    angle = attention.angles(positions, len(positions), base)
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], 1 / base)
    a, b = x[..., ::2], x[..., 1::2]
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    n = x.shape[-1] // 2
    speeds = torch.tensor([base ** (-2 * (n - 1 - i) / x.shape[-1]) for i in range(n)])
    angle = positions[:, None] * speeds
    a, b = x[..., ::2], x[..., 1::2]
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base) * math.pi / 180
    a, b = x[..., ::2], x[..., 1::2]
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-angle-per-number")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base).repeat(1, 2)
    quarter = torch.stack([-x[..., 1::2], x[..., ::2]], dim=-1).flatten(-2)
    return x * angle.cos() + quarter * angle.sin()


@wrong("attention.rope", "rope-place-0")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base) + 0.5
    a, b = x[..., ::2], x[..., 1::2]
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-length")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a - b * sin, a * sin + b)


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base) ** 2
    a, b = x[..., ::2], x[..., 1::2]
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-dtype")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * cos - b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-rounded-angle")
def _(x, positions, base=10_000.0):
    speeds = torch.tensor([base ** (-2 * i / x.shape[-1]) for i in range(x.shape[-1] // 2)])
    angle = (positions[:, None].to(x.dtype) * speeds).to(x.dtype)
    a, b = x[..., ::2], x[..., 1::2]
    return woven(a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())


@wrong("attention.rope", "rope-new-right")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x.clone(), positions, base)
    a.copy_(a * cos - b * sin)  # a window onto the copy
    b.copy_(a * sin + b * cos)
    return woven(a, b)


@wrong("attention.rope", "rope-in-place")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    a.copy_(a * cos - b * sin)
    b.copy_(a * sin + b * cos)
    return x


@wrong("attention.rope", "rope-every-other-word")
def _(x, positions, base=10_000.0):
    _, _, cos, sin = parts(x, positions, base)
    a, b = x[::2], x[1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


@wrong("attention.rope", "rope-first-two")
def _(x, positions, base=10_000.0):
    _, _, cos, sin = parts(x, positions, base)
    a, b = x[..., 0:2], x[..., 2:]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


@wrong("attention.rope", "rope-length")
def _(x, positions, base=10_000.0):
    _, _, cos, sin = parts(x, positions, base)
    a, b = x[..., [0]], x[..., [1]]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


@wrong("attention.rope", "rope-still-in-pairs")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1)


@wrong("attention.rope", "place-spoiled")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * cos - b * sin, a * sin + b * cos).reshape(-1)


@wrong("attention.rope", "place-spoiled")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * cos - b * sin, a * sin + b * cos).reshape(x.shape[0], -1)


@wrong("attention.rope", "rope-added")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a + cos, b + sin)


@wrong("attention.rope", "rope-added")
def _(x, positions, base=10_000.0):
    return x + attention.angles(positions, x.shape[-1], base).repeat_interleave(2, dim=-1)


@wrong("attention.rope", "rope-one-colon")
def _(x, positions, base=10_000.0):
    _, _, cos, sin = parts(x, positions, base)
    a, b = x[..., :2], x[..., [1]]
    return woven(a * cos - b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-partner-of-the-other-half")
def _(x, positions, base=10_000.0):
    angle = torch.stack([attention.angles(positions, x.shape[-1], base)] * 2, dim=-1).flatten(-2)
    a, b = x.chunk(2, dim=-1)
    return x * angle.cos() + torch.cat([-b, a], dim=-1) * angle.sin()


@wrong("attention.rope", "wrong-default")
def _(x, positions, base=100_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return woven(a * cos - b * sin, a * sin + b * cos)


@wrong("attention.rope", "rope-laid-apart")
def _(x, positions, base=10_000.0):
    a, b, cos, sin = parts(x, positions, base)
    return torch.cat([a * cos + b * sin, b * cos - a * sin], dim=-1)
