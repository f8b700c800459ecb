"""Exercise `transformer.mlp`: its cases, its right answer found otherwise, and how people get it wrong."""

import copy
import math

import torch
from torch import nn
from torch.nn import functional

from classroom.judge.comparison import show
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.transformer.shared import DEEP, Small, _random, more, right_on, through


def linear(matrix: torch.Tensor, bias: torch.Tensor | None = None) -> nn.Linear:
    """A linear layer with these dials."""
    layer = nn.Linear(matrix.shape[1], matrix.shape[0], bias=bias is not None)
    layer.weight.data = matrix
    if bias is not None:
        layer.bias.data = bias
    return layer.requires_grad_(False)


class Dials(Small):
    """An MLP's gate, up and down."""

    def __init__(self, gate, up, down, biases=(None, None, None)):
        super().__init__()
        for name, matrix, bias in zip(("gate", "up", "down"), (gate, up, down), biases, strict=True):
            setattr(self, name, linear(matrix, bias))
        parts = [f"{name} {show(getattr(self, name).weight)[7:-1]}" for name in ("gate", "up", "down")]
        self.says = f"dials({', '.join(parts)}{', with biases' if biases[0] is not None else ''})"

    def forward(self, x):
        raise Wrong(
            "mlp-calls-dials",
            "dials(x) would run mlp, which you are writing: call its parts, layer.gate, layer.up and layer.down.",
        )

    def hand(self, name, row):
        part = getattr(self, name)
        return through(part.weight.tolist(), None if part.bias is None else part.bias.tolist(), row)


ONE_NEURON = Dials(torch.tensor([[1.0]]), torch.tensor([[3.0]]), torch.tensor([[1.0]]))


TWO_NEURONS = Dials(
    torch.tensor([[1.0, 0.0], [0.0, -1.0]]),
    torch.tensor([[2.0, 0.0], [0.0, 5.0]]),
    torch.tensor([[1.0, 0.0], [1.0, 1.0]]),
)


SOME_NEURONS = Dials(_random(7, 4), _random(7, 4), _random(4, 7))


SQUARE_DIALS = Dials(_random(4, 4), _random(4, 4), _random(4, 4))


WITH_BIASES = Dials(_random(5, 4), _random(5, 4), _random(4, 5), (_random(5), _random(5), _random(4)))


def mlp_calls_its_layers(function):
    """What looks inside a model, and what silences a neuron, stands where the layers are called."""
    seen, dials = [], copy.deepcopy(SOME_NEURONS)
    for name in ("gate", "up", "down"):
        getattr(dials, name).register_forward_hook(lambda *_, name=name: seen.append(name))
    if not right_on(function, mlp, DEEP, dials):
        return
    for name in ("gate", "up", "down"):
        if seen.count(name) != 1:
            says = (
                f"The values are right, but dials.{name} is called {seen.count(name)} times, and once is needed: whoever "
                "listens in on the neurons or silences one does so there. Write layer.gate(x), not its weight."
            )
            raise Wrong("mlp-calls", says)


@check(
    "transformer.mlp",
    lives=in_a_model,
    cases=[
        (torch.tensor([[2.0]]), ONE_NEURON),
        (torch.tensor([[-1.0]]), ONE_NEURON),
        (torch.tensor([[2.0, 1.0]]), TWO_NEURONS),
        (torch.tensor([[100.0, -3.0], [-100.0, 0.5]]), TWO_NEURONS),
        (_random(1, 3, 4), SOME_NEURONS),
        (_random(2, 5, 4), SOME_NEURONS),
        (_random(4), SOME_NEURONS),
        (_random(2, 4, 4), SQUARE_DIALS),
        (_random(3, 4), WITH_BIASES),
    ],
    awkward=[
        (more(1, 1, 4), WITH_BIASES),
        (30 * more(2, 3, 5, 4), SOME_NEURONS),
        (torch.zeros(1, 4), WITH_BIASES),
    ],
    behaviours=(mlp_calls_its_layers,),
)
def mlp(x, layer):
    rows = []
    for row in x.reshape(-1, x.shape[-1]).tolist():
        gates, ups = layer.hand("gate", row), layer.hand("up", row)
        opened = [g / (1 + math.exp(-g)) * up for g, up in zip(gates, ups, strict=True)]
        rows.append(layer.hand("down", opened))
    return torch.tensor(rows).reshape(x.shape)


@mistake(
    "transformer.mlp",
    "mlp-silu-on-up",
    "SiLU bends the wrong one: it is for what gate says, which opens or shuts; what up gives goes through as it is.",
)
def _(x, layer):
    return layer.down(layer.gate(x) * functional.silu(layer.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-sum",
    "The two were added. A gate multiplies: a neuron whose gate says 0 is shut, whatever up gives.",
)
def _(x, layer):
    return layer.down(functional.silu(layer.gate(x)) + layer.up(x))


@mistake(
    "transformer.mlp",
    "mlp-no-gate",
    "The gate is missing: you bent up itself. Multiply what up gives by silu(gate(x)).",
)
def _(x, layer):
    return layer.down(functional.silu(layer.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-gate-only",
    "up is missing: the gate says how far each neuron opens, and up says what comes through.",
)
def _(x, layer):
    return layer.down(functional.silu(layer.gate(x)))


@mistake(
    "transformer.mlp",
    "mlp-no-bend",
    "The bend is missing: put silu around what gate says.",
)
def _(x, layer):
    return layer.down(layer.gate(x) * layer.up(x))


@mistake(
    "transformer.mlp",
    "mlp-both-bent",
    "Both were bent. silu is for the gate alone.",
)
def _(x, layer):
    return layer.down(functional.silu(layer.gate(x)) * functional.silu(layer.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-bent-after",
    "You multiplied first and bent the product. The gate is bent first: silu(gate(x)) * up(x).",
)
def _(x, layer):
    return layer.down(functional.silu(layer.gate(x) * layer.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-bent-at-the-end",
    "The bend came at the very end. It belongs to the gate, before down: after it, nothing below 0 could be added to the stream.",
)
def _(x, layer):
    return functional.silu(layer.down(layer.gate(x) * layer.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-sigmoid",
    "You took the sigmoid, which goes from 0 to 1. silu(g) is g times the sigmoid of g.",
)
def _(x, layer):
    return layer.down(torch.sigmoid(layer.gate(x)) * layer.up(x))


@mistake(
    "transformer.mlp",
    "mlp-relu",
    "You took relu, which cuts off all below 0. This model was made with silu, which is smooth: silu(-1) is -0.27.",
)
def _(x, layer):
    return layer.down(functional.relu(layer.gate(x)) * layer.up(x))


@mistake(
    "transformer.mlp",
    "mlp-gelu",
    "You took gelu. It looks alike, but this model was made with silu.",
)
def _(x, layer):
    return layer.down(functional.gelu(layer.gate(x)) * layer.up(x))


@mistake(
    "transformer.mlp",
    "mlp-tanh",
    "You took tanh, which levels off at 1. silu grows with what the gate says: silu(2) is 1.76.",
)
def _(x, layer):
    return layer.down(torch.tanh(layer.gate(x)) * layer.up(x))


@mistake(
    "transformer.mlp",
    "mlp-no-down",
    "These are the neurons. down is missing, which brings them back to the stream's own width.",
)
def _(x, layer):
    return functional.silu(layer.gate(x)) * layer.up(x)


@mistake(
    "transformer.mlp",
    "mlp-adds-x",
    "x was added. mlp gives what is to be added to the stream; block adds it.",
)
def _(x, layer):
    return x + layer.down(functional.silu(layer.gate(x)) * layer.up(x))


@mistake(
    "transformer.mlp",
    "mlp-no-biases",
    "Biases are lost: where a layer has them, layer.gate(x) adds them, and x @ layer.gate.weight.T does not. Call the layers.",
)
def _(x, layer):
    neurons = functional.silu(x @ layer.gate.weight.T) * (x @ layer.up.weight.T)
    return neurons @ layer.down.weight.T


@mistake(
    "transformer.mlp",
    "mlp-turned",
    "The matrices were used the wrong way round: layer.gate(x) is x @ layer.gate.weight.T. Call the layers, and they see to it.",
)
def _(x, layer):
    neurons = functional.silu(x @ layer.gate.weight) * (x @ layer.up.weight)
    return neurons @ layer.down.weight


@mistake(
    "transformer.mlp",
    "mlp-in-a-row",
    "gate, up and down came one after the other. gate and up both read x, side by side; their product goes to down.",
)
def _(x, layer):
    return layer.down(layer.up(functional.silu(layer.gate(x))))


@mistake(
    "transformer.mlp",
    "mlp-bent-x",
    "You bent x, before the gate. The gate reads x as it is, and what the gate says is bent: silu(layer.gate(x)).",
)
def _(x, layer):
    return layer.down(layer.gate(functional.silu(x)) * layer.up(x))


@mistake(
    "transformer.mlp",
    "mlp-silu-sign",
    "A minus is lost or too many in silu: it is g / (1 + exp(-g)), near g for large g and near 0 far below 0.",
)
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * torch.sigmoid(-gate) * layer.up(x))
