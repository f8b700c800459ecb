"""The options of PPO, what is kept of a batch of texts, and what is noted of each round."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import nn

from nextword.base.shapes import Float, Tensor
from nextword.optim import Optimizer
from nextword.rollouts import Rollouts
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer

Reward = Callable[[list[str]], Float[Tensor, "texts"]]  # texts as people read them; a number for each


@dataclass(frozen=True)
class Config:
    """How corrections change the dials; the defaults suit a model of a few million dials."""

    rounds: int = 30  # times that texts are written and learned from
    texts: int = 64  # written in a round
    seq_len: int = 56  # tokens of the longest text, what was given included
    epochs: int = 1  # times that the texts of a round are gone through
    minibatch: int = 32  # texts in a step
    lr: float = 1e-4  # AdamW's, for the policy
    lr_value: float = 3e-3  # AdamW's, for the value head
    value_weight: float = 0.1  # of the value loss beside the policy's
    clip: float = 0.2  # how far the ratio may move from 1 before a step gains nothing more
    gamma: float = 1.0  # what a reward is worth one token earlier
    lam: float = 0.95  # how far ahead advantages trust rewards more than values: 0 one token, 1 to the end
    beta: float = 0.1  # of the reward, for one nat that the policy moves from the reference
    unfinished: float = -1.0  # added to the reward of a text that was cut off
    max_kl: float = 4.5  # nats a text from the reference at which learning stops
    clip_gradient: float = 1.0  # the longest gradient that is followed as it is
    seed: int = 0  # of what is written and of the order in which it is learned from

    def __post_init__(self):
        for name in ("rounds", "texts", "epochs", "minibatch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, and is at least 1")
        for name in ("gamma", "lam"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}, and is between 0 and 1")
        for name in ("clip", "beta"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is {getattr(self, name)}, and is at least 0")


@dataclass(frozen=True)
class Experience:
    """Texts that a policy wrote, and what was thought of each of their tokens when they were written."""

    written: Rollouts
    log_probs: Float[Tensor, "texts places"]  # the policy's, as it was
    values: Float[Tensor, "texts places"]  # the rewards to come, as they were foreseen
    advantages: Float[Tensor, "texts places"]  # by how much it came better than foreseen

    def __getitem__(self, chosen: Tensor | slice | list[int]) -> "Experience":
        """What belongs to some of the texts."""
        parts = (self.written, self.log_probs, self.values, self.advantages)
        return Experience(*(part[chosen] for part in parts))


@dataclass(frozen=True)
class Round:
    """What is noted of one round, about the texts written at its beginning: means over them."""

    reward: float  # of a text, before anything is taken off for the distance
    kl: float  # nats a text from the reference, by k3
    finished: float  # share of the texts that came to their end
    tokens: float  # that the policy wrote in a text
    clipped: float = 0.0  # share of the tokens whose ratio was outside the clip, in the last epoch
    value_error: float = 0.0  # of the value head at a token, squared


@dataclass
class Run:
    """All that the next round depends on."""

    policy: Transformer  # what learns
    reference: Transformer  # what it must not go far from
    tokenizer: Tokenizer
    end: int  # the token that ends a text
    prompts: Sequence[Sequence[int]]  # what texts begin with, by turns
    reward: Reward
    config: Config
    value_head: nn.Linear  # foresees, from a place's last vector, the rewards to come
    optimizer: Optimizer
    generator: torch.Generator  # of all chance
    history: list[Round] = field(default_factory=list)

    @property
    def is_far(self) -> bool:
        """Whether the policy has gone as far from the reference as it may."""
        return bool(self.history) and self.history[-1].kl >= self.config.max_kl
