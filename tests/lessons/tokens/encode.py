"""Answers to `tokenizer.encode` as readers might write them."""

from nextword import tokenizer
from tests.lessons import right, wrong


@right("tokenizer.encode")
def _(ids, merges):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    while len(ids) > 1:
        pair = min(zip(ids, ids[1:], strict=False), key=lambda pair: ranks.get(pair, len(ranks)))
        if pair not in ranks:
            break
        ids = tokenizer.merge(ids, pair, 256 + ranks[pair])
    return ids


@right("tokenizer.encode")
def _(ids, merges):
    encoded = list(ids)
    for number in range(len(merges)):
        encoded = tokenizer.merge(encoded, merges[number], number + 256)
    return encoded


@wrong("tokenizer.encode", "encode-left-to-right")
def _(ids, merges):
    ids, place = list(ids), 0
    while place < len(ids) - 1:
        pair = ids[place], ids[place + 1]
        if pair in merges:
            ids[place : place + 2] = [256 + merges.index(pair)]
            place = 0
        else:
            place += 1
    return ids


@wrong("tokenizer.encode", "encode-one-pass")
def _(ids, merges):
    ranks, encoded, i = {pair: n for n, pair in enumerate(merges, 256)}, [], 0
    while i < len(ids):
        new = ranks.get(tuple(ids[i : i + 2]))
        encoded.append(ids[i] if new is None else new)
        i += 1 if new is None else 2
    return encoded


@wrong("tokenizer.encode", "encode-longest")
def _(ids, merges):
    if ids and max(ids) > 255:
        return ids
    names = {token: i for i, token in enumerate(tokenizer.token_bytes(merges))}
    raw, encoded = bytes(ids), []
    while raw:
        for length in range(len(raw), 0, -1):
            if raw[:length] in names:
                encoded.append(names[raw[:length]])
                raw = raw[length:]
                break
    return encoded


@wrong("tokenizer.encode", "encode-last-first")
def _(ids, merges):
    for new_id, pair in list(enumerate(merges, start=256))[::-1]:
        ids = tokenizer.merge(ids, pair, new_id)
    return ids


@wrong("tokenizer.encode", "encode-ids-from-0")
def _(ids, merges):
    for pair in merges:
        ids = tokenizer.merge(ids, pair, merges.index(pair))
    return ids


@wrong("tokenizer.encode", "encode-stops-early")
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        merged = tokenizer.merge(ids, pair, new_id)
        if merged == ids:
            return ids
        ids = merged
    return ids


@wrong("tokenizer.encode", "encode-always-original")
def _(ids, merges):
    found = ids
    for rank in range(len(merges)):
        found = tokenizer.merge(ids, merges[rank], 256 + rank)
    return found


@wrong("tokenizer.encode", "encode-most-frequent")
def _(ids, merges):
    while True:
        counts = {pair: n for pair, n in tokenizer.count_pairs([ids]).items() if pair in merges}
        if not counts:
            return ids
        pair = min(counts, key=lambda pair: (-counts[pair], merges.index(pair)))
        ids = tokenizer.merge(ids, pair, 256 + merges.index(pair))


@wrong("tokenizer.encode", "encode-not-kept")
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        tokenizer.merge(ids, pair, new_id)
    return ids


@wrong("tokenizer.encode", "encode-one-merge")
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        ids = tokenizer.merge(ids, pair, new_id)
        return ids


@wrong("tokenizer.encode", "edit")
def _(ids, merges):
    for rank in range(len(merges)):
        ids = tokenizer.merge(ids, merges[rank], 256 + rank + 1)
    return ids


@wrong("tokenizer.encode", "encode-same-id")
def _(ids, merges):
    for pair in merges:
        ids = tokenizer.merge(ids, pair, 256)
    return ids


@wrong("tokenizer.encode", "encode-latest-first")
def _(ids, merges):
    while True:
        ranks = [merges.index(pair) for pair in zip(ids, ids[1:], strict=False) if pair in merges]
        if not ranks:
            return ids
        ids = tokenizer.merge(ids, merges[max(ranks)], 256 + max(ranks))


@right("tokenizer.encode")  # as it stands in Karpathy's minbpe
def _(ids, merges):
    ranks, ids = {pair: new_id for new_id, pair in enumerate(merges, 256)}, list(ids)
    while len(ids) >= 2:
        pair = min(zip(ids, ids[1:], strict=False), key=lambda pair: ranks.get(pair, float("inf")))
        if pair not in ranks:
            break
        ids = tokenizer.merge(ids, pair, ranks[pair])
    return ids


@wrong("tokenizer.encode", "encode-swapped")
def _(ids, merges):
    merged = list(ids)
    for pair, number in enumerate(merges):
        merged = tokenizer.merge(merged, pair, number)
    return merged
