"""Rung `exact_world`: a small world in which it is known exactly how good a text is.

A grammar of thirty lines tells stories, and a few rules that anyone can read say what each is worth. So whatever learns
from judges who err can be held against the truth, which no judge of real texts knows.
Sources: the "gold" reward of Gao et al. 2022 (arXiv 2210.10760), here exact; Bradley and Terry 1952 for the judges.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import torch

from nextword import finetuning, kl, recipes, reward_model, rollouts, training
from nextword.base.shapes import Bool, Float, Tensor
from nextword.exact_world_parts.grammar import GRAMMAR, points, rules, sentences, tell
from nextword.finetuning import Example
from nextword.optim import Group, Optimizer
from nextword.recipes import END
from nextword.reward_model import WordsReward
from nextword.tokenizer import Tokenizer
from nextword.training import Run, TrainingConfig
from nextword.transformer import ModelConfig, Transformer

__all__ = ["GRAMMAR", "points", "rules", "sentences", "tell"]  # the grammar's own, under this rung's name

SEQ_LEN = 48  # the most tokens of a story, with the mark in front: none of the grammar's has more


@dataclass(frozen=True)
class Preference:
    """Two stories from one prompt, as a judge saw them."""

    chosen: str
    rejected: str


@dataclass(frozen=True)
class Measured:
    """What a policy's stories are like, means over many of them."""

    stories: list[str]
    gold: float  # what they are worth
    kl: float  # nats a story from the reference
    finished: float  # share that came to an end
    tokens: float  # that it wrote itself


def gold(stories: list[str]) -> Float[Tensor, "texts"]:
    """What each story is truly worth: the sum of its points.

    >>> gold(["One day a hen went to the sea. The hen bit the cat. Then the hen slept and was sorry."])
    tensor([-2.])
    """
    return torch.tensor([float(sum(points(story).values())) for story in stories])


def judge(first: Sequence[str], second: Sequence[str], generator: torch.Generator) -> Bool[Tensor, "pairs"]:
    """Whether a judge prefers the first story of each pair: the better the story, the likelier, but never surely.

    Bradley-Terry: the chance is the sigmoid of the difference of what they are worth.
    """
    margin = gold(list(first)) - gold(list(second))
    return torch.rand(len(margin), generator=generator) < torch.sigmoid(margin)


def preferences(first: Sequence[str], second: Sequence[str], generator: torch.Generator) -> list[Preference]:
    """The judge's choice between the stories of each pair."""
    wins = judge(first, second, generator).tolist()
    return [
        Preference(*((one, other) if win else (other, one)))
        for one, other, win in zip(first, second, wins, strict=True)
    ]


def learned_reward(pairs: Sequence[Preference], steps: int = 150, l2: float = 1e-3) -> WordsReward:
    """What the judges seem to like: a bag of words fitted to their choices, in seconds; it never sees the gold."""
    known = reward_model.vocabulary(
        [story for pair in pairs for story in (pair.chosen, pair.rejected)], least=1
    )
    reward = WordsReward(known, torch.zeros(len(known), requires_grad=True))
    chosen, rejected = (
        reward.rows([getattr(pair, which) for pair in pairs]) for which in ("chosen", "rejected")
    )
    optimizer = Optimizer([Group({"dials": reward.dials}, "adamw", 0.05)])
    for step in range(steps):
        surprise = reward_model.loss(reward.add_up(chosen), reward.add_up(rejected))
        (surprise + l2 * reward.dials.square().sum()).backward()
        optimizer.step(1 - step / steps)
    return WordsReward(known, reward.dials.detach())


def prompts(tokenizer: Tokenizer, n: int) -> list[list[int]]:
    """The beginnings of n stories, one animal after the other: "One day a hen"."""
    animals = rules()["ANIMAL"]
    end = tokenizer.id_of(END)
    return [[end, *tokenizer.encode(f"One day a {animals[i % len(animals)]}")] for i in range(n)]


@cache
def make_tokenizer() -> Tokenizer:
    """Byte-pair encoding learned from stories, until every word with the space before it is one token."""
    random = Random(0)
    return Tokenizer.train("\n".join(tell(random) for _ in range(2000)), 2000, special=(END,))


def examples(stories: Sequence[str], tokenizer: Tokenizer) -> list[Example]:
    """Each story between two marks of an end, of which the second is learned too."""
    end = tokenizer.id_of(END)
    return [Example((end, *tokenizer.encode(story), end), 1) for story in stories]


def new_model(tokenizer: Tokenizer, seed: int = 0) -> Transformer:
    """A transformer with dials drawn by chance, large enough for this world."""
    config = ModelConfig(vocab_size=tokenizer.vocab_size, **recipes.shape(96, 2, 2, 64))
    return Transformer(config, torch.Generator().manual_seed(seed))


def storyteller(
    seed: int = 0, steps: int = 160, after_step: Callable[[Run], None] | None = None
) -> tuple[Transformer, Tokenizer]:
    """A model that has learned to tell the grammar's stories, good and bad alike, and its tokenizer."""
    tokenizer, random = make_tokenizer(), Random(seed)
    config = TrainingConfig(steps, batch=32, context=SEQ_LEN, seed=seed)
    run = training.begin(new_model(tokenizer, seed), config)
    told = examples([tell(random) for _ in range(32 * steps)], tokenizer)
    finetuning.finetune(run, told, tokenizer.id_of(END), after_step)
    return run.model.eval(), tokenizer


@torch.no_grad()
def measure(
    policy: Transformer, reference: Transformer, tokenizer: Tokenizer, n: int = 256, seed: int = 0
) -> Measured:
    """Let a policy tell n stories, and look at them; the KL is exact at each token, and a mean over the stories."""
    chance = torch.Generator().manual_seed(seed)
    told = rollouts.sample(policy, prompts(tokenizer, n), tokenizer.id_of(END), SEQ_LEN, chance)
    apart = kl.exact(policy(told.ids[:, :-1]), reference(told.ids[:, :-1]))  # (stories, places)
    stories, own = told.texts(tokenizer), told.mask.sum(dim=1).float()
    distance = torch.where(told.mask, apart, 0).sum(dim=1).mean().item()
    finished = told.finished.float().mean().item()
    return Measured(stories, gold(stories).mean().item(), distance, finished, own.mean().item())
