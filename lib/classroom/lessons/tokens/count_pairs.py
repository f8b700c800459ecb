"""`tokenizer.count_pairs`: how often each two neighbours stand there. Hard: pairs overlap, and end with a chunk."""

import re

from classroom.judge import shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check, mistake
from classroom.lessons.tokens.shared import FEW, TALE, as_letters


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
        ([[6, 6, 6, 6], [8, 8, 8]],),
        ([[4, 4, 4, 4, 4]],),
        (TALE,),
        (FEW,),
    ],
    awkward=[(chunks,) for chunks in shelf.CHUNKS],
)
def count_pairs(chunks):
    texts, seen = [as_letters(ids) for ids in chunks], {i for ids in chunks for i in ids}
    pairs = {(a, b): re.compile(f"(?={as_letters((a, b))})") for a in seen for b in seen}
    counts = {pair: sum(len(found.findall(text)) for text in texts) for pair, found in pairs.items()}
    return {pair: count for pair, count in counts.items() if count}


PAIRS = "zip(ids, ids[1:], strict=False)"

edits(
    "tokenizer.count_pairs",
    (
        "count-pairs-past-the-end",
        [(f"pair in {PAIRS}", "i in range(len(ids))"), ("counts[pair]", "counts[ids[i], ids[i + 1]]")],
        "ids[i + 1] is past the end when i is the last place: n ids make n - 1 pairs, so the range ends at len(ids) - 1.",
    ),
    (
        "count-pairs-halves",
        [(f"pair in {PAIRS}", "i in range(len(ids))"), ("counts[pair]", "counts[tuple(ids[i : i + 2])]")],
        "At its end a slice of two holds one id, and that was counted as a pair. n ids make n - 1 pairs.",
    ),
    (
        "count-pairs-wraps",
        [(f"pair in {PAIRS}", "i in range(len(ids))"), ("counts[pair]", "counts[ids[i - 1], ids[i]]")],
        "The first id was paired with the last one: ids[i - 1] at i = 0 is ids[-1], the end. Start at 1.",
    ),
    (
        "count-pairs-last-missing",
        "ids[1:]",
        "ids[1:-1]",
        "The last pair of each chunk is left out: check where your range ends. n ids make n - 1 pairs.",
    ),
    (
        "count-pairs-every-second",
        PAIRS,
        "zip(ids[::2], ids[1::2])",
        "You step by two, so half of the pairs are missed: 1, 2, 3 holds (1, 2) and (2, 3). Move on by one each time.",
    ),
    (
        "count-pairs-across",
        "for ids in chunks",
        "for ids in [sum(chunks, [])]",
        "A pair across two chunks was counted: chunks were joined. No token may cross a cut, so count in each by itself.",
    ),
    (
        "count-pairs-once",
        "+= 1",
        "= 1",
        "Each pair is counted once, however often it stands there. How often is the whole question.",
    ),
    (
        "count-pairs-from-0",
        "counts[pair] += 1",
        "counts[pair] = counts[pair] + 1 if pair in counts else 0",
        "Every pair is counted one too few: the first time it is met counts as 1, not as 0.",
    ),
    (
        "count-pairs-last-chunk",
        ...,
        "for ids in chunks:\n    counts = Counter(zip(ids, ids[1:]))\nreturn counts",
        "Only the last chunk was counted: the counter is made anew for each chunk. Make it once, above the loop.",
    ),
    (
        "count-pairs-once-a-chunk",
        PAIRS,
        "set(zip(ids, ids[1:]))",
        "Each pair is counted once for each chunk. Within a chunk it may stand several times: count them all.",
    ),
    (
        "count-pairs-unordered",
        "counts[pair]",
        "counts[tuple(sorted(pair))]",
        "(1, 2) and (2, 1) were counted together. They are two pairs: 'th' is not 'ht'.",
    ),
    (
        "count-pairs-update-ids",
        "counts[pair] += 1",
        "counts.update(pair)",
        "update(pair) goes over the pair and counts its two ids. Add 1 to the pair itself: counts[pair] += 1.",
    ),
)


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-no-overlap",
    "Here 1, 1, 1 is counted as one pair. Our convention: two, at places 0 and 1. Pairs may overlap when counted.",
)
def _(chunks):
    texts, pairs = [as_letters(ids) for ids in chunks], count_pairs(chunks)
    return {pair: sum(text.count(as_letters(pair)) for text in texts) for pair in pairs}
