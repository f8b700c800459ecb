"""Count which words stand near each other, in windows that end at the edges of each text.

What makes it hard: the two ends of a window, the two ends of a text, and a word that meets itself.
"""

import torch

from classroom.judge.comparison import is_tensor, kind
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
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


edits(
    "embeddings.cooccurrence",
    (
        "cooccurrence-itself",
        ") : i]",
        ") : i + 1]",
        "Each word was counted as its own neighbour: look at the diagonal. Leave out the place where you stand.",
    ),
    (
        "cooccurrence-itself-and-short",
        " : i] + ids[i + 1 : i + 1 + window]",
        " : i + window]",
        "Two things. Each word was counted as its own neighbour: leave out the place where you stand. "
        "And to the right the window is one place too short, since slices leave out their end.",
    ),
    (
        "cooccurrence-itself-and-wraps",
        "max(0, i - window) : i] + ids[i + 1 : i + 1 + window]",
        "i - window : i + 1 + window]",
        "Two things. Each word was counted as its own neighbour: leave out the place where you stand. "
        "And near the beginning i - window is negative, which Python counts from the end: begin at max(0, i - window).",
    ),
    (
        "cooccurrence-right-only",
        "ids[max(0, i - window) : i] + ",
        "",
        "Only what stands behind a word was counted. What stands before it is a neighbour too: row i, column j equals row j, column i.",
    ),
    (
        "cooccurrence-window-short",
        [("i - window", "i - window + 1"), ("1 + window", "window")],
        "The window is one place too short: with window 1 the word beside must count. Ranges and slices leave out their end.",
    ),
    (
        "cooccurrence-one-side-short",
        "i + 1 + window",
        "i + window",
        "To the right the window is one place too short: range(i - window, i + window) leaves out its end.",
    ),
    (
        "cooccurrence-wraps",
        "max(0, i - window)",
        "i - window",
        "Near the beginning i - window is negative, and Python counts that from the end. Begin at max(0, i - window).",
    ),
    (
        "cooccurrence-crosses",
        "in texts",
        "in [sum(texts, [])]",
        "Words of two different texts were counted as neighbours. Texts are apart: count in each by itself.",
    ),
    (
        "cooccurrence-only-full",
        "enumerate(ids)",
        "list(enumerate(ids))[window : len(ids) - window]",
        "Words near the ends of a text were passed over. They have neighbours, too, only fewer: go over every place.",
    ),
    (
        "cooccurrence-first-text",
        "    return",
        "        return",
        "Only the first text was counted. Does the return stand inside the loop, too far to the right?",
    ),
    (
        "cooccurrence-last-text",
        "for ids in texts:",
        "for ids in texts:\n        counts = Counter()",
        "Only the last text was counted: the counter is made anew for each. Make it once, above the loop.",
    ),
    (
        "cooccurrence-once",
        "+=",
        "=",
        "Each pair is counted once, however often the two meet. How often is the whole question.",
    ),
    (
        "cooccurrence-twice",
        "+= 1",
        "+= 2",
        "Everything is counted twice: you look both ways *and* add each pair both ways round. One of the two is enough.",
    ),
    (
        "cooccurrence-index",
        "for i, word in enumerate(ids):",
        "for word in ids:\n            i = ids.index(word)",
        "ids.index(word) is the *first* place where the word stands, each time. enumerate(ids) gives every place with its word.",
    ),
)

BY_PLACES = """
    def cooccurrence(texts, vocab_size, window):
        counts = torch.zeros(vocab_size, vocab_size)
        for ids in texts:
            for i in range(len(ids)):
                for j in range(max(0, i - window), min(len(ids), i + window + 1)):
                    if i != j:
                        counts[ids[i], ids[j]] += 1
        return counts
"""

edits(
    "embeddings.cooccurrence",
    (
        "cooccurrence-same-word",
        "i != j",
        "ids[i] != ids[j]",
        "A word that stands twice nearby meets itself, and that was left out: compare the *places* i and j, not the words there.",
    ),
    (
        "cooccurrence-places",
        "ids[i], ids[j]",
        "i, j",
        "You counted places, not the words that stand there: counts[ids[i], ids[j]], not counts[i, j].",
    ),
    (
        "cooccurrence-wraps-by-one",
        "max(0, i - window)",
        "i - window",
        "ids[i - 1] at i = 0 is ids[-1], the last word: the two ends of a text are no neighbours.",
    ),
    (
        "cooccurrence-weighted",
        "+= 1",
        "+= 1 / abs(i - j)",
        "You counted far neighbours for less than near ones. Here each word in the window counts 1, however far it is.",
    ),
    source=BY_PLACES,
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
