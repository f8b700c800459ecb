"""Rung `black_box`: the whole model seen from outside, text in and chances for the next piece of text out.

This is how the course begins, before anything inside is known: ask for the chances, choose, add, ask again. Each time
the whole text goes in anew; rung `generation` does the same faster.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property

import torch

from nextword import ngram, pretrained, sampling, transformer
from nextword.attention_parts.kv_cache import KVCache
from nextword.base import overrides
from nextword.base.shapes import Stream, Tokens, Vector
from nextword.black_box_parts import token_text
from nextword.black_box_parts.token_text import TokenText
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.transformer import Transformer

Options = dict[str, float]  # each piece of text that may come next, and its probability
READ_AT_ONCE = 256  # tokens: attention looks at each of them from each


def likeliest(options: Options) -> str:
    """Greedy choice: the piece with the highest probability; of equals the first.

    >>> likeliest({" boy": 0.3, " girl": 0.5, " town": 0.2})
    ' girl'
    """
    return max(options, key=options.get)


def pick(options: Options, u: float) -> str:
    """The piece on which a pin falls, when the pieces lie end to end along a ruler, each as long as its probability.

    `u` is where it falls, from 0 to just below 1: the only chance there is.

    >>> pick({" boy": 0.3, " girl": 0.5, " town": 0.2}, 0.7)
    ' girl'
    """
    end = 0.0
    for piece, probability in options.items():
        end += probability
        if u < end:
            return piece
    return piece  # rounding left the sum a little below u


def write(start: str, n: int, machine: Callable[[str], Options], choose: Callable[[Options], str]) -> str:
    """Autoregressive generation: n pieces more, each chosen from what the machine says of all the text so far.

    >>> write("a", 3, lambda text: {text[-1] + "b": 1.0}, likeliest)
    'aabbbbb'
    """
    text = start
    for _ in range(n):
        text += choose(machine(text))
    return text


def at_temperature(options: Options, temperature: float) -> Options:
    """The chances brought closer together (above 1) or further apart (below 1); at 0 the likeliest has it all.

    >>> at_temperature({"a": 0.8, "b": 0.2}, 0.5)
    {'a': 0.941..., 'b': 0.058...}
    """
    logits = torch.tensor([list(options.values())], dtype=torch.float64).log()
    chances = sampling.softmax(sampling.with_temperature(logits, temperature))
    return dict(zip(options, chances[0].tolist(), strict=True))


@dataclass(frozen=True)
class LanguageModel:
    """A model and its tokenizer: give it a text, and it gives the chances of each piece that may come next."""

    model: Transformer
    tokenizer: PretrainedTokenizer

    @cached_property
    def pieces(self) -> list[TokenText]:
        """What each token stands for: a text that knows its token."""
        return [TokenText.of([token], self.tokenizer) for token in range(self.tokenizer.vocab_size)]

    def ids(self, text: str) -> torch.Tensor:
        """A text as a row of tokens, in which the marks of a chat are special tokens."""
        if isinstance(text, TokenText) and text.tokenizer is self.tokenizer:
            ids = text.ids
        else:
            ids = token_text.encoded(text, self.tokenizer)
        return torch.tensor([ids], dtype=torch.int64, device=self.model.embedding.weight.device)

    @torch.inference_mode()
    def logits(self, text: str) -> Vector:
        """A number for each token of the vocabulary: the larger, the likelier it comes next."""
        *_, (stream, _) = self.read(self.ids(text))  # the last part's
        return transformer.next_logits(stream, self.model)[0].float()

    def __call__(self, text: str) -> Options:
        """The probability of each piece that may come next, the likeliest first."""
        chances, order = sampling.softmax(self.logits(text)).cpu().sort(descending=True, stable=True)
        pieces = self.pieces
        return {pieces[i]: chance for i, chance in zip(order.tolist(), chances.tolist(), strict=True)}

    @torch.inference_mode()
    def bits_per_byte(self, text: str) -> float:
        """The mean surprise at a text, after its first token, which nothing predicts."""
        ids = self.ids(text)
        if ids.shape[-1] < 2:
            raise ValueError("nothing predicts a text's first token: give a text of two tokens or more")
        nats = 0.0
        for stream, start in self.read(ids[:, :-1]):  # nobody sees the last one
            logits = self.model.unembed(self.model.final_norm(stream))
            known = ids[:, start : start + stream.shape[-2] + 1]  # and the one that follows
            nats -= float(sampling.token_logprobs(logits, known).sum())
        return ngram.bits_per_byte(nats, len(self.tokenizer.decode_bytes(ids[0, 1:].tolist())))

    def read(self, ids: Tokens) -> Iterator[tuple[Stream, int]]:
        """The stream of a text, part by part, and where each part begins: a table of all its scores has no room."""
        transformer.check_ids(ids, 0, self.model.config)
        cache = KVCache()
        for part in ids.split(READ_AT_ONCE, dim=-1):
            start = cache.length
            with overrides.fast():
                stream = self.model.stream(part, cache)
            yield stream, start


def load() -> LanguageModel:
    """The real model, in float32: between machines its numbers then differ by rounding alone."""
    return LanguageModel(*pretrained.load(dtype=torch.float32))


@torch.no_grad()
def scrambled(model: Transformer, amount: float, generator: torch.Generator) -> Transformer:
    """A copy with Gaussian noise on every parameter, `amount` times as large as the spread of its matrix.

    >>> from nextword.transformer import ModelConfig
    >>> model = Transformer(ModelConfig(vocab_size=10, d_model=8, n_layers=1, n_heads=2, d_mlp=16, context=32))
    >>> bool((scrambled(model, 0.0, torch.Generator()).embedding.weight == model.embedding.weight).all())
    True
    """
    copy = deepcopy(model)
    for parameter in copy.parameters():
        noise = torch.randn(parameter.shape, generator=generator, device=generator.device)
        parameter += amount * parameter.std() * noise.to(parameter.device)
    return copy
