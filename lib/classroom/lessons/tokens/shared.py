"""What several exercises of this lesson share: ids as letters, and chunks."""

import random


def as_letters(ids) -> str:
    """Ids as a text of one letter each, so that Python's own text methods can do the work."""
    return "".join(chr(0x4E00 + i) for i in ids)


def as_ids(letters: str) -> list[int]:
    return [ord(letter) - 0x4E00 for letter in letters]


def by_chance(seed: int, among: list[int], n: int) -> list[int]:
    return random.Random(seed).choices(among, k=n)


FEW = [by_chance(3, [97, 98, 256], 12), [97, 97, 97, 97], [98], by_chance(4, [97, 98], 5)]
TALE = [list(b"the"), list(b" swans"), list(b" swam"), list(b" to"), list(b" the"), list(b" bank")]
