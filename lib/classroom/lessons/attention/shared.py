"""What several exercises of this lesson share: cases, helpers, behaviours."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong

more = shelf.noises(15)  # for cases that came later: the older ones keep their numbers


_noise = torch.Generator().manual_seed(5)


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=_noise)


def _keeps_its_kind(target: str, *arguments: torch.Tensor):
    """A behaviour: numbers of half the size, which the real model may be made of, come back as such."""

    def keeps_its_kind(function):
        yours = ask(target, function, *(argument.half() for argument in arguments))
        if isinstance(yours, torch.Tensor) and yours.dtype != torch.float16:
            says = f"It was given float16 (numbers kept in 16 bits rather than 32) and gave {str(yours.dtype)[6:]}, "
            says += "and the real model takes no two kinds. "
            says += "Make new tensors like what came in: torch.ones_like(...), and fill with masked_fill."
            raise Wrong("loses-its-kind", says, f"{target.split('.')[-1]}(... of float16)")

    return keeps_its_kind


SQUARE = torch.tensor([[1.0, 2.0, 4.0], [0.0, 3.0, 5.0], [7.0, 1.0, 0.0]])


def _dots(query, key):
    return query @ key.mT


def _below(scores, diagonal):
    """True on that diagonal and below it."""
    return torch.ones_like(scores, dtype=torch.bool).tril(diagonal)


def _offset(scores):
    return scores.shape[-1] - scores.shape[-2]
