"""What several exercises of this lesson share: rewards of groups, and whether gradients lead back as they should."""

from collections.abc import Callable

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import Wrong
from nextword.base.overrides import original  # by name: under guard, overrides' own is refused

noise = shelf.noises(21)
ONE_RIGHT = torch.tensor([[1.0, 0.0, 0.0, 0.0]])
TWO_GROUPS = torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 1.0]])
UNLIKE = torch.tensor([[5.0, 4.0, 3.0], [-1.0, 0.5, 2.0]])  # groups of other means and spreads
EQUAL = torch.tensor([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
REWARDS = (ONE_RIGHT, TWO_GROUPS, UNLIKE, noise(3, 5))
AWKWARD = (noise(4, 4), noise(1, 2), noise(2, 3), noise(5, 2), 10 + noise(2, 3), torch.tensor([[0.0, 1.0]]))


def slopes(check, function: Callable, calls: list[tuple[Callable, torch.Tensor]], id: str) -> Wrong | None:
    """What is wrong with the gradients of `call(function, leaf)` at its leaf; None where they are as the library's own.

    `id` is what a missing gradient is called; one that is another has "-other" behind it.
    """
    for call, leaf in calls:
        found = []
        for one in (original(check.target), function):
            given = leaf.clone().requires_grad_()
            with torch.enable_grad():
                try:
                    call(one, given).sum().backward()
                except Exception as error:
                    says = "The value is right, but no gradient leads back from it. Is there a .item(), a float or a .detach()?"
                    return Wrong(id, says, yours=f"{type(error).__name__}: {error}"[:200])
            found.append(given.grad)
        if found[1] is None or not torch.allclose(*found, 1e-3, 1e-6):
            says = "The values are right, and their gradient is not: something on the way back is cut off, or counted twice."
            return Wrong(f"{id}-other", says)
    return None
