"""Rung `batching`: many texts written at once, each exactly as it would be written alone.

A model's weights are read from memory once a step, for however many texts: eight at once cost little more than one.
The new tokens of all texts are laid in one row, one text after another. Whatever treats each token by itself (norms,
matrices, MLPs) takes the whole row; attention takes it text by text, each with its own cache. So texts may be of any
lengths, and nothing is ever filled up with padding that somebody would have to leave out again. A text that ends
leaves its slot to the next that waits.
Sources: Yu et al. 2022 (Orca, OSDI: a row of texts, and slots filled anew at each step); Agrawal et al. 2023 (long
texts read in parts meanwhile, arXiv 2308.16369).
"""

import codecs
import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

from nextword import generation, transformer
from nextword.attention_parts.kv_cache import KVCache, SideBySide
from nextword.base.shapes import Float, Positions, Stream, Tensor, Tokens
from nextword.generation import GREEDY, SamplingConfig
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer


@dataclass(frozen=True)
class Request:
    """A text to be gone on from, and how."""

    ids: Sequence[int]  # its tokens
    config: SamplingConfig = GREEDY  # how its tokens are chosen, and when it stops
    generator: torch.Generator | None = None  # its own chance, so that no other text changes what is drawn


class Written(NamedTuple):
    """A token that was chosen: for which text, in which step of the model, and in which slot."""

    text: int  # its number among the requests
    token: int
    step: int  # counted from 0
    slot: int


@dataclass
class Writing:
    """A text that is being written."""

    number: int
    request: Request
    unread: list[int]  # tokens that the model has not read yet
    cache: KVCache = field(default_factory=KVCache)
    n_written: int = 0


def positions(read: Sequence[int], new: Sequence[int]) -> Positions:
    """Where each token of a row stands in its own text: text i was read up to `read[i]` tokens, and brings `new[i]`.

    >>> positions(read=[5, 0, 2], new=[1, 3, 1])
    tensor([5, 0, 1, 2, 2])
    """
    return torch.cat([torch.arange(start, start + n) for start, n in zip(read, new, strict=True)])


@torch.inference_mode()
def read(
    model: Transformer, texts: Sequence[Sequence[int]], caches: Sequence[KVCache]
) -> Float[Tensor, "texts vocab"]:
    """For each text the logits for what comes after these tokens, which go on where its cache ends."""
    device, lengths = model.embedding.weight.device, [len(text) for text in texts]
    for text, cache in zip(texts, caches, strict=True):
        transformer.check_ids(torch.tensor([text]), cache.length, model.config)
    at = positions([cache.length for cache in caches], lengths).to(device)
    row = torch.tensor([list(itertools.chain(*texts))], device=device)
    x, side_by_side = embed(model, row, at), SideBySide(caches, lengths)
    for layer in model.layers:
        x = layer(x, at, side_by_side)  # (1, tokens of all texts, d_model)
    side_by_side.advance(len(at))
    ends = torch.tensor(lengths, device=device).cumsum(0) - 1
    return transformer.next_logits(x[0, ends, None], model)


def embed(model: Transformer, ids: Tokens, at: Positions) -> Stream:
    """The vectors that go into the first layer, for tokens at any positions."""
    x = model.embedding(ids)
    if model.config.positions == "learned":
        x = x + model.positions(at)
    return transformer.rms_norm(x) if model.config.embedding_norm else x


def stream(
    model: Transformer, requests: Sequence[Request], n_slots: int = 8, continuous: bool = True
) -> Iterator[Written]:
    """The tokens of many texts, each as soon as it is chosen; at most `n_slots` texts are written at a time.

    Continuous batching: a text that ends leaves its slot to the next that waits, at once. Without it (static
    batching) the next texts begin when the last of these has ended.
    """
    check_requests(requests, model.config.context)
    if n_slots < 1:
        raise ValueError(f"n_slots is {n_slots}, and at least 1 text is written at a time")
    return stream_loop(model, requests, n_slots, continuous)


def stream_loop(
    model: Transformer, requests: Sequence[Request], n_slots: int, continuous: bool
) -> Iterator[Written]:
    """The loop itself, apart from `stream`, whose errors would else come only when the first token is asked for."""
    texts = (Writing(number, request, list(request.ids)) for number, request in enumerate(requests))
    waiting = deque(text for text in texts if text.request.config.max_new)
    slots = [None] * n_slots
    for step in itertools.count():
        fill(slots, waiting, continuous)
        if not any(slots):
            return
        for slot, token in written_in_a_step(model, slots):
            text = slots[slot]
            is_over = token in text.request.config.stop
            text.n_written += 1
            text.unread = [token]
            if is_over or text.n_written == text.request.config.max_new:
                slots[slot] = None
            if not is_over:
                yield Written(text.number, token, step, slot)


def fill(slots: list, waiting: deque, continuous: bool = True) -> None:
    """Put texts that wait into slots that are free (None), the first into the first.

    >>> slots, waiting = ["a", None, "c", None], deque("defg")
    >>> fill(slots, waiting)
    >>> slots, list(waiting)
    (['a', 'd', 'c', 'e'], ['f', 'g'])
    """
    if not continuous and any(text is not None for text in slots):
        return
    for number, text in enumerate(slots):
        if text is None and waiting:
            slots[number] = waiting.popleft()


def written_in_a_step(model: Transformer, slots: list[Writing | None]) -> list[tuple[int, int]]:
    """Run the model once over what all texts bring, and choose; gives the slots that came to a token, and the tokens.

    A long text is read in parts, so that nobody waits for all of it; only its last part makes a prediction.
    """
    busy = [(slot, text) for slot, text in enumerate(slots) if text is not None]
    parts = [text.unread[: generation.READ_AT_ONCE] for _, text in busy]
    logits = read(model, parts, [text.cache for _, text in busy])
    chosen = []
    for row, part, (slot, text) in zip(logits, parts, busy, strict=True):
        text.unread = text.unread[len(part) :]
        if not text.unread:
            chosen.append((slot, generation.choose(row, text.request.config, text.request.generator)))
    return chosen


def generate(model: Transformer, requests: Sequence[Request], n_slots: int = 8) -> list[list[int]]:
    """The tokens that follow each text, in the order of the requests."""
    texts = [[] for _ in requests]
    for written in stream(model, requests, n_slots):
        texts[written.text].append(written.token)
    return texts


def stream_texts(
    written: Iterable[Written], tokenizer: Tokenizer | PretrainedTokenizer
) -> Iterator[tuple[int, str]]:
    """Tokens of many texts as pieces of text, each with its text's number, as soon as its letters are whole.

    >>> pieces = [Written(0, 195, 0, 0), Written(1, 100, 0, 1), Written(0, 169, 1, 0)]
    >>> list(stream_texts(pieces, Tokenizer([])))
    [(1, 'd'), (0, 'é')]
    """
    whole = {}  # of each text, the bytes of a letter that is not whole yet
    for text, token, *_ in written:
        decoder = whole.setdefault(text, codecs.getincrementaldecoder("utf-8")(errors="replace"))
        if piece := decoder.decode(tokenizer.decode_bytes([token])):
            yield text, piece
    for text, decoder in whole.items():
        if piece := decoder.decode(b"", final=True):
            yield text, piece


def check_requests(requests: Sequence[Request], context: int) -> None:
    """Refuse, with a ValueError that says which, what cannot be gone on from."""
    if not requests:
        raise ValueError("there is no text to go on from: give at least one request")
    for number, request in enumerate(requests):
        n_ids, n_new = len(request.ids), request.config.max_new
        if n_ids == 0:
            raise ValueError(
                f"text {number} is empty, and there is nothing to go on from: give it at least one token"
            )
        if n_ids + n_new > context:
            raise ValueError(
                f"text {number} has {n_ids} tokens, and with {n_new} new ones that is more than the {context} that "
                "this model reads: shorten it, or ask for fewer"
            )
