"""Exercise `tokenizer.count_pairs`: its cases, its right answer found otherwise, and how people get it wrong."""

import re
from collections import Counter

from classroom.judge import shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.tokens.shared import FEW, TALE, _as_letters


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
    awkward=[
        *((chunks,) for chunks in shelf.CHUNKS),
    ],
)
def count_pairs(chunks):
    texts, seen = [_as_letters(ids) for ids in chunks], {i for ids in chunks for i in ids}
    pairs = {(a, b): re.compile(f"(?={_as_letters((a, b))})") for a in seen for b in seen}
    counts = {pair: sum(len(found.findall(text)) for text in texts) for pair, found in pairs.items()}
    return {pair: count for pair, count in counts.items() if count}


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-past-the-end",
    "ids[i + 1] is past the end when i is the last place: n ids make n - 1 pairs, so the range ends at "
    "len(ids) - 1.",
)
def _(chunks):
    return Counter((ids[i], ids[i + 1]) for ids in chunks for i in range(len(ids)))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-across",
    "A pair across two chunks was counted: chunks were joined. No token may cross a cut, so count in "
    "each by itself.",
)
def _(chunks):
    joined = [i for ids in chunks for i in ids]
    return Counter(zip(joined, joined[1:], strict=False))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-once",
    "Each pair is counted once, however often it stands there. How often is the whole question.",
)
def _(chunks):
    return Counter({pair for ids in chunks for pair in zip(ids, ids[1:], strict=False)})


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-once-a-chunk",
    "Each pair is counted once for each chunk. Within a chunk it may stand several times: count them all.",
)
def _(chunks):
    return Counter(pair for ids in chunks for pair in set(zip(ids, ids[1:], strict=False)))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-no-overlap",
    "Here 1, 1, 1 is counted as one pair. Our convention: two, at places 0 and 1. Pairs may overlap when "
    "counted.",
)
def _(chunks):
    counts = Counter()
    for ids in chunks:
        last = {}
        for place, pair in enumerate(zip(ids, ids[1:], strict=False)):
            if last.get(pair) != place - 1:
                counts[pair] += 1
                last[pair] = place
    return counts


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-every-second",
    "You step by two, so half of the pairs are missed: 1, 2, 3 holds (1, 2) and (2, 3). Move on by one "
    "each time.",
)
def _(chunks):
    return Counter(pair for ids in chunks for pair in zip(ids[::2], ids[1::2], strict=False))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-last-missing",
    "The last pair of each chunk is left out: check where your range ends. n ids make n - 1 pairs.",
)
def _(chunks):
    return Counter((ids[i], ids[i + 1]) for ids in chunks for i in range(len(ids) - 2))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-last-chunk",
    "Only the last chunk was counted: the counter is made anew for each chunk. Make it once, above the loop.",
)
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts = Counter(zip(ids, ids[1:], strict=False))
    return counts


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-first-chunk",
    "Only the first chunk was counted: the return stands inside the loop. Move it to the left.",
)
def _(chunks):
    for ids in chunks:
        return Counter(zip(ids, ids[1:], strict=False))
    return Counter()


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-unordered",
    "(1, 2) and (2, 1) were counted together. They are two pairs: 'th' is not 'ht'.",
)
def _(chunks):
    return Counter(tuple(sorted(pair)) for ids in chunks for pair in zip(ids, ids[1:], strict=False))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-wraps",
    "The first id was paired with the last one: ids[i - 1] at i = 0 is ids[-1], the end. Start at 1.",
)
def _(chunks):
    return Counter((ids[i - 1], ids[i]) for ids in chunks for i in range(len(ids)))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-reversed",
    "The two ids changed places. The left one comes first: [1, 2] holds the pair (1, 2).",
)
def _(chunks):
    return Counter((right, left) for ids in chunks for left, right in zip(ids, ids[1:], strict=False))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-halves",
    "At its end a slice of two holds one id, and that was counted as a pair. n ids make n - 1 pairs.",
)
def _(chunks):
    return Counter(tuple(ids[i : i + 2]) for ids in chunks for i in range(len(ids)))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-update-ids",
    "update(pair) goes over the pair and counts its two ids. Add 1 to the pair itself: counts[pair] += 1.",
)
def _(chunks):
    return Counter(i for ids in chunks for pair in zip(ids, ids[1:], strict=False) for i in pair)


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-replaced",
    "A dictionary's update puts a chunk's count in the place of the one before. Only a Counter's update adds them.",
)
def _(chunks):
    counts = {}
    for ids in chunks:
        counts.update(Counter(zip(ids, ids[1:], strict=False)))
    return counts
