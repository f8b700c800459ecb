"""`tokenizer.train`: BPE training. Hard: counts are taken anew after each merge, and ties have a rule."""

from classroom.judge import shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check, mistake
from classroom.lessons.tokens.count_pairs import count_pairs
from classroom.lessons.tokens.shared import FEW, TALE, as_ids, as_letters


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
    awkward=[(chunks, 7) for chunks in shelf.CHUNKS],
)
def train(chunks, n_merges):
    texts, merges = [as_letters(ids) for ids in chunks], []
    for number in range(n_merges):
        counts = count_pairs([as_ids(text) for text in texts])
        if not counts:
            break
        lowest_first = sorted(counts)
        pair = sorted(lowest_first, key=counts.get, reverse=True)[0]  # sorting keeps the order of equals
        texts = [text.replace(as_letters(pair), as_letters([256 + number])) for text in texts]
        merges.append(pair)
    return merges


@mistake(
    "tokenizer.train",
    "train-not-merged",
    "The same pair is found every time. In each round replace it in the chunks, chunks = [...], and then count those again.",
    where=r"^(?!.*merge\(\s*pair\b)",
)
def _(chunks, n_merges):
    return train(chunks, 1) * n_merges


@mistake(
    "tokenizer.train",
    "train-merge-turned",
    "merge takes the chunk first and the pair second, merge(ids, pair, new_id). Yours looks for the chunk in the pair.",
    where=r"merge\(\s*pair\b",
)
def _(chunks, n_merges):
    return train(chunks, 1) * n_merges  # merge(pair, ids, new_id) gives the pair each time


BEST = "min(counts, key=lambda pair: (-counts[pair], pair))"
STOP = "        if not counts:\n            break\n"

edits(
    "tokenizer.train",
    (
        "train-counts-once",
        ...,
        "counts = tokenizer.count_pairs(chunks)\nreturn sorted(counts, key=lambda pair: (-counts[pair], pair))[:n_merges]",
        "You counted once and took the most frequent. Count again after each merge: only then can a merge be merged further.",
    ),
    (
        "train-first-id-255",
        "merge(ids, pair, new_id)",
        "merge(ids, pair, new_id - 1)",
        "The first new id is 256: 255 is a byte already (they are 0 to 255).",
    ),
    (
        "train-first-id-257",
        "merge(ids, pair, new_id)",
        "merge(ids, pair, new_id + 1)",
        "The first new id is 256, not 257: the bytes are 0 to 255, so 256 is free.",
    ),
    (
        "train-first-id-0",
        "range(256, 256 + n_merges)",
        "range(n_merges)",
        "New ids begin at 0 and so mean bytes that there are already. The first free one is 256.",
    ),
    (
        "train-same-id",
        "merge(ids, pair, new_id)",
        "merge(ids, pair, 256)",
        "Every merge got the id 256. Each new token needs its own: 256, 257, 258, ...",
    ),
    (
        "train-runs-out",
        STOP,
        "",
        "When no pair is left there is nothing to choose from, and min() or max() stops with an error. Break off there.",
    ),
    (
        "train-most-common-runs-out",
        [(STOP, ""), (BEST, "counts.most_common(1)[0][0]")],
        "When no pair is left, most_common(1) is an empty list: break off there. (Of equal ones it takes the first it met.)",
    ),
    (
        "train-ties-by-luck",
        BEST,
        "max(counts, key=counts.get)",
        "Of pairs that are equally frequent, the one met first won. Our rule: the lowest ids win, wherever they stand.",
    ),
    (
        "train-ties-highest",
        BEST,
        "max(counts, key=lambda pair: (counts[pair], pair))",
        "Of pairs that are equally frequent, the highest ids won. Our rule is the lowest: min(...) by (-count, pair).",
    ),
    (
        "train-highest-ids",
        BEST,
        "max(counts)",
        "max(counts) compares the pairs themselves. How often they occur is counts[pair]: that belongs into key=...",
    ),
    (
        "train-joins-chunks",
        "merges = []",
        "merges, chunks = [], [sum(chunks, [])]",
        "The chunks were joined into one, so pairs across their ends were merged. Keep them apart.",
    ),
    (
        "train-range",
        "range(256, 256 + n_merges)",
        "range(256, n_merges)",
        "range(256, n_merges) is empty while n_merges is small. There are n_merges rounds, so it ends at 256 + n_merges.",
    ),
    (
        "train-one-round",
        "    return merges",
        "        return merges",
        "It ends after the first round: the return stands inside the loop. Move it to the left.",
    ),
)
