"""Rung `reward_model`: one number for any text, learned from pairs, so that the better one's is likely the higher.

By Bradley and Terry the chance that people prefer one text to another is the sigmoid of the difference of their two
rewards. What reads the text is free: the words in it, a small transformer, the vectors of a real model.
Sources: Bradley and Terry 1952; Stiennon et al. 2020 (arXiv 2009.01325), section 3.4; Ouyang et al. 2022 (InstructGPT,
arXiv 2203.02155), section 3.5.
"""

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from nextword import preferences, text
from nextword.base.datasets import Rated
from nextword.base.shapes import Float, Int, Tensor
from nextword.optim import Group, Optimizer
from nextword.reward_model_parts import real_features

Reward = Callable[[list[str]], Float[Tensor, "texts"]]  # what all later lessons turn a policy towards


@dataclass(frozen=True)
class RewardConfig:
    """How a reward learns; the defaults suit one dial a word."""

    epochs: int = 12  # times that each sentence is seen, with another drawn rating
    batch: int = 256  # sentences whose pairs are compared at once
    lr: float = 0.05  # AdamW's, falling to 0
    l2: float = 3e-4  # what the square of a dial costs, in nats
    seed: int = 0  # of the ratings drawn and of the order of sentences


def loss(better: Float[Tensor, "pairs"], worse: Float[Tensor, "pairs"]) -> Float[Tensor, ""]:
    """Bradley-Terry: the mean surprise, in nats, that the better of two texts was preferred, from their rewards.

    >>> loss(torch.tensor([0.0, 50.0]), torch.tensor([0.0, -50.0]))
    tensor(0.3466)
    """
    return -functional.logsigmoid(better - worse).mean()


def fit(
    rewards_of: Callable[[Int[Tensor, "chosen"]], Float[Tensor, "chosen"]],
    dials: dict[str, Tensor],
    some: Sequence[Rated],
    config: RewardConfig,
    after_step: Callable[[int, float], None] | None = None,
) -> None:
    """Turn dials so that rewards tell the pairs of some rated sentences apart: all pairs inside each batch.

    `rewards_of` computes the rewards of the sentences at these places; `after_step` is told each step and its loss.
    """
    generator, step = torch.Generator().manual_seed(config.seed), 0
    n_steps = config.epochs * -(-len(some) // config.batch)
    optimizer = Optimizer([Group(dials, "adamw", config.lr)])
    for _ in range(config.epochs):
        ratings = preferences.draw(some, generator)
        for chosen in torch.randperm(len(some), generator=generator).split(config.batch):
            better, worse = preferences.pairs(ratings[chosen])
            if len(better):
                rewards = rewards_of(chosen)
                total = loss(rewards[better], rewards[worse])
                (total + config.l2 * sum(dial.square().sum() for dial in dials.values())).backward()
                optimizer.step(1 - step / n_steps)
                if after_step is not None:
                    after_step(step, total.item())
            step += 1
    if optimizer.n == 0:
        raise ValueError(f"nothing was learned: no two of {len(some)} texts were rated differently")


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

    def add_up(self, rows: Sequence[Sequence[int]]) -> Float[Tensor, "texts"]:
        """The sum of the dials in each row."""
        lengths = torch.tensor([0, *map(len, rows)])
        ids = torch.tensor([word for row in rows for word in row], dtype=torch.long)
        return functional.embedding_bag(ids, self.dials[:, None], lengths.cumsum(0)[:-1], mode="sum")[:, 0]

    def __call__(self, texts: Sequence[str]) -> Float[Tensor, "texts"]:
        return self.add_up(self.rows(texts))


def fit_words(some: Sequence[Rated], config: RewardConfig | None = None) -> WordsReward:
    """A bag of words that was fitted to rated sentences, in seconds."""
    texts = [one.text for one in some]
    known = vocabulary(texts)
    reward = WordsReward(known, torch.zeros(len(known), requires_grad=True))
    rows = reward.rows(texts)
    fit(
        lambda chosen: reward.add_up([rows[i] for i in chosen.tolist()]),
        {"dials": reward.dials},
        some,
        config or RewardConfig(),
    )
    return WordsReward(known, reward.dials.detach())


@functools.cache
def people(seed: int = 0) -> WordsReward:
    """What a first half of the people prefers, by words alone, from the proxy's sentences: the reward to learn by."""
    return fit_words(preferences.rated(preferences.PROXY, 0), RewardConfig(seed=seed))


@functools.cache
def gold(quick: bool = False) -> Reward:
    """What the other half of the people prefers, from other sentences: the reward to judge by, which nobody learns by.

    It adds up a bag of words and what the vectors of the real model say, at about 10 ms a text. `quick` is the bag of
    words alone.
    """
    words = fit_words(preferences.rated(preferences.GOLD, 1), RewardConfig(seed=100))
    if quick:
        return words
    return lambda texts: 0.6 * words(texts) + 0.6 * real_features.reward(texts)


def standardised(reward: Reward, texts: Sequence[str]) -> Reward:
    """The same reward in other units: over these texts its mean is 0, and its standard deviation 1.

    >>> standardised(lambda texts: torch.tensor([float(len(one)) for one in texts]), ["a", "abc"])(["ab", "abcd"])
    tensor([0.0000, 1.4142])
    """
    given = reward(list(texts))
    mean, deviation = given.mean(), given.std()
    if not deviation > 0:
        raise ValueError(
            f"the reward is {mean:.3g} for all of {len(texts)} texts, so nothing can be its unit"
        )
    return lambda others: (reward(others) - mean) / deviation
