"""Exercise `attention.split_heads`: cut each vector into heads. A reshape alone has the right shape and the wrong numbers."""

import re

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import show
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check
from classroom.judge.sandbox import run
from classroom.lessons.heads_and_positions.shared import (
    HEADS,
    N_WORDS,
    NUMBERS,
    TEXTS,
    WORDS,
    axes_are_the_right_ones,
    numbered,
)

random, more = shelf.noises(61), shelf.noises(161)

CASES = [
    (WORDS, 2),
    (numbered(2, 8), 2),
    (numbered(4, 4), 4),
    (numbered(4, 6), 3),
    (random(5, 12), 2),
    (random(3, 6), 1),
    (random(6, 15), 5),
    (numbered(2, 3, 6), 3),
    (random(3, 1, 12), 4),
    (random(3, 3, 9), 3),
    (random(2, 6, 8), 4),
    (random(2, 2, 5, 12), 3),
    (random(2, 2, 1), 1),
]
AWKWARD = [(more(1, 1), 1), (shelf.ALL_DIFFER, 7), (more(1, 4, 6), 2), (more(1, 2, 3, 20), 4)]


def whole_numbers(split_heads):
    """A length that came from / is a fraction, and torch says so in its own words."""
    error = run(split_heads, (WORDS, 2)).error
    if isinstance(error, TypeError) and re.search("float|slice indices", str(error)):
        says = "/ gives a fraction, // a whole number: x.shape[-1] // n_heads."
        raise Wrong("split-fraction", says, "split_heads([[10, 11, 12, 13], ...], 2)")


def vectors_are_cut_and_not_the_text(split_heads):
    """Three words do not make two equal parts, and torch says so in its own words."""
    text = numbered(4, 4)
    parts = run(split_heads, (text, 2)).value
    if getattr(parts, "shape", None) == (2, 2, 4) and bool((parts == text.reshape(2, 2, 4)).all()):
        says = "The text was cut into parts, some words to each head. Every head reads the whole text: cut the vectors, the last axis."
        raise Wrong("split-words", says, "split_heads of four words, 2", "two words to each head")


def each_head_has_its_part_of_every_word(split_heads):
    """Of three words in two heads one sees where each number went: the tens say whose it is."""
    heads, needed = run(split_heads, (WORDS, 2)).value, WORDS.unflatten(-1, (2, 2)).transpose(-3, -2)
    if getattr(heads, "shape", None) != needed.shape or not bool(torch.isin(heads, WORDS).all()):
        return
    strange, others = heads != needed, heads // 10 != needed // 10
    if not bool(strange.any()):
        return
    head, word = (others if bool(others.any()) else strange).any(dim=-1).nonzero()[0].tolist()
    called, shown = (
        f"head {head}, word {word} of the example",
        (show(heads[head, word]), show(needed[head, word])),
    )
    if bool(others.any()):
        says = f"In head {head}, word {word} got numbers of another word. First cut each vector where it stands, "
        says += "(…, words, heads, numbers), then exchange words and heads."
        raise Wrong("split-other-words", says, called, *shown)
    says = f"In head {head}, word {word} has numbers of its own, and not that head's part of them: head h has those from "
    says += "h · head_dim up to (h + 1) · head_dim, with head_dim = d_model // n_heads."
    raise Wrong("split-other-part", says, called, *shown)


WHOLE = N_WORDS, HEADS * NUMBERS
AXES = axes_are_the_right_ones(
    "attention.split_heads", (numbered(*WHOLE), HEADS), (numbered(TEXTS, *WHOLE), HEADS)
)


@check(
    "attention.split_heads",
    CASES,
    before=[whole_numbers, vectors_are_cut_and_not_the_text],
    behaviours=[AXES, each_head_has_its_part_of_every_word],
    awkward=AWKWARD,
    lives=in_a_model,
)
def split_heads(x, n_heads):
    head_dim = x.shape[-1] // n_heads
    heads = x.new_zeros(*x.shape[:-2], n_heads, x.shape[-2], head_dim)
    for head in range(n_heads):
        heads[..., head, :, :] = x[..., head * head_dim : (head + 1) * head_dim]
    return heads


CUT, EXCHANGED = "x.unflatten(-1, (n_heads, -1))", ".transpose(-3, -2)"

edits(
    "attention.split_heads",
    (
        "split-view",
        CUT + EXCHANGED,
        "x.reshape(*x.shape[:-2], n_heads, x.shape[-2], -1)",
        "Right shape, wrong numbers: head 0 got both halves of the first word ([10, 11] and [12, 13]), and needs the first half "
        "of every word ([10, 11], [20, 21], ...). First cut each vector, (…, words, heads, numbers), then exchange words and heads.",
    ),
    (
        "split-not-transposed",
        EXCHANGED,
        "",
        "Each vector is cut, and the pieces still lie word by word. Exchange the axes of words and heads: .transpose(-3, -2).",
    ),
    (
        "split-wrong-axes",
        EXCHANGED,
        ".transpose(-2, -1)",
        "Heads and numbers were exchanged. What must move past each other are words and heads: .transpose(-3, -2).",
    ),
    (
        "split-from-the-left",
        EXCHANGED,
        ".transpose(1, 2)",
        "The axes were counted from the left as if there were always one for many texts in front. Here there is none, and "
        "elsewhere there may be two: count from the end, .transpose(-3, -2).",
    ),
    (
        "split-no-batch",
        EXCHANGED,
        ".transpose(0, 1)",
        "The axes were counted from the left as if a text stood by itself. With many texts in front, 0 and 1 are other axes: "
        "count from the end, .transpose(-3, -2).",
    ),
    (
        "split-three-axes-only",
        "return x",
        "batch, seq_len, d_model = x.shape\n    return x",
        "It takes x to have exactly three axes. A text may stand alone, or there may be more axes in front: use x.shape[-1], "
        "x.shape[-2] and x.unflatten(-1, ...), which leave the others alone.",
    ),
    (
        "split-two-axes-only",
        "return x",
        "seq_len, d_model = x.shape\n    return x",
        "It takes x to have exactly two axes. There may be others in front, such as one for many texts: use x.shape[-1], "
        "x.shape[-2] and x.unflatten(-1, ...), which leave the others alone.",
    ),
    (
        "split-len",
        CUT + EXCHANGED,
        "x.reshape(len(x), n_heads, -1).transpose(0, 1)",
        "The length of the first axis, len(x) or x.shape[0], was taken for the words, and it may be the texts. Words are the last axis but one: x.shape[-2]. "
        "And so with all axes: count from the end, .transpose(-3, -2).",
    ),
    (
        "split-heads-and-numbers",
        "(n_heads, -1)",
        "(-1, n_heads)",
        "n_heads was taken for the length of a head's vectors. There are n_heads pieces, each d_model / n_heads long.",
    ),
    (
        "split-every-nth",
        CUT + EXCHANGED,
        "x.unflatten(-1, (-1, n_heads)).movedim(-1, -3)",
        "Each head got every n-th number. It gets a run of neighbours: of [10, 11, 12, 13], head 0 has 10 and 11.",
    ),
    (
        "split-one-by-one",
        CUT + EXCHANGED,
        "x.chunk(n_heads, dim=-1)",
        "These are the heads, one by one. Make one tensor of them: torch.stack(..., dim=-3).",
    ),
    (
        "split-stacked-in-front",
        CUT + EXCHANGED,
        "torch.stack(x.chunk(n_heads, dim=-1), dim=0)",
        "The heads stand in front of all other axes. They belong just before words and numbers: torch.stack(..., dim=-3).",
    ),
    (
        "split-in-two",
        "(n_heads, -1)",
        "(2, -1)",
        "There are always two parts. n_heads says how many: 2 is the number of the example.",
    ),
)
