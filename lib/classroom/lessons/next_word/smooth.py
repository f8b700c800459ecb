"""Exercise `ngram.smooth`: its cases, its right answer found otherwise, and how people get it wrong."""

import math
from collections import Counter

from classroom.judge import shelf
from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.next_word.shared import LONG


def smoothed_rows_sum_to_one(smooth):
    """Over the whole vocabulary, shares sum to 1."""
    vocabulary = ["boy", "girl", "mermaid", "duckling"]
    for counts in ({"boy": 53, "girl": 46}, {}):
        row = ask("ngram.smooth", smooth, counts, vocabulary, 1.0)
        if set(row) != set(vocabulary) or not all(map(is_number, row.values())):
            return  # that is said otherwise
        total = sum(row.values())
        if math.isclose(total, 1, rel_tol=1e-6):
            continue
        says = f"The row sums to {total:.4g}, not 1: what is added on top must be added underneath too."
        if total < 1:
            says = (
                f"The row sums to {total:.4g}, not 1: more was added underneath than on top, over all words."
            )
        if not counts:
            says = f"A context never seen gave a row that sums to {total:.4g}. There every word gets an equal share."
        called = f"sum(smooth({counts}, {vocabulary}, 1.0).values())"
        raise Wrong("smooth-sum", says, called, f"{total:.4g}", "1")


@check(
    "ngram.smooth",
    cases=[
        ({"boy": 3}, ["boy", "girl"], 1.0),
        ({"boy": 53, "girl": 46}, ["boy", "duckling", "girl", "mermaid"], 1.0),
        ({"boy": 53, "girl": 46}, ["boy", "duckling", "girl", "mermaid"], 0.1),
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


@mistake(
    "ngram.smooth",
    "smooth-top-only",
    "You added on top only, so the row sums to more than 1. Underneath goes extra too, once for each word.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) or 1
    return {token: (counts.get(token, 0) + extra) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-seen-only",
    "Words never seen here are still missing. Everything in the vocabulary gets a share: that is what it is for.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra * len(counts)
    return {token: (count + extra) / total for token, count in counts.items()}


@mistake(
    "ngram.smooth",
    "smooth-seen-size",
    "Underneath you counted the followers seen here. extra goes to every word of the vocabulary: use its length.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra * len(counts)
    return {token: (counts.get(token, 0) + extra) / (total or 1) for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-one",
    "extra is ignored: always 1 is added. Use extra on top, and extra times the vocabulary underneath.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + len(vocabulary)
    return {token: (counts.get(token, 0) + 1) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-extra-once",
    "Underneath extra was added once. It was added on top for each word of the vocabulary: so extra * len(vocabulary).",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra
    return {token: (counts.get(token, 0) + extra) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-not-at-all",
    "Nothing was added: words never seen still get 0, and one of them makes the loss of a whole text infinite.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values())
    return {token: counts.get(token, 0) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-unseen-crashes",
    "counts[token] fails for a word never seen here. counts.get(token, 0) says 0 for it.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra * len(vocabulary)
    return {token: (counts[token] + extra) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-brackets",
    "/ comes before +, so only extra was divided. Put brackets around what stands on top: (count + extra) / total.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra * len(vocabulary)
    return {token: counts.get(token, 0) + extra / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-size-only",
    "Underneath stands 1 for each word of the vocabulary. On top each got extra: so extra * len(vocabulary).",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + len(vocabulary)
    return {token: (counts.get(token, 0) + extra) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-unseen-only",
    "Only the words never seen here got extra. Every word of the vocabulary gets it, the seen ones too.",
)
def _(counts, vocabulary, extra=1.0):
    raised = {token: counts.get(token, extra) for token in vocabulary}
    return {token: count / sum(raised.values()) for token, count in raised.items()}


@mistake(
    "ngram.smooth",
    "smooth-shares",
    "extra was added to the shares. Add it to the counts, and take shares of the sums.",
)
def _(counts, vocabulary, extra=1.0):
    seen = sum(counts.values()) or 1
    raised = {token: counts.get(token, 0) / seen + extra for token in vocabulary}
    return {token: share / sum(raised.values()) for token, share in raised.items()}
