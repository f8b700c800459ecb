"""Rung `taste`: what one reader likes, learned from a few dozen of their choices between two texts.

So few choices can set only few dials. So nothing is learned but one weight for each of some features that people can
read, and for each direction of the GloVe vectors, and a prior holds every weight near 0 until choices speak for it.
Sources: Bradley and Terry 1952 (choices as differences); Bishop 2006, section 4.3.3 (Newton's method), 4.5.1 (doubts).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from nextword import embeddings
from nextword.base.shapes import Float, Tensor
from nextword.taste_parts import readings
from nextword.taste_parts.readings import READABLE, Choice, Features, Reward

GLOVE_WORDS = 20_000
GLOVE_SCALE = 0.25  # a feature that has a name is believed four times sooner than a direction that has none
SURE = 2.2  # doubts: 12 of 200 readers who toss a coin bring one of their nine weights as far
STEPS = 100  # of Newton's method at most: six or seven are enough for what people choose


def features(samples: Sequence[str], kindness: Reward) -> Features:
    """The features of texts, in the scale of these samples: of what the model writes before it is changed."""
    if len(samples) < 2:
        raise ValueError(f"{len(samples)} samples have no spread to measure in: give some hundreds")
    glove = embeddings.glove(GLOVE_WORDS)
    found = readings.raw(samples, kindness, glove)
    spreads = found.std(dim=0)
    spreads = torch.where(spreads > 0, spreads, 1.0)  # what no sample has, such as "?", tells none apart
    spreads[len(READABLE) :] /= GLOVE_SCALE
    return Features(kindness, glove, found.mean(dim=0), spreads)


@dataclass(frozen=True)
class Head:
    """A reward with a weight for each feature; what it gives two texts differs by the log-odds of a choice, in nats."""

    features: Features
    weights: Float[Tensor, "features"]
    doubts: Float[Tensor, "features"]  # how far off each may be: one standard deviation

    def reward(self, texts: Sequence[str]) -> Float[Tensor, "texts"]:
        """The reward of each text, in nats; its mean over the samples that the features were made for is 0."""
        return self.features(texts) @ self.weights

    def chance(self, first: str, second: str) -> float:
        """How likely the reader is to choose the first of two texts, if this head is right."""
        one, other = self.reward([first, second])
        return (one - other).sigmoid().item()

    def says(self, n: int = 3) -> str:
        """The n heaviest readable features, each with its weight and its doubt: "not -1.6 ± 0.5, length -0.7 ± 0.4".

        A weight is what one spread more of a feature does to the log-odds.
        """
        heaviest = self.weights[: len(READABLE)].abs().argsort(descending=True, stable=True)[:n].tolist()
        said = ", ".join(
            f"{READABLE[i]} {self.weights[i].item():+.1f} ± {self.doubts[i].item():.1f}" for i in heaviest
        )
        sure = any(self.weights[i].abs() > SURE * self.doubts[i] for i in heaviest)
        return said if sure else f"nothing for sure ({said})"


def fit(choices: Sequence[Choice], features: Features, prior: float = 1.0) -> Head:
    """The head that makes a reader's choices likeliest, as far as the prior lets it; a tenth of a second.

    Choices that contradict each other cancel out. Raises ValueError where there are none.
    """
    if not choices:
        raise ValueError("there are no choices to learn from: answer some pairs first, 24 for a plain taste")
    differences = steps(choices, features)
    weights = fit_weights(differences, prior)
    doubts = torch.linalg.inv(curvature(weights, differences, prior)).diagonal().sqrt()
    return Head(features, weights.float(), doubts.float())


def steps(choices: Sequence[Choice], features: Features) -> Float[Tensor, "choices features"]:
    """How far each chosen text lies from the rejected one, in each feature."""
    chosen = features([choice.chosen for choice in choices])
    return (chosen - features([choice.rejected for choice in choices])).double()


def foretold(choices: Sequence[Choice], features: Features, prior: float = 1.0) -> int:
    """How many choices are foretold by a head that learned from all the others; half of them would be by chance."""
    differences = steps(choices, features)
    others = [torch.arange(len(choices)) != place for place in range(len(choices))]
    weights = [fit_weights(differences[each], prior) for each in others]
    return sum(float(one @ each) > 0 for one, each in zip(differences, weights, strict=True))


def fit_weights(
    differences: Float[Tensor, "choices features"], prior: float = 1.0
) -> Float[Tensor, "features"]:
    """The weights with the least loss, by Newton's method: steps of slope over curvature.

    >>> fit_weights(torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]]), prior=0.0001)  # e ** 1.1 is 3
    tensor([1.0985, 0.0000])
    """
    weights = differences.new_zeros(differences.shape[1])
    for _ in range(STEPS):
        step = torch.linalg.solve(curvature(weights, differences, prior), slope(weights, differences, prior))
        while loss(weights - step, differences, prior) > loss(weights, differences, prior):
            step = step / 2  # too far: where the slope is nearly even, Newton's step is long
        weights = weights - step
        if step.norm() <= 1e-6 * weights.norm():
            break
    return weights


def loss(
    weights: Float[Tensor, "features"], differences: Float[Tensor, "choices features"], prior: float
) -> Float[Tensor, ""]:
    """The surprise at all choices, and at the weights where those that are near 0 are expected, in nats.

    >>> loss(torch.zeros(2), torch.tensor([[3.0, 1.0]]), prior=1.0)  # log 2: it could be either
    tensor(0.6931)
    """
    return -functional.logsigmoid(differences @ weights).sum() + prior / 2 * weights.square().sum()


def slope(
    weights: Float[Tensor, "features"], differences: Float[Tensor, "choices features"], prior: float
) -> Float[Tensor, "features"]:
    """The gradient of the loss: each choice pulls as strongly as the head was wrong about it."""
    wrong = torch.sigmoid(-(differences @ weights))  # the chance given to the text that was not chosen
    return prior * weights - differences.T @ wrong


def curvature(
    weights: Float[Tensor, "features"], differences: Float[Tensor, "choices features"], prior: float
) -> Float[Tensor, "features features"]:
    """The second derivatives of the loss: how fast its slope changes along each pair of weights."""
    wrong = torch.sigmoid(-(differences @ weights))
    steepness = (wrong * (1 - wrong))[:, None]  # (choices, 1)
    return (differences * steepness).T @ differences + prior * torch.eye(len(weights)).to(weights)


def most_unlike(rows: Float[Tensor, "texts features"]) -> tuple[int, int]:
    """The two rows that are farthest apart, the earlier first: a choice between them tells most.

    >>> most_unlike(torch.tensor([[0.0, 1.0], [0.0, 0.0], [2.0, 2.0]]))
    (1, 2)
    """
    if len(rows) < 2:
        raise ValueError(f"two texts are needed for a choice, and there is {len(rows)}")
    distances = (rows[:, None] - rows[None]).square().sum(dim=-1)  # (texts, texts)
    first, second = divmod(int(distances.triu(diagonal=1).argmax()), len(rows))
    return (first, second) if first < second else (0, 1)  # all alike


def offers(
    openings: Sequence[str], texts: Sequence[str], features: Features, generator: torch.Generator
) -> list[tuple[str, str, str]]:
    """Pairs to ask about, as (opening, one text, another): of each four texts with one opening the two most unlike."""
    rows, found = features(texts), []
    for opening in dict.fromkeys(openings):
        alike = [place for place, begins in enumerate(openings) if begins == opening]
        order = torch.randperm(len(alike), generator=generator).tolist()
        for four in (order[i : i + 4] for i in range(0, len(order) - 3, 4)):
            places = [alike[i] for i in four]
            found.append((opening, *(texts[places[i]] for i in most_unlike(rows[places]))))
    return [found[i] for i in torch.randperm(len(found), generator=generator).tolist()]


def best_of(n: int, texts: Sequence[str], reward: Reward) -> list[str]:
    """Of each n texts that follow each other, the one with the highest reward.

    >>> best_of(2, ["a", "bb", "ccc", "d"], lambda texts: torch.tensor([float(len(one)) for one in texts]))
    ['bb', 'ccc']
    """
    if n < 1 or len(texts) % n:
        raise ValueError(f"{len(texts)} texts do not part into groups of {n}")
    best = reward(list(texts)).reshape(-1, n).argmax(dim=1).tolist()
    return [texts[group * n + place] for group, place in enumerate(best)]
