"""Exercise `tokenizer.train`: its cases, its right answer found otherwise, and how people get it wrong."""

from classroom.judge import shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.tokens.count_pairs import count_pairs
from classroom.lessons.tokens.shared import FEW, TALE, _as_ids, _as_letters, _count, _merge


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
    awkward=[
        *((chunks, 7) for chunks in shelf.CHUNKS),
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


def _trained(chunks, n_merges, first_id=256, best=None, least=1):
    """Right, where nothing else is asked for."""
    merges = []
    best = best or (lambda counts: min(counts, key=lambda pair: (-counts[pair], pair)))
    for new_id in range(first_id, first_id + n_merges):
        counts = _count(chunks)
        if not counts or max(counts.values()) < least:
            break
        merges.append(best(counts))
        chunks = [_merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@mistake(
    "tokenizer.train",
    "train-counts-once",
    "You counted once and took the most frequent. Count again after each merge: only then can a merge be "
    "merged further.",
)
def _(chunks, n_merges):
    counts = _count(chunks)
    return sorted(counts, key=lambda pair: (-counts[pair], pair))[:n_merges]


@mistake(
    "tokenizer.train",
    "train-not-merged",
    "The same pair is found every time, since the chunks stay as they were. Replace the pair in them, "
    "then count again.",
    where=r"^(?!.*merge\(pair)",  # with its arguments exchanged, merge finds nothing
)
def _(chunks, n_merges):
    counts = _count(chunks)
    return [min(counts, key=lambda pair: (-counts[pair], pair))] * n_merges if counts else []


@mistake(
    "tokenizer.train",
    "train-first-id-255",
    "The first new id is 256: 255 is a byte already (they are 0 to 255).",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, first_id=255)


@mistake(
    "tokenizer.train",
    "train-first-id-257",
    "The first new id is 256, not 257: the bytes are 0 to 255, so 256 is free.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, first_id=257)


@mistake(
    "tokenizer.train",
    "train-first-id-0",
    "New ids begin at 0 and so mean bytes that there are already. The first free one is 256.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, first_id=0)


@mistake(
    "tokenizer.train",
    "train-same-id",
    "Every merge got the id 256. Each new token needs its own: 256, 257, 258, ...",
)
def _(chunks, n_merges):
    merges = []
    for _ in range(n_merges):
        counts = _count(chunks)
        if not counts:
            break
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        chunks = [_merge(ids, merges[-1], 256) for ids in chunks]
    return merges


@mistake(
    "tokenizer.train",
    "train-runs-out",
    "When no pair is left there is nothing to choose from, and min() or max() stops with an error. Break "
    "off there.",
)
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = _count(chunks)
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        chunks = [_merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@mistake(
    "tokenizer.train",
    "train-ties-by-luck",
    "Of pairs that are equally frequent, the one met first won. Our rule: the lowest ids win, wherever "
    "they stand.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=lambda counts: max(counts, key=counts.get))


@mistake(
    "tokenizer.train",
    "train-ties-highest",
    "Of pairs that are equally frequent, the highest ids won. Our rule is the lowest: min(...) by "
    "(-count, pair).",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=lambda counts: max(counts, key=lambda pair: (counts[pair], pair)))


@mistake(
    "tokenizer.train",
    "train-least-frequent",
    "The least frequent pair was merged. The one that stands there most often saves the most: use -count "
    "with min.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=lambda counts: min(counts, key=lambda pair: (counts[pair], pair)))


@mistake(
    "tokenizer.train",
    "train-stops-at-one",
    "It stops where every pair is left once only. We go on until n_merges are made, or no pair is left "
    "at all.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, least=2)


@mistake(
    "tokenizer.train",
    "train-joins-chunks",
    "The chunks were joined into one, so pairs across their ends were merged. Keep them apart.",
)
def _(chunks, n_merges):
    return _trained([[i for ids in chunks for i in ids]], n_merges)


@mistake(
    "tokenizer.train",
    "train-changes-chunks",
    "The caller's chunks were changed. Make a new list of chunks in each round: chunks = [... for ids in "
    "chunks].",
)
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = _count(chunks)
        if not counts:
            break
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        for number, ids in enumerate(chunks):
            chunks[number] = _merge(ids, merges[-1], new_id)
    return merges


@mistake(
    "tokenizer.train",
    "train-gives-table",
    "The merges are right, but as a dictionary. A list of pairs is needed: the place in it says which id "
    "a pair got.",
)
def _(chunks, n_merges):
    return {pair: new_id for new_id, pair in enumerate(_trained(chunks, n_merges), start=256)}


@mistake(
    "tokenizer.train",
    "train-range",
    "range(256, n_merges) is empty while n_merges is small. There are n_merges rounds, so it ends at 256 "
    "+ n_merges.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges - 256)


@mistake(
    "tokenizer.train",
    "train-not-by-count",
    "The lowest ids won, whatever their count. First comes the count, and only between equals the ids.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=min)


@mistake(
    "tokenizer.train",
    "train-one-round",
    "It ends after the first round: the return stands inside the loop. Move it to the left.",
)
def _(chunks, n_merges):
    return _trained(chunks, 1) if n_merges else []


@mistake(
    "tokenizer.train",
    "train-most-common-runs-out",
    "When no pair is left, most_common(1) is an empty list: break off there. (Of equal ones it takes the first it met.)",
)
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        merges.append(_count(chunks).most_common(1)[0][0])
        chunks = [_merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@mistake(
    "tokenizer.train",
    "train-highest-ids",
    "max(counts) compares the pairs themselves. How often they occur is counts[pair]: that belongs into key=...",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=max)


@mistake(
    "tokenizer.train",
    "train-one-more",
    "One merge too many: range(256, 256 + n_merges) runs n_merges times.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges + 1)


@mistake(
    "tokenizer.train",
    "train-one-fewer",
    "The last merge is missing: range(256, 256 + n_merges) runs n_merges times, and ends before 256 + n_merges.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges - 1)
