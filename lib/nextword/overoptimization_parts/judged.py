"""A proxy in the exact world: a weight for each word, learned from judges who err now and then.

It can learn that a word is good, and cannot learn that two of a kind are enough: a sum knows no "enough".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from nextword import exact_world, rollouts, taste, text
from nextword.base.shapes import Float, Tensor
from nextword.ppo import Config
from nextword.recipes import END
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer

CLIMB = Config(  # twenty seconds up the proxy, with nothing that holds back
    rounds=48, texts=64, seq_len=exact_world.SEQ_LEN, lr=4e-4, beta=0.0, unfinished=-4.0, max_kl=float("inf")
)
PRIOR = 3.0  # how strongly weights are held near 0 until judges speak for them


def stories(model: Transformer, tokenizer: Tokenizer, n: int, seed: int) -> list[str]:
    """n stories as the model tells them."""
    prompts, generator = exact_world.prompts(tokenizer, n), torch.Generator().manual_seed(seed)
    written = rollouts.sample(model, prompts, tokenizer.id_of(END), exact_world.SEQ_LEN, generator)
    return written.texts(tokenizer)


@dataclass(frozen=True)
class WordCounts:
    """A reward: the sum of the weights of all words of a text, each as often as it stands there.

    >>> proxy = WordCounts({"fed": 0, "bit": 1}, torch.tensor([1.0, -2.0]))
    >>> proxy(["The hen fed the cat and fed the dog.", "It bit."])
    tensor([ 2., -2.])
    """

    places: dict[str, int]
    weights: Float[Tensor, "words"]

    def counts(self, texts: Sequence[str]) -> Float[Tensor, "texts words"]:
        """How often each known word stands in each text."""
        found = torch.zeros(len(texts), len(self.places))
        for row, one in zip(found, texts, strict=True):
            for word in text.words(one):
                if word in self.places:
                    row[self.places[word]] += 1
        return found

    def __call__(self, texts: Sequence[str]) -> Float[Tensor, "texts"]:
        return self.counts(texts) @ self.weights

    def heaviest(self, n: int) -> list[str]:
        """The n words with the highest weights."""
        words = list(self.places)
        return [words[place] for place in self.weights.argsort(descending=True, stable=True)[:n].tolist()]


def learn(first: Sequence[str], second: Sequence[str], seed: int) -> WordCounts:
    """A proxy learned from one judgement of each pair of stories, by Bradley and Terry's model, in a second."""
    words = sorted({word for one in [*first, *second] for word in text.words(one)})
    blank = WordCounts({word: place for place, word in enumerate(words)}, torch.zeros(len(words)))
    wins = exact_world.judge(first, second, torch.Generator().manual_seed(seed))
    signs = torch.where(wins, 1.0, -1.0)[:, None]
    differences = signs * (blank.counts(first) - blank.counts(second))  # better minus worse
    return WordCounts(blank.places, taste.fit_weights(differences, PRIOR))


def agreement(proxy: Float[Tensor, "texts"], gold: Float[Tensor, "texts"]) -> float:
    """The share of pairs, of two that follow each other, on which both agree; where gold is equal, no pair."""
    proxy_says, truth = proxy[::2] - proxy[1::2], gold[::2] - gold[1::2]
    decided = truth != 0
    return (proxy_says.sign() == truth.sign())[decided].float().mean().item()
