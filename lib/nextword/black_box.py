"""Rung `black_box`: the whole model seen from outside, text in and chances for the next piece of text out.

This is how the course begins, before anything inside is known: ask for the chances, choose, add, ask again. Each time
the whole text goes in anew; rung `generation` does the same faster.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property

import torch

from nextword import ngram, pretrained, sampling, transformer
from nextword.base.shapes import TokenIds, Vector
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.transformer import Transformer

Options = dict[str, float]  # each piece of text that may come next, and its probability


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
    def pieces(self) -> dict[str, int]:
        """What tokens stand for, each with a number; those that are half a letter are all "�"."""
        stand_for = [self.tokenizer.decode([i]) for i in range(self.tokenizer.vocab_size)]
        return {piece: number for number, piece in enumerate(dict.fromkeys(stand_for))}

    @cached_property
    def piece_of(self) -> TokenIds:
        """For each token, the number of the piece that it stands for."""
        return torch.tensor(
            [self.pieces[self.tokenizer.decode([i])] for i in range(self.tokenizer.vocab_size)]
        )

    def ids(self, text: str) -> torch.Tensor:
        """A text as a row of tokens, in which the marks of a chat are special tokens."""
        ids = self.tokenizer.encode(text, allowed_special=self.tokenizer.special)
        return torch.tensor([ids], dtype=torch.int64, device=self.model.embedding.weight.device)

    @torch.inference_mode()
    def logits(self, text: str) -> Vector:
        """A number for each token of the vocabulary: the larger, the likelier it comes next."""
        return transformer.next_logits(self.model.stream(self.ids(text)), self.model)[0].float()

    def __call__(self, text: str) -> Options:
        """The probability of each piece that may come next, the likeliest first."""
        chances = torch.zeros(len(self.pieces))
        chances.index_add_(0, self.piece_of, sampling.softmax(self.logits(text)).cpu())
        chances, order = chances.sort(descending=True, stable=True)
        pieces = list(self.pieces)
        return {pieces[i]: chance for i, chance in zip(order.tolist(), chances.tolist(), strict=True)}

    @torch.inference_mode()
    def bits_per_byte(self, text: str) -> float:
        """The mean surprise at a text, after its first token, which nothing predicts."""
        ids = self.ids(text)
        if ids.shape[-1] < 2:
            raise ValueError("nothing predicts a text's first token: give a text of two tokens or more")
        nats = -sampling.token_logprobs(self.model(ids[:, :-1]), ids).sum()  # nobody sees the last one
        return ngram.bits_per_byte(float(nats), len(self.tokenizer.decode_bytes(ids[0, 1:].tolist())))


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
