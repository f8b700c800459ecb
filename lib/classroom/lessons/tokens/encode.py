"""Exercise `tokenizer.encode`: its cases, its right answer found otherwise, and how people get it wrong."""

from classroom.judge.registry import check, mistake
from classroom.lessons.tokens.shared import _chance, _count, _merge

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


@mistake(
    "tokenizer.encode",
    "encode-left-to-right",
    "You merged the first pair from the left that is known. The merge learned first goes first, wherever "
    "its pair stands.",
)
def _(ids, merges):
    ids = list(ids)
    for _ in range(len(ids)):  # each merge makes it shorter, so that is enough
        for place in range(len(ids) - 1):
            if (ids[place], ids[place + 1]) in merges:
                ids[place : place + 2] = [256 + merges.index((ids[place], ids[place + 1]))]
                break
    return ids


@mistake(
    "tokenizer.encode",
    "encode-one-pass",
    "You went over the ids once, so a new token was never merged further. Go over them once for each merge.",
)
def _(ids, merges):
    encoded, skip = [], False
    for place in range(len(ids)):
        if skip:
            skip = False
        elif tuple(ids[place : place + 2]) in merges:
            encoded.append(256 + merges.index(tuple(ids[place : place + 2])))
            skip = True
        else:
            encoded.append(ids[place])
    return encoded


@mistake(
    "tokenizer.encode",
    "encode-longest",
    "You took the longest token that fits, from the left. BPE replays its merges in the order in which "
    "they were learned.",
)
def _(ids, merges):
    table = [(i,) for i in range(256)]
    for left, right in merges:
        table.append(table[left] + table[right])
    encoded, place = [], 0
    for _ in range(len(ids)):
        if place == len(ids):
            break
        fits = [i for i, token in enumerate(table) if tuple(ids[place : place + len(token)]) == token]
        encoded.append(max(fits, key=lambda i: len(table[i])))
        place += len(table[encoded[-1]])
    return encoded


@mistake(
    "tokenizer.encode",
    "encode-last-first",
    "The merges were replayed backwards. The first learned is the first replayed: later ones are made of "
    "its tokens.",
)
def _(ids, merges):
    for rank in reversed(range(len(merges))):
        ids = _merge(ids, merges[rank], 256 + rank)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-ids-from-0",
    "A merge's place in the list was used as its id. The first merge makes token 256: add 256, or "
    "enumerate from there.",
)
def _(ids, merges):
    for new_id, pair in enumerate(merges):
        ids = _merge(ids, pair, new_id)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-stops-early",
    "It stops at the first merge that has nothing to do here. The ones after it may have: skip it, and "
    "go on.",
)
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        if pair not in zip(ids, ids[1:], strict=False):
            break
        ids = _merge(ids, pair, new_id)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-always-original",
    "Each merge started again from the bytes that came in. Hand on what the merge before it made: ids = ...",
)
def _(ids, merges):
    encoded = list(ids)
    for new_id, pair in enumerate(merges, start=256):
        encoded = _merge(ids, pair, new_id)
    return encoded


@mistake(
    "tokenizer.encode",
    "encode-most-frequent",
    "You merged the pair that is most frequent in this text. That was training; encoding only replays "
    "what was learned.",
)
def _(ids, merges):
    ids = list(ids)
    for _ in range(len(ids)):
        counts = _count([ids])
        known = [pair for pair in counts if pair in merges]
        if known:
            pair = min(known, key=lambda pair: (-counts[pair], merges.index(pair)))
            ids = _merge(ids, pair, 256 + merges.index(pair))
    return ids


@mistake(
    "tokenizer.encode",
    "encode-first-only",
    "Each merge was used at one place only. It goes over the whole text: that is what merge does.",
)
def _(ids, merges):
    ids = list(ids)
    for new_id, pair in enumerate(merges, start=256):
        for place in range(len(ids) - 1):
            if (ids[place], ids[place + 1]) == pair:
                ids[place : place + 2] = [new_id]
                break
    return ids


@mistake(
    "tokenizer.encode",
    "encode-not-kept",
    "Nothing was merged: merge gives a new list and leaves the old one as it is. Keep what it gives: ids "
    "= ...",
)
def _(ids, merges):
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-one-merge",
    "Only the first merge was used: the return stands inside the loop. Move it to the left.",
)
def _(ids, merges):
    return _merge(ids, merges[0], 256) if merges else None


@mistake(
    "tokenizer.encode",
    "encode-ids-from-257",
    "The first merge makes token 256, not 257: the bytes are 0 to 255, so 256 is free.",
)
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=257):
        ids = _merge(ids, pair, new_id)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-same-id",
    "Every merge got the id 256. The first makes 256, the second 257: enumerate(merges, start=256) counts.",
)
def _(ids, merges):
    for pair in merges:
        ids = _merge(ids, pair, 256)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-latest-first",
    "Of the merges that are possible you took the one learned last. The one learned first goes first.",
)
def _(ids, merges):
    ids, ranks = list(ids), {pair: new_id for new_id, pair in enumerate(merges, start=256)}
    for _ in range(len(ids)):
        possible = [pair for pair in zip(ids, ids[1:], strict=False) if pair in ranks]
        ids = _merge(ids, max(possible, key=ranks.get), max(map(ranks.get, possible))) if possible else ids
    return ids


@mistake(
    "tokenizer.encode",
    "encode-only-used-count",
    "A merge that finds nothing was not counted, so later ones got too low an id. Each keeps the id it was learned with.",
)
def _(ids, merges):
    new_id = 256
    for pair in merges:
        merged = _merge(ids, pair, new_id)
        new_id += len(merged) < len(ids)
        ids = merged
    return list(ids)
