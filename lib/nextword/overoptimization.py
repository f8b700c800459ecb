"""Rung `overoptimization`: what becomes of the truth while a stand-in for it is pushed ever higher.

A learned reward is a proxy: it stands in for what is meant, the gold reward. Who looks hard for texts with a high proxy
finds texts of another kind. How hard was looked is told in nats, by the KL from the model that did not look.
Sources: Gao, Schulman and Hilton 2022 (arXiv 2210.10760); Stiennon et al. 2020 (arXiv 2009.01325), appendix G.3, and
Beirami et al. 2024 (arXiv 2401.01879) for best-of-n; Coste et al. 2023 (arXiv 2310.02743) for several proxies.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from nextword import kl, ppo, rollouts, text
from nextword.base.shapes import Float, Tensor
from nextword.ppo import Reward, Run
from nextword.transformer import Transformer


@dataclass(frozen=True)
class Point:
    """What was measured of a policy, over many texts that it wrote: means and shares."""

    kl: float  # nats a text from the reference
    proxy: float  # the reward that it learns by
    gold: float  # the reward that is meant
    distinct: float  # share of all runs of three words that are different
    finished: float  # share of the texts that came to their end


After = Callable[[Run, Point, list[str]], None]  # sees a measurement, and the texts that it was made on


def best_of_n_kl(n: int) -> float:
    """How far the best of n texts lies from the model that wrote them: log n - (n-1)/n, in nats.

    So it is where no two texts are worth the same; where some are, it is less.

    >>> round(best_of_n_kl(16), 4)
    1.8351
    """
    return math.log(n) - (n - 1) / n


def best_of_n_chances(
    chances: Float[Tensor, "texts"], proxy: Float[Tensor, "texts"], n: int
) -> Float[Tensor, "texts"]:
    """The chance of each text to be the best of n that a model draws, where it draws this one with that chance.

    The best of n is worth no more than r if all n are. Among texts that are worth the same, the first drawn is taken.

    >>> best_of_n_chances(torch.tensor([0.5, 0.25, 0.25]), torch.tensor([0.0, 1.0, 1.0]), 2)
    tensor([0.2500, 0.3750, 0.3750])
    """
    at_most = torch.stack([chances[proxy <= one].sum() for one in proxy])
    below = torch.stack([chances[proxy < one].sum() for one in proxy])
    return (at_most**n - below**n) * chances / (at_most - below).clamp(min=1e-30)


def expected_best(proxy: Float[Tensor, "texts"], value: Float[Tensor, "texts"], n: int) -> float:
    """The mean value of the text with the highest proxy among n, over all ways to choose n of these texts.

    With `value` the proxy itself this is what best-of-n gains, with the gold reward what it is truly worth. All n lie
    at a level of the proxy or below in C(texts up to there, n) of C(texts, n) ways. Of equals each is as likely.

    >>> round(expected_best(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([12.0, 24.0, 0.0]), n=2), 6)  # 24, 0 and 0
    8.0
    """
    if not 1 <= n <= len(proxy):
        raise ValueError(f"the best of {n} is asked for, and there are {len(proxy)} texts: n is 1 to that")
    _, level, sizes = proxy.unique(return_inverse=True, return_counts=True)  # levels from the lowest up
    means = torch.zeros(len(sizes), dtype=torch.float64).index_add(0, level, value.double()) / sizes
    ways = [math.comb(size, n) / math.comb(len(proxy), n) for size in sizes.cumsum(0).tolist()]
    chances = torch.tensor([0.0, *ways], dtype=torch.float64).diff()  # that the best lies at this level
    return (chances * means).sum().item()


def standardise(
    rewards: Float[Tensor, "*proxies texts"], samples: Float[Tensor, "*proxies samples"]
) -> Float[Tensor, "*proxies texts"]:
    """Rewards in each proxy's own units: 0 is its mean over the samples, and 1 its standard deviation there.

    >>> standardise(torch.tensor([4.0, 8.0]), samples=torch.tensor([2.0, 4.0, 6.0]))
    tensor([0., 2.])
    """
    mean, spread = samples.mean(dim=-1, keepdim=True), samples.std(dim=-1, keepdim=True)
    if not (spread > 1e-6 * samples.abs().amax(dim=-1, keepdim=True)).all():
        raise ValueError(
            f"a proxy gives all {samples.shape[-1]} samples the same reward, and so has no unit: leave it out, or give "
            "other samples"
        )
    return (rewards - mean) / spread


def combine(
    rewards: Float[Tensor, "proxies texts"], samples: Float[Tensor, "proxies samples"], how: str = "mean"
) -> Float[Tensor, "texts"]:
    """One reward out of several proxies', each in its own units first: their "mean", or the "minimum" of them.

    >>> given, samples = torch.tensor([[0.0, 1.0], [0.0, -30.0]]), torch.tensor([[-1.0, 0, 1], [-10, 0, 10]])
    >>> combine(given, samples), combine(given, samples, "minimum")
    (tensor([ 0., -1.]), tensor([ 0., -3.]))
    """
    if how not in ("mean", "minimum"):
        raise ValueError(f'combined by their "mean" or their "minimum", and not by {how!r}')
    standard = standardise(rewards, samples)
    return standard.mean(dim=0) if how == "mean" else standard.amin(dim=0)


def jury(proxies: Sequence[Reward], texts: list[str], how: str = "mean") -> Reward:
    """A reward for any text from several proxies, each in the units that these texts give it."""
    samples = torch.stack([check(proxy(texts), texts, "a proxy") for proxy in proxies])
    combine(samples, samples, how)  # refuses here, and not in the middle of a climb, what cannot be combined
    return lambda others: combine(torch.stack([proxy(others) for proxy in proxies]), samples, how)


def distinct(texts: Sequence[str], n: int = 3) -> float:
    """The share of all runs of n words that are different, over all the texts: it falls where they say the same.

    A run lies inside one text. Where no text has n words, nothing was said twice: 1.

    >>> distinct(["The film is good.", "The film is bad"])  # "the film is" comes twice; "film is good", "is good ."
    0.8
    """
    said = [text.words(one) for one in texts]
    runs = [tuple(words[i : i + n]) for words in said for i in range(len(words) - n + 1)]
    return len(set(runs)) / len(runs) if runs else 1.0


def turned(points: Sequence[Point], margin: float = 0.0) -> int | None:
    """The place of the highest gold, if gold fell by more than the margin behind it; None if it never did.

    The margin is what chance alone may do, such as twice the standard error of one measurement.

    >>> turned([Point(kl, 0, gold, 1, 1) for kl, gold in enumerate([0.0, 2.0, 1.5, -1.0])])
    1
    """
    if not points:
        raise ValueError("there are no measurements: measure at least once on the way")
    golds = [point.gold for point in points]
    best = golds.index(max(golds))
    return best if golds[best] - min(golds[best:]) > margin else None


def check(rewards: Tensor, texts: Sequence[str], whose: str) -> Float[Tensor, "texts"]:
    """The rewards, if there is one for each text and all are numbers; else a ValueError says which is none."""
    if len(rewards) != len(texts):
        raise ValueError(f"{whose} gave {len(rewards)} rewards for {len(texts)} texts: one each is needed")
    for reward, one in zip(rewards.tolist(), texts, strict=True):
        if not math.isfinite(reward):
            raise ValueError(f"{whose} gave {reward} for {one!r}: a finite number is needed")
    return rewards


@torch.no_grad()
def mean_kl(policy: Transformer, reference: Transformer, written: rollouts.Rollouts) -> float:
    """How far texts that the policy wrote lie from the reference, in nats a text.

    At each of its tokens exactly, by the sum over the whole vocabulary: farther out guesses from drawn tokens are poor.
    """
    ids = written.ids[:, :-1]
    distances = kl.exact(policy(ids), reference(ids))  # (texts, seq_len-1)
    return (distances * written.mask).sum(dim=1).mean().item()


def measure(run: Run, gold: Reward, n: int = 128, seed: int = 1000) -> tuple[Point, list[str]]:
    """Let a run's policy write n texts, and measure them; they are given, too. The run's own chance is not touched."""
    prompts = [run.prompts[i % len(run.prompts)] for i in range(n)]
    generator = torch.Generator().manual_seed(seed)
    written = rollouts.sample(run.policy, prompts, run.end, run.config.seq_len, generator)
    texts = written.texts(run.tokenizer)
    point = Point(
        kl=mean_kl(run.policy, run.reference, written),
        proxy=check(run.reward(texts), texts, "the proxy").mean().item(),
        gold=check(gold(texts), texts, "gold").mean().item(),
        distinct=distinct(texts),
        finished=written.finished.float().mean().item(),
    )
    return point, texts


def climb(run: Run, gold: Reward, every: int = 4, n: int = 128, after: After | None = None) -> list[Point]:
    """Train by the proxy, and measure before, after every so many rounds, and at the end; gold only looks on.

    `after` sees each measurement, and what was written for it.
    """
    points: list[Point] = []

    def look(run: Run) -> None:
        if len(run.history) % every == 0 or len(run.history) == run.config.rounds or run.is_far:
            point, texts = measure(run, gold, n)
            points.append(point)
            if after is not None:
                after(run, point, texts)

    look(run)
    ppo.train(run, look)
    return points
