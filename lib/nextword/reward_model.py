"""Rung `reward_model`: one number for any text, learned from pairs, so that the better one's is likely the higher.

By Bradley and Terry the chance that people prefer one text to another is the sigmoid of the difference of their two
rewards. What reads the text is free: the words in it, a small transformer, the vectors of a real model.
Sources: Bradley and Terry 1952; Stiennon et al. 2020 (arXiv 2009.01325), section 3.4; Ouyang et al. 2022 (InstructGPT,
arXiv 2203.02155), section 3.5.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from nextword import preferences
from nextword.base.datasets import Rated
from nextword.base.shapes import Float, Int, Tensor
from nextword.optim import Group, Optimizer
from nextword.reward_model_parts import features
from nextword.reward_model_parts.words import WordsReward, vocabulary
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer

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


def fit_columns(
    columns: Float[Tensor, "texts n"], some: Sequence[Rated], config: RewardConfig
) -> Float[Tensor, "n"]:
    """One dial for each column of numbers that describe the texts, so that rewards are `columns @ dials`."""
    dials = torch.zeros(columns.shape[1], requires_grad=True)
    fit(lambda chosen: columns[chosen] @ dials, {"dials": dials}, some, config)
    return dials.detach()


def fit_model(
    model: Transformer,
    tokenizer: Tokenizer,
    some: Sequence[Rated],
    config: RewardConfig,
    after_step: Callable[[int, float], None] | None = None,
) -> Reward:
    """Turn all dials of a language model, and those of a new head on the mean of its last vectors; gives its reward.

    The model is turned itself: give a copy.
    """
    head = torch.zeros(model.config.d_model, requires_grad=True)
    layers, ids = (model.config.n_layers,), features.ids_of([one.text for one in some], tokenizer, model)
    turned = model.requires_grad_(True).named_parameters()
    dials = {name: dial for name, dial in turned if name.startswith(("embedding", "positions", "layers"))}
    fit(
        lambda chosen: features.mean_vectors(model, [ids[i] for i in chosen.tolist()], layers) @ head,
        dials | {"head": head},
        some,
        config,
        after_step,
    )
    return lambda texts: features.of_model(model, tokenizer, texts, layers) @ head.detach()


def without_length(
    rewards: Float[Tensor, "texts"], lengths: Int[Tensor, "texts"] | Float[Tensor, "texts"]
) -> Float[Tensor, "texts"]:
    """Rewards less the part that a straight line through the logs of the texts' lengths explains; their mean stays.

    Source: the idea of Singhal et al. 2023 (arXiv 2310.03716), who find how much of a reward is length.

    >>> without_length(torch.tensor([0.0, 1.0, 5.0]), torch.tensor([1, 10, 100]))
    tensor([2.5000, 1.0000, 2.5000])
    """
    logs = lengths.log() - lengths.log().mean()
    slope = (logs * rewards).sum() / logs.square().sum().clamp(min=1e-6)
    return rewards - slope * logs


@functools.cache
def people(seed: int = 0) -> WordsReward:
    """What people prefer, by words alone, from half of the proxy's sentences' ratings: the reward to learn by."""
    return fit_words(preferences.rated(preferences.PROXY, 0), RewardConfig(seed=seed))


@functools.cache
def gold(quick: bool = False) -> Reward:
    """What people prefer, from other sentences and their other ratings: the reward to judge by, which nobody learns by.

    It adds up a bag of words and what the vectors of the real model say, at about 10 ms a text. `quick` is the bag of
    words alone.
    """
    words = fit_words(preferences.rated(preferences.GOLD, 1), RewardConfig(seed=100))
    if quick:
        return words
    return lambda texts: 0.6 * words(texts) + 0.6 * features.reward(texts)


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
