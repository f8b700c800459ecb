"""Exercise `ngram.copied_share`: n-gram overlap with a source, where runs overlap and each token counts once."""

from classroom.judge import shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check, mistake
from classroom.lessons.next_word.shared import LONG

TALE = "the old oak tree stood by the water and the old oak tree slept".split()


@check(
    "ngram.copied_share",
    cases=[
        (["x", "the", "old", "oak"], ["the", "old", "oak", "fell"], 3),
        (TALE[:8] + ["never"], TALE, 3),
        (["he", "slept"], ["the", "water", "slept"], 1),
        (["a", "b", "x", "d", "e", "f"], ["a", "b", "c", "d", "e", "f"], 2),
        (["the", "old"], ["the", "old", "oak"], 3),
        (["old", "x", "old", "oak"], ["the", "old", "oak"], 3),
        (["oak", "old", "the"], ["the", "old", "oak"], 3),
        (["a", "b", "c", "a"], ["a", "b", "c"], 3),
        (["the", "oak"], ["the", "old", "the", "oak"], 2),
        (["a", "b", "c", "d"], ["a", "b", "c", "x", "b", "c", "d"], 3),
        (["b", "c", "d", "z"], ["a", "b", "c", "x", "b", "c", "d", "e"], 3),
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
        run_here = tokens[start : start + run]
        return any(source[i : i + run] == run_here for i in range(len(source) - run + 1))

    covered = 0
    for place in range(len(tokens)):
        starts = range(max(0, place - run + 1), min(place, len(tokens) - run) + 1)
        covered += any(stands_in_source(start) for start in starts)
    return covered / len(tokens)


KNOWN = "{tuple(source[start : start + run]) for start in range(len(source) - run + 1)}"
EACH_START = "for start in range(len(tokens) - run + 1):"
UPDATE = "copied.update(range(start, start + run))"
COUNTED = ("copied = set()", "copied = 0")
OF_ALL = "return len(copied) / len(tokens)"

edits(
    "ngram.copied_share",
    (
        "copied-overlaps",
        [COUNTED, (UPDATE, "copied += run"), (OF_ALL, "return copied / len(tokens)")],
        "Overlapping runs are counted again and again, so words count several times. Mark each word once.",
    ),
    (
        "copied-starts",
        UPDATE,
        "copied.add(start)",
        "You counted where copied runs start. All the words of a run are copied, not only its first.",
    ),
    (
        "copied-runs",
        [COUNTED, (UPDATE, "copied += 1"), (OF_ALL, "return copied / max(1, len(tokens) - run + 1)")],
        "This is the share of runs. What is asked is the share of words that lie in such a run.",
    ),
    (
        "copied-as-text",
        [
            (KNOWN, '" ".join(source)'),
            ("tuple(tokens[start : start + run])", '" ".join(tokens[start : start + run])'),
        ],
        "As joined text, 'he' is found inside 'the'. Compare lists of words, not one long string.",
    ),
    (
        "copied-words",
        ...,
        "return sum(token in source for token in tokens) / len(tokens)",
        "Single words that occur anywhere in the source do not count: a run must stand there in the same order.",
    ),
    (
        "copied-any-order",
        ("tuple(", "every"),
        "frozenset(",
        "The words of a run were found in another order than they stand in source. Compare lists or tuples: a set and a sorted list forget the order.",
    ),
    (
        "copied-same-place",
        "tuple(tokens[start : start + run]) in known",
        "tokens[start : start + run] == source[start : start + run]",
        "Runs were compared at equal places only. A copied run may stand anywhere in source: look for it at every place.",
    ),
    (
        "copied-last-run",
        EACH_START,
        "for start in range(len(tokens) - run):",
        "The last run is never looked at: check where your range ends (len(tokens) - run + 1).",
    ),
    (
        "copied-blocks",
        EACH_START,
        "for start in range(0, len(tokens), run):",
        "You cut the text into blocks of `run` words. A copied run may start at any word.",
    ),
    (
        "copied-last-run-of-source",
        "range(len(source) - run + 1)",
        "range(len(source) - run)",
        "The last run of source is missing: its range ends at len(source) - run + 1.",
    ),
    (
        "copied-jumps",
        [
            (EACH_START, "start = 0\n    while start < len(tokens):"),
            (UPDATE, f"{UPDATE}\n            start += run - 1\n        start += 1"),
        ],
        "After a copied run you jumped over it, but the next one may begin inside it. Move on by one word each time.",
    ),
    (
        "copied-set-of-words",
        UPDATE,
        "copied.update(tokens[start : start + run])",
        "A set of words holds each word once, however often it was copied. Collect the places of copied words instead.",
    ),
    (
        "copied-short-tail",
        [
            ("range(len(source) - run + 1)", "range(len(source))"),
            ("range(len(tokens) - run + 1)", "range(len(tokens))"),
        ],
        "At its end a slice gets shorter than run, and short ends were compared too. Starts go up to len(...) - run.",
    ),
)


@mistake(
    "ngram.copied_share",
    "copied-never-found",
    "No run was ever found. `piece in source` asks if one token of source is that whole run: compare it with source's runs.",
    where=r"\bin source\b",
)
def _(tokens, source, run=6):
    return 0.0
