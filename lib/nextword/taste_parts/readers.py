"""Readers who are simulated: each has a plain taste and is now and then of another mind.

They stand in where no reader has chosen yet, and they are what a method is tried on: of a simulated reader one knows
what they like. `tests` and benchmarks use them as lessons do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from nextword import text
from nextword.base.shapes import Float, Tensor
from nextword.taste_parts import readings
from nextword.taste_parts.readings import Choice, Reward

FUNNY = ("comed", "comic", "funn", "humor", "humour", "laugh", "hilar", "joke", "amus", "wit", "witty")
STEADY = 3.0  # log-odds for each spread that two texts lie apart: a usual pair is then decided rightly 5 times of 6


@dataclass(frozen=True)
class Reader:
    """A taste: a score for each text, and how steadily it is followed."""

    name: str
    wants: str  # in words, to end "a reader who wants ..."
    score: Reward
    steadiness: float = STEADY  # 0 answers by chance

    def prefers_first(
        self, firsts: Sequence[str], seconds: Sequence[str], spread: float, generator: torch.Generator
    ) -> list[bool]:
        """An answer for each pair; `spread` is that of the reader's scores over many texts."""
        apart = (self.score(list(firsts)) - self.score(list(seconds))) / spread
        chances = (self.steadiness * apart).sigmoid()
        return (torch.rand(len(chances), generator=generator) < chances).tolist()


def choices(
    reader: Reader,
    offers: Sequence[tuple[str, str, str]],
    samples: Sequence[str],
    generator: torch.Generator,
) -> list[Choice]:
    """What the reader answers to some pairs, each an opening and two texts; the samples tell how scores spread."""
    spread = float(reader.score(list(samples)).std())
    firsts = reader.prefers_first([a for _, a, _ in offers], [b for *_, b in offers], spread, generator)
    return [
        Choice(opening, a, b) if first else Choice(opening, b, a)
        for (opening, a, b), first in zip(offers, firsts, strict=True)
    ]


def counted(name: str, sign: int) -> Reward:
    """A score that counts one of the readable features."""
    column = list(readings.COUNTS).index(name)
    return lambda texts: sign * readings.counts(texts)[:, column]


def comedy(texts: Sequence[str]) -> Float[Tensor, "texts"]:
    """How many words speak of what is funny: a subject, which no readable feature names."""
    starts = [[word.startswith(FUNNY) for word in text.words(one)] for one in texts]
    return torch.tensor([float(sum(row)) for row in starts])


def all_readers(kindness: Reward) -> dict[str, Reader]:
    """Readers of several tastes by name; `kindness` is how kind people would call a text."""
    tastes: list[tuple[str, str, Callable]] = [
        ("plain", "no denying: as few nots as can be", counted("not", -1)),
        ("people", "people: he, she, they and who", counted("people", 1)),
        ("kind", "kind words", kindness),
        ("short", "short texts", counted("length", -1)),
        ("comedy", "what is funny", comedy),
    ]
    found = {name: Reader(name, wants, score) for name, wants, score in tastes}
    return found | {"noisy": Reader("noisy", "nothing: every answer is a toss-up", counted("not", -1), 0.0)}
