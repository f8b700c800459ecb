"""The options of GRPO, and what is noted of each round."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from nextword.base.shapes import Float, Tensor
from nextword.optim import Optimizer
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer

Reward = Callable[[list[str]], Float[Tensor, "texts"]]  # texts as people read them; a number for each
CHOICES = {"baseline": ("group", "others"), "mean": ("token", "sequence", "constant")}


@dataclass(frozen=True)
class Config:
    """How a model learns from groups of its own answers; the defaults suit a model of a hundred thousand dials."""

    rounds: int = 40  # times that answers are written and learned from
    prompts: int = 32  # in a round
    group: int = 8  # answers to each prompt
    seq_len: int = 32  # tokens of the longest text, the prompt included
    baseline: str = (
        "group"  # an answer is held against its group's mean, or that of the "others" in it (RLOO)
    )
    divide: bool = True  # whether that is divided by the group's spread; never with "others"
    mean: str = (
        "token"  # of the loss: over all tokens, over each "sequence" first, or their sum by a "constant"
    )
    longest: int = 16  # tokens, for "constant": a text's tokens are added up and divided by it
    epochs: int = 2  # steps with the same answers
    clip: float = 0.2  # how far the ratio may move from 1 before a step gains nothing more
    beta: float = 0.0  # of the reward, for a nat of distance from the reference at a token
    unfinished: float = 0.0  # the reward of a text that was cut off
    lr: float = 1e-3  # AdamW's
    clip_gradient: float = 1.0  # the longest gradient that is followed as it is
    patience: int = 10  # rounds in which no group tells anything, after which training stops and says why
    seed: int = 0  # of the prompts and the answers

    def __post_init__(self):
        for name in ("rounds", "prompts", "longest", "epochs", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, and is at least 1")
        if self.group < 2:
            raise ValueError(
                f"a group of {self.group} has no other answer to be held against: 2 at least are needed, 8 are usual"
            )
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is {getattr(self, name)!r}; there are: {', '.join(choices)}")
        for name in ("clip", "beta"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is {getattr(self, name)}, and is at least 0")


@dataclass(frozen=True)
class Round:
    """What is noted of one round, about the answers written at its beginning."""

    reward: float  # of an answer, on average
    signal: float  # share of the groups that hold two different rewards: the others tell nothing
    finished: float  # share of the answers that came to their end
    tokens: float  # of an answer, on average, its end included
    kl: float | None  # nats an answer from the reference, by k1; None where the distance has no price
    seconds: float  # of the processor


@dataclass
class Run:
    """All that the next round depends on."""

    policy: Transformer  # what learns
    reference: Transformer  # what it was
    tokenizer: Tokenizer
    end: int  # the token that ends a text
    reward: Reward
    config: Config
    optimizer: Optimizer
    generator: torch.Generator  # of all chance
    history: list[Round] = field(default_factory=list)
