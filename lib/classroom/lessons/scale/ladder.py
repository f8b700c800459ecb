"""The ladder of lesson 15: five small models and a step beyond them, each with as many tokens as fit its size.

`benchmarks/scaling.py` trains them with eight seeds; what came of it is read here, too.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass

import torch

from classroom import paths
from nextword import evaluation, recipes, scaling, training
from nextword.base.shapes import Tensor
from nextword.training import Run, TrainingConfig
from nextword.transformer import ModelConfig, Transformer, count_parameters

WIDTHS = (24, 32, 40, 52, 68)  # d_model; from one to the next about 2.4 times the operations
NEXT = 88  # the step beyond, foretold first and trained then
VOCABULARY, LAYERS, HEADS, CONTEXT, BATCH = 512, 2, 2, 64, 16
TOKENS_A_DIAL = 2.5  # far fewer than large models are given: these learn so fast that the tales would run out
SEEDS = 8


@dataclass(frozen=True)
class Texts:
    """The tales as tokens: those that are learned from, and those on which losses are measured."""

    read: Tensor
    unseen: Tensor


@functools.cache
def texts() -> Texts:
    """The tales, in a vocabulary that was learned from those that are read."""
    recipe = recipes.PRESETS["minute"]
    tokenizer = recipes.make_tokenizer(recipe)
    both = (recipes.texts(recipe), recipes.tales()[1])
    return Texts(*(torch.from_numpy(recipes.encode(bodies, tokenizer)) for bodies in both))


def config(width: int) -> ModelConfig:
    """A rung's model: all alike but for their width."""
    return ModelConfig(vocab_size=VOCABULARY, **recipes.shape(width, LAYERS, HEADS, CONTEXT))


def dials(width: int) -> int:
    """How many dials multiply something at each token: all but the table of embeddings, which is looked up."""
    return count_parameters(config(width)) - VOCABULARY * width


def steps(width: int) -> int:
    """How many steps a rung's model learns for."""
    return round(TOKENS_A_DIAL * dials(width) / (BATCH * CONTEXT))


def flops(width: int) -> int:
    """The operations of a rung's training, counted exactly."""
    return scaling.training_flops(config(width), CONTEXT, steps(width) * BATCH * CONTEXT)


def climb(width: int, seed: int = 0, after_step: Callable[[Run], None] | None = None) -> float:
    """Train a rung's model; its loss on the unseen tales, in nats a token."""
    model = Transformer(config(width), torch.Generator().manual_seed(seed))
    plan = TrainingConfig(steps(width), batch=BATCH, context=CONTEXT, seed=seed)
    training.train(training.begin(model, plan), texts().read, after_step)
    return evaluation.evaluate(model, texts().unseen, CONTEXT)


def measured() -> dict[int, list[float]]:
    """The losses of all widths with all seeds, as the benchmark found them."""
    path = paths.root() / "benchmarks" / "results" / "scaling.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    return {int(width): losses for width, losses in found["losses"].items()}
