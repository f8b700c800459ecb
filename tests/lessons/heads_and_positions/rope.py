"""Answers to `attention.rope` as readers might write them."""

import math

import numpy as np
import torch

from nextword import attention
from tests.lessons import right, wrong


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


def _spun(x, positions, base):
    """Each arrow as a complex number, multiplied by one of length 1."""
    angle = attention.angles(positions, x.shape[-1], base)
    arrows = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(arrows * torch.polar(torch.ones_like(angle), angle)).flatten(-2)


@right("attention.rope")
def _(x, positions, base=10_000.0):
    return _spun(x.float(), positions, base).to(x.dtype)


@wrong("attention.rope", "rope-stops-in-bfloat16")
def _(x, positions, base=10_000.0):
    return _spun(x, positions, base)


@wrong("attention.rope", "rope-dtype")
def _(x, positions, base=10_000.0):
    return _spun(x.float(), positions, base)


@wrong("attention.rope", "rope-speeds")
def _(x, positions, base=10_000.0):
    return _spun(x, positions, 10 * base)
