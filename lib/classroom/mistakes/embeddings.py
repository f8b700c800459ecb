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
    "You clipped before the log, where nothing is below 0 yet. First the log, then everything below 0 becomes 0.",
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
    "ppmi-no-total",
    "The total is missing: chance gives row sum * column sum / total. Without it nearly everything is below 0.",
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


# ---- nearest ----


def _order(scores, descending=True):
    return scores.argsort(descending=descending, stable=True).tolist()


@mistake(
    "embeddings.nearest",
    "nearest-keeps-all",
    "`without` is not used: the word itself comes first, since nothing is nearer to it than itself.",
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
