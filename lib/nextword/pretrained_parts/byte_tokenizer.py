"""Under rung `pretrained`: the real model's vocabulary, run by our tokenizer.

Two things differ from ours. The ids are in somebody else's order: special tokens first, and some bytes have none. And
the file writes each byte as a letter that prints, as GPT-2 did: a space is "Ġ".
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from nextword import tokenizer
from nextword.tokenizer import Tokenizer
from nextword.tokenizer_parts import validation


def letters() -> list[str]:
    """The letter that stands for each byte: itself where it prints, the others from "Ā" on.

    >>> letters()[ord("a")], letters()[ord(" ")]
    ('a', 'Ġ')
    """
    prints = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in prints else chr(next(others)) for byte in range(256)]


@dataclass(frozen=True)
class PretrainedTokenizer:
    """A tokenizer of ours whose tokens go by the ids of another vocabulary."""

    ours: Tokenizer
    ids: list[int]  # by our id, theirs; a byte that has none goes by `unknown`
    unknown: int  # what becomes of such a byte: it is lost
    table: list[bytes]  # by their id, what it stands for
    chat_template: str = ""  # how a chat is written out, as the file has it; see rung `chat`

    @classmethod
    def made_from(
        cls,
        tokens: list[str],
        merges: list[str],
        special: list[str],
        unknown: int,
        pattern: str,
        chat_template: str,
    ) -> "PretrainedTokenizer":
        """From tokens and merges as their files hold them, in letters.

        >>> tok = PretrainedTokenizer.made_from(["<end>", "w", "s", "sw"], ["s w"], ["<end>"], 0, r"\\w+", "")
        >>> tok.encode("swsx")
        [3, 2, 0]
        """
        place = {token: i for i, token in enumerate(tokens)}
        byte_of = {letter: byte for byte, letter in enumerate(letters())}
        found = dict(byte_of)  # token, in letters -> our id
        pairs = []
        for left, _, right in (line.partition(" ") for line in merges):
            pairs.append((found[left], found[right]))
            found[left + right] = 256 + len(pairs) - 1
        ids = [place.get(token, unknown) for token in [*found, *special]]
        named = set(special)
        table = [
            token.encode() if token in named else bytes(byte_of[letter] for letter in token)
            for token in tokens
        ]
        return cls(Tokenizer(pairs, pattern, tuple(special)), ids, unknown, table, chat_template)

    @property
    def vocab_size(self) -> int:
        """How many tokens there are."""
        return len(self.table)

    @property
    def special(self) -> tuple[str, ...]:
        """The names of the special tokens."""
        return self.ours.special

    def id_of(self, special: str) -> int:
        """The id of a special token."""
        return self.ids[self.ours.id_of(special)]

    def encode(self, text: str | bytes, allowed_special: Collection[str] = ()) -> list[int]:
        """A text's token ids. A special token's name inside the text stays plain text unless allowed."""
        return [self.ids[i] for i in self.ours.encode(text, allowed_special)]

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes that these tokens stand for."""
        return b"".join(self.table[i] for i in validation.checked_ids(ids, self.vocab_size))

    def decode(self, ids: Iterable[int]) -> str:
        """The text that these tokens stand for."""
        return tokenizer.decode(validation.checked_ids(ids, self.vocab_size), self.table)
