"""Checks of lesson 03: bytes, pairs, merges, and back to text."""

import codecs
import random
import re

from classroom.checking import check

EXERCISES = (
    "tokenizer.to_ids",
    "tokenizer.count_pairs",
    "tokenizer.merge",
    "tokenizer.train",
    "tokenizer.encode",
    "tokenizer.decode",
)

_chance = random.Random(3)


def _as_letters(ids) -> str:
    """Ids as a text of one letter each, so that Python's own text methods can do the work."""
    return "".join(chr(0x4E00 + i) for i in ids)


def _as_ids(letters: str) -> list[int]:
    return [ord(letter) - 0x4E00 for letter in letters]


@check(
    "tokenizer.to_ids",
    cases=[
        ("swan",),
        ("é",),
        ("Ælling, der var træt.",),
        ("",),
        ("🦆",),
        ("Swans AND swans\t\r\n ",),
        ("跟着天鹅",),
        ("1 € = 100 ¢",),
        ("όχθη e\u0301\u0000\uffff",),
    ],
)
def to_ids(text):
    ids = []
    for number in map(ord, text):  # UTF-8 as its standard draws it, bit by bit
        if number < 0x80:
            ids += [number]
        elif number < 0x800:
            ids += [0b11000000 | number >> 6, 0b10000000 | number & 63]
        elif number < 0x10000:
            ids += [0b11100000 | number >> 12, 0b10000000 | number >> 6 & 63, 0b10000000 | number & 63]
        else:
            ids += [0b11110000 | number >> 18]
            ids += [0b10000000 | number >> shift & 63 for shift in (12, 6, 0)]
    return ids


FEW = [_chance.choices([97, 98, 256], k=12), [97, 97, 97, 97], [98], _chance.choices([97, 98], k=5)]
TALE = [list(b"the"), list(b" swans"), list(b" swam"), list(b" to"), list(b" the"), list(b" bank")]


@check(
    "tokenizer.count_pairs",
    cases=[
        ([[1, 2, 1, 2], [2, 1]],),
        ([[1, 1, 1]],),
        ([[1, 2], [3, 4]],),
        ([[5]],),
        ([],),
        ([[2, 1, 2], [1, 2]],),
        ([[1, 2, 3], [], [7], [1, 2], [9, 9]],),
        (TALE,),
        (FEW,),
    ],
)
def count_pairs(chunks):
    texts, seen = [_as_letters(ids) for ids in chunks], {i for ids in chunks for i in ids}
    pairs = {(a, b): re.compile(f"(?={_as_letters((a, b))})") for a in seen for b in seen}
    counts = {pair: sum(len(found.findall(text)) for text in texts) for pair, found in pairs.items()}
    return {pair: count for pair, count in counts.items() if count}


@check(
    "tokenizer.merge",
    cases=[
        ([5, 1, 2, 7], (1, 2), 256),
        ([1, 1, 1], (1, 1), 256),
        ([1, 2, 1, 2, 1], (1, 2), 300),
        ([2, 1], (1, 2), 256),
        ([11, 25], (1, 2), 256),
        ([1, 2], (1, 2), 256),
        ([3], (3, 3), 256),
        ([], (1, 2), 256),
        ([4, 4, 4, 4, 4, 9, 4, 4], (4, 4), 260),
        ([256, 115, 256, 115, 256], (256, 115), 257),
        ([1, 2, 3, 2, 1, 1, 2, 2], (1, 2), 299),
        (_chance.choices([97, 98], k=25), (97, 98), 256),
    ],
)
def merge(ids, pair, new_id):
    return _as_ids(_as_letters(ids).replace(_as_letters(pair), _as_letters([new_id])))


@check(
    "tokenizer.train",
    cases=[
        ([[1, 2, 3], [1, 2, 4], [1, 2, 3]], 2),
        ([[1, 2]], 5),
        ([[9, 8], [3, 7]], 1),
        ([[7, 7, 7, 7]], 2),
        ([[5, 6], [5, 6], [3, 4]], 0),
        ([[9, 8], [3, 9], [3, 4]], 3),
        ([[6], []], 3),
        ([[1, 2], [1, 2], [2, 1], [2, 1], [2, 1]], 2),
        ([[1, 2, 3, 4], [1, 2, 3], [2, 3], [5, 1, 2, 3]], 4),
        (TALE, 8),
        (FEW, 6),
    ],
)
def train(chunks, n_merges):
    texts, merges = [_as_letters(ids) for ids in chunks], []
    for number in range(n_merges):
        counts = count_pairs([_as_ids(text) for text in texts])
        if not counts:
            break
        lowest_first = sorted(counts)
        pair = sorted(lowest_first, key=counts.get, reverse=True)[0]  # sorting keeps the order of equals
        texts = [text.replace(_as_letters(pair), _as_letters([256 + number])) for text in texts]
        merges.append(pair)
    return merges


SW, SWAN = [(97, 110), (115, 119), (257, 256)], list(b"swans swam")


@check(
    "tokenizer.encode",
    cases=[
        ([1, 2, 3], [(2, 3), (1, 2)]),
        ([1, 2, 3], [(1, 2), (256, 3)]),
        ([1, 2, 1, 2], [(1, 2)]),
        ([4, 1, 2], [(7, 7), (1, 2)]),
        (SWAN, SW),
        ([1, 2, 3], []),
        ([], [(1, 2)]),
        ([1, 2, 3, 9], [(2, 3), (1, 2), (1, 256)]),
        ([1, 1, 1, 1, 1], [(1, 1), (256, 256)]),
        ([1, 2, 3, 4, 2, 3], [(3, 4), (2, 3), (1, 2), (258, 256)]),
        ([2, 3, 2, 3, 1, 2], [(1, 2), (2, 3)]),
        (_chance.choices([97, 98], k=20), [(98, 97), (97, 98), (256, 256), (97, 257)]),
    ],
)
def encode(ids, merges):
    ids = list(ids)
    while True:  # one merge at a time, the earliest learned that is possible; ends, as each makes ids shorter
        places = range(len(ids) - 1)
        possible = [(merges.index((ids[i], ids[i + 1])), i) for i in places if (ids[i], ids[i + 1]) in merges]
        if not possible:
            return ids
        rank, place = min(possible)
        ids = [*ids[:place], 256 + rank, *ids[place + 2 :]]


SWANS = [b"sw", b"an", b" ", b"s", b"\n"]
BROKEN = [b"tr", b"\xc3", b"\xa6", b"\xf0\x9f", b"\xa6\x86", b"a\xff", b" \xc3", b"\xa6l"]


@check(
    "tokenizer.decode",
    cases=[
        ([0, 1], SWANS),
        ([0, 1, 3, 2, 0, 1], SWANS),
        ([3, 4], BROKEN),
        ([5, 0], BROKEN),
        ([], SWANS),
        ([0, 1, 2, 0], BROKEN),
        ([0, 6, 7, 1], BROKEN),
        ([2, 0, 1, 4, 2], SWANS),
        ([3, 0], BROKEN),
        (
            [115, 119, 258, 261],
            [*(bytes([byte]) for byte in range(256)), b"sw", b"an", b"swan", b"\xc3", b"", b"!"],
        ),
    ],
)
def decode(ids, table):
    reader = codecs.getincrementaldecoder("utf-8")(errors="replace")
    letters = [reader.decode(bytes([byte])) for i in ids for byte in table[i]]
    return "".join(letters) + reader.decode(b"", final=True)
