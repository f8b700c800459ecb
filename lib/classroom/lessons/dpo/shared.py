"""What several checks of this lesson share: log-probabilities of pairs, and the gradients that must lead back from a loss."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import Check, Wrong
from nextword.base.overrides import original  # by name: under guard, overrides' own is refused

noise = shelf.noises(201)
REFERENCE = ("reference", "reference_chosen", "reference_rejected")  # what no gradient may reach


def four(n: int, seed: int, scale: float = 4.0) -> tuple[torch.Tensor, ...]:
    """Log-probabilities of n chosen and n rejected replies, the policy's two and the reference's two."""
    return tuple(-20 + scale * row for row in shelf.noises(seed)(4, n))


def gradients(function, tensors: list[torch.Tensor], *rest) -> list[torch.Tensor | None]:
    """What of the sum of a function's answers leads back to each of its tensors."""
    leaves = [tensor.clone().requires_grad_() for tensor in tensors]
    with torch.enable_grad():
        function(*leaves, *rest).sum().backward()
    return [leaf.grad for leaf in leaves]


def leads_back(names: tuple[str, ...], *arguments):
    """Whether gradients flow as with the library's own: to the policy, and to no reference."""
    tensors = [one for one, name in zip(arguments, names, strict=False) if name]
    rest = arguments[len(tensors) :]

    def judge(check: Check, function) -> Wrong | None:
        needed = gradients(original(check.target), tensors, *rest)
        try:
            found = gradients(function, tensors, *rest)
        except Exception as error:
            says = "The value is right, but no gradient leads back from it. Is there a .item(), a float, a .detach() "
            says += "of the policy's own or a no_grad?"
            return Wrong(f"{check.name}-no-gradient", says, yours=f"{type(error).__name__}: {error}"[:200])
        for name, own, mine in zip(names, needed, found, strict=False):
            if name in REFERENCE and mine is not None and mine.abs().max() > 0:
                says = "The value is right, but a gradient reaches the reference, which must stay as it is: it is what "
                says += "the policy is measured against. .detach() stops it."
                return Wrong(f"{check.name}-reference-gradient", says)
            if name not in REFERENCE and (mine is None or not torch.allclose(mine, own, 1e-4, 1e-6)):
                says = (
                    "The value is right, and its gradient is not: is a part of the policy's own cut off by a "
                )
                says += ".detach(), or by a no_grad?"
                return Wrong(f"{check.name}-other-gradient", says)
        return None

    return judge
