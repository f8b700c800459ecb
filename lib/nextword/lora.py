"""Rung `lora`: a large model learns a new manner with few dials, and its own stay as they are.

Beside a matrix stands the product of two thin ones, which alone are learned: low-rank adaptation. One of them begins
at 0, so that nothing changes before the first step; in the end the product can be added to the matrix.
Source: Hu et al. 2021 (LoRA, arXiv 2106.09685), section 4.1.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from nextword import lora  # itself, so that a reader's function is called in place of its own
from nextword.base.shapes import Float, Tensor
from nextword.optim import Group, Optimizer
from nextword.training import Run, TrainingConfig
from nextword.transformer import Transformer

Matrix = Float[Tensor, "n_out n_in"]
Down = Float[Tensor, "rank n_in"]
Up = Float[Tensor, "n_out rank"]


@dataclass(frozen=True)
class LoraConfig:
    """Which matrices get a pair of thin ones, and how thin."""

    rank: int = 8  # rows of the one, columns of the other
    alpha: float = 16.0  # the pair's product counts alpha / rank times
    matrices: tuple[str, ...] = ("query", "value")  # of each layer's attention
    n_layers: int | None = None  # the last so many layers; None: all

    def __post_init__(self):
        if self.rank < 1:
            raise ValueError(f"rank is {self.rank}, and is at least 1")

    @property
    def scale(self) -> float:
        """What the product is multiplied by: another rank then needs no other learning rate."""
        return self.alpha / self.rank


def forward(
    x: Float[Tensor, "*places n_in"], weight: Matrix, a: Down, b: Up, scale: float
) -> Float[Tensor, "*places n_out"]:
    """What the matrix makes of x, and what the pair adds to it.

    x goes through the thin matrices one after the other: their product, as large as the matrix, is never made.

    >>> x, weight = torch.tensor([1.0, 2.0]), torch.eye(2)
    >>> forward(x, weight, torch.tensor([[1.0, 1.0]]), torch.tensor([[1.0], [0.0]]), scale=2.0)
    tensor([7., 2.])
    """
    return functional.linear(x, weight) + scale * functional.linear(functional.linear(x, a), b)


def merge(weight: Matrix, a: Down, b: Up, scale: float) -> Matrix:
    """One matrix that does what the matrix and its pair do together; none of the three is changed.

    >>> merge(torch.eye(2), torch.tensor([[1.0, 1.0]]), torch.tensor([[1.0], [0.0]]), scale=2.0)
    tensor([[3., 2.],
            [0., 1.]])
    """
    return weight + scale * (b @ a)


def new_pair(n_out: int, n_in: int, rank: int, generator: torch.Generator | None = None) -> tuple[Down, Up]:
    """A pair that changes nothing yet: a by chance, with std 1 / sqrt(n_in), and b 0.

    Were both 0, neither would ever have a gradient: each one's is multiplied by the other.

    >>> a, b = new_pair(n_out=3, n_in=5, rank=2)
    >>> a.shape, b.tolist()
    (torch.Size([2, 5]), [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    """
    return torch.randn(rank, n_in, generator=generator) / math.sqrt(n_in), torch.zeros(n_out, rank)


class Adapted(nn.Module):
    """A linear layer that stays as it is, and the pair beside it that learns."""

    def __init__(self, linear: nn.Linear, config: LoraConfig, generator: torch.Generator | None = None):
        super().__init__()
        self.linear, self.scale = linear, config.scale
        a, b = lora.new_pair(*linear.weight.shape, config.rank, generator)
        self.a, self.b = (nn.Parameter(one.to(linear.weight)) for one in (a, b))

    def forward(self, x: Tensor) -> Tensor:
        found = lora.forward(x, self.linear.weight, self.a, self.b, self.scale)
        return found if self.linear.bias is None else found + self.linear.bias

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """An ordinary linear layer that does the same."""
        whole = nn.Linear(*self.linear.weight.T.shape, bias=self.linear.bias is not None, device="meta")
        whole.weight = nn.Parameter(lora.merge(self.linear.weight, self.a, self.b, self.scale))
        whole.bias = self.linear.bias
        return whole


def adapt(
    model: Transformer, config: LoraConfig | None = None, generator: torch.Generator | None = None
) -> Transformer:
    """The same model, in place, with a new pair beside each chosen matrix; all its other dials are held still."""
    config = config or LoraConfig()
    if any(pairs(model)):
        raise ValueError("this model has pairs already: take them off first, with `merge_all` or `take_off`")
    n_layers = len(model.layers) if config.n_layers is None else config.n_layers
    if not 1 <= n_layers <= len(model.layers):
        raise ValueError(f"n_layers is {config.n_layers}, and this model has {len(model.layers)}")
    if not config.matrices or not set(config.matrices) <= {"query", "key", "value", "output"}:
        raise ValueError(f"attention has query, key, value and output, and this came: {config.matrices}")
    model.requires_grad_(False)
    for layer in model.layers[len(model.layers) - n_layers :]:
        for name in config.matrices:
            adapted = Adapted(getattr(layer.attention, name), config, generator)
            setattr(layer.attention, name, adapted)
    return model


def pairs(model: Transformer) -> Iterator[tuple[nn.Module, str, Adapted]]:
    """Each pair of a model, with the module that holds it and its name there."""
    for holder in model.modules():
        for name, module in list(holder.named_children()):
            if isinstance(module, Adapted):
                yield holder, name, module


def merge_all(model: Transformer) -> Transformer:
    """Add each pair to its matrix, in place: the model is an ordinary one again, and has learned."""
    for holder, name, adapted in list(pairs(model)):
        setattr(holder, name, adapted.merged())
    return model.requires_grad_(True)


def take_off(model: Transformer) -> Transformer:
    """Take each pair away, in place: the model is the one that it was before."""
    for holder, name, adapted in list(pairs(model)):
        setattr(holder, name, adapted.linear)
    return model.requires_grad_(True)


def dials(model: Transformer) -> dict[str, nn.Parameter]:
    """The dials that learn, by name: those of the pairs."""
    return {name: dial for name, dial in model.named_parameters() if dial.requires_grad}


def begin(model: Transformer, config: TrainingConfig, lr: float = 2e-3) -> Run:
    """A run of `finetuning` in which the pairs alone are turned, by AdamW."""
    learning = dials(model) if any(pairs(model)) else {}
    if not learning:
        raise ValueError("this model has no pairs that could learn: `lora.adapt` makes them")
    optimizer = Optimizer([Group(learning, "adamw", lr, {"betas": (0.9, 0.95)})])
    return Run(model.train(), config, optimizer, torch.Generator().manual_seed(config.seed))
