"""Exercise `attention.split_heads`: its cases, its right answer found otherwise, and how people get it wrong."""

import re

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check, mistake
from classroom.judge.sandbox import run
from classroom.lessons.heads_and_positions.shared import WORDS, _numbered, _random, more


def whole_numbers(split_heads):
    """A length that came from / is a fraction, and torch says so in its own words."""
    error = run(split_heads, (WORDS, 2)).error
    if isinstance(error, TypeError) and re.search("float|slice indices", str(error)):
        says = "/ gives a fraction, // a whole number: x.shape[-1] // n_heads."
        raise Wrong("split-fraction", says, "split_heads([[10, 11, 12, 13], ...], 2)")


@check(
    "attention.split_heads",
    lives=in_a_model,
    before=[whole_numbers],
    cases=[
        (WORDS, 2),
        (_numbered(2, 8), 2),
        (_numbered(4, 4), 4),
        (_numbered(4, 6), 3),
        (_random(5, 12), 2),
        (_random(3, 6), 1),
        (_random(6, 15), 5),
        (_numbered(2, 3, 6), 3),
        (_random(3, 1, 12), 4),
        (_random(3, 3, 9), 3),
        (_random(2, 6, 8), 4),
        (_random(2, 2, 5, 12), 3),
        (_random(2, 2, 1), 1),
    ],
    awkward=[
        (more(1, 1), 1),
        (shelf.ALL_DIFFER, 7),
        (more(1, 4, 6), 2),
        (more(1, 2, 3, 20), 4),
    ],
)
def split_heads(x, n_heads):
    head_dim = x.shape[-1] // n_heads
    heads = [x[..., head * head_dim : (head + 1) * head_dim] for head in range(n_heads)]
    return torch.stack(heads, dim=-3)


@mistake(
    "attention.split_heads",
    "split-view",
    "Right shape, wrong numbers: head 0 got both halves of the first word ([10, 11] and [12, 13]), and needs the first half "
    "of every word ([10, 11], [20, 21], ...). First cut each vector, (…, words, heads, numbers), then exchange words and heads.",
)
def _(x, n_heads):
    return x.reshape(*x.shape[:-2], n_heads, x.shape[-2], -1)


@mistake(
    "attention.split_heads",
    "split-not-transposed",
    "Each vector is cut, and the pieces still lie word by word. Exchange the axes of words and heads: .transpose(-3, -2).",
)
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, -1))


@mistake(
    "attention.split_heads",
    "split-from-the-left",
    "The axes were counted from the left as if there were always one for many texts in front. Here there is none, and "
    "elsewhere there may be two: count from the end, .transpose(-3, -2).",
)
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(1, 2)


@mistake(
    "attention.split_heads",
    "split-no-batch",
    "The axes were counted from the left as if a text stood by itself. With many texts in front, 0 and 1 are other axes: "
    "count from the end, .transpose(-3, -2).",
)
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(0, 1)


@mistake(
    "attention.split_heads",
    "split-three-axes-only",
    "It takes x to have exactly three axes. A text may stand alone, or there may be more axes in front: use x.shape[-1], "
    "x.shape[-2] and x.unflatten(-1, ...), which leave the others alone.",
)
def _(x, n_heads):
    batch, seq_len, d_model = x.shape
    return x.view(batch, seq_len, n_heads, d_model // n_heads).transpose(1, 2)


@mistake(
    "attention.split_heads",
    "split-two-axes-only",
    "It takes x to have exactly two axes. There may be others in front, such as one for many texts: use x.shape[-1], "
    "x.shape[-2] and x.unflatten(-1, ...), which leave the others alone.",
)
def _(x, n_heads):
    seq_len, d_model = x.shape
    return x.view(seq_len, n_heads, d_model // n_heads).transpose(0, 1)


@mistake(
    "attention.split_heads",
    "split-permute-four",
    "permute was told of four axes, and here are three; elsewhere five. Exchange two, counted from the end, and leave the others "
    "alone: .transpose(-3, -2).",
)
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).permute(0, 2, 1, 3)


@mistake(
    "attention.split_heads",
    "split-permute-three",
    "permute was told of three axes, and there may be more in front, such as one for many texts. Exchange two, counted from the "
    "end, and leave the others alone: .transpose(-3, -2).",
)
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).permute(1, 0, 2)


@mistake(
    "attention.split_heads",
    "split-heads-and-numbers",
    "n_heads was taken for the length of a head's vectors. There are n_heads pieces, each d_model / n_heads long.",
)
def _(x, n_heads):
    return x.unflatten(-1, (-1, n_heads)).transpose(-3, -2)


@mistake(
    "attention.split_heads",
    "split-every-nth",
    "Each head got every n-th number. It gets a run of neighbours: of [10, 11, 12, 13], head 0 has 10 and 11.",
)
def _(x, n_heads):
    return x.unflatten(-1, (-1, n_heads)).movedim(-1, -3)


@mistake(
    "attention.split_heads",
    "split-words",
    "The text was cut into parts, some words to each head. Every head reads the whole text: cut the vectors, the last axis.",
)
def _(x, n_heads):
    return x.reshape(*x.shape[:-2], n_heads, -1, x.shape[-1])


@mistake(
    "attention.split_heads",
    "split-stacked-in-front",
    "The heads stand in front of all other axes. They belong just before words and numbers: torch.stack(..., dim=-3).",
)
def _(x, n_heads):
    return torch.stack(x.chunk(n_heads, dim=-1), dim=0)


@mistake(
    "attention.split_heads",
    "split-wrong-axes",
    "Heads and numbers were exchanged. What must move past each other are words and heads: .transpose(-3, -2).",
)
def _(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(-2, -1)


@mistake(
    "attention.split_heads",
    "split-on-its-side",
    "Each head's table lies on its side: a row should be a word, (…, heads, words, numbers).",
)
def _(x, n_heads):
    return x.transpose(-2, -1).unflatten(-2, (n_heads, -1))


@mistake(
    "attention.split_heads",
    "split-whole-vectors",
    "Every head got whole vectors. It gets its share of the numbers: d_model / n_heads of them.",
)
def _(x, n_heads):
    return torch.stack([x] * n_heads, dim=-3)


@mistake(
    "attention.split_heads",
    "split-one-by-one",
    "These are the heads, one by one. Make one tensor of them: torch.stack(..., dim=-3).",
)
def _(x, n_heads):
    return x.chunk(n_heads, dim=-1)


@mistake(
    "attention.split_heads",
    "split-concatenated",
    "cat lays the heads' words one below the other, and no axis of heads is left. torch.stack(..., dim=-3) makes one.",
)
def _(x, n_heads):
    return torch.cat(x.chunk(n_heads, dim=-1), dim=-2)


@mistake(
    "attention.split_heads",
    "split-copied-view",
    "3 and 2 are the numbers of the example, and elsewhere there are others: take x.shape and n_heads.",
)
def _(x, n_heads):
    return x.view(3, 2, 2).transpose(0, 1)


@mistake(
    "attention.split_heads",
    "split-copied-parts",
    "Two parts, cut after two numbers: so it is in the example only. There are n_heads parts, each x.shape[-1] // n_heads long, and cut "
    "along the last axis, x[..., a:b].",
)
def _(x, n_heads):
    return torch.stack([x[:, :2], x[:, 2:]])


@mistake(
    "attention.split_heads",
    "split-in-two",
    "There are always two parts. n_heads says how many: 2 is the number of the example.",
)
def _(x, n_heads):
    half = x.shape[-1] // 2
    return torch.stack([x[..., :half], x[..., half:]], dim=-3)


@mistake(
    "attention.split_heads",
    "split-len",
    "len(x) is the length of the first axis, which may be the texts. Words are the last axis but one: x.shape[-2]. "
    "And so with all axes: count from the end, .transpose(-3, -2).",
)
def _(x, n_heads):
    return x.reshape(len(x), n_heads, -1).transpose(0, 1)


@mistake(
    "attention.split_heads",
    "split-len-and-length",
    "len(x) is the length of the first axis, which may be the texts. Words are the last axis but one: x.shape[-2], or leave them alone "
    "with x.unflatten(-1, ...). And so with all axes: count from the end, .transpose(-3, -2).",
)
def _(x, n_heads):
    return x.reshape(len(x), n_heads, x.shape[-1] // n_heads).transpose(0, 1)


@mistake(
    "attention.split_heads",
    "split-len-twice",
    "len(x) is the length of the first axis, and len(x[0]) that of the second. With texts in front these are not words and numbers: "
    "count from the end, x.shape[-2] and x.shape[-1].",
)
def _(x, n_heads):
    return x.reshape(len(x), n_heads, len(x[0]) // n_heads).transpose(0, 1)
