"""Answers to `tokenizer.merge` as readers might write them."""

import itertools

from tests.lessons import right, wrong


@right("tokenizer.merge")
def _(ids, pair, new_id):
    merged = []
    for i in ids:  # a new token is never half of `pair` here, and that must not be taken for granted
        merged.append((i, False))
        if len(merged) > 1 and (merged[-2], merged[-1]) == ((pair[0], False), (pair[1], False)):
            merged[-2:] = [(new_id, True)]
    return [i for i, _ in merged]


@right("tokenizer.merge")
def _(ids, pair, new_id):
    ids, place = list(ids), 0
    while place + 1 < len(ids):
        if ids[place] == pair[0] and ids[place + 1] == pair[1]:
            ids = ids[:place] + [new_id] + ids[place + 2 :]
        place += 1
    return ids


@wrong("tokenizer.merge", "merge-used-twice")
def _(ids, pair, new_id):
    starts = {i for i in range(len(ids) - 1) if (ids[i], ids[i + 1]) == pair}
    return [new_id if i in starts else ids[i] for i in range(len(ids)) if i in starts or i - 1 not in starts]


@wrong("tokenizer.merge", "merge-half-left")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == list(pair):
            merged.append(new_id)
        else:
            merged.append(ids[i])
        i += 1
    return merged


@wrong("tokenizer.merge", "merge-first-only")
def _(ids, pair, new_id):
    ids = list(ids)
    for i in range(len(ids)):
        if tuple(ids[i : i + 2]) == pair:
            ids[i : i + 2] = [new_id]
            break
    return ids


@wrong("tokenizer.merge", "merge-end-lost")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids) - 1:
        if ids[i] == pair[0] and ids[i + 1] == pair[1]:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


@wrong("tokenizer.merge", "merge-past-the-end")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if (ids[i], ids[i + 1]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


@wrong("tokenizer.merge", "merge-from-the-right")
def _(ids, pair, new_id):
    ids, i = list(ids), len(ids) - 2
    while i >= 0:
        if tuple(ids[i : i + 2]) == pair:
            ids[i : i + 2] = [new_id]
            i -= 1
        i -= 1
    return ids


@wrong("tokenizer.merge", "merge-list-against-tuple")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


@wrong("tokenizer.merge", "changed-input")
def _(ids, pair, new_id):
    i = 0
    while i < len(ids) - 1:
        if (ids[i], ids[i + 1]) == pair:
            ids[i] = new_id
            ids.pop(i + 1)
        i += 1
    return ids


@wrong("tokenizer.merge", "merge-shrinks")
def _(ids, pair, new_id):
    merged = ids.copy()
    for i in range(len(ids) - 1):
        if merged[i] == pair[0] and merged[i + 1] == pair[1]:
            merged[i] = new_id
            merged.pop(i + 1)
    return merged


@wrong("tokenizer.merge", "edit")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == [*pair]:
            merged.append(new_id)
        else:
            merged.append(ids[i])
        i += 2
    return merged


@wrong("tokenizer.merge", "edit")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if tuple(ids[i : i + 2]) == pair:
            merged.append(new_id)
            i += 1
        i += 1
    return merged


@wrong("tokenizer.merge", "edit")
def _(ids, pair, new_id):
    merged, place = [], 0
    while place < len(ids):
        if tuple(ids[place : place + 2]) == pair:
            merged += [new_id]
            place += 2
        else:
            merged += [ids[place]]
        place += 1
    return merged


@wrong("tokenizer.merge", "merge-each-id")
def _(ids, pair, new_id):
    swapped = dict.fromkeys(pair, new_id)
    return [swapped.get(i, i) for i in ids]


@wrong("tokenizer.merge", "merge-first-id-only")
def _(ids, pair, new_id):
    merged, skip = [], False
    for i in ids:
        if skip:
            skip = False
            continue
        skip = i == pair[0]
        merged.append(new_id if skip else i)
    return merged


@wrong("tokenizer.merge", "merge-blocks")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        merged += [new_id] if ids[i : i + 2] == [*pair] else ids[i : i + 2]
        i += 2
    return merged


@wrong("tokenizer.merge", "merge-no-else")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == list(pair):
            merged += [new_id]
            i += 2
        merged += [ids[i]]
        i += 1
    return merged


@wrong("tokenizer.merge", "merge-end-twice")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i + 1 < len(ids):
        both = (ids[i], ids[i + 1]) == pair
        merged.append(new_id if both else ids[i])
        i += 1 + both
    merged.append(ids[-1])
    return merged


@wrong("tokenizer.merge", "merge-one-round")
def _(ids, pair, new_id):
    merged = []
    for i, two in enumerate(itertools.zip_longest(ids, ids[1:])):
        merged.append(new_id if two == pair else ids[i])
        return merged


@wrong("tokenizer.merge", "merge-same-list")
def _(ids, pair, new_id):
    if pair not in zip(ids, ids[1:], strict=False):
        return ids
    merged, place = [], 0
    while place < len(ids):
        here = tuple(ids[place : place + 2]) == pair
        merged.append(new_id if here else ids[place])
        place += 2 if here else 1
    return merged
