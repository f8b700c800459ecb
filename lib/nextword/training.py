"""Rung `training`: from random dials to a model of language.

Again and again passages of text go in, each place is compared with the token that really came next, and all dials
turn a little. All that the next step depends on is in the `Run`, so that it can be kept and taken up to the last bit.
Sources: Radford et al. 2019 (GPT-2); Karpathy's nanoGPT (2022); for the rates Jordan's Muon runs (2024).
"""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
from torch import nn
from torch.nn import functional

from nextword import optim
from nextword.base.shapes import Float, Int, Tensor, Tokens
from nextword.optim import Group, Optimizer

PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class TrainingConfig:
    """How a model learns; the defaults suit a model of a few million dials."""

    steps: int  # times that all dials are turned
    batch: int = 16  # passages of text in a step
    context: int = 64  # tokens in each passage
    accumulate: int = 1  # parts in which a batch is read, where it would not fit into memory at once
    lr_matrices: float = 0.03  # Muon's, for the matrices inside the layers
    lr_embedding: float = 0.1  # AdamW's, for the table of vectors
    lr_unembedding: float = 0.01  # AdamW's, for the matrix that makes logits, and for norms and biases
    warmup: int = 0  # steps in which the rates rise from 0
    decay: float = 0.5  # the last share of the steps, in which the rates fall to 0
    clip: float = math.inf  # the longest gradient that is followed as it is
    weight_decay: float = 0.0  # by how much of its rate a matrix shrinks at each step
    seed: int = 0  # of the dials' first values and of the order in which text is read
    precision: str = (
        "float32"  # or "bfloat16", in which some processors multiply faster: see `faster_precision`
    )

    def __post_init__(self):
        for name in ("steps", "batch", "context", "accumulate"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, and is at least 1")
        if self.batch % self.accumulate:
            raise ValueError(f"a batch of {self.batch} cannot be read in {self.accumulate} equal parts")
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision is {self.precision!r}; there are: {', '.join(PRECISIONS)}")
        if not 0 <= self.decay <= 1:
            raise ValueError(f"decay is {self.decay}, and is a share of the steps: 0 to 1")


class Diverged(ArithmeticError):
    """The loss is no number any more, or hopeless."""


HOPELESS = 5  # times the loss of blind guessing


def passages(tokens: Tensor, n: int, context: int, generator: torch.Generator) -> Tokens:
    """n runs of `context` + 1 tokens from random places of a long text: one token more than is read at once.

    >>> passages(torch.arange(9), 2, 3, torch.Generator().manual_seed(0)).shape
    torch.Size([2, 4])
    """
    if len(tokens) <= context:
        raise ValueError(
            f"the text has {len(tokens)} tokens, and passages of {context} + 1 are to be cut from it"
        )
    starts = torch.randint(len(tokens) - context, (n, 1), generator=generator)
    return tokens[starts + torch.arange(context + 1)].long()


def loss(
    logits: Float[Tensor, "*batch seq_len vocab"], ids: Int[Tensor, "*batch seq_len+1"]
) -> Float[Tensor, ""]:
    """Cross-entropy in nats per token: the mean surprise at each passage's next tokens.

    `logits` are what the model gave for all but the last of the `ids`, and are compared with all but the first.

    >>> round(loss(torch.zeros(1, 2, 10), torch.tensor([[3, 1, 4]])).item(), 4), round(math.log(10), 4)
    (2.3026, 2.3026)
    """
    return functional.cross_entropy(logits.flatten(0, -2), ids[..., 1:].flatten())


def rate(step: int, config: TrainingConfig) -> float:
    """The share of the full learning rates at a step, counted from 0."""
    return optim.warmup_and_decay(step, config.steps, config.warmup, round(config.decay * config.steps))


def make_optimizer(model: nn.Module, config: TrainingConfig) -> Optimizer:
    """Muon for the matrices inside the layers; AdamW for the table of vectors, and for all the rest."""
    named = dict(model.named_parameters())
    matrices = {name: p for name, p in named.items() if name.startswith("layers.") and p.ndim == 2}
    tables = {name: p for name, p in named.items() if name in ("embedding.weight", "positions.weight")}
    rest = {name: p for name, p in named.items() if name not in matrices | tables}
    betas = {"betas": (0.8, 0.95)}
    groups = [
        Group(matrices, "muon", config.lr_matrices, {"beta": 0.9, "weight_decay": config.weight_decay}),
        Group(tables, "adamw", config.lr_embedding, betas),
        Group(rest, "adamw", config.lr_unembedding, betas),
    ]
    return Optimizer([group for group in groups if group.parameters])


@dataclass
class Run:
    """A model that is learning, and all on which its next step depends."""

    model: nn.Module  # reads tokens and gives logits, as a Transformer; has a config and an embedding
    config: TrainingConfig
    optimizer: Optimizer
    generator: torch.Generator  # says which passages come next
    losses: list[float] = field(default_factory=list)  # one a step, in nats per token
    seconds: float = 0.0  # of the processor, in all steps

    @property
    def step(self) -> int:
        """How many steps were made."""
        return len(self.losses)


def begin(model: nn.Module, config: TrainingConfig) -> Run:
    """A run at its first step."""
    if config.context > model.config.context:
        raise ValueError(
            f"passages of {config.context} tokens are too long: the model reads {model.config.context}"
        )
    generator = torch.Generator().manual_seed(config.seed)
    return Run(model.train(), config, make_optimizer(model, config), generator)


def turn(run: Run, tokens: Tensor) -> float:
    """One step: read a batch, pass the blame back, turn all dials. Gives the loss before the turn.

    Raises `Diverged` with the step and the likely cause where the loss is hopeless; the dials are left as they were.
    """
    config, total, began = run.config, 0.0, time.process_time()
    run.model.zero_grad()  # what a step that was broken off has left
    device = run.model.embedding.weight.device
    for _ in range(config.accumulate):
        ids = passages(tokens, config.batch // config.accumulate, config.context, run.generator).to(device)
        with multiplying_in(config.precision, device):
            part = loss(run.model(ids[:, :-1]), ids) / config.accumulate
        part.backward()
        total += part.item()
    refuse_hopeless(run, total)
    with multiplying_in(config.precision, device):
        run.optimizer.step(rate(run.step, config), config.clip)
    run.losses.append(total)
    run.seconds += time.process_time() - began
    return total


def refuse_hopeless(run: Run, total: float) -> None:
    """Raise `Diverged`, with the step and the likely cause, where a step's loss is far worse than blind guessing."""
    if total < HOPELESS * math.log(run.model.config.vocab_size):  # nan is not below anything
        return
    cause = "No dial was turned yet: it is the dials as they were set, or the text"
    if run.step:
        cause = "The dials have run away, most likely because the learning rates are too high: try a third of them "
        cause += f"(lr_matrices is {run.config.lr_matrices:g}, lr_embedding {run.config.lr_embedding:g}), "
        cause += "or some warm-up"
    raise Diverged(f"step {run.step}: the loss is {total:.3g}, far worse than blind guessing. {cause}")


def multiplying_in(precision: str, device: torch.device) -> torch.autocast:
    """In a `with` block matrices are multiplied in that precision; sums and the dials stay in float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")


def faster_precision(model: nn.Module, config: TrainingConfig, tokens: Tensor, n_steps: int = 4) -> str:
    """The precision in which this machine trains faster, tried on copies of the model; "float32" if the other is wrong.

    A processor with units for bfloat16 is twice as fast with it, and one without ten times slower.
    """
    seconds, losses = {}, {}
    for precision in PRECISIONS:
        run = begin(copy.deepcopy(model), replace(config, precision=precision))
        try:
            turn(run, tokens)  # the first step makes ready, and is not timed
            began = time.perf_counter()
            for _ in range(n_steps):
                losses[precision] = turn(run, tokens)
        except Diverged:
            if precision == "float32":
                raise
            return "float32"
        seconds[precision] = time.perf_counter() - began
    is_right = abs(losses["bfloat16"] - losses["float32"]) < 0.02 * losses["float32"]
    return min(seconds, key=seconds.get) if is_right else "float32"


def train(run: Run, tokens: Tensor, after_step: Callable[[Run], None] | None = None) -> Run:
    """Turn until the last step is made; `after_step` sees the run after each, to show, to measure or to keep it."""
    while run.step < run.config.steps:
        turn(run, tokens)
        if after_step is not None:
            after_step(run)
    return run
