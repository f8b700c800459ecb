"""`tokenizer.encode`: BPE encoding. Hard: merges are replayed in the order learned, not as the text comes."""

from classroom.judge.listed import edits
from classroom.judge.registry import check, mistake
from classroom.lessons.tokens.shared import by_chance
from nextword import tokenizer


@check(
    "tokenizer.encode",
    cases=[
        ([1, 2, 3], [(2, 3), (1, 2)]),
        ([1, 2, 3], [(1, 2), (256, 3)]),
        ([1, 2, 1, 2], [(1, 2)]),
        ([4, 1, 2], [(7, 7), (1, 2)]),
        (list(b"swans swam"), [(97, 110), (115, 119), (257, 256)]),
        ([1, 2, 3], []),
        ([], [(1, 2)]),
        ([1, 2, 3, 9], [(2, 3), (1, 2), (1, 256)]),
        ([1, 1, 1, 1, 1], [(1, 1), (256, 256)]),
        ([1, 2, 3, 4, 2, 3], [(3, 4), (2, 3), (1, 2), (258, 256)]),
        ([2, 3, 2, 3, 1, 2], [(1, 2), (2, 3)]),
        (by_chance(6, [97, 98], 20), [(98, 97), (97, 98), (256, 256), (97, 257)]),
    ],
    awkward=[
        ([1], [(1, 1)]),
        ([4, 5, 5], [(4, 3), (256, 256), (2, 3), (5, 5), (259, 257)]),
        ([2, 1, 2, 1], [(1, 2), (2, 256), (256, 1)]),
        ([1, 2], [(1, 2)]),
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


edits(
    "tokenizer.encode",
    (
        "encode-last-first",
        "enumerate(merges, start=256)",
        "reversed(list(enumerate(merges, start=256)))",
        "The merges were replayed backwards. The first learned is the first replayed: later ones are made of its tokens.",
    ),
    (
        "encode-ids-from-0",
        ", start=256",
        "",
        "A merge's place in the list was used as its id. The first merge makes token 256: add 256, or enumerate from there.",
    ),
    (
        "encode-same-id",
        "pair, new_id)",
        "pair, 256)",
        "Every merge got the id 256. The first makes 256, the second 257: enumerate(merges, start=256) counts.",
    ),
    (
        "encode-always-original",
        [
            ("    for", "    encoded = ids\n    for"),
            ("ids = ", "encoded = "),
            ("return ids", "return encoded"),
        ],
        "Each merge started again from the bytes that came in. Hand on what the merge before it made: ids = ...",
    ),
    (
        "encode-one-merge",
        "    return ids",
        "        return ids",
        "Only the first merge was used: the return stands inside the loop. Move it to the left.",
    ),
    (
        "encode-stops-early",
        "        ids =",
        "        if pair not in zip(ids, ids[1:]):\n            break\n        ids =",
        "It stops at the first merge that has nothing to do here. The ones after it may have: skip it, and go on.",
    ),
)

RANKED = """
    def encode(ids, merges):
        ranks = {pair: new_id for new_id, pair in enumerate(merges, start=256)}
        while pairs := [pair for pair in zip(ids, ids[1:]) if pair in ranks]:
            pair = min(pairs, key=ranks.get)
            ids = tokenizer.merge(ids, pair, ranks[pair])
        return ids
"""

edits(
    "tokenizer.encode",
    (
        "encode-latest-first",
        "min(pairs",
        "max(pairs",
        "Of the merges that are possible you took the one learned last. The one learned first goes first.",
    ),
    (
        "encode-most-frequent",
        "min(pairs, key=ranks.get)",
        "max(sorted(pairs, key=ranks.get), key=pairs.count)",
        "You merged the pair that is most frequent in this text. That was training; encoding only replays what was learned.",
    ),
    (
        "encode-left-to-right",
        [
            ("min(pairs, key=ranks.get)", "pairs[0]"),
            ("tokenizer.merge(ids, pair, ranks[pair])", "[*ids[:place], ranks[pair], *ids[place + 2 :]]"),
            ("ids = [", "place = list(zip(ids, ids[1:])).index(pair)\n        ids = ["),
        ],
        "You merged the first pair from the left that is known. The merge learned first goes first, wherever its pair stands.",
    ),
    source=RANKED,
)


# for x, y in enumerate(...): ... merge(ids, x, y)
SWAPPED = r"for\s+\(?\s*(\w+)\s*,\s*(\w+)\s*\)?\s+in\s+enumerate.*merge\([^()]*,\s*\1\s*,\s*\2"


@mistake(
    "tokenizer.encode",
    "encode-swapped",
    "Nothing was merged: the two names of the for are the wrong way round. enumerate gives the number first, and "
    "then the pair: for new_id, pair in enumerate(...).",
    where=SWAPPED,
)
def _(ids, merges):
    for pair, new_id in enumerate(merges, start=256):
        ids = tokenizer.merge(ids, pair, new_id)
    return ids


@mistake(
    "tokenizer.encode",
    "encode-not-kept",
    "Nothing was merged: merge gives a new list and leaves the old one as it is. Keep what it gives: ids = ...",
    where=r"^(?!.*=\s*(tokenizer\.)?merge\()",
)
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        tokenizer.merge(ids, pair, new_id)
    return ids


@mistake(
    "tokenizer.encode",
    "encode-one-pass",
    "You went over the ids once, so a new token was never merged further. Go over them once for each merge.",
)
def _(ids, merges):
    encoded, place = [], 0
    while place < len(ids):
        pair = tuple(ids[place : place + 2])
        encoded.append(256 + merges.index(pair) if pair in merges else ids[place])
        place += 2 if pair in merges else 1
    return encoded


@mistake(
    "tokenizer.encode",
    "encode-longest",
    "You took the longest token that fits, from the left. BPE replays its merges in the order in which they were learned.",
)
def _(ids, merges):
    table, rest, encoded = tokenizer.token_bytes(merges), bytes(ids), []
    while rest:
        fits = [i for i, token in enumerate(table) if rest.startswith(token)]
        encoded.append(max(fits, key=lambda i: len(table[i])))
        rest = rest[len(table[encoded[-1]]) :]
    return encoded
