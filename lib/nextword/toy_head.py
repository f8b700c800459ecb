"""Rung `toy_head`: one attention head whose 27 parameters a person sets, in a world of three features.

A word is three numbers: how much water, how much money, how much grammar is in it. The real model's words have 576,
and nobody set its dials, as the course calls parameters.
"""

from typing import NamedTuple

import torch

from nextword import attention
from nextword.base.shapes import Float, Scores, Stream, Tensor

WORDS = {  # water, money, grammar
    "the": [0.0, 0.0, 2.0],
    "river": [2.0, 0.0, 0.0],
    "money": [0.0, 2.0, 0.0],
    "bank": [1.0, 1.0, 0.0],
}
Matrix = Float[Tensor, "3 3"]


class HeadParameters(NamedTuple):
    """The three matrices of a head: in row `water`, what a word's water is turned into."""

    query: Matrix  # what a word asks
    key: Matrix  # what it answers to
    value: Matrix  # what it gives


def set_by_hand() -> HeadParameters:
    """Dials that make *bank* lean to what was spoken of before it, and leave *the* alone.

    Each word looks for words like itself; the factor 2 makes it look hard. Grammar asks and answers, but gives nothing.
    """
    return HeadParameters(2 * torch.eye(3), torch.eye(3), torch.diag(torch.tensor([1.0, 1.0, 0.0])))


def embed(words: list[str]) -> Stream:
    """The words as vectors, one below the other.

    >>> embed(["river", "bank"])
    tensor([[2., 0., 0.],
            [1., 1., 0.]])
    """
    if not words:
        raise ValueError("there are no words to read: a text needs at least one")
    unknown = [word for word in words if word not in WORDS]
    if unknown:
        raise ValueError(
            f"there is no {unknown[0]!r} in this world of {len(WORDS)} words: {', '.join(WORDS)}"
        )
    return torch.tensor([WORDS[word] for word in words])


def weights(words: list[str], parameters: HeadParameters) -> Scores:
    """How much each word (a row) takes from each word so far, itself included.

    >>> weights(["river", "the", "bank"], set_by_hand())[-1]  # bank: from river and from itself, hardly from the
    tensor([0.4763, 0.0473, 0.4763])
    """
    x = embed(words)
    return attention.weights((x @ parameters.query)[None], (x @ parameters.key)[None])[0]  # one head


def apply(words: list[str], parameters: HeadParameters) -> Stream:
    """The words' vectors after the head: what each took from the words before it is added.

    >>> apply(["river", "the", "bank"], set_by_hand())[-1]  # bank: now more water than money
    tensor([2.4..., 1.4..., 0.0000])
    """
    x = embed(words)
    query, key, value = ((x @ matrix)[None] for matrix in parameters)  # one head
    return x + attention.attend(query, key, value)[0]
