"""Answers to `ngram.copied_share` as readers might write them."""

from tests.lessons import right, wrong


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


@wrong("ngram.copied_share", "copied-any-order")
def _(tokens, source, run=6):
    marks, known = [0] * len(tokens), [set(source[j : j + run]) for j in range(len(source) - run + 1)]
    for i in range(len(tokens) - run + 1):
        if set(tokens[i : i + run]) in known:
            marks[i : i + run] = [1] * run
    return sum(marks) / len(marks)


@wrong("ngram.copied_share", "copied-set-of-words")
def _(tokens, source, run=6):
    pieces, words = [source[j : j + run] for j in range(len(source) - run + 1)], set()
    for i in range(len(tokens) - run + 1):
        words |= set(tokens[i : i + run]) if tokens[i : i + run] in pieces else set()
    return len(words) / len(tokens)


@wrong("ngram.copied_share", "copied-same-place")
def _(tokens, source, run=6):
    marks = [False] * len(tokens)
    for i in range(min(len(tokens), len(source)) - run + 1):
        if all(tokens[i + j] == source[i + j] for j in range(run)):
            marks[i : i + run] = [True] * run
    return sum(marks) / len(marks)
