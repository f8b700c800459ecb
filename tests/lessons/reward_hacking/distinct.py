"""Answers to `overoptimization.distinct` as readers might write them."""

from nextword import text
from tests.lessons import right, wrong

TARGET = "overoptimization.distinct"


def runs_of(words, n):
    return list(zip(*(words[i:] for i in range(n)), strict=False))


@right(TARGET)
def _(texts, n=3):
    seen, total = set(), 0
    for one in texts:
        words = text.words(one)
        for start in range(0, len(words) - (n - 1)):
            seen.add(tuple(words[start : start + n]))
            total += 1
    if total == 0:
        return 1.0
    return len(seen) / total


@right(TARGET)
def _(texts, n=3):
    runs = [run for one in texts for run in runs_of(text.words(one), n)]
    return len(dict.fromkeys(runs)) / len(runs) if runs else 1.0


@wrong(TARGET, "distinct-across-texts")
def _(texts, n=3):
    runs = runs_of([word for one in texts for word in text.words(one)], n)
    return len(set(runs)) / len(runs) if runs else 1.0


@wrong(TARGET, "distinct-mean-of-texts")
def _(texts, n=3):
    each = [runs_of(text.words(one), n) for one in texts]
    each = [len(set(runs)) / len(runs) for runs in each if runs]
    return sum(each) / len(each) if each else 1.0


@wrong(TARGET, "distinct-words")
def _(texts, n=3):
    words = []
    for one in texts:
        words += text.words(one)
    return len(set(words)) / len(words) if words else 1.0


@wrong(TARGET, "distinct-said-again")
def _(texts, n=3):
    runs = [run for one in texts for run in runs_of(text.words(one), n)]
    return (len(runs) - len(set(runs))) / len(runs) if runs else 0.0


@wrong(TARGET, "distinct-number")
def _(texts, n=3):
    seen = {run for one in texts for run in runs_of(text.words(one), n)}
    return len(seen) * 1.0 if seen else 1.0


@wrong(TARGET, "distinct-of-words")
def _(texts, n=3):
    seen, total = set(), 0
    for one in texts:
        words = text.words(one)
        seen.update(runs_of(words, n))
        total += len(words)
    return len(seen) / total if seen else 1.0


@wrong(TARGET, "distinct-last-run")
def _(texts, n=3):
    runs = [run for one in texts for run in runs_of(text.words(one), n)[:-1]]
    return len(set(runs)) / len(runs) if runs else 1.0


@wrong(TARGET, "distinct-short-ends")
def _(texts, n=3):
    runs = []
    for one in texts:
        words = text.words(one)
        while words:
            runs.append(tuple(words[:n]))
            words = words[1:]
    return len(set(runs)) / len(runs) if runs else 1.0


@wrong(TARGET, "distinct-any-order")
def _(texts, n=3):
    runs = [tuple(sorted(run)) for one in texts for run in runs_of(text.words(one), n)]
    return len(set(runs)) / len(runs) if runs else 1.0


@wrong(TARGET, "distinct-split")
def _(texts, n=3):
    runs = [run for one in texts for run in runs_of(one.split(), n)]
    return len(set(runs)) / len(runs) if runs else 1.0


@wrong(TARGET, "distinct-blocks")
def _(texts, n=3):
    runs = [run for one in texts for run in runs_of(text.words(one), n)[::n]]
    return len(set(runs)) / len(runs) if runs else 1.0


@wrong(TARGET, "distinct-glued")
def _(texts, n=3):
    runs = ["".join(run) for one in texts for run in runs_of(text.words(one), n)]
    return len(set(runs)) / len(runs) if runs else 1.0
