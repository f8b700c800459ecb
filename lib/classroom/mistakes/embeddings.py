"""Wrong ways to write the exercises of lesson 04, and what each misunderstands."""

from collections import Counter

import torch

from classroom.checking import mistake


def _unit(vectors):
    return torch.nn.functional.normalize(vectors, dim=-1)


# ---- unit ----


@mistake(
    "embeddings.unit",
    "unit-axis",
    "The columns have length 1, not the rows. The numbers of one vector lie along the last axis: dim=-1.",
)
def _(vectors):
    return torch.nn.functional.normalize(vectors, dim=0)


@mistake(
    "embeddings.unit",
    "unit-whole-table",
    "You divided by one length for the whole table. Each row has a length of its own: sum with dim=-1.",
)
def _(vectors):
    return vectors / vectors.norm()


@mistake(
    "embeddings.unit",
    "unit-keepdim",
    "Without keepdim=True a row's length lies along the wrong axis: square tables go wrong in silence, others stop.",
)
def _(vectors):
    lengths = vectors.norm(dim=-1)
    return vectors / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.unit",
    "unit-no-root",
    "You divided by the squared length: 3, 4 has length 5, not 25. Take the square root of the sum.",
)
def _(vectors):
    squares = (vectors**2).sum(dim=-1, keepdim=True)
    return vectors / torch.where(squares == 0, 1.0, squares)


@mistake(
    "embeddings.unit",
    "unit-sum",
    "You divided by the sum of the numbers, so that each row sums to 1. The length is the root of the sum of squares.",
)
def _(vectors):
    sums = vectors.sum(dim=-1, keepdim=True)
    return vectors / torch.where(sums == 0, 1.0, sums)


@mistake(
    "embeddings.unit",
    "unit-zero",
    "A row of zeros has length 0, and 0/0 is nan. Such a row points nowhere: let it stay zeros.",
)
def _(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True)


@mistake(
    "embeddings.unit",
    "unit-lengths",
    "These are the lengths. What is needed are the rows, each divided by its length.",
)
def _(vectors):
    return vectors.norm(dim=-1)


@mistake(
    "embeddings.unit",
    "unit-largest",
    "You divided by the largest number. A length takes all of them: the root of the sum of squares.",
)
def _(vectors):
    return vectors / vectors.max(dim=-1, keepdim=True).values


@mistake(
    "embeddings.unit",
    "unit-largest-size",
    "You divided by the largest size of a number. A length takes all of them: the root of the sum of squares.",
)
def _(vectors):
    largest = vectors.abs().amax(dim=-1, keepdim=True)
    return vectors / torch.where(largest == 0, 1.0, largest)


@mistake(
    "embeddings.unit",
    "unit-sizes",
    "You divided by the sum of the sizes. Along both streets it is 3 + 4 = 7, as the crow flies 5: square, add, take the root.",
)
def _(vectors):
    return torch.nn.functional.normalize(vectors, p=1, dim=-1)


@mistake(
    "embeddings.unit",
    "unit-half",
    "x**1/2 is (x**1)/2: the power comes before the division. Write x**0.5, or x.sqrt().",
)
def _(vectors):
    half = (vectors**2).sum(dim=-1, keepdim=True) / 2
    return vectors / torch.where(half == 0, 1.0, half)


@mistake(
    "embeddings.unit",
    "unit-half-at-once",
    "x / s**1/2 is (x / s) / 2: the power comes first, then both divisions. Write s**0.5, or s.sqrt().",
)
def _(vectors):
    squares = (vectors**2).sum(dim=-1, keepdim=True)
    return vectors / torch.where(squares == 0, 1.0, squares) / 2


@mistake(
    "embeddings.unit",
    "unit-no-square",
    "You took the root of the sum of the numbers themselves. Square them first: 3, 4 has length √(9 + 16) = 5.",
)
def _(vectors):
    lengths = vectors.sum(dim=-1, keepdim=True).sqrt()
    return vectors / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.unit",
    "unit-sum-then-square",
    "You added first and squared the sum: (3 + 4)² is 49. Square each number, then add: 9 + 16 = 25.",
)
def _(vectors):
    lengths = (vectors.sum(dim=-1, keepdim=True) ** 2).sqrt()
    return vectors / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.unit",
    "unit-mean",
    "You took the mean of the squares. A length adds them up: 3, 4 has length √(9 + 16) = 5, however many numbers there are.",
)
def _(vectors):
    lengths = (vectors**2).mean(dim=-1, keepdim=True).sqrt()
    return vectors / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.unit",
    "unit-where-turned",
    "torch.where(question, if yes, if no): yours divides by 1 wherever there *is* a length. Turn the last two round.",
)
def _(vectors):
    lengths = vectors.norm(dim=-1, keepdim=True)
    return vectors / torch.where(lengths == 0, lengths, 1.0)


@mistake(
    "embeddings.unit",
    "unit-short",
    "Rows shorter than 1 stayed short. Only a length of exactly 0 needs another divisor.",
)
def _(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=1)


# ---- cosine ----


@mistake(
    "embeddings.cosine",
    "cosine-no-lengths",
    "This is the plain dot product: long vectors win, wherever they point. Bring both to length 1 first.",
)
def _(vectors, vector):
    return vectors @ vector


@mistake(
    "embeddings.cosine",
    "cosine-one-length",
    "The rows have length 1 and the vector does not, so the answer can be above 1. Both need it.",
)
def _(vectors, vector):
    return _unit(vectors) @ vector


@mistake(
    "embeddings.cosine",
    "cosine-rows-length",
    "The vector has length 1 and the rows do not: the longest row still wins. Both need it.",
)
def _(vectors, vector):
    return vectors @ _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-axis",
    "The lengths were taken down the columns. A vector lies along the last axis: dim=-1.",
)
def _(vectors, vector):
    return torch.nn.functional.normalize(vectors, dim=0) @ _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-zero",
    "A zero vector has length 0, and 0/0 is nan. It points nowhere: its cosine is 0.",
)
def _(vectors, vector):
    return vectors @ vector / (vectors.norm(dim=-1) * vector.norm())


@mistake(
    "embeddings.cosine",
    "cosine-not-summed",
    "You multiplied number by number and did not add up: one number for each row is needed. @ does both.",
)
def _(vectors, vector):
    return _unit(vectors) * _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-size",
    "The minus signs are gone: arrows that point opposite ways got a cosine above 0. -1 is an answer, too.",
)
def _(vectors, vector):
    return (_unit(vectors) @ _unit(vector)).abs()


@mistake(
    "embeddings.cosine",
    "cosine-whole-table",
    "You divided by one length for the whole table. Each row has a length of its own: dim=-1.",
)
def _(vectors, vector):
    return vectors / vectors.norm() @ _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-angle",
    "This is the angle. Its cosine is needed, which the dot product gives directly: leave out the arccos.",
)
def _(vectors, vector):
    return torch.arccos((_unit(vectors) @ _unit(vector)).clamp(-1, 1))


@mistake(
    "embeddings.cosine",
    "cosine-afterwards",
    "The dot products were brought to length 1, as if they were a vector. Bring the rows and the vector there, before @.",
)
def _(vectors, vector):
    return _unit(vectors @ vector)


@mistake(
    "embeddings.cosine",
    "cosine-distance",
    "This is 1 - cosine, which is 0 for the same direction: a distance. The cosine itself is needed.",
)
def _(vectors, vector):
    return 1 - _unit(vectors) @ _unit(vector)


@mistake(
    "embeddings.cosine",
    "cosine-keepdim",
    "The dot products have shape (rows,), the lengths (rows, 1): each was divided by every length. Leave out keepdim=True here.",
)
def _(vectors, vector):
    lengths = vectors.norm(dim=-1, keepdim=True) * vector.norm()
    return vectors @ vector / torch.where(lengths == 0, 1.0, lengths)


@mistake(
    "embeddings.cosine",
    "cosine-brackets",
    "a / b * c is (a / b) * c: you multiplied by the second length. Put both lengths into brackets, a / (b * c).",
)
def _(vectors, vector):
    return vectors @ vector / vectors.norm(dim=-1) * vector.norm()


@mistake(
    "embeddings.cosine",
    "cosine-no-root",
    "You divided by the squared lengths: 3, 4 has length 5, not 25. Take the square root of each sum.",
)
def _(vectors, vector):
    squares = (vectors**2).sum(dim=-1) * (vector**2).sum()
    return vectors @ vector / torch.where(squares == 0, 1.0, squares)


@mistake(
    "embeddings.cosine",
    "cosine-short",
    "Where the lengths are below 1 you did not divide by them. Only a length of exactly 0 needs another divisor.",
)
def _(vectors, vector):
    return vectors @ vector / (vectors.norm(dim=-1) * vector.norm()).clamp(min=1)


# ---- cooccurrence ----


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


# ---- ppmi ----


@mistake(
    "embeddings.ppmi",
    "ppmi-keepdim",
    "The sums of the rows were laid along the columns, which a square table accepts in silence. keepdim=True keeps them upright; "
    "try a table of 2 by 3.",
)
def _(counts):
    by_chance = counts.sum(dim=1) * counts.sum(dim=0) / counts.sum()
    return torch.where(counts > 0, (counts / by_chance).log().clamp(min=0), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-below-zero",
    "Pairs that meet less than by chance are below 0, and log 0 is -inf. *Positive*: all of those become 0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return (counts / by_chance).log()


@mistake(
    "embeddings.ppmi",
    "ppmi-zero-row",
    "A word without any neighbours gives 0/0, which is nan, and clamping does not heal that. A count of 0 means 0 here.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return (counts / by_chance).log().clamp(min=0)


@mistake(
    "embeddings.ppmi",
    "ppmi-clip-first",
    "What meets less than by chance is still below 0. Make it 0 *after* the log: before it, where a ratio is never below 0, clipping does nothing.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    ratio = torch.where(counts > 0, counts / by_chance, 0.0)
    return torch.where(counts > 0, ratio.clamp(min=0).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-log-plus-one",
    "log(1 + ratio) is above 0 even for what chance would give. Take the log of the ratio itself.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > 0, (1 + counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-all-zero",
    "Everything came out 0, so what stands under the log is never above 1. It is the count, divided by (row sum * column sum / total). "
    "Without these brackets, a / b * c multiplies by c.",
)
def _(counts):
    return torch.zeros_like(counts)


@mistake(
    "embeddings.ppmi",
    "ppmi-no-total",
    "The total is missing, or cancels out: chance gives row sum * column sum / total, and the count stays a count.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True)
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-base-2",
    "Off by exactly 1.44: this is in bits. Ours is in nats: .log(), not .log2().",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log2(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-no-log",
    "This is the ratio. Take its log, so that 'as chance would have it' becomes 0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > 0, counts / by_chance, 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-row-only",
    "Only the row's sum was used: frequent columns such as *the* still win. Chance needs the column's sum as well.",
)
def _(counts):
    share = counts / counts.sum(dim=1, keepdim=True) * counts.shape[1]
    return torch.where(share > 1, share.log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-upside-down",
    "Upside down: chance was divided by the count, so what never meets comes out on top.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where((counts > 0) & (counts < by_chance), (by_chance / counts).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-size",
    "The minus signs were dropped, so that what meets *less* than by chance counts, too. Below 0 becomes 0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > 0, (counts / by_chance).log().abs(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-one-sum-twice",
    "The sums down the columns were used twice. Chance needs those along the rows as well: dim=1.",
)
def _(counts):
    by_chance = counts.sum(dim=0, keepdim=True) ** 2 / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-shares-mixed",
    "You compared a count with a *share*: (row sum / total) * (column sum / total). Divide the count by the total, too.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum() ** 2
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-brackets",
    "n * total / b * c is (n * total / b) * c: you multiplied by the column's sum. Put the two sums into brackets.",
)
def _(counts):
    ratio = counts * counts.sum() / counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True)
    return torch.where(ratio > 1, ratio.log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-log-forgotten",
    "This is the ratio, 0 where it is below 1. Take its log: as much as by chance is log(1) = 0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > by_chance, counts / by_chance, 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-base-10",
    "Off by exactly 2.3: this log has the base 10. Ours is the natural one: .log(), not .log10().",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log10(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-difference",
    "You took chance away from the count. How many *times* more than chance is the question: divide, then take the log.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return (counts - by_chance).clamp(min=0)


@mistake(
    "embeddings.ppmi",
    "ppmi-turned-about",
    "You kept what meets *less* than by chance, and made the rest 0. It is the other way about.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) * counts.sum(dim=0, keepdim=True) / counts.sum()
    return torch.where(counts < by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-rows-twice",
    "The sums along the rows were used twice. Chance needs those down the columns as well: dim=0.",
)
def _(counts):
    by_chance = counts.sum(dim=1, keepdim=True) ** 2 / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


@mistake(
    "embeddings.ppmi",
    "ppmi-rows-for-columns",
    "The rows' sums stand in for the columns' sums. They agree only where a table is its own mirror image; ask for both.",
)
def _(counts):
    by_row = counts.sum(dim=1)
    by_chance = by_row[:, None] * by_row / counts.sum()
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


# ---- nearest ----


def _order(scores, descending=True):
    return scores.argsort(descending=descending, stable=True).tolist()


@mistake(
    "embeddings.nearest",
    "nearest-keeps-all",
    "`without` has no effect: the word itself comes first, since nothing is nearer to it than itself.",
)
def _(vectors, query, n, without=()):
    return _order(_unit(vectors) @ _unit(query))[:n]


@mistake(
    "embeddings.nearest",
    "nearest-cut-first",
    "You cut to n first and left out afterwards, so too few come back. Leave out first, then take n.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query))[:n] if row not in without]


@mistake(
    "embeddings.nearest",
    "nearest-drops-first",
    "You always drop the first. That is not always the word itself: leave out the rows in `without`, and only those.",
)
def _(vectors, query, n, without=()):
    return _order(_unit(vectors) @ _unit(query))[1 : n + 1]


@mistake(
    "embeddings.nearest",
    "nearest-ascending",
    "Upside down: the *least* alike come first. argsort counts up unless you say descending=True.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query), False) if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-dot",
    "Ranked by the plain dot product: long vectors, of frequent words, win. Rank by the cosine.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(vectors @ query) if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-distance",
    "Ranked by distance. A long arrow the same way is far off, yet as alike as can be: rank by the cosine.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order((vectors - query).norm(dim=-1), False) if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-cosines",
    "These are the cosines. What is needed are the rows that have them: argsort, not sort.",
)
def _(vectors, query, n, without=()):
    cosines = _unit(vectors) @ _unit(query)
    return [float(cosines[row]) for row in _order(cosines) if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-all",
    "All rows came back, in order. Only the first n are needed.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query)) if row not in without]


@mistake(
    "embeddings.nearest",
    "nearest-ties",
    "Of equals the last came first. Turning an ascending order round does that: say descending=True and stable=True.",
)
def _(vectors, query, n, without=()):
    order = _order(_unit(vectors) @ _unit(query), False)[::-1]
    return [row for row in order if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-pushed-down",
    "The rows in `without` were only moved to the end, and come back where n is large. Leave them out.",
)
def _(vectors, query, n, without=()):
    cosines = _unit(vectors) @ _unit(query)
    cosines[list(without)] = -2.0
    return _order(cosines)[:n]


@mistake(
    "embeddings.nearest",
    "nearest-cut-n-plus-1",
    "You cut to n + 1 first, which leaves too few where `without` holds more than one row. Leave out first, then take n.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query))[: n + 1] if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-drops-first-too",
    "After leaving out `without` you drop one more, the best of those that are left. Take [:n].",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query)) if row not in without][1 : n + 1]


@mistake(
    "embeddings.nearest",
    "nearest-first-of-without",
    "Only the first row of `without` was left out. It may hold several, or none: ask `row not in without`.",
)
def _(vectors, query, n, without=()):
    out = list(without)[:1]
    return [row for row in _order(_unit(vectors) @ _unit(query)) if row not in out][:n]


@mistake(
    "embeddings.nearest",
    "nearest-removes-while-looping",
    "You took rows out of the list while a loop went over it, which then steps over the one behind. Build a new list.",
)
def _(vectors, query, n, without=()):
    order = _order(_unit(vectors) @ _unit(query))
    for row in order:
        if row in without:
            order.remove(row)
    return order[:n]


@mistake(
    "embeddings.nearest",
    "nearest-places",
    "`without` holds row numbers, and you left out *places* of the order. Ask about the row: row not in without.",
)
def _(vectors, query, n, without=()):
    order = _order(_unit(vectors) @ _unit(query))
    return [row for place, row in enumerate(order) if place not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-shifted",
    "You took rows out of the table, and those behind moved up: their numbers are other numbers now. Leave out after ranking.",
)
def _(vectors, query, n, without=()):
    kept = vectors[[row for row in range(len(vectors)) if row not in without]]
    return _order(_unit(kept) @ _unit(query))[:n]


@mistake(
    "embeddings.nearest",
    "nearest-zeroed",
    "You set the cosines of `without` to 0, which beats every one below 0, and they come back. Leave the rows out.",
)
def _(vectors, query, n, without=()):
    cosines = _unit(vectors) @ _unit(query)
    cosines[list(without)] = 0.0
    return _order(cosines)[:n]


@mistake(
    "embeddings.nearest",
    "nearest-topk",
    "topk gives equals in any order, and stops where n is more than the rows. argsort(descending=True, stable=True) ranks them all.",
)
def _(vectors, query, n, without=()):
    top = (_unit(vectors) @ _unit(query)).topk(n + len(without)).indices.tolist()
    return [row for row in top if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-worst-first",
    "The best stands last. Count down, with descending=True, and take from the beginning.",
)
def _(vectors, query, n, without=()):
    return [row for row in _order(_unit(vectors) @ _unit(query), False) if row not in without][-n:]


@mistake(
    "embeddings.nearest",
    "nearest-sort-values",
    "These are the cosines, from the highest down. What is needed are the rows that have them: argsort, not sort.",
)
def _(vectors, query, n, without=()):
    cosines = (_unit(vectors) @ _unit(query)).sort(descending=True).values.tolist()
    return [value for value in cosines if value not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-index",
    "cosines.index(value) is the first row with that cosine, each time, so of equals one comes back again and again. argsort, not sort.",
)
def _(vectors, query, n, without=()):
    cosines = (_unit(vectors) @ _unit(query)).tolist()
    order = [cosines.index(value) for value in sorted(cosines, reverse=True)]
    return [row for row in order if row not in without][:n]


@mistake(
    "embeddings.nearest",
    "nearest-set",
    "A set forgets the order, and best first was the point. Go over the order, and keep a row if it is not in `without`.",
)
def _(vectors, query, n, without=()):
    return list(set(range(len(vectors))) - set(without))[:n]


@mistake(
    "embeddings.nearest",
    "nearest-tensor",
    "The rows are right, but they came as a tensor. A list is needed: .tolist() makes one.",
)
def _(vectors, query, n, without=()):
    return torch.tensor([row for row in _order(_unit(vectors) @ _unit(query)) if row not in without][:n])


# ---- analogy ----


def _near(vectors, query, n, without):
    return [row for row in _order(_unit(vectors) @ _unit(query)) if row not in without][:n]


@mistake(
    "embeddings.analogy",
    "analogy-order",
    "This is b - a + c: man - king + woman. Take b away from a.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[b] - vectors[a] + vectors[c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-brackets",
    "This is a - (b + c): the woman was taken away as well. Take b away, then add c.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] - vectors[c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-sum",
    "All three were added. The step from b to a is a *difference*: a - b + c.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] + vectors[b] + vectors[c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-nothing-left-out",
    "The words of the question are among the answers, and the first of them often wins. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [])


@mistake(
    "embeddings.analogy",
    "analogy-one-left-out",
    "Only a is left out; b or c can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [a] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-always-left-out",
    "The three are left out even where without_inputs is False. Then they may be answers.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [a, b, c])


@mistake(
    "embeddings.analogy",
    "analogy-flag-turned",
    "The wrong way round: without_inputs=True means that the three are left *out*.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [] if without_inputs else [a, b, c])


@mistake(
    "embeddings.analogy",
    "analogy-ids",
    "You reckoned with the row *numbers*. Look the vectors up first: vectors[a], vectors[b], vectors[c].",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a - b + c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-turned",
    "This is a - c + b: the step goes from woman to man. Take b away, and add c.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[c] + vectors[b], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-units",
    "You brought the rows to length 1 before the sum. Others do that, too; ours takes the rows as they are.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    rows = _unit(vectors)
    return _near(vectors, rows[a] - rows[b] + rows[c], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-c-left-in",
    "c can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [a, b] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-b-left-in",
    "b can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [a, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-a-left-in",
    "a can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-only-c-left-out",
    "Only c is left out; a or b can still be an answer. With without_inputs, leave out all three.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-cut-first",
    "You took n first and left out afterwards, so too few come back. Give the three to nearest, which leaves out first.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    found = _near(vectors, vectors[a] - vectors[b] + vectors[c], n, [])
    return [row for row in found if row not in (a, b, c)] if without_inputs else found


@mistake(
    "embeddings.analogy",
    "analogy-drops-three",
    "You drop the first three. Those need not be a, b and c: leave out these, wherever they stand.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    query = vectors[a] - vectors[b] + vectors[c]
    return _near(vectors, query, n + 3, [])[3:] if without_inputs else _near(vectors, query, n, [])


@mistake(
    "embeddings.analogy",
    "analogy-no-c",
    "c is missing: a - b is only the step. Add it to c.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    return _near(vectors, vectors[a] - vectors[b], n, [a, b, c] if without_inputs else [])


@mistake(
    "embeddings.analogy",
    "analogy-shifted",
    "You took the three out of the table, and the rows behind moved up: their numbers are other numbers now. Give them as `without`.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    kept = [row for row in range(len(vectors)) if not without_inputs or row not in (a, b, c)]
    return _near(vectors[kept], vectors[a] - vectors[b] + vectors[c], n, [])


@mistake(
    "embeddings.analogy",
    "analogy-dot",
    "Ranked by the plain dot product: long vectors win. embeddings.nearest ranks by the cosine.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    order = _order(vectors @ (vectors[a] - vectors[b] + vectors[c]))
    return [row for row in order if not without_inputs or row not in (a, b, c)][:n]


@mistake(
    "embeddings.analogy",
    "analogy-distance",
    "Ranked by distance. embeddings.nearest ranks by the cosine: which way a row points, not how long it is.",
)
def _(vectors, a, b, c, n=1, without_inputs=True):
    order = _order((vectors - (vectors[a] - vectors[b] + vectors[c])).norm(dim=-1), False)
    return [row for row in order if not without_inputs or row not in (a, b, c)][:n]


# ---- place_on_ruler ----


@mistake(
    "embeddings.place_on_ruler",
    "ruler-not-unit",
    "The direction is not of length 1, so two words far apart make a ruler with other marks. Bring high - low to length 1.",
)
def _(vectors, low, high):
    return vectors @ (high - low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-cosine",
    "These are cosines: each row's own length is lost, and long steps are flattened. Only the direction gets length 1.",
)
def _(vectors, low, high):
    return _unit(vectors) @ _unit(high - low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-flipped",
    "The ruler points from high to low. From low to high is high - low.",
)
def _(vectors, low, high):
    return vectors @ _unit(low - high)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-from-low",
    "You measured from `low`. Our ruler has its 0 where all numbers are 0: leave the rows as they are.",
)
def _(vectors, low, high):
    return (vectors - low) @ _unit(high - low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-ends-0-and-1",
    "You put low at 0 and high at 1. Ours keeps the vectors' own scale, and its 0 where all numbers are 0.",
)
def _(vectors, low, high):
    return (vectors - low) @ (high - low) / ((high - low) ** 2).sum()


@mistake(
    "embeddings.place_on_ruler",
    "ruler-units-apart",
    "Each end was brought to length 1 before the difference. First the difference, then its length.",
)
def _(vectors, low, high):
    return vectors @ _unit(_unit(high) - _unit(low))


@mistake(
    "embeddings.place_on_ruler",
    "ruler-high-only",
    "You measured along `high` alone. The direction is from low to high: high - low.",
)
def _(vectors, low, high):
    return vectors @ _unit(high)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-squared",
    "You divided by the squared length. Divide by the length: then a step of length 3 along the ruler is 3.",
)
def _(vectors, low, high):
    return vectors @ (high - low) / ((high - low) ** 2).sum()


@mistake(
    "embeddings.place_on_ruler",
    "ruler-from-the-middle",
    "You measured from the middle between the two words. Our ruler has its 0 where all numbers are 0.",
)
def _(vectors, low, high):
    return (vectors - (low + high) / 2) @ _unit(high - low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-size",
    "The minus signs are gone: a ruler goes both ways from 0.",
)
def _(vectors, low, high):
    return (vectors @ _unit(high - low)).abs()


@mistake(
    "embeddings.place_on_ruler",
    "ruler-units-apart-only",
    "The two ends were brought to length 1, and their difference was not. It is the difference that needs length 1.",
)
def _(vectors, low, high):
    return vectors @ (_unit(high) - _unit(low))


@mistake(
    "embeddings.place_on_ruler",
    "ruler-bracket",
    "Only `high` was brought to length 1, before `low` was taken away. The bracket goes round both: unit(high - low).",
)
def _(vectors, low, high):
    return vectors @ (_unit(high) - low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-two-cosines",
    "This is how much more like `high` than like `low` a row is. A ruler asks how far it reaches along high - low.",
)
def _(vectors, low, high):
    return _unit(vectors) @ _unit(high) - _unit(vectors) @ _unit(low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-rows-unit",
    "The rows were brought to length 1 and the direction was not. It is the other way about.",
)
def _(vectors, low, high):
    return _unit(vectors) @ (high - low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-flipped-not-unit",
    "The ruler points from high to low, and its direction is not of length 1. Take high - low, and bring it there.",
)
def _(vectors, low, high):
    return vectors @ (low - high)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-from-low-not-unit",
    "You measured from `low`, in a direction that is not of length 1. Leave the rows as they are, and bring high - low to length 1.",
)
def _(vectors, low, high):
    return (vectors - low) @ (high - low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-cosine-from-low",
    "This is a cosine, and measured from `low`. Leave the rows as they are: neither move them nor change their length.",
)
def _(vectors, low, high):
    return _unit(vectors - low) @ _unit(high - low)


@mistake(
    "embeddings.place_on_ruler",
    "ruler-difference-of-lengths",
    "You divided by the difference of two lengths. The length of the difference is needed: (high - low).norm().",
)
def _(vectors, low, high):
    return vectors @ (high - low) / (high.norm() - low.norm())


@mistake(
    "embeddings.place_on_ruler",
    "ruler-projection",
    "These are points on the ruler, as vectors. How far each is along it is one number a row: leave out the last product.",
)
def _(vectors, low, high):
    direction = _unit(high - low)
    return (vectors @ direction)[..., None] * direction


@mistake(
    "embeddings.place_on_ruler",
    "ruler-not-summed",
    "You multiplied number by number and did not add up: one number for each row is needed. @ does both.",
)
def _(vectors, low, high):
    return vectors * _unit(high - low)
