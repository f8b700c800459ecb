"""Answers to `ngram.smooth` as readers might write them."""

from collections import Counter

from tests.lessons import right, wrong


@right("ngram.smooth")
def _(counts, vocabulary, extra=1.0):
    raised = Counter(dict.fromkeys(vocabulary, extra))
    raised.update(counts)
    total = sum(raised.values())
    return {word: raised[word] / total for word in vocabulary}


@wrong("ngram.smooth", "smooth-top-only")
def _(counts, vocabulary, extra=1.0):
    total = max(1, sum(counts.values()))
    row = dict.fromkeys(vocabulary, extra / total)
    for word in counts:
        row[word] += counts[word] / total
    return row


@wrong("ngram.smooth", "smooth-seen-only")
def _(counts, vocabulary, extra=1.0):
    raised = {word: n + extra for word, n in counts.items()}
    return {word: n / sum(raised.values()) for word, n in raised.items()}


@wrong("ngram.smooth", "smooth-seen-size")
def _(counts, vocabulary, extra=1.0):
    total = 0
    for n in counts.values():
        total += n + extra
    total = total or 1
    return {word: (counts[word] + extra) / total if word in counts else extra / total for word in vocabulary}


@wrong("ngram.smooth", "argument-ignored")
def _(counts, vocabulary, extra=1.0):
    raised = {word: counts.get(word, 0) + 1 for word in vocabulary}
    return {word: n / sum(raised.values()) for word, n in raised.items()}


@wrong("ngram.smooth", "smooth-extra-once")
def _(counts, vocabulary, extra=1.0):
    row = {}
    for word in vocabulary:
        row[word] = (counts.get(word, 0) + extra) / (sum(counts.values()) + extra)
    return row


@wrong("ngram.smooth", "smooth-not-at-all")
def _(counts, vocabulary, extra=1.0):
    n = sum(counts.values())
    return {word: counts[word] / n if word in counts else 0 / n for word in vocabulary}


@wrong("ngram.smooth", "smooth-unseen-crashes")
def _(counts, vocabulary, extra=1.0):
    row = {}
    for word in vocabulary:
        row[word] = counts[word] + extra
    return {word: n / sum(row.values()) for word, n in row.items()}


@wrong("ngram.smooth", "smooth-brackets")
def _(counts, vocabulary, extra=1.0):
    below = sum(counts.values()) + len(vocabulary) * extra
    return {word: extra / below + counts.get(word, 0) for word in vocabulary}


@wrong("ngram.smooth", "edit")
def _(counts, vocabulary, extra=1.0):
    return {w: (counts.get(w, 0) + extra) / (len(vocabulary) + sum(counts.values())) for w in vocabulary}


@wrong("ngram.smooth", "smooth-unseen-only")
def _(counts, vocabulary, extra=1.0):
    unseen = sum(word not in counts for word in vocabulary)
    return {w: counts.get(w, extra) / (sum(counts.values()) + unseen * extra) for w in vocabulary}


@wrong("ngram.smooth", "smooth-counts")
def _(counts, vocabulary, extra=1.0):
    raised = dict.fromkeys(vocabulary, extra)
    for word, n in counts.items():
        raised[word] += n
    return raised
