"""Answers to `lora.new_pair` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong


def _by_chance(rows, columns, generator, std):
    return torch.empty(rows, columns).normal_(std=std, generator=generator)


@right("lora.new_pair")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(rank, n_in, generator, n_in**-0.5), torch.zeros((n_out, rank))


@right("lora.new_pair")
def _(n_out, n_in, rank, generator=None):
    a = torch.randn((n_in, rank), generator=generator).T.contiguous() * math.sqrt(1 / n_in)
    return a, 0 * torch.ones(n_out, rank)


def _wrongly(id):
    return wrong("lora.new_pair", id)


@_wrongly("pair-no-pair")
def _(n_out, n_in, rank, generator=None):
    return torch.zeros(n_out, rank) @ _by_chance(rank, n_in, generator, n_in**-0.5)


@_wrongly("pair-no-tensors")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(rank, n_in, generator, n_in**-0.5), [[0.0] * rank] * n_out


@_wrongly("pair-other-order")
def _(n_out, n_in, rank, generator=None):
    return torch.zeros(n_out, rank), _by_chance(rank, n_in, generator, n_in**-0.5)


@_wrongly("pair-on-its-side")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(n_in, rank, generator, n_in**-0.5), torch.zeros(rank, n_out)


@_wrongly("pair-shapes")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(rank, n_out, generator, n_in**-0.5), torch.zeros(n_in, rank)


@_wrongly("pair-no-numbers")
def _(n_out, n_in, rank, generator=None):
    return torch.full((rank, n_in), torch.nan), torch.zeros(n_out, rank)


@_wrongly("pair-both-zero")
def _(n_out, n_in, rank, generator=None):
    return torch.zeros(rank, n_in), torch.zeros(n_out, rank)


@_wrongly("pair-neither-zero")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(rank, n_in, generator, n_in**-0.5), _by_chance(n_out, rank, generator, 0.01)


@_wrongly("pair-exchanged")
def _(n_out, n_in, rank, generator=None):
    return torch.zeros(rank, n_in), _by_chance(n_out, rank, generator, rank**-0.5)


@_wrongly("pair-not-about-zero")
def _(n_out, n_in, rank, generator=None):
    return torch.rand(rank, n_in, generator=generator) / math.sqrt(n_in), torch.zeros(n_out, rank)


@_wrongly("pair-not-scaled")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(rank, n_in, generator, 1.0), torch.zeros(n_out, rank)


@_wrongly("pair-no-root")
def _(n_out, n_in, rank, generator=None):
    return torch.randn(rank, n_in, generator=generator) / n_in, torch.zeros(n_out, rank)


@_wrongly("pair-other-root")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(rank, n_in, generator, rank**-0.5), torch.zeros(n_out, rank)


@_wrongly("pair-other-root")
def _(n_out, n_in, rank, generator=None):
    return torch.randn(rank, n_in, generator=generator) / math.sqrt(n_out), torch.zeros(n_out, rank)


@_wrongly("pair-other-size")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(rank, n_in, generator, 0.02), torch.zeros(n_out, rank)


@_wrongly("pair-no-bell")
def _(n_out, n_in, rank, generator=None):
    bound = math.sqrt(3 / n_in)
    return torch.empty(rank, n_in).uniform_(-bound, bound, generator=generator), torch.zeros(n_out, rank)


@_wrongly("pair-ignores-generator")
def _(n_out, n_in, rank, generator=None):
    return torch.randn(rank, n_in) / math.sqrt(n_in), torch.zeros(n_out, rank)


@_wrongly("pair-all-alike")
def _(n_out, n_in, rank, generator=None):
    row = torch.randn(1, n_in, generator=generator) / math.sqrt(n_in)
    return row.repeat(rank, 1), torch.zeros(n_out, rank)


@_wrongly("pair-no-chance")
def _(n_out, n_in, rank, generator=None):
    return _by_chance(rank, n_in, torch.Generator().manual_seed(0), n_in**-0.5), torch.zeros(n_out, rank)
