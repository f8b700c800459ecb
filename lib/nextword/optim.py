"""Rung `optim`: how far each dial turns, once its gradient says which way.

A rule takes the gradient of one tensor of parameters, and what it remembers of earlier ones, and gives the *turn*: what
is to be added to them. Rules change nothing; `Optimizer` keeps their memories, and turns whole lists in place.
Sources: Kingma and Ba, "Adam" (2014, arXiv 1412.6980); Loshchilov and Hutter, "Decoupled Weight Decay Regularization"
(2017, arXiv 1711.05101); Pascanu and others (2012, arXiv 1211.5063) for clipping; Keller Jordan, "Muon" (2024).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

MEMORIES = {"sgd": (), "momentum": ("velocity",), "adamw": ("mean", "square"), "muon": ("velocity",)}
Rate = float | Tensor  # one for all dials, or some that fit them
ROUND = (3.4445, -4.7750, 2.0315)  # Newton-Schulz as Muon takes it: Jordan's numbers, steep near 0


def sgd(gradient: Tensor, *, lr: Rate) -> Tensor:
    """Downhill, in proportion to the slope.

    >>> sgd(torch.tensor([4.0, -1.0]), lr=0.5)
    tensor([-2.0000,  0.5000])
    """
    return -lr * gradient


def momentum(gradient: Tensor, velocity: Tensor, *, lr: Rate, beta: float = 0.9) -> tuple[Tensor, Tensor]:
    """Downhill like a heavy ball, which keeps the share beta of its velocity; gives the turn and the new velocity.

    >>> momentum(torch.tensor([1.0]), torch.tensor([10.0]), lr=0.5)
    (tensor([-5.]), tensor([10.]))
    """
    velocity = beta * velocity + gradient
    return -lr * velocity, velocity


def adamw(
    parameter: Tensor,
    gradient: Tensor,
    mean: Tensor,
    square: Tensor,
    n: int,
    *,
    lr: Rate,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """About lr for each dial, whatever the size of its gradient; gives the turn, and the new mean and square.

    `mean` and `square` are running means of the gradient and of its square; n is the number of this step, from 1.

    >>> adamw(torch.zeros(2), torch.tensor([100.0, -0.01]), torch.zeros(2), torch.zeros(2), 1, lr=0.5)[0]
    tensor([-0.5000,  0.5000])
    """
    mean = betas[0] * mean + (1 - betas[0]) * gradient
    square = betas[1] * square + (1 - betas[1]) * gradient**2
    unbiased_mean = mean / (1 - betas[0] ** n)  # both began at 0, and lean towards it
    unbiased_square = square / (1 - betas[1] ** n)
    turn = -lr * unbiased_mean / (unbiased_square.sqrt() + eps)
    return turn - lr * weight_decay * parameter, mean, square


def newton_schulz(matrix: Tensor, n_rounds: int = 5, eps: float = 1e-7) -> Tensor:
    """The matrix with all its singular values near 1, by n_rounds of matrix products; its directions stay.

    With x a singular value, a round is a x + b x**3 + c x**5. Any stack of matrices is taken.

    >>> singular = torch.linalg.svdvals(newton_schulz(torch.diag(torch.tensor([100.0, 10.0, 1.0]))))
    >>> [round(x, 1) for x in singular.tolist()]
    [0.7, 0.7, 0.7]
    """
    a, b, c = ROUND
    is_tall = matrix.shape[-2] > matrix.shape[-1]
    x = matrix.mT if is_tall else matrix  # so that x @ x.mT is the smaller of the two squares
    x = x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=eps)  # no singular value is above 1 now
    for _ in range(n_rounds):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if is_tall else x


def muon(
    parameter: Tensor, gradient: Tensor, velocity: Tensor, *, lr: Rate, beta: float = 0.95, weight_decay=0.0
) -> tuple[Tensor, Tensor]:
    """Equally far in every direction of a matrix; gives the turn and the new velocity.

    The velocity is a running mean, and the turn looks one step ahead (Nesterov). A tall matrix turns further.
    """
    velocity = beta * velocity + (1 - beta) * gradient
    ahead = beta * velocity + (1 - beta) * gradient
    rows, columns = parameter.shape[-2:]
    turn = -lr * math.sqrt(max(1, rows / columns)) * newton_schulz(ahead)
    return turn - lr * weight_decay * parameter, velocity


def global_norm(gradients: Iterable[Tensor]) -> Tensor:
    """The length of all gradients laid end to end as one vector.

    >>> global_norm([torch.tensor([3.0]), torch.tensor([[0.0, 4.0]])])
    tensor(5.)
    """
    return torch.stack([gradient.norm() for gradient in gradients]).norm()


def clip(gradients: Sequence[Tensor], limit: float) -> list[Tensor]:
    """The gradients, all shortened alike where together they are longer than the limit; else as they are.

    >>> clip([torch.tensor([3.0]), torch.tensor([4.0])], limit=1.0)
    [tensor([0.6000]), tensor([0.8000])]
    """
    if limit == math.inf:
        return list(gradients)
    share = (limit / global_norm(gradients)).clamp(max=1.0)
    return [gradient * share for gradient in gradients]


def warmup_and_decay(step: int, n_steps: int, n_warmup: int = 0, n_decay: int = 0) -> float:
    """The share of the learning rate at a step, counted from 0: up in n_warmup steps, 1, and down in the last n_decay.

    Neither the first step nor the last is wasted at 0; behind the last it is 0.

    >>> [warmup_and_decay(step, 8, n_warmup=2, n_decay=4) for step in range(9)]
    [0.5, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0]
    """
    up = (step + 1) / max(1, n_warmup)
    down = (n_steps - step) / max(1, n_decay)
    return max(0.0, min(1.0, up, down))


@dataclass(frozen=True)
class Group:
    """Parameters that are turned by one rule."""

    parameters: dict[str, Tensor]  # by name: a checkpoint keeps their memories under it
    rule: str  # "sgd", "momentum", "adamw" or "muon"
    lr: float  # learning rate, at its full height
    settings: dict = field(default_factory=dict)  # what else the rule takes: beta, betas, eps, weight_decay


class Optimizer:
    """Turns parameters in place, and remembers what their rules want to be remembered.

    >>> dial = torch.tensor([3.0], requires_grad=True)
    >>> optimizer = Optimizer([Group({"dial": dial}, "sgd", lr=0.25)])
    >>> (dial**2).sum().backward()
    >>> optimizer.step()
    >>> dial.detach(), dial.grad
    (tensor([1.5000]), None)
    """

    def __init__(self, groups: Sequence[Group]):
        self.n, self.memory = 0, {}  # steps made, and "name.what": tensor
        self.all = [(group, name, dials) for group in groups for name, dials in group.parameters.items()]
        for group, name, parameter in self.all:
            if group.rule not in MEMORIES:
                raise ValueError(f"there is no rule {group.rule!r}; there are {', '.join(MEMORIES)}")
            if group.rule == "muon" and parameter.ndim < 2:
                raise ValueError(f"Muon turns matrices, and {name!r} is none: give it to AdamW")
            if sum(name == other for _, other, _ in self.all) > 1:
                raise ValueError(f"{name!r} stands in two groups, and would be turned twice")
            self.memory |= {f"{name}.{what}": torch.zeros_like(parameter) for what in MEMORIES[group.rule]}

    @torch.no_grad()
    def step(self, share: float = 1.0, limit: float = math.inf) -> None:
        """Turn all once, at a share of their learning rates, by gradients clipped to the limit; those are used up."""
        for _, name, parameter in self.all:
            if parameter.grad is None:
                raise ValueError(f"{name!r} has no gradient: call backward() first, or leave it out")
        gradients = clip([parameter.grad for *_, parameter in self.all], limit)
        self.n += 1
        for (group, name, parameter), gradient in zip(self.all, gradients, strict=True):
            keys = [f"{name}.{what}" for what in MEMORIES[group.rule]]
            given = (gradient, *(self.memory[key] for key in keys))
            turn, *kept = self.turn(group, parameter, given, lr=group.lr * share, **group.settings)
            parameter += turn
            parameter.grad = None
            self.memory.update(zip(keys, kept, strict=True))

    def turn(
        self, group: Group, parameter: Tensor, given: tuple[Tensor, ...], **options
    ) -> tuple[Tensor, ...]:
        """What the group's rule makes of a gradient and memories: the turn, and the new memories."""
        if group.rule == "adamw":
            return adamw(parameter, *given, self.n, **options)
        if group.rule == "muon":
            return muon(parameter, *given, **options)
        return momentum(*given, **options) if group.rule == "momentum" else (sgd(*given, **options),)

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint has to keep of it, so that it goes on to the last bit as if it had never stopped."""
        return {"steps": torch.tensor(self.n)} | self.memory

    def load(self, state: dict[str, Tensor]) -> None:
        """Take up a state that was kept; a ValueError names what is of other parameters or rules."""
        shapes = [{(key, tensor.shape) for key, tensor in kept.items()} for kept in (state, self.state())]
        for key, shape in shapes[0] ^ shapes[1]:
            raise ValueError(f"this state is of other parameters: {key!r}, {tuple(shape)}, is not in both")
        self.n = int(state["steps"])
        self.memory = {key: state[key].to(own).clone() for key, own in self.memory.items()}
