"""Exercise `tokenizer.merge`: its cases, its right answer found otherwise, and how people get it wrong."""

from classroom.judge.registry import check, mistake
from classroom.lessons.tokens.shared import _as_ids, _as_letters, _chance, _merge


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
    awkward=[
        *((ids, (5, 3), 256) for ids in ([1, 3], [9, 3], [5, 1], [5, 9], [3, 5], [5, 5, 3, 3], [5, 3])),
    ],
)
def merge(ids, pair, new_id):
    return _as_ids(_as_letters(ids).replace(_as_letters(pair), _as_letters([new_id])))


@mistake(
    "tokenizer.merge",
    "merge-used-twice",
    "1, 1, 1 became two new tokens, so the one in the middle was used twice. After a merge, go on behind "
    "both.",
)
def _(ids, pair, new_id):
    merged, used = [], False
    for place in range(len(ids)):
        starts = tuple(ids[place : place + 2]) == tuple(pair)
        if starts:
            merged.append(new_id)
        elif not used:
            merged.append(ids[place])
        used = starts
    return merged


@mistake(
    "tokenizer.merge",
    "merge-half-left",
    "The second half of the pair is left behind after the new token. After a merge, move on by two places.",
)
def _(ids, pair, new_id):
    return [
        new_id if tuple(ids[place : place + 2]) == tuple(pair) else ids[place] for place in range(len(ids))
    ]


@mistake(
    "tokenizer.merge",
    "merge-first-only",
    "Only the first occurrence was replaced. Go on to the end: all of them become the new token.",
)
def _(ids, pair, new_id):
    for place in range(len(ids) - 1):
        if (ids[place], ids[place + 1]) == tuple(pair):
            return [*ids[:place], new_id, *ids[place + 2 :]]
    return list(ids)


@mistake(
    "tokenizer.merge",
    "merge-end-lost",
    "The last id is lost where it is not part of a pair: the loop ends one place too early.",
)
def _(ids, pair, new_id):
    merged, skip = [], False
    for place in range(len(ids) - 1):
        if skip:
            skip = False
        elif (ids[place], ids[place + 1]) == tuple(pair):
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged


@mistake(
    "tokenizer.merge",
    "merge-past-the-end",
    "ids[place + 1] is past the end when place is the last one. First ask whether there is a next one.",
)
def _(ids, pair, new_id):
    merged, skip = [], False
    for place in range(len(ids)):
        if skip:
            skip = False
        elif (ids[place], ids[place + 1]) == tuple(pair):
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged


@mistake(
    "tokenizer.merge",
    "merge-from-the-right",
    "You read from the right: 1, 1, 1 became [1, 256]. Our convention is from the left: [256, 1].",
)
def _(ids, pair, new_id):
    merged, skip = [], False
    for place in reversed(range(len(ids))):
        if skip:
            skip = False
        elif place > 0 and (ids[place - 1], ids[place]) == tuple(pair):
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged[::-1]


@mistake(
    "tokenizer.merge",
    "merge-list-against-tuple",
    "Nothing was merged. ids[place : place + 2] is a list and pair is a tuple, and those are never "
    "equal: tuple(...) it.",
)
def _(ids, pair, new_id):
    return list(ids)


@mistake(
    "tokenizer.merge",
    "merge-in-place",
    "This changes the list that it was given, while others still use it. Build a new list and return that.",
)
def _(ids, pair, new_id):
    for place in range(len(ids)):
        if tuple(ids[place : place + 2]) == tuple(pair):
            ids[place : place + 2] = [new_id]
    return ids


@mistake(
    "tokenizer.merge",
    "merge-shrinks",
    "The list gets shorter while the loop counts up to its old length, and runs off the end. Build a new "
    "list instead.",
)
def _(ids, pair, new_id):
    ids = list(ids)
    for place in range(len(ids) - 1):
        if (ids[place], ids[place + 1]) == tuple(pair):
            ids[place] = new_id
            del ids[place + 1]
    return ids


@mistake(
    "tokenizer.merge",
    "merge-either-order",
    "(2, 1) was merged as if it were (1, 2). The order counts: 'th' is not 'ht'.",
)
def _(ids, pair, new_id):
    merged, skip = [], False
    for place in range(len(ids)):
        if skip:
            skip = False
        elif sorted(ids[place : place + 2]) == sorted(pair):
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged


@mistake(
    "tokenizer.merge",
    "merge-blocks",
    "You always step by two, and miss every pair that starts in between. Step by two after a merge, else "
    "by one.",
)
def _(ids, pair, new_id):
    return [
        new_id if tuple(ids[place : place + 2]) == tuple(pair) else ids[place]
        for place in range(0, len(ids), 2)
    ]


@mistake(
    "tokenizer.merge",
    "merge-others-dropped",
    "Only the new tokens are left. What is not part of the pair stays: append it as it is.",
)
def _(ids, pair, new_id):
    return [i for i in _merge(ids, tuple(pair), new_id) if i == new_id]


@mistake(
    "tokenizer.merge",
    "merge-three-steps",
    "The id behind each pair is lost: after a merge you moved on by two, and then by one more.",
)
def _(ids, pair, new_id):
    merged, place = [], 0
    while place < len(ids):
        is_pair = tuple(ids[place : place + 2]) == tuple(pair)
        merged.append(new_id if is_pair else ids[place])
        place += 3 if is_pair else 1
    return merged


@mistake(
    "tokenizer.merge",
    "merge-each-id",
    "Each id of the pair was replaced by itself. Only the two side by side become one new token.",
)
def _(ids, pair, new_id):
    return [new_id if i in pair else i for i in ids]


@mistake(
    "tokenizer.merge",
    "merge-as-text",
    "As text, '1 2' is found inside '11 25'. Compare numbers with numbers, not letters with letters.",
)
def _(ids, pair, new_id):
    text = " ".join(map(str, ids)).replace(" ".join(map(str, pair)), str(new_id))
    return [int(word) for word in text.split()]


@mistake(
    "tokenizer.merge",
    "merge-first-id-only",
    "Only the pair's first id was looked at. What comes after it has to be the second one.",
)
def _(ids, pair, new_id):
    merged, place = [], 0
    while place < len(ids):
        merged.append(new_id if ids[place] == pair[0] else ids[place])
        place += 2 if ids[place] == pair[0] else 1
    return merged
