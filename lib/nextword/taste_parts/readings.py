"""What can be read off a text without any model: how long it is, how often it says "not", whom it speaks of.

Each is a plain count of words, so that what is learned about it can be said in a word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch

from nextword import text
from nextword.base.shapes import Float, Tensor
from nextword.embeddings import Embeddings

NOTS = {"not", "no", "never", "nor", "neither", "nothing", "nobody", "cannot", "without"}
ME = {"i", "me", "my", "mine", "myself", "i'm", "i've", "i'd", "i'll"}
YOU = {"you", "your", "yours", "yourself", "you're", "you'll", "you've", "you'd"}
PEOPLE = {"he", "she", "they", "him", "her", "them", "his", "hers", "their", "who", "whose"}
PAUSES = {",", ";", ":", "-", "("}
SETS = {"!": {"!"}, "?": {"?"}, "I": ME, "you": YOU, "people": PEOPLE, "commas": PAUSES}
COUNTS = ("length", "not", *SETS)  # what is counted
READABLE = (*COUNTS, "kind")  # the features that have a name; behind them come GloVe's directions
COMMONEST = 60  # words of GloVe that stand in every text and say nothing about any

Reward = Callable[[list[str]], Tensor]  # from texts to one number each: the higher, the better


class Choice(NamedTuple):
    """One answer: of two texts that begin alike, the one that was liked better and the other, both whole."""

    opening: str
    chosen: str
    rejected: str


def is_word(word: str) -> bool:
    """Whether it is a word or a number, and not a mark."""
    return word[:1].isalnum()


def is_not(word: str) -> bool:
    """Whether a word denies.

    >>> [is_not(word) for word in text.words("It isn't bad, nor good")]
    [False, True, False, False, True, False]
    """
    return word in NOTS or word.endswith(("n't", "n’t"))


def counts(texts: Sequence[str]) -> Float[Tensor, "texts counts"]:
    """How often each of `COUNTS` is met in each text.

    >>> counts(["You can't, I say!"])
    tensor([[4., 1., 1., 0., 1., 1., 0., 1.]])
    """
    rows = [count(text.words(one)) for one in texts]
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, len(COUNTS))


def count(words: Sequence[str]) -> list[int]:
    """The counts of one text, in the order of `COUNTS`."""
    among = [sum(word in some for word in words) for some in SETS.values()]
    return [sum(map(is_word, words)), sum(map(is_not, words)), *among]


def mean_vectors(texts: Sequence[str], glove: Embeddings) -> Float[Tensor, "texts d_model"]:
    """The mean of the vectors of a text's words, seen from the mean of all words; zeros where none is known."""
    middle = glove.vectors.mean(dim=0)
    means = torch.zeros(len(texts), len(middle))
    for place, one in enumerate(texts):
        rows = [glove.rows.get(word, 0) for word in text.words(one) if is_word(word)]
        rows = [row for row in rows if row >= COMMONEST]
        if rows:
            means[place] = glove.vectors[rows].mean(dim=0) - middle
    return means


@dataclass(frozen=True)
class Features:
    """From texts to numbers, each measured in spreads from its mean over the samples it was made for."""

    kindness: Reward  # how kind people would call a text; mostly `reward_model.people()`
    glove: Embeddings
    means: Float[Tensor, "features"]
    spreads: Float[Tensor, "features"]

    def __call__(self, texts: Sequence[str]) -> Float[Tensor, "texts features"]:
        return (raw(texts, self.kindness, self.glove) - self.means) / self.spreads


def raw(texts: Sequence[str], kindness: Reward, glove: Embeddings) -> Float[Tensor, "texts features"]:
    """The features as they are counted; of the length the logarithm, for a tenth word tells more than a thirtieth."""
    columns = counts(texts)
    columns[:, 0] = columns[:, 0].log1p()
    kind = kindness(list(texts)).detach().float().reshape(len(texts), 1)
    if not kind.isfinite().all():
        worst = texts[int((~kind[:, 0].isfinite()).nonzero()[0])]
        raise ValueError(f"kindness is no finite number for {worst!r}: a reward is one for every text")
    return torch.cat([columns, kind, mean_vectors(texts, glove)], dim=1)
