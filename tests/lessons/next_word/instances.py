"""Lesson 01."""

import math
from collections import Counter, defaultdict, deque

import numpy as np

from tests.lessons import right, wrong

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


@wrong("ngram.count_next", "count-next-length")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(1, len(tokens)):
        found[(tokens[i - 1],)][tokens[i]] += 1
    return found


@wrong("ngram.count_next", "count-next-key")
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
        i += max(1, n_context)
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


@wrong("ngram.probabilities", "probabilities-sum")
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


@wrong("ngram.loss", "edit")
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


@wrong("ngram.loss", "loss-zero")
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


@wrong("ngram.copied_share", "edit")
def _(tokens, source, run=6):
    windows, marks = {tuple(source[i : i + run]) for i in range(len(source) - run + 1)}, [0] * len(tokens)
    for i in range(len(tokens) - run + 1):
        if tuple(tokens[i : i + run]) in windows:
            marks[i : i + run] = [1] * run
    return sum(marks)


# ---- found by trying ----


@wrong("ngram.count_next", "count-next-overwritten")
def _(tokens, n_context=1):
    found = {}
    for i in range(len(tokens) - n_context):
        found[tuple(tokens[i : i + n_context])] = Counter([tokens[i + n_context]])
    return found


@wrong("ngram.count_next", "count-next-letters")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(len(tokens) - n_context):
        found[tuple(tokens[i : i + n_context])] += Counter(tokens[i + n_context])
    return found


@wrong("ngram.count_next", "count-next-empty")
def _(tokens, n_context=1):
    found = {}
    for i in range(n_context, len(tokens)):
        found.get(tuple(tokens[i - n_context : i]), Counter())[tokens[i]] += 1
    return found


@wrong("ngram.count_next", "count-next-key")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(n_context, len(tokens)):
        found[" ".join(map(str, tokens[i - n_context : i]))][tokens[i]] += 1
    return found


@wrong("ngram.count_next", "count-next-length")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i, token in enumerate(tokens):
        found[tuple(tokens[max(0, i - n_context) : i])][token] += 1
    return found


@wrong("ngram.count_next", "count-next-length")
def _(tokens, n_context=1):
    return Counter(tuple(tokens[i : i + n_context + 1]) for i in range(len(tokens) - n_context))


@wrong("ngram.count_next", "count-next-followers")
def _(tokens, n_context=1):
    found = defaultdict(list)
    for i in range(n_context, len(tokens)):
        found[tuple(tokens[i - n_context : i])].append(tokens[i])
    return found


@wrong("ngram.count_next", "count-next-no-followers")
def _(tokens, n_context=1):
    found = {tuple(tokens[i : i + n_context]): Counter() for i in range(len(tokens) - n_context + 1)}
    for i in range(n_context, len(tokens)):
        found[tuple(tokens[i - n_context : i])][tokens[i]] += 1
    return found


def left_over(tokens, n_context=1, found={}):  # noqa: B006
    for i in range(n_context, len(tokens)):
        found.setdefault(tuple(tokens[i - n_context : i]), Counter())[tokens[i]] += 1
    return found


wrong("ngram.count_next", "remembers")(left_over)


@right("ngram.count_next")
def _(tokens, n_context=1):
    window, found = deque(maxlen=n_context), defaultdict(lambda: defaultdict(int))
    for token in tokens:
        if len(window) == n_context:
            found[tuple(window)][token] += 1
        window.append(token)
    return found


@wrong("ngram.probabilities", "probabilities-added-one")
def _(counts):
    more = {word: n + 1 for word, n in counts.items()}
    return {word: n / sum(more.values()) for word, n in more.items()}


@wrong("ngram.probabilities", "nearly")
def _(counts):
    return {word: round(n / sum(counts.values()), 2) for word, n in counts.items()}


@right("ngram.probabilities")
def _(counts):
    values = np.array(list(counts.values()), dtype=np.float32)
    return dict(zip(counts, values / max(values.sum(), 1), strict=True))


@wrong("ngram.loss", "loss-weighted")
def _(probabilities):
    entropy = 0.0
    for p in probabilities:
        entropy -= p * math.log(p or 1)
    return entropy


@wrong("ngram.loss", "loss-return-inside")
def _(probabilities):
    total = 0.0
    for p in probabilities:
        total -= math.log(p)
        return total / len(probabilities)


@wrong("ngram.loss", "loss-zero")
def _(probabilities):
    return -sum(math.log(max(p, 1e-12)) for p in probabilities) / len(probabilities)


@wrong("ngram.loss", "loss-negative")
def _(probabilities):
    return sum(math.log(p) for p in probabilities if p)


@wrong("ngram.loss", "loss-sum")  # and it stops at 0: two at once
def _(probabilities):
    return -sum(map(math.log, probabilities))


@wrong("ngram.loss", "loss-log2")  # two at once
def _(probabilities):
    return -sum(map(math.log2, probabilities)) / len(probabilities)


@wrong("ngram.bits_per_byte", "bits-times-bytes")
def _(nats, n_bytes):
    return n_bytes * nats / math.log(2)


@wrong("ngram.bits_per_byte", "edit")
def _(nats, n_bytes):
    return nats / n_bytes / math.log(2, 10)


@wrong("ngram.bits_per_byte", "edit")
def _(nats, n_bytes):
    return 0.5 * nats / n_bytes


@wrong("ngram.bits_per_byte", "nearly")
def _(nats, n_bytes):
    return nats * 1.44 / n_bytes


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


@wrong("ngram.copied_share", "copied-short-tail")
def _(tokens, source, run=6):
    pieces, places = [source[i : i + run] for i in range(len(source))], set()
    for i in range(len(tokens)):
        if tokens[i : i + run] in pieces:
            places |= {i + j for j in range(run)}
    return len(places) / len(tokens)


@wrong("ngram.copied_share", "copied-jumps")
def _(tokens, source, run=6):
    pieces, i, n = [source[j : j + run] for j in range(len(source) - run + 1)], 0, 0
    while i <= len(tokens) - run:
        if tokens[i : i + run] in pieces:
            n, i = n + run, i + run
        else:
            i += 1
    return n / len(tokens)


@wrong("ngram.copied_share", "copied-never-found")
def _(tokens, source, run=6):
    copied = set()
    for i in range(len(tokens) - run + 1):
        if tokens[i : i + run] in source:
            copied |= set(range(i, i + run))
    return len(copied) / len(tokens)


@wrong("ngram.copied_share", "copied-last-run-of-source")
def _(tokens, source, run=6):
    marks, pieces = [0] * len(tokens), [source[j : j + run] for j in range(len(source) - run)]
    for i in range(len(tokens) - run + 1):
        if tokens[i : i + run] in pieces:
            marks[i : i + run] = [1] * run
    return sum(marks) / len(marks)


@wrong("ngram.copied_share", "value")
def _(tokens, source, run=6):
    first, marks = {}, [0] * len(tokens)
    for place, word in enumerate(source):
        first.setdefault(word, place)
    for i, word in enumerate(tokens[: len(tokens) - run + 1] if run <= len(tokens) else []):
        if word in first and source[first[word] : first[word] + run] == tokens[i : i + run]:
            marks[i : i + run] = [1] * run
    return sum(marks) / len(marks)


@wrong("ngram.loss", "loss-minus-infinity")
def _(probabilities):
    return -sum(math.log(p) if p else math.inf for p in probabilities) / len(probabilities)


@wrong("ngram.count_next", "count-next-follower-inside")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i, token in enumerate(tokens):
        if i >= n_context:
            context = tokens[: i + 1][len(tokens[: i + 1]) - n_context :]
            found[tuple(context)][token] += 1
    return found


@wrong("ngram.probabilities", "probabilities-running-total")
def _(counts):
    shares, so_far = {}, 0
    for word, n in counts.items():
        so_far += n
        shares[word] = n / so_far
    return shares


@wrong("ngram.loss", "loss-of-product")
def _(probabilities):
    likelihood = 1
    for p in probabilities:
        likelihood *= p
    return -math.log(likelihood) if likelihood > 0 else math.inf


@wrong("ngram.smooth", "smooth-counts")
def _(counts, vocabulary, extra=1.0):
    raised = dict.fromkeys(vocabulary, extra)
    for word, n in counts.items():
        raised[word] += n
    return raised


@wrong("ngram.copied_share", "copied-any-order")
def _(tokens, source, run=6):
    marks, known = [0] * len(tokens), [set(source[j : j + run]) for j in range(len(source) - run + 1)]
    for i in range(len(tokens) - run + 1):
        if set(tokens[i : i + run]) in known:
            marks[i : i + run] = [1] * run
    return sum(marks) / len(marks)


@wrong("ngram.loss", "loss-perplexity")
def _(probabilities):
    return (
        math.inf
        if 0 in probabilities
        else math.prod(1 / p ** (1 / len(probabilities)) for p in probabilities)
    )


@wrong("ngram.bits_per_byte", "bits-log-taken")
def _(nats, n_bytes):
    return math.log(nats) / math.log(2) / n_bytes


@wrong("ngram.count_next", "count-next-first-time")
def _(tokens, n_context=1):
    found = {}
    for i in range(n_context, len(tokens)):
        context = tuple(tokens[i - n_context : i])
        if context in found:
            found[context][tokens[i]] += 1
        else:
            found[context] = Counter()
    return found


@wrong("ngram.copied_share", "copied-set-of-words")
def _(tokens, source, run=6):
    pieces, words = [source[j : j + run] for j in range(len(source) - run + 1)], set()
    for i in range(len(tokens) - run + 1):
        words |= set(tokens[i : i + run]) if tokens[i : i + run] in pieces else set()
    return len(words) / len(tokens)
