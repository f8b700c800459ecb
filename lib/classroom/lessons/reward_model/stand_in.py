"""The reader's own choices; where there are too few, a simulated reader stands in, and that is said."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from classroom.mine import flags
from nextword import taste
from nextword.taste import Choice, Features
from nextword.taste_parts import readers
from nextword.taste_parts.readers import Reader

LEAST = 24  # choices from which on the reader's own are used, in every lesson
WANTED = 48


@dataclass(frozen=True)
class Answers:
    """Choices, and whose they are."""

    choices: list[Choice]
    reader: Reader | None  # who stands in; None where the choices are the reader's own

    @property
    def whose(self) -> str:
        """A sentence about whose taste it is."""
        n = len(self.choices)
        if self.reader is None:
            return " ".join([f"{n} choices of yours.", *flags.remarks(flags.read().flags)])
        mine = len(flags.labels())
        have = f"You have made {mine} choice{'s' * (mine > 1)} so far" if mine else "You have not chosen yet"
        return (
            f"{have}: from {LEAST} on, yours are used. Until then a simulated reader stands in, "
            f"who wants {self.reader.wants}. {n} choices."
        )


def answers(
    samples: Sequence[tuple[str, str]],  # (opening, text), as own_samples.samples gives them
    features: Features,
    name: str = "plain",
    n: int = WANTED,
    seed: int = 0,
) -> Answers:
    """The reader's own choices, or those of the simulated reader of that name."""
    if len(own := flags.labels()) >= LEAST:
        return Answers(own, None)
    reader = readers.all_readers(features.kindness)[name]
    return Answers(simulated(reader, samples, features, n, seed), reader)


def simulated(
    reader: Reader, samples: Sequence[tuple[str, str]], features: Features, n: int = WANTED, seed: int = 0
) -> list[Choice]:
    """What a simulated reader chooses on the pairs that a real one would be shown."""
    openings, texts = map(list, zip(*samples, strict=True))
    generator = torch.Generator().manual_seed(seed)
    offers = taste.offers(openings, texts, features, generator)[:n]
    return readers.choices(reader, offers, texts, generator)
