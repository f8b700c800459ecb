"""Answers to `recurrent.gradient_by_distance` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _gradient(surprise, vectors):
    return torch.autograd.grad(surprise, vectors, torch.ones_like(surprise))[0]


def _lengths(surprise, vectors):
    return _gradient(surprise, vectors).square().sum(-1).sqrt()


@right("recurrent.gradient_by_distance")
def _(surprise, vectors):
    return torch.stack([one.mean() for one in reversed(_lengths(surprise, vectors).unbind(1))])


@right("recurrent.gradient_by_distance")
def _(surprise, vectors):
    found = [torch.autograd.grad(one, vectors, retain_graph=True)[0] for one in surprise]
    return torch.stack(found).sum(0).norm(dim=2).flip(1).mean(0)


@wrong("recurrent.gradient_by_distance", "distance-wrong-end")
def _(surprise, vectors):
    return _lengths(surprise, vectors).mean(0)


@wrong("recurrent.gradient_by_distance", "distance-mean-first")
def _(surprise, vectors):
    return torch.linalg.vector_norm(_gradient(surprise, vectors).mean(0), dim=1).flip(0)


@wrong("recurrent.gradient_by_distance", "distance-summed")
def _(surprise, vectors):
    return _lengths(surprise, vectors).flip(1).sum(0)


@wrong("recurrent.gradient_by_distance", "distance-mean-surprise")
def _(surprise, vectors):
    return (_lengths(surprise, vectors) / len(surprise)).mean(0).flip(0)


@wrong("recurrent.gradient_by_distance", "distance-squared")
def _(surprise, vectors):
    return (_lengths(surprise, vectors) ** 2).mean(0).flip(0)


@wrong("recurrent.gradient_by_distance", "distance-absolute")
def _(surprise, vectors):
    return _gradient(surprise, vectors).norm(p=1, dim=-1).mean(0).flip(0)


@wrong("recurrent.gradient_by_distance", "distance-over-texts")
def _(surprise, vectors):
    return _gradient(surprise, vectors).square().sum(dim=(0, 2)).sqrt().flip(0)


@wrong("recurrent.gradient_by_distance", "distance-first-text")
def _(surprise, vectors):
    [found] = torch.autograd.grad(surprise[0], vectors)
    return found.norm(dim=-1).flip(-1).sum(0) / len(vectors)


@wrong("recurrent.gradient_by_distance", "distance-share")
def _(surprise, vectors):
    found = _lengths(surprise, vectors).flip(1).mean(0)
    return found / sum(found)
