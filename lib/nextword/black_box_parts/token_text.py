"""Under rung `black_box`: a text that remembers which tokens it was written in.

The loop adds pieces to a text, and the model reads tokens. Cut anew, a text may come in other tokens than those that
were chosen, and half a letter is no text at all. So each piece carries its token along, and so does what is made by
adding pieces: the loop in text chooses what the loop in tokens (rung `generation`) chooses.
"""

from collections.abc import Sequence

from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer

HALF_A_LETTER = "\ufffd"


def encoded(text: str, tokenizer: PretrainedTokenizer) -> list[int]:
    """A plain text's tokens, in which the marks of a chat are special tokens."""
    return tokenizer.encode(text, allowed_special=tokenizer.special)


class TokenText(str):
    """A text, and its tokens; a piece added to it, or put behind a plain text, keeps them."""

    __slots__ = ("ids", "tokenizer")

    @classmethod
    def of(cls, ids: Sequence[int], tokenizer: PretrainedTokenizer) -> "TokenText":
        """The text that these tokens stand for."""
        text = tokenizer.decode(ids)
        made = str.__new__(HalfLetters if HALF_A_LETTER in text else TokenText, text)
        made.ids, made.tokenizer = list(ids), tokenizer
        return made

    def __add__(self, more: str) -> str:
        if isinstance(more, TokenText) and more.tokenizer is self.tokenizer:
            return TokenText.of(self.ids + more.ids, self.tokenizer)
        return str.__add__(self, more)

    def __radd__(self, start: str) -> str:  # a plain text stands before it
        return TokenText.of(encoded(start, self.tokenizer) + self.ids, self.tokenizer)


class HalfLetters(TokenText):
    """One with a letter that is not whole: many tokens look the same then, and their ids tell them apart."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TokenText):
            return self.ids == other.ids
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:  # str has one of its own
        return not self == other

    def __hash__(self) -> int:
        return hash(tuple(self.ids))
