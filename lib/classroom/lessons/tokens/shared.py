"""What several exercises of this lesson share: cases, helpers, behaviours."""

import random
from collections import Counter

_chance = random.Random(3)


def _as_letters(ids) -> str:
    """Ids as a text of one letter each, so that Python's own text methods can do the work."""
    return "".join(chr(0x4E00 + i) for i in ids)


def _as_ids(letters: str) -> list[int]:
    return [ord(letter) - 0x4E00 for letter in letters]


FEW = [_chance.choices([97, 98, 256], k=12), [97, 97, 97, 97], [98], _chance.choices([97, 98], k=5)]


TALE = [list(b"the"), list(b" swans"), list(b" swam"), list(b" to"), list(b" the"), list(b" bank")]


def _count(chunks):
    return Counter(pair for ids in chunks for pair in zip(ids, ids[1:], strict=False))


def _merge(ids, pair, new_id):
    merged, skip = [], False
    for place in range(len(ids)):
        if skip:
            skip = False
        elif tuple(ids[place : place + 2]) == pair:
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged
