"""Under rung `embeddings`: the sentences that say why a word or a number cannot be used."""

import difflib


def unknown(word: str, words: list[str]) -> str:
    """The sentence for a word that has no vector.

    >>> unknown("rivver", ["river", "bank"])
    "there is no vector for 'rivver'; near it in spelling: 'river'"
    """
    if not word:
        return "there is no vector for an empty word"
    likely = [other for other in words if other[:1] == word[:1].lower() and abs(len(other) - len(word)) < 3]
    close = difflib.get_close_matches(word.lower(), likely[:5_000], 3)
    more = f"; near it in spelling: {', '.join(map(repr, close))}" if close else ""
    return f"there is no vector for {word!r}{more}"


def at_most(n: int, there: int) -> int:
    """`n`, or a ValueError where so many words cannot be had.

    >>> at_most(3, there=10)
    3
    """
    if not 1 <= n <= there:
        raise ValueError(f"{n} words were asked for, and 1 to {there:,} can be had")
    return n
