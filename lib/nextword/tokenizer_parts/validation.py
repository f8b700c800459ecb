"""Under rung `tokenizer`: what a tokenizer is given, and the sentence that says why it cannot be used."""

from collections.abc import Collection, Iterable, Set
from operator import index

import regex

ERRORS = "surrogateescape"  # lets a str carry bytes that are not UTF-8, and give them back unchanged
ESCAPED = regex.compile("[\udc80-\udcff]")  # such a byte, while a str carries it
PAIR = regex.compile("[\ud800-\udbff][\udc00-\udfff]")  # one character, as two halves
HALF = regex.compile("[\ud800-\udfff]")


def as_text(text: object) -> str:
    """Text from text or from any bytes at all. Two halves of a pair (surrogates) are joined; a lone one is an error.

    >>> as_text(b"sw\\xff"), as_text("\\ud83e\\udd86")
    ('sw\\udcff', '🦆')
    """
    if isinstance(text, bytes):
        return text.decode("utf-8", errors=ERRORS)
    if not isinstance(text, str):
        raise TypeError(f"a tokenizer reads text (str) or bytes, and this is of type {type(text).__name__}")
    if not HALF.search(text):
        return text
    lone = HALF.search(PAIR.sub("  ", text))  # two spaces keep the places
    if lone:
        raise ValueError(f"character {lone.start()} of this text is half of a pair (a lone surrogate)")
    return PAIR.sub(joined, text)


def joined(pair: regex.Match) -> str:
    """The one character that two halves stand for."""
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")


def checked_names(special: object) -> tuple[str, ...]:
    """Names of special tokens as a tuple, or a ValueError where they cannot be told apart.

    >>> checked_names(["<end>"])
    ('<end>',)
    """
    if isinstance(special, str):
        raise ValueError(f"special tokens come as a tuple of names: ({special!r},), with a comma")
    if not isinstance(special, Collection):
        kind = type(special).__name__
        raise ValueError(f"special tokens come as a tuple of names, and this is of type {kind}")
    special = tuple(sorted(special, key=str)) if isinstance(special, Set) else tuple(special)
    for number, name in enumerate(special):
        if not isinstance(name, str) or not name:
            raise ValueError(f"a special token has a name of at least one character, and this is {name!r}")
        if name in special[:number]:
            raise ValueError(f"the special token {name!r} stands there twice")
    return special


def checked_ids(ids: object, vocab_size: int) -> list[int]:
    """The ids as a list of plain ints, or an error that says which of them cannot be one.

    >>> checked_ids(range(3), vocab_size=256)
    [0, 1, 2]
    """
    found = []
    for i in ids if isinstance(ids, Iterable) else [ids]:
        try:
            found.append(index(i))
        except TypeError:
            kind = type(i).__name__
            raise TypeError(f"token ids are whole numbers, and {i!r} is of type {kind}") from None
        if not 0 <= found[-1] < vocab_size:
            raise ValueError(f"token id {i} is out of range: this vocabulary has 0 to {vocab_size - 1}")
    return found
