"""Rung `tokenizer`: text to numbers and back, by byte-level byte-pair encoding (BPE).

Text becomes bytes; then the pair of neighbours that occurs most often becomes a token of its own, again and
again. The order of these merges is all that training learns, and encoding replays it.
Token ids: 0-255 are the bytes, 256 is the first merge, and so on; special tokens come last.
Sources: Sennrich et al. 2015 (arXiv 1508.07909); Radford et al. 2019 (GPT-2, bytes and the pattern).
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import regex
import tiktoken

from nextword import tokenizer_fast

Pair = tuple[int, int]

GPT2_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
ERRORS = "surrogateescape"  # lets a str carry bytes that are not UTF-8, and give them back unchanged


def to_ids(text: str) -> list[int]:
    """The bytes of a text in UTF-8, each a number from 0 to 255.

    >>> to_ids("swé")
    [115, 119, 195, 169]
    """
    return list(text.encode("utf-8", errors=ERRORS))


def count_pairs(chunks: list[list[int]]) -> Counter[Pair]:
    """How often each pair of neighbours stands in the chunks; never a pair across two chunks.

    >>> count_pairs([[1, 2, 1, 2], [2, 1]])
    Counter({(1, 2): 2, (2, 1): 2})
    """
    return Counter(pair for ids in chunks for pair in zip(ids, ids[1:], strict=False))


def merge(ids: list[int], pair: Pair, new_id: int) -> list[int]:
    """The ids with each occurrence of `pair`, read from the left, replaced by `new_id`.

    >>> merge([1, 1, 1, 2], (1, 1), 256)
    [256, 1, 2]
    """
    merged, place = [], 0
    while place < len(ids):
        if tuple(ids[place : place + 2]) == pair:
            merged.append(new_id)
            place += 2
        else:
            merged.append(ids[place])
            place += 1
    return merged


def train(chunks: list[list[int]], n_merges: int) -> list[Pair]:
    """The first `n_merges` merges, best first; fewer where the chunks run out of pairs.

    The pair that occurs most often is merged; of equals, the one with the lowest ids.

    >>> train([[1, 2, 3], [1, 2, 4]], 2)
    [(1, 2), (256, 3)]
    """
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = count_pairs(chunks)
        if not counts:
            break
        pair = min(counts, key=lambda pair: (-counts[pair], pair))
        chunks = [merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


def encode(ids: list[int], merges: list[Pair]) -> list[int]:
    """Bytes as tokens: replay the merges in the order in which they were learned.

    >>> encode([1, 2, 3], merges=[(2, 3), (1, 2)])
    [1, 256]
    """
    for new_id, pair in enumerate(merges, start=256):
        ids = merge(ids, pair, new_id)
    return ids


def token_bytes(merges: list[Pair]) -> list[bytes]:
    """What each token id stands for, as bytes.

    >>> token_bytes([(115, 119)])[-1]
    b'sw'
    """
    table = [bytes([byte]) for byte in range(256)]
    for left, right in merges:
        table.append(table[left] + table[right])
    return table


def decode(ids: list[int], table: list[bytes]) -> str:
    """Tokens as text: join their bytes, then read them as UTF-8; what is not UTF-8 shows as a question mark.

    >>> decode([240, 159, 166, 134], token_bytes([]))
    '🦆'
    """
    return b"".join(table[i] for i in ids).decode("utf-8", errors="replace")


@dataclass(frozen=True)
class Tokenizer:
    """A trained tokenizer: merges, the pattern that cuts text into chunks, and special tokens."""

    merges: list[Pair]
    pattern: str = GPT2_PATTERN  # text is cut here first, and no token crosses a cut
    special: tuple[str, ...] = ()  # whole strings with an id of their own, such as "<|end|>"

    @classmethod
    def train(cls, text: str, vocab_size: int, pattern: str = GPT2_PATTERN, special: tuple[str, ...] = ()):
        """Learn merges from a text until there are `vocab_size` tokens, bytes and special ones included."""
        n_merges = vocab_size - 256 - len(special)
        if n_merges < 0:
            raise ValueError(f"vocab_size {vocab_size} is too small: 256 bytes and {len(special)} special tokens")
        chunks = Counter(tuple(to_ids(chunk)) for chunk in regex.findall(pattern, text))
        return cls(tokenizer_fast.train(chunks, n_merges), pattern, tuple(special))

    @cached_property
    def ranks(self) -> dict[Pair, int]:
        """Each merge's token id, by its pair."""
        return {pair: new_id for new_id, pair in enumerate(self.merges, start=256)}

    @cached_property
    def table(self) -> list[bytes]:
        """What each token id stands for, as bytes."""
        return token_bytes(self.merges) + [word.encode() for word in self.special]

    @property
    def vocab_size(self) -> int:
        """How many tokens there are."""
        return len(self.table)

    def id_of(self, special: str) -> int:
        """The id of a special token."""
        return 256 + len(self.merges) + self.special.index(special)

    def encode(self, text: str | bytes, allowed_special: tuple[str, ...] = ()) -> list[int]:
        """A text's token ids. A special token's name inside the text stays plain text unless allowed.

        >>> Tokenizer([], special=("<end>",)).encode("a<end>", allowed_special=("<end>",))
        [97, 256]
        """
        text = as_text(text)
        if not allowed_special:
            return self.encode_plain(text)
        names = "|".join(regex.escape(name) for name in sorted(allowed_special, key=len, reverse=True))
        ids = []
        for part in regex.split(f"({names})", text):
            ids += [self.id_of(part)] if part in allowed_special else self.encode_plain(part)
        return ids

    def encode_plain(self, text: str) -> list[int]:
        """A text's token ids, nothing in it being special."""
        ids, known = [], {}
        for chunk in regex.findall(self.pattern, text):
            if chunk not in known:
                known[chunk] = tokenizer_fast.encode(to_ids(chunk), self.ranks)
            ids += known[chunk]
        return ids

    def decode_bytes(self, ids: list[int]) -> bytes:
        """The bytes that these tokens stand for: exactly those that were encoded."""
        wrong = [i for i in ids if not 0 <= i < self.vocab_size]
        if wrong:
            raise ValueError(f"token id {wrong[0]} is out of range: this vocabulary has 0 to {self.vocab_size - 1}")
        return b"".join(self.table[i] for i in ids)

    def decode(self, ids: list[int]) -> str:
        """The text that these tokens stand for."""
        return decode(ids, self.table)

    def to_tiktoken(self, name: str = "nextword") -> tiktoken.Encoding:
        """The same tokenizer as a `tiktoken` encoding: identical ids, at compiled speed."""
        return tiktoken.Encoding(
            name,
            pat_str=self.pattern,
            mergeable_ranks={token: i for i, token in enumerate(token_bytes(self.merges))},
            special_tokens={word: self.id_of(word) for word in self.special},
        )


def as_text(text: str | bytes) -> str:
    """Text from text or from any bytes at all; a lone surrogate is an error that says so.

    >>> as_text(b"sw\\xff")
    'sw\\udcff'
    """
    if isinstance(text, bytes):
        return text.decode("utf-8", errors=ERRORS)
    if not isinstance(text, str):
        raise TypeError(f"a tokenizer reads text or bytes, and this is a {type(text).__name__}")
    try:
        text.encode("utf-8", errors=ERRORS)
    except UnicodeEncodeError as error:
        raise ValueError(f"character {error.start} of this text is half of a pair (a lone surrogate)") from None
    return text
