"""Rung `tokenizer`: text to numbers and back, by byte-level byte-pair encoding (BPE).

Text becomes bytes; then the pair of neighbours that occurs most often becomes a token of its own, again and
again. The order of these merges is all that training learns, and encoding replays it.
Token ids: 0-255 are the bytes, 256 is the first merge, and so on; special tokens come last.
Sources: Sennrich et al. 2015 (arXiv 1508.07909); Radford et al. 2019 (GPT-2, bytes and the pattern).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import regex
import tiktoken

from nextword.tokenizer_parts import fast
from nextword.tokenizer_parts.validation import (
    ERRORS,
    ESCAPED,
    as_text,
    checked_ids,
    checked_names,
)

Pair = tuple[int, int]

GPT2_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def utf8_bytes(text: str) -> list[int]:
    """The bytes of a text in UTF-8, each a number from 0 to 255.

    >>> utf8_bytes("swé")
    [115, 119, 195, 169]
    """
    return list(text.encode("utf-8"))


def pretokenize(text: str, pattern: str = GPT2_PATTERN) -> list[str]:
    """Pre-tokenization: a text in chunks, as the pattern finds them; together they are the whole text.

    >>> pretokenize("the swans, the 2 ducks")
    ['the', ' swans', ',', ' the', ' 2', ' ducks']
    """
    return list(each_chunk(text, pattern))


def each_chunk(text: str, pattern: str) -> Iterator[str]:
    """The chunks of `pretokenize`, one at a time: all at once take ten times the room of the text.

    >>> next(each_chunk("the swans", GPT2_PATTERN))
    'the'
    """
    try:
        matches = regex.finditer(pattern, text)
    except (regex.error, TypeError) as error:
        raise ValueError(f"this pattern is not a regular expression: {error}") from None
    n_found = 0
    for chunk in (match.group() for match in matches):
        n_found += len(chunk)
        if chunk:
            yield chunk
    if n_found != len(text):
        raise ValueError(f"this pattern leaves out some of the text, which would be lost: {pattern!r}")


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
    """BPE training: the first `n_merges` merges, in the order in which they were made; fewer where pairs run out.

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
    """BPE encoding, bytes to tokens: replay the merges in the order in which they were learned.

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
    """Tokens as text: join their bytes, then read them as UTF-8; what is not UTF-8 shows as �.

    >>> decode([240, 159, 166, 134], token_bytes([]))
    '🦆'
    """
    return b"".join(table[i] for i in ids).decode("utf-8", errors="replace")


@dataclass(frozen=True)
class Tokenizer:
    """A trained tokenizer: merges, the pattern that cuts text into chunks, and special tokens.

    Trains and encodes with `tokenizer_parts.fast`, which gives what `train` and `encode` above give, sooner.
    """

    merges: list[Pair]
    pattern: str = GPT2_PATTERN  # text is cut here first, and no token crosses a cut
    special: tuple[str, ...] = ()  # whole strings with an id of their own, such as "<|end|>"

    def __post_init__(self):
        for new_id, (left, right) in enumerate(self.merges, start=256):
            if not (0 <= left < new_id and 0 <= right < new_id):
                raise ValueError(f"merge ({left}, {right}) makes token {new_id}: both must lie below it")
            if self.ranks[left, right] != new_id:
                raise ValueError(f"merge ({left}, {right}) stands there twice")
        object.__setattr__(self, "special", checked_names(self.special))  # frozen: no other way to keep it

    @classmethod
    def train(
        cls, text: str | bytes, vocab_size: int, pattern: str = GPT2_PATTERN, special: Collection[str] = ()
    ) -> "Tokenizer":
        """Learn merges from a text until there are `vocab_size` tokens, bytes and special ones included.

        Fewer where the text runs out of pairs: see `vocab_size` of what comes back. Names of special tokens
        that stand in the text are left out of the counting, so that no merge is made of their letters.

        >>> Tokenizer.train("swan swan", 258, special=("<|end|>",)).merges
        [(97, 110)]
        """
        special = checked_names(special)
        if not isinstance(vocab_size, int):
            raise TypeError(f"vocab_size is a whole number, and this is of type {type(vocab_size).__name__}")
        n_merges = vocab_size - 256 - len(special)
        if n_merges < 0:
            raise ValueError(
                f"vocab_size {vocab_size} is too small: 256 bytes and {len(special)} special tokens"
            )
        chunks = Counter()
        for part in parts(as_text(text), special):
            chunks.update(each_chunk(part, pattern) if part not in special else ())
        counted = Counter({tuple(chunk_bytes(chunk)): times for chunk, times in chunks.items()})
        return cls(fast.train(counted, n_merges), pattern, special)

    @cached_property
    def ranks(self) -> dict[Pair, int]:
        """Each merge's token id, by its pair."""
        return {tuple(pair): new_id for new_id, pair in enumerate(self.merges, start=256)}

    @cached_property
    def table(self) -> list[bytes]:
        """What each token id stands for, as bytes."""
        return token_bytes(self.merges) + [name.encode() for name in self.special]

    @property
    def vocab_size(self) -> int:
        """How many tokens there are."""
        return 256 + len(self.merges) + len(self.special)

    def id_of(self, special: str) -> int:
        """The id of a special token."""
        if special not in self.special:
            known = ", ".join(self.special) or "none"
            raise ValueError(f"{special!r} is no special token of this vocabulary; there are: {known}")
        return 256 + len(self.merges) + self.special.index(special)

    def encode(self, text: str | bytes, allowed_special: Collection[str] = ()) -> list[int]:
        """A text's token ids. A special token's name inside the text stays plain text unless allowed.

        Of names that overlap, the one that begins first is taken; of those, the longest.

        >>> Tokenizer([], special=("<end>",)).encode("a<end>", allowed_special=("<end>",))
        [97, 256]
        """
        special = {name: self.id_of(name) for name in checked_names(allowed_special)}
        ids = []
        for part in parts(as_text(text), special):
            ids += [special[part]] if part in special else self.encode_plain(part)
        return ids

    def encode_plain(self, text: str) -> list[int]:
        """A text's token ids, nothing in it being special."""
        ids, known = [], {}
        for chunk in each_chunk(text, self.pattern):
            if chunk not in known:
                known[chunk] = fast.encode(chunk_bytes(chunk), self.ranks)
            ids += known[chunk]
        return ids

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes that these tokens stand for: exactly those that were encoded."""
        return b"".join(self.table[i] for i in checked_ids(ids, self.vocab_size))

    def decode(self, ids: Iterable[int]) -> str:
        """The text that these tokens stand for."""
        return decode(checked_ids(ids, self.vocab_size), self.table)

    def to_tiktoken(self, name: str = "nextword") -> tiktoken.Encoding:
        """The same tokenizer as a `tiktoken` encoding: identical ids, at compiled speed, for letters both know.

        Unicode gets new letters every year. One that only the newer of the two programs knows to be a letter is
        cut otherwise; each of them still gives back the whole text. And tiktoken knows a token by its bytes,
        where we know it by the pair that made it. The two agree if each token's bytes encode to that one token:
        merges that training found do so, merges made by hand may not.
        """
        table = token_bytes(self.merges)
        for i, token in enumerate(table):
            if fast.encode(list(token), self.ranks) != [i]:
                raise ValueError(
                    f"token {i} is never reached: its bytes encode otherwise, but not in tiktoken"
                )
        return tiktoken.Encoding(
            name,
            pat_str=self.pattern,
            mergeable_ranks={token: i for i, token in enumerate(table)},
            special_tokens={word: self.id_of(word) for word in self.special},
        )


def parts(text: str, names: Collection[str]) -> list[str]:
    """A text cut at each of these names, which are parts of their own; of names that overlap, at the longest.

    >>> parts("a<end>b", ["<end>"])
    ['a', '<end>', 'b']
    """
    if not names:
        return [text]
    longest_first = sorted(names, key=len, reverse=True)
    return regex.split(f"({'|'.join(map(regex.escape, longest_first))})", text)


def chunk_bytes(chunk: str) -> list[int]:
    """`utf8_bytes` of a chunk; of one that carries bytes that are not UTF-8, those bytes.

    >>> chunk_bytes(as_text(b"sw\\xff"))
    [115, 119, 255]
    """
    return list(chunk.encode("utf-8", errors=ERRORS)) if ESCAPED.search(chunk) else utf8_bytes(chunk)
