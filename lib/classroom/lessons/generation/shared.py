"""What the exercises on guesses share: rows of chances, and a text that is written with what the reader made."""

import functools

import torch
from torch.nn import functional

from classroom.judge import lives
from nextword import speculative
from nextword.generation import SamplingConfig
from nextword.transformer import ModelConfig, Transformer

SIZES = {"vocab_size": 11, "d_model": 16, "n_layers": 1, "n_heads": 2, "d_mlp": 16, "context": 40}


def uniform(n: int, vocab: int, seed: int) -> torch.Tensor:
    """Rows of chances, none of them 0."""
    numbers = torch.rand(n, vocab, generator=torch.Generator().manual_seed(1000 + seed)) + 0.02
    return numbers / numbers.sum(dim=-1, keepdim=True)


def certain(*places: int) -> torch.Tensor:
    """Rows of three chances, each with a single 1."""
    return functional.one_hot(torch.tensor(places), 3).float()


@functools.cache
def models() -> list[Transformer]:
    """A tiny target and a tiny draft, which agree at times."""
    found = [Transformer(ModelConfig(**SIZES), torch.Generator().manual_seed(seed)) for seed in (3, 4)]
    for model in found:
        for parameter in model.parameters():
            parameter.data.mul_(5)
    return found


def written() -> list[list[int]]:
    """Texts by guesses, of several seeds and temperatures."""
    target, draft = models()
    return [
        list(
            speculative.generate(
                target,
                speculative.ModelDraft(draft),
                [1, 2, 3],
                SamplingConfig(20, temperature),
                3,
                torch.Generator().manual_seed(seed),
            )
        )
        for seed in range(3)
        for temperature in (0.0, 1.0)
    ]


def texts_are_written(check, function):
    """What is wrong with texts that are written with it; None where they are as with the library's own."""
    return lives.compare(
        check,
        function,
        written,
        lambda yours, needed: yours == needed,
        "the-model",
        "where texts are written with it, it stops.",
        "texts that are written with it are others than with the library's own.",
    )
