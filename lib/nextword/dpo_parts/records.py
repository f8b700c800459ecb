"""Under rung `dpo`: a pair, the settings, and what a run is and notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from nextword.base.shapes import Float, Tensor
from nextword.finetuning import Example
from nextword.optim import Optimizer
from nextword.transformer import Transformer


@dataclass(frozen=True)
class Pair:
    """Two replies to one prompt, of which people prefer the first."""

    chosen: Example
    rejected: Example


@dataclass(frozen=True)
class Config:
    """How a policy learns from pairs."""

    steps: int  # times that all dials are turned
    batch: int = 32  # pairs in a step
    beta: float = 0.1  # what a nat of distance from the reference costs, in points of reward
    lr: float = 3e-4  # AdamW's, for all dials
    warmup: int = 5  # steps in which the rate rises from 0
    decay: float = 1.0  # the last share of the steps, in which it falls to 0
    clip: float = 1.0  # the longest gradient that is followed as it is
    loss: str = "dpo"  # or "ipo"
    seed: int = 0  # of the order in which pairs are read

    def __post_init__(self):
        for name in ("steps", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, and is at least 1")
        if self.beta <= 0:
            raise ValueError(
                f"beta is {self.beta}, and is above 0: without it the reference counts for nothing"
            )
        if self.loss not in ("dpo", "ipo"):
            raise ValueError(f'loss is {self.loss!r}; there are "dpo" and "ipo"')


@dataclass(frozen=True)
class Step:
    """What is noted of a step, before its turn."""

    loss: float
    accuracy: float  # the share of pairs whose chosen reply has the higher implicit reward
    chosen: float  # by how many nats the chosen replies have become likelier, on average
    rejected: float  # the same of the rejected ones


@dataclass
class Run:
    """A policy that is learning from pairs, and all on which its next step depends."""

    policy: Transformer
    pairs: Sequence[Pair]
    reference: Float[Tensor, "pairs 2"]  # the reference's log-probabilities of chosen and rejected replies
    end: int
    config: Config
    optimizer: Optimizer
    generator: torch.Generator
    history: list[Step] = field(default_factory=list)
