"""Answers to `transformer.mlp` as readers might write them."""

import math

import torch
from torch import nn
from torch.nn import functional

from nextword import transformer
from tests.lessons import right, wrong


def silu(x):
    return x / (1 + torch.exp(-x))


@right("transformer.mlp")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * gate.sigmoid() * layer.up(x))


@right("transformer.mlp")
def _(x, layer):
    neurons = layer.up(x)
    neurons = neurons * nn.SiLU()(layer.gate(x))
    return layer.down(neurons)


@right("transformer.mlp")
def _(x, layer):
    opened, given = functional.silu(layer.gate(x)), layer.up(x)
    return layer.down(torch.einsum("...n,...n->...n", given, opened))


@wrong("transformer.mlp", "mlp-silu-on-up")
def _(x, layer):
    up = layer.up(x)
    return layer.down(up * up.sigmoid() * layer.gate(x))


@wrong("transformer.mlp", "mlp-sum")
def _(x, layer):
    neurons = silu(layer.gate(x))
    neurons = neurons + layer.up(x)
    return layer.down(neurons)


@wrong("transformer.mlp", "mlp-no-gate")
def _(x, layer):
    neurons = layer.up(x)
    return layer.down(neurons * neurons.sigmoid())


@wrong("transformer.mlp", "mlp-gate-only")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * torch.sigmoid(gate))


@wrong("transformer.mlp", "mlp-no-bend")
def _(x, layer):
    return layer.down(torch.mul(layer.up(x), layer.gate(x)))


@wrong("transformer.mlp", "mlp-both-bent")
def _(x, layer):
    gate, up = functional.silu(layer.gate(x)), functional.silu(layer.up(x))
    return layer.down(gate * up)


@wrong("transformer.mlp", "mlp-bent-after")
def _(x, layer):
    product = layer.up(x) * layer.gate(x)
    return layer.down(product * product.sigmoid())


@wrong("transformer.mlp", "place-parts")
def _(x, layer):
    added = layer.down(layer.up(x) * layer.gate(x))
    return added * added.sigmoid()


@wrong("transformer.mlp", "mlp-sigmoid")
def _(x, layer):
    return layer.down(layer.up(x) / (1 + (-layer.gate(x)).exp()))


@wrong("transformer.mlp", "place-parts")
def _(x, layer):
    return layer.down(layer.gate(x).clamp(min=0) * layer.up(x))


@wrong("transformer.mlp", "place-line")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * 0.5 * (1 + torch.erf(gate / math.sqrt(2))) * layer.up(x))


@wrong("transformer.mlp", "place-parts")
def _(x, layer):
    return layer.down(layer.gate(x).tanh() * layer.up(x))


@wrong("transformer.mlp", "mlp-no-down")
def _(x, layer):
    gate = layer.gate(x)
    return layer.up(x) * gate * gate.sigmoid()


@wrong("transformer.mlp", "mlp-adds-x")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(layer.up(x) * gate * gate.sigmoid()) + x


@wrong("transformer.mlp", "mlp-no-biases")
def _(x, layer):
    linear = functional.linear
    neurons = functional.silu(linear(x, layer.gate.weight)) * linear(x, layer.up.weight)
    return linear(neurons, layer.down.weight)


@wrong("transformer.mlp", "mlp-in-a-row")
def _(x, layer):
    neurons = layer.gate(x)
    neurons = neurons * neurons.sigmoid()
    neurons = layer.up(neurons)
    return layer.down(neurons)


@wrong("transformer.mlp", "mlp-calls")
def _(x, layer):
    def through(layer, x):
        return functional.linear(x, layer.weight, layer.bias)

    return through(layer.down, functional.silu(through(layer.gate, x)) * through(layer.up, x))


@wrong("transformer.mlp", "mlp-calls")
def _(x, layer):
    return layer.down(layer.gate(x) * layer.gate(x).sigmoid() * layer.up(x))


@wrong("transformer.mlp", "mlp-calls-dials")
def _(x, layer):
    return layer(x)


@wrong("transformer.mlp", "mlp-bent-x")
def _(x, layer):
    return layer.down(layer.up(x) * layer.gate(x * x.sigmoid()))


@wrong("transformer.mlp", "place-line")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * gate.sigmoid() * gate)


@wrong("transformer.mlp", "mlp-norms-first")
def _(x, layer):
    x = transformer.rms_norm(x)
    return layer.down(functional.silu(layer.gate(x)) * layer.up(x))


@wrong("transformer.mlp", "mlp-turned")
def _(x, layer):
    gate, up, down = layer.gate.weight, layer.up.weight, layer.down.weight
    return (silu(x.matmul(gate)) * x.matmul(up)).matmul(down)
