"""Exercise `ngram.smooth`: additive (Laplace) smoothing; what goes on top of each share must go underneath as often."""

import math
from collections import Counter

from classroom.judge import shelf
from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.next_word.shared import LONG

SEEN = {"boy": 53, "girl": 46}
FOUR = ["boy", "duckling", "girl", "mermaid"]


def smoothed_rows_sum_to_one(smooth):
    """Over the whole vocabulary, shares sum to 1."""
    for counts in (SEEN, {}):
        row = ask("ngram.smooth", smooth, counts, FOUR, 1.0)
        if set(row) != set(FOUR) or not all(map(is_number, row.values())):
            return  # that is said otherwise
        total = sum(row.values())
        if math.isclose(total, 1, rel_tol=1e-6):
            continue
        says = f"The row sums to {total:.4g}, not 1. Is all that was added on top added underneath too, over all words?"
        if total < 1:
            says = (
                f"The row sums to {total:.4g}, not 1. Is more added underneath than on top, over all words?"
            )
        if not counts:
            says = f"A context never seen gave a row that sums to {total:.4g}. There every word gets an equal share."
        called = f"sum(smooth({counts}, {FOUR}, 1.0).values())"
        raise Wrong("smooth-sum", says, called, f"{total:.4g}", "1")


@check(
    "ngram.smooth",
    cases=[
        ({"boy": 3}, ["boy", "girl"], 1.0),
        (SEEN, FOUR, 1.0),
        (SEEN, FOUR, 0.1),
        ({}, ["boy", "girl", "mermaid"], 1.0),
        ({98: 2}, range(256), 0.5),
        (dict(Counter(LONG)), sorted(set(LONG) | {"swan", "tired"}), 2.5),
    ],
    awkward=[
        *((counts, (*counts, "unseen", 7), 0.25) for counts in shelf.COUNTS),
        ({"b": 9}, ["b"], 1),
    ],
    behaviours=[smoothed_rows_sum_to_one],
)
def smooth(counts, vocabulary, extra=1.0):
    seen_more = {token: extra for token in vocabulary}
    for token, count in counts.items():
        seen_more[token] += count
    whole = math.fsum(seen_more.values())
    return {token: share / whole for token, share in seen_more.items()}


COUNT = "counts.get(token, 0)"
UNDERNEATH = "extra * len(vocabulary)"

edits(
    "ngram.smooth",
    (
        "smooth-top-only",
        f"+ {UNDERNEATH}",
        "or 1",
        "You added on top only, so the row sums to more than 1. Underneath goes extra too, once for each word.",
    ),
    (
        "smooth-seen-only",
        [("in vocabulary", "in counts"), ("len(vocabulary)", "len(counts)")],
        "Words never seen here are still missing. Everything in the vocabulary gets a share: that is what it is for.",
    ),
    (
        "smooth-seen-size",
        f"+ {UNDERNEATH}",
        "+ extra * len(counts) or 1",
        "Underneath you counted the followers seen here. extra goes to every word of the vocabulary: use its length.",
    ),
    (
        "smooth-extra-once",
        UNDERNEATH,
        "extra",
        "Underneath extra was added once. It was added on top for each word of the vocabulary: so extra * len(vocabulary).",
    ),
    (
        "smooth-counts",
        ") / total",
        ")",
        "These are the raised counts. Divide each by their sum, so that they become shares.",
    ),
    (
        "smooth-not-at-all",
        [(f" + {UNDERNEATH}", ""), (" + extra)", ")")],
        "Nothing was added: words never seen still get 0, and one of them makes the loss of a whole text infinite.",
    ),
    (
        "smooth-unseen-crashes",
        COUNT,
        "counts[token]",
        "counts[token] fails for a word never seen here. counts.get(token, 0) says 0 for it.",
    ),
    (
        "smooth-brackets",
        f"({COUNT} + extra)",
        f"{COUNT} + extra",
        "/ comes before +, so only extra was divided. Put brackets around what stands on top: (count + extra) / total.",
    ),
    (
        "smooth-unseen-only",
        ...,
        "raised = {token: counts.get(token, extra) for token in vocabulary}\nreturn {token: count / sum(raised.values()) for token, count in raised.items()}",
        "Only the words never seen here got extra. Every word of the vocabulary gets it, the seen ones too.",
    ),
)
