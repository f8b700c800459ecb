"""Lesson 01."""

import math
from collections import Counter, defaultdict

import numpy as np

from tests.classroom.instances import right, wrong

# ---- count_next ----


@right("ngram.count_next")
def _(tokens, n_context=1):
    table = defaultdict(Counter)
    for i in range(len(tokens) - n_context):
        table[tuple(tokens[i : i + n_context])].update([tokens[i + n_context]])
    return dict(table)


@right("ngram.count_next")
def _(tokens, n_context=1):
    found = {}
    for i, token in enumerate(tokens):
        if i >= n_context:
            followers = found.setdefault(tuple(tokens[i - n_context : i]), {})
            followers[token] = followers.get(token, 0) + 1
    return found


@wrong("ngram.count_next", "count-next-reversed")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(n_context, len(tokens)):
        found[tuple(tokens[i - n_context + 1 : i + 1])][tokens[i - n_context]] += 1
    return found


@wrong("ngram.count_next", "count-next-once")
def _(tokens, n_context=1):
    pairs = {
        (tuple(tokens[i : i + n_context]), tokens[i + n_context]) for i in range(len(tokens) - n_context)
    }
    found = {}
    for context, after in pairs:
        found.setdefault(context, Counter())[after] += 1
    return found


@wrong("ngram.count_next", "count-next-context-ignored")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(1, len(tokens)):
        found[(tokens[i - 1],)][tokens[i]] += 1
    return found


@wrong("ngram.count_next", "count-next-key-not-tuple")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(len(tokens) - n_context):
        key = tokens[i] if n_context == 1 else tuple(tokens[i : i + n_context])
        found[key][tokens[i + n_context]] += 1
    return found


@wrong("ngram.count_next", "count-next-last-missing")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(len(tokens) - n_context - 1):
        found[tuple(tokens[i : i + n_context])][tokens[i + n_context]] += 1
    return found


@wrong("ngram.count_next", "count-next-every-n")
def _(tokens, n_context=1):
    found, i = defaultdict(Counter), 0
    while i + n_context < len(tokens):
        found[tuple(tokens[i : i + n_context])][tokens[i + n_context]] += 1
        i += n_context + 1
    return found


# ---- probabilities ----


@right("ngram.probabilities")
def _(counts):
    values = np.array(list(counts.values()), dtype=float)
    return dict(zip(counts, (values / values.sum()).tolist(), strict=True))


@wrong("ngram.probabilities", "probabilities-by-kinds")
def _(counts):
    shares = {}
    for word in counts:
        shares[word] = counts[word] / len(counts.keys())
    return shares


@wrong("ngram.probabilities", "probabilities-equal")
def _(counts):
    return dict.fromkeys(counts, 1 / len(counts))


@wrong("ngram.probabilities", "probabilities-whole-numbers")
def _(counts):
    return {word: int(n / sum(counts.values())) for word, n in counts.items()}


@wrong("ngram.probabilities", "probabilities-percent")
def _(counts):
    total = sum(counts.values())
    return {word: n / total * 100 for word, n in counts.items()}


@wrong("ngram.probabilities", "probabilities-by-largest")
def _(counts):
    largest = sorted(counts.values())[-1]
    return {word: n / largest for word, n in counts.items()}


# the whole corpus underneath: not a variant of the catalogue, found by its behaviour
@wrong("ngram.probabilities", "probabilities-sum")
def _(counts):
    return {word: n / 416_193 for word, n in counts.items()}


# ---- loss ----


@right("ngram.loss")
def _(probabilities):
    with np.errstate(divide="ignore"):
        return float(-np.log(probabilities).mean())


@wrong("ngram.loss", "loss-log-of-mean")
def _(probabilities):
    return -float(np.log(np.mean(probabilities)))


@wrong("ngram.loss", "loss-sign")
def _(probabilities):
    with np.errstate(divide="ignore"):
        return float(np.log(probabilities).mean())


@wrong("ngram.loss", "loss-log2")
def _(probabilities):
    with np.errstate(divide="ignore"):
        return float(-np.log2(probabilities).mean())


@wrong("ngram.loss", "loss-log10")
def _(probabilities):
    with np.errstate(divide="ignore"):
        return float(-np.log10(probabilities).mean())


@wrong("ngram.loss", "loss-sum")
def _(probabilities):
    total = 0.0
    for p in probabilities:
        total = total - math.log(p) if p > 0 else math.inf
    return total


@wrong("ngram.loss", "loss-product-first")
def _(probabilities):
    likelihood = 1.0
    for p in probabilities:
        likelihood *= p
    if likelihood == 0:
        return float("inf")
    return -math.log(likelihood) / len(probabilities)


@wrong("ngram.loss", "loss-zero-crashes")
def _(probabilities):
    surprises = []
    for p in probabilities:
        surprises.append(-math.log(p))
    return sum(surprises) / len(surprises)


@wrong("ngram.loss", "loss-zero-skipped")
def _(probabilities):
    logs = [math.log(p) for p in probabilities if p]
    return -sum(logs) / len(logs)


@wrong("ngram.loss", "loss-one-minus-p")
def _(probabilities):
    return 1 - sum(probabilities) / len(probabilities)


# ---- bits_per_byte ----


@right("ngram.bits_per_byte")
def _(nats, n_bytes):
    return nats / n_bytes / 0.6931471805599453


@wrong("ngram.bits_per_byte", "bits-multiplied")
def _(nats, n_bytes):
    return (nats / n_bytes) * np.log(2.0)


@wrong("ngram.bits_per_byte", "bits-nats")
def _(nats, n_bytes):
    per_byte = nats / n_bytes
    return per_byte


@wrong("ngram.bits_per_byte", "bits-not-shared")
def _(nats, n_bytes):
    return nats * math.log2(math.e)


@wrong("ngram.bits_per_byte", "bits-eight")
def _(nats, n_bytes):
    return nats / n_bytes / 8 / np.log(2)


@wrong("ngram.bits_per_byte", "bits-log-taken")
def _(nats, n_bytes):
    return math.log(nats) / math.log(2) / n_bytes


@wrong("ngram.bits_per_byte", "bits-inverted")
def _(nats, n_bytes):
    return n_bytes * math.log(2) / nats


# ---- smooth ----


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


@wrong("ngram.smooth", "smooth-one")
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


# ---- copied_share ----


@right("ngram.copied_share")
def _(tokens, source, run=6):
    windows = {tuple(source[i : i + run]) for i in range(len(source))}
    copied = [False] * len(tokens)
    for i in range(len(tokens) - run + 1):
        if tuple(tokens[i : i + run]) in windows:
            for j in range(run):
                copied[i + j] = True
    return sum(copied) / len(copied)


@wrong("ngram.copied_share", "copied-overlaps")
def _(tokens, source, run=6):
    source, total = list(source), 0
    windows = [source[i : i + run] for i in range(len(source) - run + 1)]
    for i in range(len(tokens) - run + 1):
        if list(tokens[i : i + run]) in windows:
            total += run
    return total / len(tokens)


@wrong("ngram.copied_share", "copied-runs")
def _(tokens, source, run=6):
    windows = {tuple(source[i : i + run]) for i in range(len(source) - run + 1)}
    mine = [tuple(tokens[i : i + run]) for i in range(len(tokens) - run + 1)]
    return len([window for window in mine if window in windows]) / max(1, len(mine))


@wrong("ngram.copied_share", "copied-starts")
def _(tokens, source, run=6):
    source, n = list(source), 0
    for i in range(len(tokens) - run + 1):
        for j in range(len(source) - run + 1):
            if source[j : j + run] == list(tokens[i : i + run]):
                n += 1
                break
    return n / len(tokens)


@wrong("ngram.copied_share", "copied-as-text")
def _(tokens, source, run=6):
    book = " ".join(source)
    marks = [0] * len(tokens)
    for i in range(len(tokens) - run + 1):
        if book.find(" ".join(tokens[i : i + run])) >= 0:
            marks[i : i + run] = [1] * run
    return sum(marks) / len(marks)


@wrong("ngram.copied_share", "copied-words")
def _(tokens, source, run=6):
    return len([token for token in tokens if token in source]) / len(tokens)


@wrong("ngram.copied_share", "copied-last-run")
def _(tokens, source, run=6):
    windows, marks = {tuple(source[i : i + run]) for i in range(len(source) - run + 1)}, [0] * len(tokens)
    i = 0
    while i + run < len(tokens):
        if tuple(tokens[i : i + run]) in windows:
            marks[i : i + run] = [1] * run
        i += 1
    return sum(marks) / len(marks)


@wrong("ngram.copied_share", "copied-blocks")
def _(tokens, source, run=6):
    windows, copied = {tuple(source[i : i + run]) for i in range(len(source) - run + 1)}, 0
    for start in range(0, len(tokens) - run + 1, run):
        copied += run * (tuple(tokens[start : start + run]) in windows)
    return copied / len(tokens)


@wrong("ngram.copied_share", "copied-count")
def _(tokens, source, run=6):
    windows, marks = {tuple(source[i : i + run]) for i in range(len(source) - run + 1)}, [0] * len(tokens)
    for i in range(len(tokens) - run + 1):
        if tuple(tokens[i : i + run]) in windows:
            marks[i : i + run] = [1] * run
    return sum(marks)
