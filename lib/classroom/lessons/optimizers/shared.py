"""What several exercises of this lesson share: noise of 64 bits, and a few steps of the library's optimizer."""

import torch

from classroom.judge import lives
from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import Check, Wrong
from nextword.optim import MEMORIES, Group, Optimizer


def noises(seed: int):
    """A source of tensors by chance, of 64 bits, in which five rounds of matrix products lose nothing."""
    noise = shelf.noises(seed)
    return lambda *shape: noise(*shape).double()


def in_an_optimizer(check: Check, function) -> Wrong | None:
    """What is wrong when the library's optimizer runs on the function for three steps; None where nothing is."""
    return lives.compare(
        check,
        function,
        lambda: _three_steps(check.name),
        lambda yours, needed: yours.allclose(needed, 1e-3, 1e-5),
        "the-optimizer",
        "an optimizer that runs on it stops.",
        "an optimizer that runs on it turns its dials to other places than with the library's own.",
        gradients=True,
    )


def _three_steps(name: str) -> torch.Tensor:
    rule = name if name in MEMORIES else "muon" if name == "newton_schulz" else "momentum"
    dials = torch.linspace(-1.0, 2.0, 12).reshape(4, 3).requires_grad_()
    optimizer = Optimizer([Group({"dials": dials}, rule, 0.1)])
    for _ in range(3):
        ((dials - 0.3) ** 2 * torch.arange(1.0, 13.0).reshape(4, 3)).sum().backward()
        optimizer.step(limit=5.0)
    return dials.detach().clone()
