"""Exercise `transformer.mlp`: gate and up side by side, SiLU on the gate alone, their product through down."""

import copy
import math

import torch
from torch import nn

from classroom.judge.comparison import show
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check
from classroom.judge.shelf_tensors import noises
from classroom.lessons.transformer.shared import DEEP, Small, right_on, through

random, more = noises(72), noises(172)


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
SOME_NEURONS = Dials(random(7, 4), random(7, 4), random(4, 7))
SQUARE_DIALS = Dials(random(4, 4), random(4, 4), random(4, 4))
WITH_BIASES = Dials(random(5, 4), random(5, 4), random(4, 5), (random(5), random(5), random(4)))

CASES = [
    (torch.tensor([[2.0]]), ONE_NEURON),
    (torch.tensor([[-1.0]]), ONE_NEURON),
    (torch.tensor([[2.0, 1.0]]), TWO_NEURONS),
    (torch.tensor([[100.0, -3.0], [-100.0, 0.5]]), TWO_NEURONS),
    (random(1, 3, 4), SOME_NEURONS),
    (random(2, 5, 4), SOME_NEURONS),
    (random(4), SOME_NEURONS),
    (random(2, 4, 4), SQUARE_DIALS),
    (random(3, 4), WITH_BIASES),
]
AWKWARD = [
    (more(1, 1, 4), WITH_BIASES),
    (30 * more(2, 3, 5, 4), SOME_NEURONS),
    (torch.zeros(1, 4), WITH_BIASES),
]


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


@check("transformer.mlp", CASES, behaviours=[mlp_calls_its_layers], awkward=AWKWARD, lives=in_a_model)
def mlp(x, layer):
    rows = []
    for row in x.reshape(-1, x.shape[-1]).tolist():
        gates, ups = layer.hand("gate", row), layer.hand("up", row)
        opened = [g / (1 + math.exp(-g)) * up for g, up in zip(gates, ups, strict=True)]
        rows.append(layer.hand("down", opened))
    return torch.tensor(rows).reshape(x.shape)


GATE, UP = "functional.silu(layer.gate(x))", "layer.up(x)"

edits(
    "transformer.mlp",
    (
        "mlp-silu-on-up",
        f"{GATE} * {UP}",
        "layer.gate(x) * functional.silu(layer.up(x))",
        "SiLU bends the wrong one: it is for what gate says, which opens or shuts; what up gives goes through as it is.",
    ),
    (
        "mlp-both-bent",
        UP,
        "functional.silu(layer.up(x))",
        "Both were bent. silu is for the gate alone.",
    ),
    (
        "mlp-bent-after",
        f"{GATE} * {UP}",
        "functional.silu(layer.gate(x) * layer.up(x))",
        "You multiplied first and bent the product. The gate is bent first: silu(gate(x)) * up(x).",
    ),
    (
        "mlp-bent-x",
        GATE,
        "layer.gate(functional.silu(x))",
        "You bent x, before the gate. The gate reads x as it is, and what the gate says is bent: silu(layer.gate(x)).",
    ),
    (
        "mlp-no-bend",
        GATE,
        "layer.gate(x)",
        "The bend is missing: put silu around what gate says.",
    ),
    (
        "mlp-no-gate",
        f"{GATE} * {UP}",
        "functional.silu(layer.up(x))",
        "The gate is missing: you bent up itself. Multiply what up gives by silu(gate(x)).",
    ),
    (
        "mlp-gate-only",
        f" * {UP}",
        "",
        "up is missing: the gate says how far each neuron opens, and up says what comes through.",
    ),
    (
        "mlp-sum",
        f" * {UP}",
        f" + {UP}",
        "The two were added. A gate multiplies: a neuron whose gate says 0 is shut, whatever up gives.",
    ),
    (
        "mlp-in-a-row",
        f"{GATE} * {UP}",
        f"layer.up({GATE})",
        "gate, up and down came one after the other. gate and up both read x, side by side; their product goes to down.",
    ),
    (
        "mlp-sigmoid",
        "functional.silu",
        "torch.sigmoid",
        "You took the sigmoid, which goes from 0 to 1. silu(g) is g times the sigmoid of g.",
    ),
    (
        "mlp-no-down",
        f"layer.down({GATE} * {UP})",
        f"{GATE} * {UP}",
        "These are the neurons. down is missing, which brings them back to the stream's own width.",
    ),
    (
        "mlp-adds-x",
        "return layer",
        "return x + layer",
        "x was added. mlp gives what is to be added to the stream; block adds it.",
    ),
    (
        "mlp-norms-first",
        "return layer",
        "x = functional.rms_norm(x, x.shape[-1:], eps=1e-5)\n    return layer",
        "x was normed first. What mlp is given has been normed already, by block: take it as it is.",
    ),
    (
        "mlp-no-biases",
        ...,
        "neurons = functional.silu(x @ layer.gate.weight.T) * (x @ layer.up.weight.T)\n"
        "return neurons @ layer.down.weight.T",
        "Biases are lost: where a layer has them, layer.gate(x) adds them, and x @ layer.gate.weight.T does not. Call the layers.",
    ),
    (
        "mlp-turned",
        ...,
        "return (functional.silu(x @ layer.gate.weight) * (x @ layer.up.weight)) @ layer.down.weight",
        "The matrices were used the wrong way round: layer.gate(x) is x @ layer.gate.weight.T. Call the layers, and they see to it.",
    ),
)
