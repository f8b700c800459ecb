"""Exercise `ngram.copied_share`: its cases, its right answer found otherwise, and how people get it wrong."""

from classroom.judge import shelf
from classroom.judge.registry import check, mistake
from classroom.lessons.next_word.shared import LONG

TALE = "the old oak tree stood by the water and the old oak tree slept".split()


@check(
    "ngram.copied_share",
    cases=[
        (["x", "the", "old", "oak"], ["the", "old", "oak", "fell"], 3),
        (TALE[:8] + ["never"], TALE, 3),
        (["he", "slept"], ["the", "water", "slept"], 1),
        (["a", "b", "c"], ["x", "y", "z"], 2),
        (["the", "old"], ["the", "old", "oak"], 3),
        (["x", "old", "oak"], ["the", "old", "oak"], 3),
        (["oak", "old", "the"], ["the", "old", "oak"], 3),
        (["a", "b", "c", "a"], ["a", "b", "c"], 3),
        (["the", "oak"], ["the", "old", "the", "oak"], 2),
        (["a", "b", "c", "d"], ["a", "b", "c", "x", "b", "c", "d"], 3),
        (["z", "the", "old", "oak", "z", "z", "oak", "tree", "stood"], TALE, 3),
        (["oak", "tree"] * 6, TALE, 2),
        (LONG[3:12] + ["swan"] + LONG[30:35], LONG, 6),
        (["the", "oldoak"], ["the", "old", "oak"], 2),
    ],
    awkward=[
        (["x", "x", "x", "a", "b"], ["a", "b"], 2),
        (["a", "b", "x", "x", "x", "x", "x"], ["a", "b"], 2),
        (["a"], ["a"], 1),
        (["a", "a", "a"], ["a", "a"], 2),
        (shelf.tale(4), shelf.tale(4), 6),
        (shelf.tale(4), shelf.tale(9), 5),
        (shelf.tale(9), shelf.tale(4), 5),
        (shelf.tale(6), shelf.tale(6), 6),
        (["e", "a", "b", "e", "d"], ["a", "d", "e", "a", "b", "d"], 4),
        (["a", "b"], [], 2),
    ],
)
def copied_share(tokens, source, run=6):
    def stands_in_source(start):
        return any(
            list(source[i : i + run]) == list(tokens[start : start + run])
            for i in range(len(source) - run + 1)
        )

    covered = 0
    for place in range(len(tokens)):
        starts = range(max(0, place - run + 1), min(place, len(tokens) - run) + 1)
        covered += any(stands_in_source(start) for start in starts)
    return covered / len(tokens)


def _runs(tokens, run):
    return [tuple(tokens[start : start + run]) for start in range(len(tokens) - run + 1)]


@mistake(
    "ngram.copied_share",
    "copied-overlaps",
    "Overlapping runs are counted again and again, so words count several times. Mark each word once.",
)
def _(tokens, source, run=6):
    known = set(_runs(source, run))
    return sum(run for piece in _runs(tokens, run) if piece in known) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-runs",
    "This is the share of runs. What is asked is the share of words that lie in such a run.",
)
def _(tokens, source, run=6):
    known, pieces = set(_runs(source, run)), _runs(tokens, run)
    return sum(piece in known for piece in pieces) / len(pieces) if pieces else 0.0


@mistake(
    "ngram.copied_share",
    "copied-starts",
    "You counted where copied runs start. All the words of a run are copied, not only its first.",
)
def _(tokens, source, run=6):
    known = set(_runs(source, run))
    return sum(piece in known for piece in _runs(tokens, run)) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-as-text",
    "As joined text, 'he' is found inside 'the'. Compare lists of words, not one long string.",
)
def _(tokens, source, run=6):
    text, copied = " ".join(map(str, source)), set()
    for start in range(len(tokens) - run + 1):
        if " ".join(map(str, tokens[start : start + run])) in text:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-words",
    "Single words that occur anywhere in the source do not count: a run must stand there in the same order.",
)
def _(tokens, source, run=6):
    known = set(source)
    return sum(token in known for token in tokens) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-last-run",
    "The last run is never looked at: check where your range ends (len(tokens) - run + 1).",
)
def _(tokens, source, run=6):
    known, copied = set(_runs(source, run)), set()
    for start in range(len(tokens) - run):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-blocks",
    "You cut the text into blocks of `run` words. A copied run may start at any word.",
)
def _(tokens, source, run=6):
    known = set(_runs(source, run))
    return sum(run for s in range(0, len(tokens), run) if tuple(tokens[s : s + run]) in known) / len(tokens)


@mistake(
    "ngram.copied_share", "copied-count", "This is the number of copied words. Divide by how many there are."
)
def _(tokens, source, run=6):
    known, copied = set(_runs(source, run)), set()
    for start in range(len(tokens) - run + 1):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, start + run))
    return len(copied)


@mistake(
    "ngram.copied_share",
    "copied-short-tail",
    "At its end a slice gets shorter than run, and short ends were compared too. Starts go up to len(...) - run.",
)
def _(tokens, source, run=6):
    known = {tuple(source[start : start + run]) for start in range(len(source))}
    copied = set()
    for start in range(len(tokens)):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, min(start + run, len(tokens))))
    return len(copied) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-jumps",
    "After a copied run you jumped over it, but the next one may begin inside it. Move on by one word each time.",
)
def _(tokens, source, run=6):
    known, start, copied = set(_runs(source, run)), 0, 0
    while start < len(tokens):
        is_copied = tuple(tokens[start : start + run]) in known
        copied += run * is_copied
        start += run if is_copied else 1
    return copied / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-set-of-words",
    "A set of words holds each word once, however often it was copied. Collect the places of copied words instead.",
)
def _(tokens, source, run=6):
    known = set(_runs(source, run))
    return len({word for piece in _runs(tokens, run) if piece in known for word in piece}) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-never-found",
    "No run was ever found. `piece in source` asks if one token of source is that whole run: compare it with source's runs.",
    where=r"\bin source\b",
)
def _(tokens, source, run=6):
    return 0.0


@mistake(
    "ngram.copied_share",
    "copied-last-run-of-source",
    "The last run of source is missing: its range ends at len(source) - run + 1.",
)
def _(tokens, source, run=6):
    known, copied = set(_runs(source[:-1], run)), set()
    for start in range(len(tokens) - run + 1):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-first-place",
    "source.index finds only the first place where a word stands. The copied run may begin at a later one.",
)
def _(tokens, source, run=6):
    copied = set()
    for start in range(len(tokens) - run + 1):
        place = source.index(tokens[start]) if tokens[start] in source else len(source)
        if source[place : place + run] == tokens[start : start + run]:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)
