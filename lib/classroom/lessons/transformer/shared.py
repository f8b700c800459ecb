"""What several exercises of this lesson share: cases, helpers, behaviours."""

import math

import torch
from torch import nn

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import same
from classroom.judge.registry import Wrong
from classroom.judge.sandbox import run

DEEP = shelf.noises(7)(2, 3, 4)


def right_on(function, right, *arguments) -> bool:
    """Whether a function is right there: only then does a behaviour say more than the value does."""
    outcome = run(function, arguments)
    fine = outcome.error is None and not outcome.changed_input
    return fine and same(outcome.value, right(*arguments))


class Small(nn.Module):
    """A module that a diagnosis can show, and that equals its own copy."""

    says = ""

    def __init__(self, **matrices: torch.Tensor):
        super().__init__()
        for name, matrix in matrices.items():
            self.register_buffer(name, matrix)

    def __eq__(self, other) -> bool:
        mine, theirs = self.state_dict(), other.state_dict()
        return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)

    __hash__ = nn.Module.__hash__

    def __getattr__(self, name: str):
        if name in ("weight", "bias", "gate", "up", "down", "query", "key", "value", "output"):
            if name not in self._modules:
                raise Wrong(
                    "inside-a-part",
                    f"You looked for {name} inside a part. Call the part as a whole, as in layer.mlp(...) or "
                    "model.final_norm(...): it knows its own dials, and runs your function on them.",
                )
        return super().__getattr__(name)

    def __repr__(self) -> str:
        return self.says


def through(matrix, bias, row):
    """A row of numbers through a linear layer, number by number."""
    extra = [0.0] * len(matrix) if bias is None else bias
    return [
        math.fsum(m * number for m, number in zip(line, row, strict=True)) + b
        for line, b in zip(matrix, extra, strict=True)
    ]


class Part(Small):
    """Multiplies, and adds so much."""

    def __init__(self, times: float, plus: float = 0.0):
        super().__init__(times=torch.tensor(times), plus=torch.tensor(plus))

    def forward(self, x):
        return x * self.times + self.plus

    def hand(self, row):
        return [number * float(self.times) + float(self.plus) for number in row]


class Scaled(Small):
    """A norm with weights."""

    def __init__(self, weight: torch.Tensor):
        super().__init__(scales=weight)

    def forward(self, x):
        return nn.functional.rms_norm(x, x.shape[-1:], self.scales, 1e-5)

    def hand(self, row):
        root = math.sqrt(math.fsum(n * n for n in row) / len(row) + 1e-5)
        return [w * n / root for w, n in zip(self.scales.tolist(), row, strict=True)]
