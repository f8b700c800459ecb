"""Rung `generation`: autoregressive decoding, the loop in which a model's word goes in again, and becomes text.

Read the text, choose a token, read that token, choose the next. A cache keeps what was computed, so that each step
reads one token. Everything here streams: a token comes out as soon as it is chosen.
"""

import codecs
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from numbers import Integral

import torch

from nextword import sampling, transformer
from nextword.attention_parts.kv_cache import KVCache
from nextword.base.shapes import Int, Logits, Tensor, TokenIds, Tokens
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer


@dataclass(frozen=True)
class SamplingConfig:
    """Sampling parameters: how each next token is chosen, and when to stop."""

    max_new: int = 100  # in tokens
    temperature: float = 1.0  # 0: always the likeliest
    k: int | None = None  # of the k likeliest only
    p: float = 1.0  # of the fewest that have this share together
    stop: Collection[int] = ()  # tokens at which the text is over; they are not part of it
    min_p: float = 0.0  # of those that are at least this share as likely as the likeliest

    def __post_init__(self):
        if not isinstance(self.max_new, Integral) or self.max_new < 0:
            raise ValueError(f"max_new is {self.max_new}, and is 0 or more, and a whole number")
        sampling.check_temperature(self.temperature)
        sampling.check_p(self.p)
        sampling.check_floor(self.min_p)
        if self.k is not None:
            sampling.check_k(self.k)
        stop = (
            tuple(self.stop) if isinstance(self.stop, Iterable) else (None,)
        )  # a list or a set will do as well
        if not all(isinstance(one, Integral) for one in stop):
            raise ValueError(f"stop is {self.stop!r}, and is a tuple of token ids, such as (2,)")
        object.__setattr__(self, "stop", stop)


GREEDY = SamplingConfig(temperature=0)
Adjust = Callable[[Logits, list[int]], Logits]  # other logits, by the text so far: see `repetition_penalty`
READ_AT_ONCE = 256  # tokens of a text that is given: each of them looks at each, in a table


def cache_bytes(config: ModelConfig, seq_len: int, batch: int = 1, dtype: torch.dtype = torch.float32) -> int:
    """The memory that a KV cache takes, in bytes, for so many texts of so many tokens.

    Every layer keeps a key and a value of each token, for every head of keys and values.

    >>> from nextword.transformer import ModelConfig
    >>> cache_bytes(ModelConfig(49_152, 576, 30, 9, 1_536, context=8_192, n_kv_heads=3), seq_len=1)
    46080
    """
    numbers = config.n_kv_heads * config.head_dim  # in a token's keys, and as many in its values
    return 2 * numbers * config.n_layers * seq_len * batch * dtype.itemsize


def generate(
    model: Transformer,
    ids: list[int],
    config: SamplingConfig = GREEDY,
    generator: torch.Generator | None = None,
    cache: KVCache | None = None,
    adjust: Adjust | None = None,
) -> Iterator[int]:
    """The tokens that follow, one by one; a cache that has read the beginning of `ids` saves reading it again.

    `adjust` sees the logits before each choice, with the text so far, and gives those that are chosen from.
    """
    if ids and cache is not None and cache.length >= len(ids):
        raise ValueError(
            f"the cache has read {cache.length} tokens, and this text has {len(ids)}: cut it to "
            f"{len(ids) - 1} or fewer with cache.truncate, since the last is read for its prediction"
        )
    check_room(ids, config, model.config.context)
    return generation_loop(model, ids, config, generator, KVCache() if cache is None else cache, adjust)


def check_room(ids: list[int], config: SamplingConfig, context: int) -> None:
    """Refuse a text that a model cannot go on from, with a ValueError."""
    if not ids:
        raise ValueError("there is no text to go on from: give at least one token")
    if len(ids) + config.max_new > context:
        room = f", or ask for at most {context - len(ids)}" if len(ids) < context else ""
        raise ValueError(
            f"a text of {len(ids)} and {config.max_new} new ones are more tokens than the {context} that this model "
            f"reads: shorten the text{room}"
        )


def generation_loop(
    model: Transformer,
    ids: list[int],
    config: SamplingConfig,
    generator: torch.Generator | None,
    cache: KVCache,
    adjust: Adjust | None = None,
) -> Iterator[int]:
    """The loop itself, apart from `generate`, whose errors would else come only when the first token is asked for."""
    unread, text, device = ids[cache.length :], list(ids), model.embedding.weight.device
    for _ in range(config.max_new):
        logits = read(model, torch.tensor([unread], device=device), cache)
        if adjust is not None:
            logits = adjust(logits, text)
        token = choose(logits, config, generator)
        if token in config.stop:
            return
        yield token
        unread = [token]
        text.append(token)


def repetition_penalty(penalty: float) -> Adjust:
    """An `adjust` that makes tokens less likely which stand in the text already, the given beginning included."""

    def adjust(logits: Logits, text: list[int]) -> Logits:
        ids = torch.tensor(text, device=logits.device).expand(*logits.shape[:-1], -1)
        return sampling.repetition_penalty(logits.float(), ids, penalty)

    return adjust


def generate_batch(
    model: Transformer,
    ids: Int[Tensor, "batch seq_len"],
    config: SamplingConfig = GREEDY,
    generator: torch.Generator | None = None,
) -> Iterator[TokenIds]:
    """The next token of each text, step by step, for many texts of one length at once.

    Each text goes on to `max_new`, whatever it has come to: what stands after a stop token is the caller's to cut.
    """
    cache = KVCache()
    for _ in range(config.max_new):
        chosen = choose_each(read(model, ids, cache), config, generator)
        yield chosen
        ids = chosen[:, None]


@torch.inference_mode()
def read(model: Transformer, ids: Tokens, cache: KVCache) -> Logits:
    """Logits for what comes after these tokens, which go on where the cache ends.

    A long text is read part by part: a table of how all of its tokens look at each other would need gigabytes.
    """
    if ids.shape[-1] > READ_AT_ONCE:  # else the model itself refuses, before the cache has read a part
        transformer.check_ids(ids, cache.length, model.config)
    for part in ids.split(READ_AT_ONCE, dim=-1):
        stream = model.stream(part, cache)
    return transformer.next_logits(stream, model)


def choose(logits: Logits, config: SamplingConfig, generator: torch.Generator | None = None) -> int:
    """The next token of one text.

    >>> choose(torch.tensor([[0.0, 2.0, 1.0]]), GREEDY)
    1
    """
    return int(choose_each(logits, config, generator))


def choose_each(logits: Logits, config: SamplingConfig, generator: torch.Generator | None = None) -> TokenIds:
    """The next token of each of many texts."""
    if config.temperature == 0:
        return sampling.greedy(logits)
    return sampling.sample(logits.float(), config.temperature, config.k, config.p, generator, config.min_p)


def generate_text(
    model: Transformer,
    tokenizer: Tokenizer | PretrainedTokenizer,
    beginning: str,
    config: SamplingConfig = GREEDY,
    generator: torch.Generator | None = None,
) -> Iterator[str]:
    """The text that follows a beginning, piece by piece."""
    return stream_text(generate(model, tokenizer.encode(beginning), config, generator), tokenizer)


def stream_text(generate: Iterable[int], tokenizer: Tokenizer | PretrainedTokenizer) -> Iterator[str]:
    """Tokens as text, each piece as soon as its letters are whole: a 🦆 may take three tokens.

    >>> list(stream_text([100, 195, 169], Tokenizer([])))
    ['d', 'é']
    """
    whole = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for token in generate:
        if piece := whole.decode(tokenizer.decode_bytes([token])):
            yield piece
    if piece := whole.decode(b"", final=True):
        yield piece
