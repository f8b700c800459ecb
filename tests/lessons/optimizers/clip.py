"""Answers to `optim.clip` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong


@right("optim.clip")
def _(gradients, limit):
    length = math.sqrt(sum(float((gradient**2).sum()) for gradient in gradients))
    if length <= limit:
        return list(gradients)
    return [gradient * (limit / length) for gradient in gradients]


@right("optim.clip")
def _(gradients, limit):
    length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient / torch.clamp(length / limit, min=1.0) for gradient in gradients]


@wrong("optim.clip", "clip-each")
def _(gradients, limit):
    found = []
    for gradient in gradients:
        length = gradient.norm()
        found.append(gradient * limit / length if length > limit else gradient)
    return found


@wrong("optim.clip", "clip-lengthens")
def _(gradients, limit):
    length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient / length * limit for gradient in gradients]


@wrong("optim.clip", "clip-value")
def _(gradients, limit):
    return [torch.clamp(gradient, min=-limit, max=limit) for gradient in gradients]


@wrong("optim.clip", "clip-sum-of-lengths")
def _(gradients, limit):
    length = sum(float(gradient.norm()) for gradient in gradients)
    share = min(1.0, limit / length) if length else 1.0
    return [gradient * share for gradient in gradients]


@wrong("optim.clip", "clip-largest")
def _(gradients, limit):
    length = max(float(gradient.norm()) for gradient in gradients)
    return [gradient * limit / length if length > limit else gradient for gradient in gradients]


@wrong("optim.clip", "clip-no-root")
def _(gradients, limit):
    square = sum((gradient**2).sum() for gradient in gradients)
    return [gradient * (limit / square).clamp(max=1) for gradient in gradients]


@wrong("optim.clip", "clip-turned")
def _(gradients, limit):
    length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient * min(1.0, float(length) / limit) for gradient in gradients]


@wrong("optim.clip", "clip-to-one")
def _(gradients, limit):
    length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient * (1 / length).clamp(max=1) for gradient in gradients]


@wrong("optim.clip", "clip-clamped-below")
def _(gradients, limit):
    length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient * torch.clamp(limit / length, min=1) for gradient in gradients]


@wrong("optim.clip", "clip-squares-not-summed")
def _(gradients, limit):
    length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    share = (limit / length).clamp(max=1)
    return [gradient * share**2 for gradient in gradients]


@wrong("optim.clip", "clip-one-tensor")
def _(gradients, limit):
    row = torch.cat([gradient.flatten() for gradient in gradients])
    return row * (limit / row.norm()).clamp(max=1)


@wrong("optim.clip", "changed-input")
def _(gradients, limit):
    length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    for gradient in gradients:
        gradient *= (limit / length).clamp(max=1)
    return gradients


@wrong("optim.clip", "clip-mean-of-squares")
def _(gradients, limit):
    row = torch.cat([gradient.flatten() for gradient in gradients])
    share = (limit / row.square().mean().sqrt()).clamp(max=1)
    return [gradient * share for gradient in gradients]


@wrong("optim.clip", "clip-largest-number")
def _(gradients, limit):
    most = max(float(gradient.abs().max()) for gradient in gradients)
    return [gradient * limit / most if most > limit else gradient for gradient in gradients]


@wrong("optim.clip", "clip-divides-by-0")
def _(gradients, limit):
    length = math.sqrt(sum(float((gradient**2).sum()) for gradient in gradients))
    share = min(limit / length, 1.0)
    return [gradient * share for gradient in gradients]
