"""The share of different runs of words: what falls where all texts begin to say the same."""

from collections import Counter

from classroom.judge.listed import edits
from classroom.judge.registry import check
from nextword import text


@check(
    "overoptimization.distinct",
    cases=[
        (["The film is good.", "The film is bad"], 3),
        (["good good good good"], 1),
        (["a b c d", "c d e f"], 2),
        (["a b", "b a"], 2),
        (["The the THE"], 1),
        (["so good, so good, so good"], 3),
        (["a b c", "a b c", "x y z w"], 3),
        (["a", "a b", "a b c d"], 2),
        (["a b c a b c", "c a b"], 3),
        (["it is", "is it", "it is it"], 2),
    ],
    awkward=[
        ([], 3),
        (["", "a", "a b"], 3),
        (["a b c"], 3),
        (["a b c"], 1),
        (["a b", "c d", "a b"], 4),
        (["a a a a a", "b b b b b"], 2),
        (["A gem!", "a gem !", "a  gem\n!"], 3),
        (["ab c", "a bc"], 2),
        (["a b c d e", "e d c b a", "b c d"], 2),
    ],
)
def distinct(texts, n=3):
    """Run by run: all that come after the first of their kind are lost."""
    counts = Counter()
    for one in texts:
        rest = text.words(one)
        while len(rest) >= n:
            counts[tuple(rest[:n])] += 1
            rest = rest[1:]
    total = sum(counts.values())
    return 1 - (total - len(counts)) / total if total else 1.0


SAID = "said = [text.words(one) for one in texts]"
RUNS = "[tuple(words[i : i + n]) for words in said for i in range(len(words) - n + 1)]"
SHARE = "len(set(runs)) / len(runs) if runs else 1.0"

edits(
    "overoptimization.distinct",
    (
        "distinct-across-texts",
        SAID,
        "said = [[word for one in texts for word in text.words(one)]]",
        "All texts were joined to one, so that runs reach over the end of one text into the next. A run lies inside one text.",
    ),
    (
        "distinct-mean-of-texts",
        ...,
        """
        shares = []
        for one in texts:
            words = text.words(one)
            runs = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
            if runs:
                shares.append(len(set(runs)) / len(runs))
        return sum(shares) / len(shares) if shares else 1.0
        """,
        "Each text was looked at alone, and the shares averaged. What is said in two texts is not new in the second: count over all texts together.",
    ),
    (
        "distinct-words",
        RUNS,
        "[word for words in said for word in words]",
        "Single words are counted. A run is n words, one behind the other.",
    ),
    (
        "distinct-said-again",
        SHARE,
        "1 - len(set(runs)) / len(runs) if runs else 0.0",
        "This is the share that was said before. Asked is the share of different runs, which falls where texts repeat.",
    ),
    (
        "distinct-number",
        SHARE,
        "float(len(set(runs))) if runs else 1.0",
        "This is how many runs are different. A share is asked for: divide by how many runs there are.",
    ),
    (
        "distinct-of-words",
        SHARE,
        "len(set(runs)) / sum(map(len, said)) if runs else 1.0",
        "You divided by the number of words. Divide by the number of runs: a text of m words has m - n + 1 of them.",
    ),
    (
        "distinct-last-run",
        "len(words) - n + 1",
        "len(words) - n",
        "The last run of each text is missing: a text of m words has m - n + 1 runs.",
    ),
    (
        "distinct-short-ends",
        "range(len(words) - n + 1)",
        "range(len(words))",
        "At the end of a text a slice gets shorter than n, and such ends were counted as well. The last run begins at place len(words) - n.",
    ),
    (
        "distinct-any-order",
        RUNS,
        "[tuple(sorted(words[i : i + n])) for words in said for i in range(len(words) - n + 1)]",
        'The order in a run was forgotten: "a b" and "b a" are two different runs. Keep a tuple of the words as they stand.',
    ),
    (
        "distinct-split",
        "text.words(one)",
        "one.split()",
        'The texts were cut at spaces only, so that "Good." and "good" are different words. text.words takes capitals and marks off.',
    ),
    (
        "distinct-blocks",
        "range(len(words) - n + 1)",
        "range(0, len(words) - n + 1, n)",
        "The texts were cut into blocks. A run begins at every word that has n - 1 others behind it.",
    ),
    (
        "distinct-glued",
        "tuple(words[i : i + n])",
        '"".join(words[i : i + n])',
        'The words of a run were glued together, and "ab c" became the same as "a bc". A tuple keeps them apart.',
    ),
)
