"""Rung `recipes`: which text, which model and how many steps, in settings that were tried; and what came of them.

The tales that were put aside are in no recipe. They measure all models alike: in bits per byte.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from nextword import checkpoint, evaluation, generation, ngram, pretrained, text, training
from nextword.base import datasets
from nextword.base.shapes import Tensor
from nextword.generation import SamplingConfig
from nextword.tokenizer import Tokenizer
from nextword.training import Run, TrainingConfig
from nextword.transformer import ModelConfig, Transformer

END = "<|end|>"  # stands between one tale and the next
SECONDS_BETWEEN = 20  # one checkpoint and the next: a run that is killed loses no more than that
FIRST = "losses of the first twenty steps"  # a line of a card, by which a run can be made again and compared
COPIED = "share of words in six-word runs that stand in the text"
BEGINNINGS = (
    "Once upon a time",
    "The duckling",
    "The little tin soldier",
    "There was once a king who",
    "In the garden stood",
    "“I will tell you a story,” said",
    "The old woman",
    "Far out at sea",
    "It was winter, and",
    "The flowers",
)


@dataclass(frozen=True)
class Recipe:
    """All that is decided before a training begins."""

    about: str  # in a few words
    vocab_size: int  # tokens, of which the first are the 256 bytes and the last is END
    model: dict  # sizes: d_model, n_layers, n_heads, d_mlp, context
    training: TrainingConfig
    novels: bool = False  # whether seven novels are read as well


def shape(d_model: int, n_layers: int, n_heads: int, context: int) -> dict:
    """The form of model that learned fastest on one core: QK-norm, norms without weights, SwiGLU, nothing tied."""
    form = {"norm_weights": False, "tied": False, "qk_norm": True, "embedding_norm": True, "init": "fan_in"}
    d_mlp = round(d_model * 8 / 3 / 16) * 16
    sizes = {"d_model": d_model, "n_layers": n_layers, "n_heads": n_heads, "d_mlp": d_mlp, "context": context}
    return sizes | form


SHORT = TrainingConfig(700, batch=8, context=128)
LONG = TrainingConfig(7000, batch=8, context=256, lr_matrices=0.02, lr_embedding=0.05, weight_decay=0.05)
PRESETS = {
    "minute": Recipe("a minute on one core", 512, shape(128, 2, 2, 128), SHORT),
    "lesson": Recipe(
        "three minutes on one core: lesson 12's", 1024, shape(128, 3, 2, 128), replace(SHORT, steps=1300)
    ),
    "hour": Recipe("an hour on one core", 2048, shape(192, 4, 3, 256), LONG, novels=True),
    "shipped": Recipe("the course's own storyteller", 2048, shape(256, 4, 4, 256), LONG, novels=True),
}


def tales() -> tuple[list[str], list[str]]:
    """The tales to learn from and those that were put aside, each tale a text of its own."""
    bodies = list(text.tales().values())
    aside = bodies[9::10]
    return [body for body in bodies if body not in aside], aside


def texts(recipe: Recipe) -> list[str]:
    """What a recipe reads; never a tale that was put aside."""
    read, aside = tales()
    others = list(datasets.novels().values()) if recipe.novels else []
    return read + [text.paragraphs(other) for other in others]


def make_tokenizer(recipe: Recipe) -> Tokenizer:
    """A vocabulary of the recipe's size, learned from the text that it reads."""
    return Tokenizer.train("\n".join(texts(recipe)), recipe.vocab_size, special=(END,))


def encode(bodies: Iterable[str], tokenizer: Tokenizer) -> np.ndarray:
    """Texts as one row of tokens, END before, between and behind them."""
    end, ids = tokenizer.id_of(END), []
    for body in bodies:
        ids += [end, *tokenizer.encode(body)]
    return np.array([*ids, end], dtype=np.int32)


def open_tokens(folder: Path, recipe: Recipe, tokenizer: Tokenizer) -> Tensor:
    """The recipe's text as tokens in a file that is mapped into memory: of a long text only what is read is loaded.

    The file is named after the text and the vocabulary: of another one there is another.
    """
    bodies = texts(recipe)
    made_of = repr((tokenizer.merges, tokenizer.pattern, tokenizer.special, bodies)).encode()
    path = folder / f"tokens-{hashlib.sha256(made_of).hexdigest()[:16]}.bin"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        encode(bodies, tokenizer).tofile(partial)
        partial.replace(path)
    return torch.from_file(str(path), size=path.stat().st_size // 4, dtype=torch.int32)


def new_model(recipe: Recipe, tokenizer: Tokenizer) -> Transformer:
    """A model whose dials were all drawn by chance, from the recipe's seed."""
    config = ModelConfig(vocab_size=tokenizer.vocab_size, **recipe.model)
    return Transformer(config, torch.Generator().manual_seed(recipe.training.seed))


def bits_per_byte_aside(model: nn.Module, tokenizer: Tokenizer) -> float:
    """The mean surprise at the tales that were put aside, in bits per byte."""
    aside = tales()[1]
    ids = torch.from_numpy(encode(aside, tokenizer)[:-1])
    return evaluation.bits_per_byte(model, ids, len("\n".join(aside).encode()))


def write(
    model: Transformer,
    tokenizer: Tokenizer,
    beginning: str,
    n_tokens: int = 80,
    generator: torch.Generator | None = None,
) -> str:
    """What a model makes of a beginning, at temperature 0.8, until its END or so many tokens; chance from seed 0."""
    ids = [tokenizer.id_of(END), *tokenizer.encode(beginning)]
    room = model.config.context - len(ids)
    config = SamplingConfig(min(n_tokens, room), temperature=0.8, stop=(tokenizer.id_of(END),))
    new = generation.generate(model, ids, config, generator or torch.Generator().manual_seed(0))
    return beginning + "".join(generation.stream_text(new, tokenizer))


def samples(model: Transformer, tokenizer: Tokenizer, n: int = 20, seed: int = 0) -> list[str]:
    """So many pieces of text as they come, none picked, from one beginning after the other."""
    generator = torch.Generator().manual_seed(seed)
    return [write(model, tokenizer, BEGINNINGS[i % len(BEGINNINGS)], 80, generator) for i in range(n)]


def card(recipe: Recipe, run: Run, tokenizer: Tokenizer) -> dict[str, object]:
    """What there is to say of a finished model, with samples as they came."""
    written = samples(run.model.eval(), tokenizer)
    words = [text.words(sample) for sample in written]
    source = text.words("\n".join(texts(recipe)))
    copied = sum(ngram.copied_share(sample, source) * len(sample) for sample in words) / sum(map(len, words))
    config = run.config
    return {
        "about": recipe.about,
        "text": "Andersen's fairy tales" + (", and seven novels" if recipe.novels else ""),
        "dials": sum(p.numel() for p in run.model.parameters()),
        "steps": run.step,
        "tokens read": run.step * config.batch * config.context,
        "processor seconds": round(run.seconds),
        FIRST: [round(loss, 3) for loss in run.losses[:20]],
        "loss at the end, nats per token": round(float(np.mean(run.losses[-50:])), 3),
        pretrained.UNSEEN: round(bits_per_byte_aside(run.model, tokenizer), 3),
        COPIED: round(copied, 3),
        "training": asdict(config),
        "samples": written,
    }


class Stopped(Exception):
    """Raised by an `after_step` to end a run between two steps; it is kept, and can go on."""


def make(
    recipe: Recipe,
    folder: Path,
    after_step: Callable[[Run], None] | None = None,
    tokenizer: Tokenizer | None = None,
) -> tuple[Run, Tokenizer]:
    """Learn by a recipe, from the checkpoint in the folder where there is one; `after_step` sees the run each time.

    Whoever has the recipe's vocabulary already gives it: learning it takes a second or more.
    Checkpoints are made between two steps only: in the midst of one, half of the dials are turned.
    """
    tokenizer = tokenizer or make_tokenizer(recipe)
    path, kept = folder / "run.safetensors", time.monotonic()

    def look_and_keep(run: Run) -> None:
        nonlocal kept
        if time.monotonic() - kept > SECONDS_BETWEEN:
            checkpoint.save(run, path, tokens)
            kept = time.monotonic()
        if after_step is not None:
            after_step(run)

    with checkpoint.lock(folder):
        tokens = open_tokens(folder, recipe, tokenizer)
        run = checkpoint.begin_or_restore(path, lambda: new_model(recipe, tokenizer), recipe.training, tokens)
        try:
            training.train(run, tokens, look_and_keep)
        except Stopped:
            pass
        checkpoint.save(run, path, tokens)
    return run, tokenizer
