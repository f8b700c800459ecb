"""Under rung `reward_model`: a reward that looks at which words stand in a text, and at nothing else.

Source: Pang, Lee and Vaithyanathan 2002 (arXiv cs/0205070): whether a word is there tells more than how often.
"""

from collections import Counter
from collections.abc import Sequence

import torch
from torch.nn import functional

from nextword import text
from nextword.base.shapes import Float, Tensor


def vocabulary(texts: Sequence[str], least: int = 3) -> dict[str, int]:
    """A number for each word that stands in so many of the texts at least.

    >>> vocabulary(["A gem!", "A bore.", "a a gem"], least=2)
    {'a': 0, 'gem': 1}
    """
    counts = Counter(word for one in texts for word in dict.fromkeys(text.words(one)))
    return {word: i for i, word in enumerate(word for word, n in counts.items() if n >= least)}


class WordsReward:
    """A bag of words: the reward of a text is the sum over its different words, of which each has one dial.

    >>> reward = WordsReward({"good": 0, "bad": 1}, torch.tensor([1.0, -2.0]))
    >>> reward(["A good, good film.", "good or bad?", ""])
    tensor([ 1., -1.,  0.])
    """

    def __init__(self, vocabulary: dict[str, int], dials: Tensor):
        self.vocabulary, self.dials = vocabulary, dials

    def rows(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the different words of each text that are known."""
        return [
            [self.vocabulary[word] for word in dict.fromkeys(text.words(one)) if word in self.vocabulary]
            for one in texts
        ]

    def columns(self, texts: Sequence[str]) -> Float[Tensor, "texts words"]:
        """The same as a table: 1 where a text has a word, 0 where not."""
        table = torch.zeros(len(texts), len(self.vocabulary))
        for place, row in enumerate(self.rows(texts)):
            table[place, row] = 1
        return table

    def add_up(self, rows: Sequence[Sequence[int]]) -> Float[Tensor, "texts"]:
        """The sum of the dials in each row."""
        lengths = torch.tensor([0, *map(len, rows)])
        ids = torch.tensor([word for row in rows for word in row], dtype=torch.long)
        return functional.embedding_bag(ids, self.dials[:, None], lengths.cumsum(0)[:-1], mode="sum")[:, 0]

    def __call__(self, texts: Sequence[str]) -> Float[Tensor, "texts"]:
        return self.add_up(self.rows(texts))
