"""Rung `ngram`: predict the next word by counting what followed before.

An n-gram model looks at the last few tokens, finds every place where the same tokens stood in its training
text, and counts what came next. A token is anything that can be counted: a word, or one byte of a text.
Sources: Shannon, "A Mathematical Theory of Communication" (1948), section 3; Jurafsky and Martin, "Speech and
Language Processing", chapter 3.
"""

import copy
import math
import random
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from functools import cached_property

Token = Hashable


def count_next(tokens: Sequence[Token], n_context: int = 1) -> dict[tuple, Counter]:
    """For each run of `n_context` tokens, how often each token came right after it.

    >>> count_next(["the", "swan", "and", "the", "duck"])[("the",)]
    Counter({'swan': 1, 'duck': 1})
    """
    shifted = [tokens[start:] for start in range(n_context + 1)]
    table = {}
    for run, times in Counter(zip(*shifted, strict=False)).items():
        table.setdefault(run[:-1], Counter())[run[-1]] = times
    return table


def probabilities(counts: dict[Token, int]) -> dict[Token, float]:
    """Maximum likelihood: each token's share of the counts, so that all shares sum to 1.

    >>> probabilities({"boy": 3, "girl": 1})
    {'boy': 0.75, 'girl': 0.25}
    """
    total = sum(counts.values())
    return {token: count / total for token, count in counts.items()}


def smooth(counts: dict[Token, int], vocabulary: Collection[Token], extra: float = 1.0) -> dict[Token, float]:
    """Additive (Laplace) smoothing: probabilities as if each token of the vocabulary had been seen `extra` times more.

    >>> smooth({"boy": 3}, ["boy", "girl"])
    {'boy': 0.8, 'girl': 0.2}
    """
    total = sum(counts.values()) + extra * len(vocabulary)
    return {token: (counts.get(token, 0) + extra) / total for token in vocabulary}


def loss(probabilities: Iterable[float]) -> float:
    """Cross-entropy, in nats per token: the mean surprise -log p at tokens that were given these probabilities.

    >>> round(loss([0.5, 0.01]), 2)
    2.65
    """
    surprises = [-math.log(p) if p > 0 else math.inf for p in probabilities]
    return sum(surprises) / len(surprises)


def bits_per_byte(nats: float, n_bytes: int) -> float:
    """A text's whole surprise in nats, told in bits and shared out over its bytes.

    Comparable between models whatever their tokens are: every text has one number of bytes.

    >>> bits_per_byte(math.log(2) * 80, n_bytes=10)
    8.0
    """
    return nats / math.log(2) / n_bytes


class NGram:
    """A next-token predictor made of counts, for contexts of 0, 1, ... `n_context` tokens."""

    def __init__(self, tokens: Sequence[Token], n_context: int, vocabulary: Collection[Token] | None = None):
        self.n_context = n_context
        self.vocabulary = sorted(set(tokens)) if vocabulary is None else vocabulary
        self.tables = [count_next(tokens, length) for length in range(n_context + 1)]
        self.totals = [{context: sum(counts.values()) for context, counts in t.items()} for t in self.tables]

    def shortened(self, n_context: int) -> "NGram":
        """The same counts, used with contexts of at most `n_context` tokens."""
        if not 0 <= n_context <= self.n_context:
            raise ValueError(
                f"n_context {n_context} is not possible: this model counted 0 to {self.n_context}"
            )
        shorter = copy.copy(self)
        shorter.n_context = n_context
        return shorter

    def counts(self, context: Sequence[Token]) -> Counter:
        """What followed the longest end of this context that was ever seen."""
        for end in reversed(self.ends(context)):
            if counts := self.tables[len(end)].get(end):
                return counts
        return Counter()

    def ends(self, context: Sequence[Token]) -> list[tuple]:
        """The empty context, its last token, its last two, ... up to `n_context`."""
        longest = min(self.n_context, len(context))
        return [tuple(context[len(context) - length :]) for length in range(longest + 1)]

    def probability(self, context: Sequence[Token], token: Token) -> float:
        """How likely `token` is to come next: never 0 for a token of the vocabulary.

        Witten-Bell interpolation (1991) starts by knowing nothing (every token alike), then lets each longer context
        correct the guess; the more different tokens have followed a context, the more room it leaves for others.
        """
        p = 1 / len(self.vocabulary)
        for end in self.ends(context):
            if counts := self.tables[len(end)].get(end):
                kinds, total = len(counts), self.totals[len(end)][end]
                p = (counts.get(token, 0) + kinds * p) / (total + kinds)
        return p

    def distribution(self, context: Sequence[Token]) -> dict[Token, float]:
        """The `probability` of every token of the vocabulary, all at once."""
        p = dict(self.without_context)
        for end in self.ends(context)[1:]:
            p = self.corrected(p, end)
        return p

    @cached_property
    def without_context(self) -> dict[Token, float]:
        """How likely each token is, whatever came before."""
        return self.corrected(dict.fromkeys(self.vocabulary, 1 / len(self.vocabulary)), ())

    def corrected(self, p: dict[Token, float], end: tuple) -> dict[Token, float]:
        """A guess, corrected by what was seen to follow `end`."""
        counts = self.tables[len(end)].get(end)
        if not counts:
            return p
        kinds, total = len(counts), self.totals[len(end)][end]
        p = {token: kinds * before / (total + kinds) for token, before in p.items()}
        for token, count in counts.items():
            p[token] += count / (total + kinds)
        return p

    def surprise(self, tokens: Sequence[Token]) -> float:
        """The whole surprise of a text, in nats, read from its first token to its last."""
        contexts = (tokens[max(0, place - self.n_context) : place] for place in range(len(tokens)))
        p = [self.probability(context, token) for context, token in zip(contexts, tokens, strict=True)]
        return loss(p) * len(p)

    def write(self, start: Sequence[Token], n_tokens: int, chance: random.Random) -> list[Token]:
        """New tokens after `start`: predict the next, let chance pick one, and go on from there."""
        written = list(start)
        for _ in range(n_tokens):
            shares = probabilities(self.counts(written))
            written += chance.choices(list(shares), weights=list(shares.values()))
        return written[len(start) :]


def copied_share(tokens: Sequence[Token], source: Sequence[Token], run: int = 6) -> float:
    """The share of `tokens` that lie in a run of at least `run` tokens standing just so in `source`.

    >>> copied_share(["x", "the", "old", "oak"], ["the", "old", "oak", "fell"], run=3)
    0.75
    """
    known = {tuple(source[start : start + run]) for start in range(len(source) - run + 1)}
    copied = set()
    for start in range(len(tokens) - run + 1):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)
