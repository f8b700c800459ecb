"""Exercise `embeddings.cooccurrence`: its cases, its right answer found otherwise, and how people get it wrong."""

from collections import Counter

import torch

from classroom.judge.comparison import is_tensor, kind
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, mistake

SENTENCE = [0, 1, 2, 3, 0, 4]


def holds_fractions(cooccurrence):
    """A table of whole numbers cannot be multiplied with a vector of fractions."""
    found = ask("embeddings.cooccurrence", cooccurrence, [[0, 1, 2]], 3, 1)
    if is_tensor(found) and not found.is_floating_point():
        says = f"It gave {kind(found)}. Tables hold fractions here, as torch.zeros makes them, for @ mixes no two kinds."
        raise Wrong("cooccurrence-whole", says, "cooccurrence([[0, 1, 2]], 3, 1)")


@check(
    "embeddings.cooccurrence",
    cases=[
        ([[0, 1, 2]], 3, 1),
        ([[0, 1, 2, 3]], 4, 2),
        ([[0, 1], [2, 3]], 4, 1),
        ([[0, 1, 0, 1]], 2, 1),
        ([[1, 1]], 2, 1),
        ([SENTENCE], 5, 2),
        ([[0, 1, 2], [], [2, 3, 1, 0, 0, 2, 1], [3], [0, 1]], 4, 5),
        ([SENTENCE, SENTENCE[::-1], [2, 2, 2]], 6, 3),
        ([], 2, 1),
        ([[4, 0, 3, 1, 0, 2, 4, 4, 1], [0, 3, 3, 0]], 5, 4),
    ],
    awkward=[
        ([], 1, 3),
        ([[0, 0, 0]], 1, 1),
        ([[1], [0], []], 2, 2),
        ([[2, 0, 2]], 4, 9),
    ],
    behaviours=[holds_fractions],
)
def cooccurrence(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        stands = torch.nn.functional.one_hot(torch.tensor(ids, dtype=torch.int64), vocab_size).float()
        places = torch.arange(len(ids))
        apart = (places[:, None] - places).abs()
        counts += stands.T @ ((apart > 0) & (apart <= window)).float() @ stands
    return counts


def _counted(texts, vocab_size, pairs):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i, j in pairs(len(ids)):
            counts[ids[i], ids[j]] += 1
    return counts


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-itself",
    "Each word was counted as its own neighbour: look at the diagonal. Leave out the place where you stand.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if abs(i - j) <= window]
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-right-only",
    "Only what stands behind a word was counted. What stands before it is a neighbour too: row i, column j equals row j, column i.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < j - i <= window]
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-left-only",
    "Only what stands before a word was counted. What stands behind it is a neighbour too.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < i - j <= window]
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-window-short",
    "The window is one place too short: with window 1 the word beside must count. Ranges and slices leave out their end.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) < window]
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-one-side-short",
    "To the right the window is one place too short: range(i - window, i + window) leaves out its end.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts,
        vocab_size,
        lambda n: [(i, j) for i in range(n) for j in range(n) if i != j and -window <= j - i < window],
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-crosses",
    "Words of two different texts were counted as neighbours. Texts are apart: count in each by itself.",
)
def _(texts, vocab_size, window):
    joined = [i for ids in texts for i in ids]
    return _counted(
        [joined],
        vocab_size,
        lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window],
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-twice",
    "Everything is counted twice: you look both ways *and* add each pair both ways round. One of the two is enough.",
)
def _(texts, vocab_size, window):
    return 2 * _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window]
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-wraps",
    "Near the beginning i - window is negative, and Python counts that from the end. Begin at max(0, i - window).",
)
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i, word in enumerate(ids):
            for other in ids[i - window : i] + ids[i + 1 : i + 1 + window]:
                counts[word, other] += 1
    return _table(counts, vocab_size)


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-wraps-by-one",
    "ids[i - 1] at i = 0 is ids[-1], the last word: the two ends of a text are no neighbours.",
)
def _(texts, vocab_size, window):
    counts = Counter()
    for ids in texts:
        for i, word in enumerate(ids):
            for step in range(1, window + 1):
                counts[word, ids[i - step]] += 1
                if i + step < len(ids):
                    counts[word, ids[i + step]] += 1
    return _table(counts, vocab_size)


def _table(counts, vocab_size):
    table = torch.zeros(vocab_size, vocab_size)
    for (i, j), n in counts.items():
        table[i, j] = n
    return table


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-once",
    "Each pair is counted once, however often the two meet. How often is the whole question.",
)
def _(texts, vocab_size, window):
    counts = _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window]
    )
    return counts.clamp(max=1)


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-no-window",
    "The window is not used: words far apart were counted as well.",
)
def _(texts, vocab_size, window):
    return _counted(texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if i != j])


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-only-at-window",
    "Only what stands exactly `window` places away was counted. Everything up to there is near.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) == window]
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-same-word",
    "A word that stands twice nearby meets itself, and that was left out: compare the *places* i and j, not the words there.",
)
def _(texts, vocab_size, window):
    counts = _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window]
    )
    return counts.fill_diagonal_(0)


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-last-text",
    "Only the last text was counted: the counter is made anew for each. Make it once, above the loop.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts[-1:],
        vocab_size,
        lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window],
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-left-short",
    "To the left the window is one place too short: it begins at i - window, not one later.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts,
        vocab_size,
        lambda n: [(i, j) for i in range(n) for j in range(n) if i != j and -window < j - i <= window],
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-window-long",
    "The window is one place too long: with window 1 only the word beside counts, not the next but one.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts,
        vocab_size,
        lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window + 1],
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-right-long",
    "To the right the window is one place too long: ids[i + 1 : i + 1 + window] holds `window` words already.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts,
        vocab_size,
        lambda n: [(i, j) for i in range(n) for j in range(n) if i != j and -window <= j - i <= window + 1],
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-half-window",
    "You shared the window out, half to each side. `window` places before and `window` places after count.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts,
        vocab_size,
        lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window // 2],
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-from-0",
    "You began at distance 0, where a word meets itself. The nearest neighbour is 1 away: range(1, window + 1).",
)
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i, word in enumerate(ids):
            for other in ids[i : i + window + 1]:
                counts[word, other] += 1
                counts[other, word] += 1
    return counts


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-only-beside",
    "Only the word right beside was counted. Everything up to `window` places away is near.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts, vocab_size, lambda n: [(i, j) for i in range(n) for j in range(n) if abs(i - j) == 1]
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-only-full",
    "Words near the ends of a text were passed over. They have neighbours, too, only fewer: go over every place.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts,
        vocab_size,
        lambda n: [(i, j) for i in range(window, n - window) for j in range(n) if 0 < abs(i - j) <= window],
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-sliding",
    "Windows that slide overlap, so the same two places met in several of them. Count each pair of places once.",
)
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for start in range(len(ids) - window):
            counts += _counted(
                [ids[start : start + window + 1]],
                vocab_size,
                lambda n: [(i, j) for i in range(n) for j in range(n) if i != j],
            )
    return counts


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-index",
    "ids.index(word) is the *first* place where the word stands, each time. enumerate(ids) gives every place with its word.",
)
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for word in ids:
            i = ids.index(word)
            for j in range(max(0, i - window), min(len(ids), i + window + 1)):
                counts[word, ids[j]] += i != j
    return counts


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-set",
    "In a set a word stands once, however often it is nearby. How often is the whole question: keep the list.",
)
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i, word in enumerate(ids):
            for other in set(ids[max(0, i - window) : i] + ids[i + 1 : i + 1 + window]):
                counts[word, other] += 1
    return counts


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-places",
    "You counted places, not the words that stand there: counts[ids[i], ids[j]], not counts[i, j].",
)
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i in range(len(ids)):
            for j in range(max(0, i - window), min(len(ids), i + window + 1)):
                counts[i, j] += i != j
    return counts


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-place-of-other",
    "The column is the neighbour's *place*. Which word stands there is ids[j].",
)
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        for i, word in enumerate(ids):
            for j in range(max(0, i - window), min(len(ids), i + window + 1)):
                counts[word, j] += i != j
    return counts


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-same-word-once",
    "Where the same word stands twice nearby, each meets the other: that is 2, and you counted 1.",
)
def _(texts, vocab_size, window):
    return _counted(
        texts,
        vocab_size,
        lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window],
    ) - torch.diag(
        _counted(
            texts,
            vocab_size,
            lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < j - i <= window],
        ).diag()
    )


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-lost-repeats",
    "table[rows, columns] += 1 adds 1 only once where a pair stands there several times. Add in a loop, or count in a Counter.",
)
def _(texts, vocab_size, window):
    counts = torch.zeros(vocab_size, vocab_size)
    for ids in texts:
        ids = torch.tensor(ids, dtype=torch.int64)
        for distance in range(1, window + 1):
            counts[ids[:-distance], ids[distance:]] += 1
            counts[ids[distance:], ids[:-distance]] += 1
    return counts


@mistake(
    "embeddings.cooccurrence",
    "cooccurrence-first-text",
    "Only the first text was counted. Does the return stand inside the loop, too far to the right?",
)
def _(texts, vocab_size, window):
    for ids in texts:
        return _counted(
            [ids],
            vocab_size,
            lambda n: [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= window],
        )
