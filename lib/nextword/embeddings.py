"""Rung `embeddings`: a row of numbers for each word, so that words which are used alike point alike.

Count which words stand near which, keep what is more than chance, and take the best short summary of that table.
Or read vectors that others have made. Either way, what can be done with them is the same.
Sources: Church and Hanks 1990 (mutual information), Levy and Goldberg 2014 (PPMI and SVD), Pennington et al. 2014
(GloVe), Mikolov et al. 2013 (arXiv 1301.3781, analogies), Halko et al. 2011 (arXiv 0909.4061, a quick SVD).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from nextword.base import datasets
from nextword.base.precision import in_float32
from nextword.base.shapes import Columns, Measures, Rows, Steps, Stream, Table, Vector, Vectors
from nextword.embeddings_parts.validation import at_most, unknown


def differences(vectors: Stream) -> Steps:
    """First differences: the step from each row to the next, in a table or in any stack of tables.

    >>> differences(torch.tensor([[1.0, 1.0], [4.0, 5.0], [4.0, 6.0]]))
    tensor([[3., 4.],
            [0., 1.]])
    """
    return vectors[..., 1:, :] - vectors[..., :-1, :]  # (*batch, rows - 1, d_model)


@in_float32
def unit(vectors: Vectors) -> Vectors:
    """L2-normalised: each row at length 1, pointing where it pointed; a row of zeros points nowhere and stays.

    >>> unit(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    lengths = (vectors**2).sum(dim=-1, keepdim=True).sqrt()  # (*places, 1)
    return vectors / torch.where(lengths == 0, 1.0, lengths)


def cosine(vectors: Vectors, vector: Vector) -> Measures:
    """Cosine similarity: how far each row points the vector's way, from 1 (the same) to -1 (the opposite).

    At right angles it is 0, and for a row that points nowhere.

    >>> cosine(torch.tensor([[2.0, 0.0], [0.0, 5.0], [-1.0, 0.0]]), torch.tensor([3.0, 0.0]))
    tensor([ 1.,  0., -1.])
    """
    return unit(vectors) @ unit(vector)


def cooccurrence(texts: list[list[int]], vocab_size: int, window: int) -> Table:
    """How often word j stands at most `window` places before or after word i, in the same text.

    >>> cooccurrence([[0, 1, 2], [2]], vocab_size=3, window=1)
    tensor([[0., 1., 0.],
            [1., 0., 1.],
            [0., 1., 0.]])
    """
    counts = Counter()
    for ids in texts:
        for distance in range(1, window + 1):
            counts.update(zip(ids, ids[distance:], strict=False))  # each word, and the one so far behind it
    after = as_table(counts, vocab_size)
    return after + after.T  # what stands behind me has me before it


def as_table(counts: dict[tuple[int, int], int], vocab_size: int) -> Table:
    """Counted pairs as a table: the pair (i, j) in row i, column j.

    >>> as_table({(0, 1): 5}, vocab_size=2)
    tensor([[0., 5.],
            [0., 0.]])
    """
    table = torch.zeros(vocab_size, vocab_size)
    if counts:
        rows, columns = torch.tensor(list(counts)).unbind(dim=1)
        table[rows, columns] = torch.tensor(list(counts.values()), dtype=torch.float32)
    return table


def ppmi(counts: Table) -> Table:
    """Positive pointwise mutual information: log(count / the count that chance would give), never below 0.

    In nats. Positive pointwise mutual information, with chance from the sums of the row and of the column.

    >>> ppmi(torch.tensor([[8.0, 2.0], [2.0, 8.0]]))
    tensor([[0.4700, 0.0000],
            [0.0000, 0.4700]])
    """
    by_row = counts.sum(dim=1, keepdim=True)  # (rows, 1)
    by_column = counts.sum(dim=0, keepdim=True)  # (1, columns)
    by_chance = by_row * by_column / counts.sum()  # (rows, columns)
    return torch.where(counts > by_chance, (counts / by_chance).log(), 0.0)


def truncated_svd(table: Table, n_columns: int) -> tuple[Rows, Columns]:
    """Truncated SVD: n numbers for each row and each column, whose dot product is nearest to the cell.

    The singular values are shared out evenly. Signs are fixed, so that it comes out the same each time.

    >>> rows, columns = truncated_svd(torch.tensor([[1.0, 2.0], [2.0, 4.0]]), n_columns=1)
    >>> (rows @ columns.T).round()
    tensor([[1., 2.],
            [2., 4.]])
    """
    smaller = min(table.shape)
    if not 1 <= n_columns <= smaller:
        raise ValueError(
            f"a table of {tuple(table.shape)} has summaries of 1 to {smaller} columns, not {n_columns}"
        )
    chance = torch.Generator().manual_seed(0)
    # Randomised subspace iteration: 20 columns more than asked for, turned towards where the table is large. After
    # eight turns the wanted columns no longer move in float32.
    basis = torch.randn(table.shape[1], min(n_columns + 20, smaller), generator=chance, dtype=table.dtype)
    for _ in range(8):
        basis = torch.linalg.qr(table.T @ (table @ basis)).Q  # (columns, n + 20)
    left, sizes, right = torch.linalg.svd(table @ basis, full_matrices=False)
    rows, columns = left[:, :n_columns], (basis @ right.T)[:, :n_columns]
    signs = columns.gather(0, columns.abs().argmax(dim=0, keepdim=True)).sign()
    scale = signs * sizes[:n_columns].sqrt()
    return rows * scale, columns * scale


def nearest(vectors: Vectors, query: Vector, n: int, without: Sequence[int] = ()) -> list[int]:
    """The numbers of the n rows that point most nearly the query's way, best first; of equals, the first.

    Rows in `without` are left out. Fewer than n come back where fewer are there.

    >>> nearest(torch.tensor([[1.0, 0.0], [5.0, 5.0], [0.0, 1.0]]), torch.tensor([2.0, 0.0]), n=2, without=[0])
    [1, 2]
    """
    order = cosine(vectors, query).argsort(descending=True, stable=True).tolist()
    return [row for row in order if row not in without][:n]


def analogy(vectors: Vectors, a: int, b: int, c: int, n: int = 1, without_inputs: bool = True) -> list[int]:
    """The n rows nearest to row a - row b + row c: as king - man + woman. The three are left out, unless you say.

    >>> analogy(torch.tensor([[1.0, 1.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 1.0]]), 0, 1, 2)
    [3]
    """
    query = vectors[a] - vectors[b] + vectors[c]
    return nearest(vectors, query, n, [a, b, c] if without_inputs else [])


def project_onto(vectors: Vectors, low: Vector, high: Vector) -> Measures:
    """Scalar projection: how far along the direction from `low` to `high` each row reaches, measured from zero.

    >>> project_onto(torch.tensor([[7.0, 3.0], [7.0, -1.0]]), torch.tensor([0.0, 1.0]), torch.tensor([0.0, 5.0]))
    tensor([ 3., -1.])
    """
    return vectors @ unit(high - low)


@dataclass(frozen=True)
class Embeddings:
    """Words and their vectors."""

    words: list[str]  # the commonest first
    vectors: Table  # row i belongs to word i

    def __post_init__(self):
        if len(self.words) != len(self.vectors):
            raise ValueError(f"{len(self.words)} words came with {len(self.vectors)} vectors: each needs one")

    @cached_property
    def rows(self) -> dict[str, int]:
        """From a word to its row."""
        return {word: row for row, word in enumerate(self.words)}

    def row(self, word: str) -> int:
        """The word's row; a ValueError names the words that are spelled most like it."""
        if word not in self.rows:
            raise ValueError(unknown(word, self.words))
        return self.rows[word]

    def __getitem__(self, word: str) -> Vector:
        return self.vectors[self.row(word)]

    def nearest(self, word: str, n: int = 8) -> list[tuple[str, float]]:
        """The n words most like this one, each with its cosine."""
        found = nearest(self.vectors, self[word], at_most(n, len(self.words) - 1), [self.row(word)])
        return self.told(found, self[word])

    def analogy(
        self, a: str, b: str, c: str, n: int = 3, without_inputs: bool = True
    ) -> list[tuple[str, float]]:
        """The n words nearest to a - b + c, each with its cosine."""
        inputs = [self.row(word) for word in (a, b, c)]
        n = at_most(n, len(self.words) - (len(set(inputs)) if without_inputs else 0))
        found = analogy(self.vectors, *inputs, n, without_inputs)
        return self.told(found, self[a] - self[b] + self[c])

    def project_onto(self, low: str, high: str, words: list[str]) -> dict[str, float]:
        """Each word's projection onto the direction that leads from one word to another."""
        if torch.equal(self[low], self[high]):
            raise ValueError(f"from {low!r} to {high!r} there is no direction: their vectors are the same")
        vectors = torch.stack([self[word] for word in words]) if words else self.vectors[:0]
        return dict(zip(words, project_onto(vectors, self[low], self[high]).tolist(), strict=True))

    def told(self, found: list[int], query: Vector) -> list[tuple[str, float]]:
        """Rows as words, each with its cosine to the query; a ValueError where the query points nowhere."""
        if not query.any():
            raise ValueError("this vector is all zeros: it points nowhere, so nothing is near it")
        cosines = cosine(self.vectors[found], query).tolist()
        return [(self.words[row], value) for row, value in zip(found, cosines, strict=True)]


def learn(texts: list[list[str]], n_words: int = 5_000, window: int = 10, dim: int = 50) -> Embeddings:
    """Vectors for the commonest words of some texts, from which words stand near which.

    Marks and rarer words are dropped before counting.
    """
    frequency = Counter(word for text in texts for word in text if word[:1].isalpha())
    if not frequency:
        raise ValueError("there are no words to learn from: a text is a list of words, and these hold none")
    words = sorted(frequency, key=lambda word: (-frequency[word], word))[:n_words]
    rows = {word: row for row, word in enumerate(words)}
    ids = [[rows[word] for word in text if word in rows] for text in texts]
    vectors, _ = truncated_svd(ppmi(cooccurrence(ids, len(words), window)), dim)
    return Embeddings(words, vectors)


def glove(n_words: int = 100_000) -> Embeddings:
    """The commonest of the 400,000 words of GloVe, 50 numbers each.

    The first call fetches them (76 MB); after that they are read from this machine.
    """
    words, vectors = datasets.glove()
    if not 1 <= n_words <= len(words):
        raise ValueError(f"GloVe has 1 to {len(words):,} words to give, not {n_words:,}")
    return Embeddings(words[:n_words], torch.tensor(vectors[:n_words]))
