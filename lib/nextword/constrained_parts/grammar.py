"""Under rung `constrained`: regular grammars, put together from texts by "then", "or" and "many times".

What may still come after a byte is a grammar again, the derivative by that byte. So a text is read by taking one
derivative after the other, and it is whole where what is left may be empty.
Source: Brzozowski 1964, *Derivatives of Regular Expressions*.
"""

from dataclasses import dataclass
from functools import reduce

LONGEST = 200  # parts of an `up_to`: each lies inside the one before, and Python goes only so deep


class Grammar:
    """A set of texts; `+` puts one behind another, and `|` lets either stand."""

    def __add__(self, rest: "Grammar") -> "Grammar":
        if NOTHING in (self, rest):
            return NOTHING
        if EMPTY in (self, rest):
            return rest if self == EMPTY else self
        if isinstance(self, Then):  # always leaning to the right: equal grammars are then equal objects
            return self.first + (self.rest + rest)
        return Then(self, rest)

    def __or__(self, other: "Grammar") -> "Grammar":
        options = options_of(self) | options_of(other)
        return next(iter(options)) if len(options) == 1 else Either(options)


@dataclass(frozen=True)
class Text(Grammar):
    """This text and no other."""

    letters: bytes


@dataclass(frozen=True)
class Then(Grammar):
    """A text of the first grammar, and behind it one of the rest."""

    first: Grammar
    rest: Grammar


@dataclass(frozen=True)
class Either(Grammar):
    """A text of any of these grammars."""

    options: frozenset[Grammar]


@dataclass(frozen=True)
class Many(Grammar):
    """No text of this grammar, or one, or several, one behind another."""

    part: Grammar


EMPTY = Text(b"")  # the text without letters
NOTHING = Either(frozenset())  # no text at all


def options_of(grammar: Grammar) -> frozenset[Grammar]:
    """The grammars that it lets choose from; of most there is one."""
    return grammar.options if isinstance(grammar, Either) else frozenset([grammar])


def text(letters: str) -> Grammar:
    """This text and no other."""
    return Text(letters.encode())


def one_of(letters: str) -> Grammar:
    """A single one of these letters.

    >>> sorted(first_bytes(one_of("0123456789")))[:3]
    [48, 49, 50]
    """
    return either(*letters)


def either(*options: str | Grammar) -> Grammar:
    """Any of these texts or grammars."""
    return reduce(Grammar.__or__, (text(one) if isinstance(one, str) else one for one in options), NOTHING)


def maybe(part: Grammar) -> Grammar:
    """A text of this grammar, or none."""
    return EMPTY | part


def many(part: Grammar) -> Grammar:
    """No text of this grammar, or one, or several."""
    return EMPTY if part in (EMPTY, NOTHING) else Many(part)


def up_to(n: int, part: Grammar) -> Grammar:
    """No text of this grammar, or one, or up to n of them."""
    if not 0 <= n <= LONGEST:
        raise ValueError(
            f"up_to({n}, ...) is not possible: it is 0 to {LONGEST} times; many(...) has no limit"
        )
    return reduce(lambda whole, _: maybe(part + whole), range(n), EMPTY)


def can_end(grammar: Grammar) -> bool:
    """Whether the empty text is one of its texts.

    >>> can_end(many(text("ha"))), can_end(text("ha"))
    (True, False)
    """
    match grammar:
        case Text(letters):
            return letters == b""
        case Then(first, rest):
            return can_end(first) and can_end(rest)
        case Either(options):
            return any(map(can_end, options))
        case Many():
            return True


def first_bytes(grammar: Grammar) -> set[int]:
    """The bytes with which its texts begin."""
    match grammar:
        case Text(letters):
            return set(letters[:1])
        case Then(first, rest):
            return first_bytes(first) | (first_bytes(rest) if can_end(first) else set())
        case Either(options):
            return set().union(*map(first_bytes, options))
        case Many(part):
            return first_bytes(part)


def after(grammar: Grammar, byte: int) -> Grammar:
    """The derivative: what may still come once this byte was read.

    >>> after(text("hat") | text("hen"), ord("h")) == text("at") | text("en")
    True
    """
    match grammar:
        case Text(letters):
            return Text(letters[1:]) if letters[:1] == bytes([byte]) else NOTHING
        case Then(first, rest):
            goes_on = after(first, byte) + rest
            return goes_on | after(rest, byte) if can_end(first) else goes_on
        case Either(options):
            return reduce(Grammar.__or__, (after(one, byte) for one in options), NOTHING)
        case Many(part):
            return after(part, byte) + grammar
