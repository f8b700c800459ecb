"""Rung `tiny_gpt`: a whole GPT of 4,192 dials, in lines that run on our engine and on torch's alike.

It spells: its tokens are letters, and its texts single words. What it calls on its tensors, `tensor_autograd` and
torch both have under one name, so the same lines are differentiated by either.
Source: Karpathy's microgpt (2026), whose sizes and layers these are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the dot ends a word, and begins it


@dataclass(frozen=True)
class TinyConfig:
    """The sizes of the machine."""

    d_model: int = 16  # numbers in a letter's vector
    n_heads: int = 4
    n_layers: int = 1
    context: int = 16  # letters that it reads at most


def init_dials(config: TinyConfig, seed: int = 0) -> dict[str, np.ndarray]:
    """Every dial by chance, as small numbers around 0, in matrices by name.

    >>> sum(dials.size for dials in init_dials(TinyConfig()).values())
    4192
    """
    d, n_letters = config.d_model, len(LETTERS)
    shapes = {"letters": (n_letters, d), "places": (config.context, d), "unembed": (d, n_letters)}
    for layer in range(config.n_layers):
        shapes |= {f"{layer}.{name}": (d, d) for name in ("query", "key", "value", "output")}
        shapes |= {f"{layer}.up": (d, 4 * d), f"{layer}.down": (4 * d, d)}
    chance = np.random.default_rng(seed)
    return {name: chance.normal(0, 0.08, shape) for name, shape in shapes.items()}


def encode(words: Sequence[str], context: int) -> np.ndarray:
    """Words as rows of letters, each between two dots, filled up with -1, which no letter is; shape (words, letters).

    >>> encode(["hen", "a"], context=16)
    array([[ 0,  8,  5, 14,  0],
           [ 0,  1,  0, -1, -1]])

    Of a word that is too long only the beginning is read, without its end.
    Raises ValueError for a word with anything else than a to z in it.
    """
    strange = [word for word in words if not word or set(word) - set(LETTERS[1:])]
    if strange or not len(words):
        what = repr(strange[0]) if strange else "no word at all"
        raise ValueError(f"this machine spells with the letters a to z; it was given {what}")
    rows = [[LETTERS.index(letter) for letter in f".{word}."[: context + 1]] for word in words]
    longest = max(map(len, rows))
    return np.array([row + [-1] * (longest - len(row)) for row in rows])


def logits(dials: dict, ids: np.ndarray, config: TinyConfig):
    """For each place of each word, a number for each letter that may come next; shape (words, letters, 27)."""
    words, n = ids.shape
    x = rms_norm(dials["letters"][ids] + dials["places"][:n])
    future = x.new_tensor(np.triu(np.full((n, n), -1e9), 1))
    for layer in range(config.n_layers):
        query, key, value = (
            (rms_norm(x) @ dials[f"{layer}.{name}"])
            .reshape(words, n, config.n_heads, config.d_model // config.n_heads)
            .transpose(1, 2)  # (words, n_heads, letters, head_dim)
            for name in ("query", "key", "value")
        )
        scores = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5 + future
        taken = scores.softmax(-1) @ value
        x = x + taken.transpose(1, 2).reshape(words, n, config.d_model) @ dials[f"{layer}.output"]
        x = x + (rms_norm(x) @ dials[f"{layer}.up"]).relu() @ dials[f"{layer}.down"]
    return x @ dials["unembed"]


def rms_norm(x):
    """Each vector at a length of about the root of its size."""
    return x * ((x * x).mean(-1, keepdim=True) + 1e-5) ** -0.5


def loss(dials: dict, ids: np.ndarray, config: TinyConfig):
    """The mean surprise at each next letter, in nats; all but the last letter goes in."""
    read, next_ids = np.maximum(ids[:, :-1], 0), ids[:, 1:]
    there = np.nonzero(next_ids >= 0)
    log_chances = logits(dials, read, config).log_softmax(-1)
    return -log_chances[(*there, next_ids[there])].mean()
