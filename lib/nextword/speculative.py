"""Rung `speculative`: several tokens for one reading of a large model, by guesses that it checks.

To read one token a model moves all of its weights through the processor's memory; to read five costs hardly more. So
somebody quick, the draft, guesses the next few tokens, and the model, the target, reads them all at once. It keeps
guesses by chance, just so often that what comes out is distributed as if the target had written alone.
Sources: Leviathan, Kalman and Matias 2023 (arXiv 2211.17192); Chen et al. 2023 (arXiv 2302.01318); for drafts that are
looked up in the text, Saxena 2023 (Prompt Lookup Decoding).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch.nn import functional

from nextword import generation, sampling
from nextword.attention_parts.kv_cache import KVCache
from nextword.base.shapes import Float, Int, Probabilities, Tensor
from nextword.generation import GREEDY, SamplingConfig
from nextword.transformer import Transformer

Guesses = tuple[list[int], Float[Tensor, "guesses vocab"]]  # tokens, and the chances they were drawn with


def accept(
    target: Float[Tensor, "guesses vocab"],
    draft: Float[Tensor, "guesses vocab"],
    guessed: Int[Tensor, "guesses"],
    pins: Float[Tensor, "guesses"],
) -> int:
    """How many guesses stay: those before the first that is refused.

    A guess x is kept with the chance min(1, target(x) / draft(x)): its pin, a random number from 0 to 1, lies below.

    >>> target, draft = torch.tensor([[0.2, 0.8], [0.5, 0.5]]), torch.tensor([[0.4, 0.6], [0.5, 0.5]])
    >>> [accept(target, draft, torch.tensor([0, 1]), torch.tensor([pin, 0.9])) for pin in (0.4, 0.6)]
    [2, 0]
    """
    places = guessed[:, None]
    ratio = target.gather(1, places) / draft.gather(1, places)  # (guesses, 1)
    kept = pins < ratio[:, 0]  # a ratio above 1 is always above the pin
    return int(kept.cumprod(dim=0).sum())


def residual(target: Probabilities, draft: Probabilities) -> Probabilities:
    """What is drawn from where a guess was refused: the chances that the draft gave too little, as shares of 1.

    Where the draft gave none too little the two are equal, no guess is ever refused, and the target's come back.

    >>> residual(torch.tensor([0.2, 0.5, 0.3]), torch.tensor([0.6, 0.3, 0.1]))
    tensor([0.0000, 0.5000, 0.5000])
    """
    missing = (target - draft).clamp(min=0)
    total = missing.sum(dim=-1, keepdim=True)
    return torch.where(total > 0, missing / total, target)


def verify(
    target: Float[Tensor, "places vocab"],  # one more than guesses
    draft: Float[Tensor, "guesses vocab"],
    guessed: list[int],
    generator: torch.Generator | None = None,
) -> list[int]:
    """The tokens of a round: the guesses that stay, and one more, drawn in place of the first that was refused.

    Where all stay, the last row of the target's chances gives the one more: it has read them all.

    >>> certain = torch.eye(3)
    >>> verify(certain[[0, 1, 2]], certain[[0, 0]], [0, 0])  # the second guess is refused
    [0, 1]
    """
    pins = torch.rand(len(guessed), device=target.device, generator=generator, dtype=torch.float64)
    tokens = torch.tensor(guessed, dtype=torch.long, device=target.device)
    n_kept = accept(target[: len(guessed)], draft, tokens, pins)
    chances = target[n_kept]
    if n_kept < len(guessed):
        chances = residual(chances, draft[n_kept])
    return [*guessed[:n_kept], int(sampling.draw(chances, generator))]


@dataclass(frozen=True)
class Round:
    """What became of the guesses between two readings of the target."""

    guessed: list[int]
    n_kept: int  # of the guesses
    tokens: list[int]  # what the text got: the guesses that were kept, and one more


class Draft:
    """Who guesses: a smaller model, a part of the same one, or a look into the text so far."""

    vocab_size: int

    def guess(
        self, ids: list[int], n: int, config: SamplingConfig, generator: torch.Generator | None
    ) -> Guesses:
        """At most n tokens that may follow, and for each the chances from which it was drawn."""
        raise NotImplementedError


class ModelDraft(Draft):
    """A quick model guesses, token by token; it has a cache of its own, and needs the target's vocabulary."""

    def __init__(self, model: Transformer):
        self.model, self.vocab_size = model, model.config.vocab_size
        self.cache, self.has_read = KVCache(), []

    def guess(
        self, ids: list[int], n: int, config: SamplingConfig, generator: torch.Generator | None = None
    ) -> Guesses:
        """n tokens, drawn one after the other from what the model holds likely."""
        text, rows, device = list(ids), [], self.model.embedding.weight.device
        self.cache.truncate(shared_length(self.has_read, ids[:-1]))  # guesses that were refused are forgotten
        for _ in range(n):
            unread = torch.tensor([text[self.cache.length :]], device=device)
            rows.append(chances(generation.read(self.model, unread, self.cache), config)[0])
            self.has_read = list(text)
            text.append(int(sampling.draw(rows[-1], generator)))
        return text[len(ids) :], torch.stack(rows) if rows else no_rows(self.vocab_size, device)


class LookupDraft(Draft):
    """Prompt lookup: where the last few tokens stood before, there is what followed then. It costs no model at all."""

    def __init__(self, vocab_size: int, longest: int = 3, device: torch.device | None = None):
        self.vocab_size, self.longest, self.device = vocab_size, longest, device  # longest in tokens

    def guess(
        self, ids: list[int], n: int, config: SamplingConfig, generator: torch.Generator | None = None
    ) -> Guesses:
        """What followed the latest earlier place that ends as the text does; each guess has chance 1.

        >>> LookupDraft(9).guess([1, 2, 3, 4, 1, 2], 2, GREEDY)[0]
        [3, 4]
        """
        guessed = look_up(ids, self.longest)[:n]
        if not guessed:
            return [], no_rows(self.vocab_size, self.device)
        places = torch.tensor(guessed, device=self.device)
        return guessed, functional.one_hot(places, self.vocab_size).float()


def look_up(ids: list[int], longest: int) -> list[int]:
    """What followed when the last `longest` tokens stood in the text before; else the last `longest` - 1, and so on."""
    for size in range(min(longest, len(ids) - 1), 0, -1):
        for place in range(len(ids) - size - 1, -1, -1):
            if ids[place : place + size] == ids[-size:]:
                return ids[place + size :]
    return []


def early_exit(model: Transformer, n_layers: int) -> Transformer:
    """The same model without its last layers, as a draft: it shares all weights, and takes no memory of its own."""
    if not 0 < n_layers <= model.config.n_layers:
        raise ValueError(
            f"{n_layers} layers are not possible: this model has 1 to {model.config.n_layers} to read with"
        )
    with torch.device("meta"):  # the shape alone, without memory
        part = Transformer(replace(model.config, n_layers=n_layers))
    weights = model.state_dict()
    part.load_state_dict({name: weights[name] for name in part.state_dict()}, assign=True)
    return part.eval()


def generate(
    target: Transformer,
    draft: Draft,
    ids: list[int],
    config: SamplingConfig = GREEDY,
    n_guesses: int = 4,
    generator: torch.Generator | None = None,
    rounds: list[Round] | None = None,
) -> Iterator[int]:
    """The tokens that follow, distributed as those of `generation.generate`; each round is noted in `rounds`."""
    if draft.vocab_size != target.config.vocab_size:
        raise ValueError(
            f"the draft guesses among {draft.vocab_size} tokens, and the target knows {target.config.vocab_size}: "
            "both need the same vocabulary, so take a draft that was made with the target's tokenizer"
        )
    if n_guesses < 1:
        raise ValueError(
            f"n_guesses is {n_guesses}, and is 1 or more: without guesses use generation.generate"
        )
    generation.check_room(ids, config, target.config.context)
    return rounds_of(target, draft, list(ids), config, n_guesses, generator, [] if rounds is None else rounds)


def rounds_of(
    target: Transformer,
    draft: Draft,
    ids: list[int],
    config: SamplingConfig,
    n_guesses: int,
    generator: torch.Generator | None,
    rounds: list[Round],
) -> Iterator[int]:
    """The loop itself: guess, read, keep what may stay, and cut the cache back to it."""
    cache, end = KVCache(), len(ids) + config.max_new
    if len(ids) > 1:
        generation.read(target, as_row(ids[:-1], target), cache)
    while len(ids) < end:
        guessed, draft_chances = draft.guess(ids, min(n_guesses, end - len(ids) - 1), config, generator)
        logits = read_all(target, as_row([ids[-1], *guessed], target), cache)[0]
        new = verify(chances(logits, config), draft_chances, guessed, generator)
        rounds.append(Round(guessed, len(new) - 1, new))
        for token in new:
            if token in config.stop:
                return
            yield token
        ids = ids + new
        cache.truncate(
            len(ids) - 1
        )  # the last is read in the next round, and what was refused never stood there


def chances(logits: Float[Tensor, "*batch vocab"], config: SamplingConfig) -> Probabilities:
    """The probabilities with which a token is chosen, all settings taken into account; at temperature 0 a single 1."""
    return sampling.distribution(logits.float(), config.temperature, config.k, config.p, config.min_p)


@torch.inference_mode()
def read_all(model: Transformer, ids: Int[Tensor, "batch seq_len"], cache: KVCache) -> Tensor:
    """Logits for what comes after each of these tokens, not after the last alone."""
    return model(ids, cache)


def as_row(ids: list[int], model: Transformer) -> Int[Tensor, "1 seq_len"]:
    """Tokens as a batch of one, where the model is."""
    return torch.tensor([ids], device=model.embedding.weight.device)


def no_rows(vocab_size: int, device: torch.device | None) -> Float[Tensor, "0 vocab"]:
    """The chances of no guesses."""
    return torch.zeros(0, vocab_size, device=device)


def shared_length(one: list[int], other: list[int]) -> int:
    """How many tokens two texts begin with alike; quick where they part near the end.

    >>> shared_length([1, 2, 3], [1, 2, 4, 5])
    2
    """
    n = min(len(one), len(other))
    while one[:n] != other[:n]:
        n -= 1
    return n


def expected_tokens(acceptance: float, n_guesses: int) -> float:
    """Tokens that a round gives on average, where each guess is kept with this chance (Leviathan et al., equation 1).

    >>> expected_tokens(0.5, 2)  # 1 always, 1 more in half of the rounds, another in half of those
    1.75
    """
    return sum(acceptance**n for n in range(n_guesses + 1))
