"""Answers to `distributed.average_gradients` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _all(world, n):
    total = torch.tensor([float(n)])
    world.all_reduce(total)
    return total.item()


@right("distributed.average_gradients")
def _(model, world, n_passages):
    n_all = _all(world, n_passages)
    for parameter in model.parameters():
        if parameter.grad is None:
            continue
        total = parameter.grad * n_passages
        world.all_reduce(total)
        parameter.grad = total / n_all


@right("distributed.average_gradients")
def _(model, world, n_passages):
    """All in one message: fewer latencies."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients] + [torch.ones(1)]) * n_passages
    world.all_reduce(flat)
    flat /= flat[-1].clone()
    for gradient, piece in zip(gradients, flat.split([*(g.numel() for g in gradients), 1]), strict=False):
        gradient.copy_(piece.view_as(gradient))


def _each(model, world, share, dials=lambda p: True):
    for parameter in filter(dials, model.parameters()):
        if parameter.grad is not None:
            parameter.grad = parameter.grad * share
            world.all_reduce(parameter.grad)


@wrong("distributed.average_gradients", "average-sum")
def _(model, world, n_passages):
    """The number of all is never asked of the others."""
    n_all = n_passages
    _each(model, world, n_passages / n_all)


@wrong("distributed.average_gradients", "average-all-alike")
def _(model, world, n_passages):
    _each(model, world, 1.0)
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad = parameter.grad / world.size


@wrong("distributed.average_gradients", "average-all-alike")
def _(model, world, n_passages):
    """Held for the number of all: what it would be if all had read as many."""
    _each(model, world, n_passages / (n_passages * world.size))


@wrong("distributed.average_gradients", "average-never-divided")
def _(model, world, n_passages):
    _each(model, world, float(n_passages))


@wrong("distributed.average_gradients", "average-unweighed")
def _(model, world, n_passages):
    n_all = _all(world, n_passages)
    _each(model, world, 1.0)
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad.div_(n_all)


@wrong("distributed.average_gradients", "average-turned-round")
def _(model, world, n_passages):
    _each(model, world, _all(world, n_passages) / n_passages)


@wrong("distributed.average_gradients", "average-keeps-its-own")
def _(model, world, n_passages):
    share = n_passages / _all(world, n_passages)
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad.mul_(share)


@wrong("distributed.average_gradients", "average-into-a-copy")
def _(model, world, n_passages):
    n_all = _all(world, n_passages)
    for parameter in model.parameters():
        if parameter.grad is not None:
            copy = parameter.grad.clone().mul_(n_passages / n_all)
            world.all_reduce(copy)


@wrong("distributed.average_gradients", "average-first-only")
def _(model, world, n_passages):
    n_all = _all(world, n_passages)
    parameter = next(model.parameters())
    parameter.grad *= n_passages / n_all
    world.all_reduce(parameter.grad)


@wrong("distributed.average_gradients", "average-matrices-only")
def _(model, world, n_passages):
    _each(model, world, n_passages / _all(world, n_passages), lambda p: p.dim() >= 2)


@wrong("distributed.average_gradients", "average-no-gradient")
def _(model, world, n_passages):
    share = n_passages / _all(world, n_passages)
    for parameter in model.parameters():
        parameter.grad *= share
        world.all_reduce(parameter.grad)


@wrong("distributed.average_gradients", "average-no-gradient")
def _(model, world, n_passages):
    n_all = _all(world, n_passages)
    for parameter in model.parameters():
        total = parameter.grad.mul(n_passages)
        world.all_reduce(total)
        parameter.grad = total / n_all


@wrong("distributed.average_gradients", "average-dials")
def _(model, world, n_passages):
    share = n_passages / _all(world, n_passages)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter *= share
            world.all_reduce(parameter)


@wrong("distributed.average_gradients", "average-waits-for-ever")
def _(model, world, n_passages):
    """Rank 0 alone gathers."""
    if world.rank == 0:
        _each(model, world, n_passages / _all(world, n_passages))


@wrong("distributed.average_gradients", "average-waits-for-ever")
def _(model, world, n_passages):
    n_all = _all(world, n_passages)
    for number, parameter in enumerate(model.parameters()):
        if parameter.grad is not None and number % world.size == world.rank:
            parameter.grad *= n_passages / n_all
            world.all_reduce(parameter.grad)
