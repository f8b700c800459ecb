"""Exercise `attention.merge_heads`: its cases, its right answer found otherwise, and how people get it wrong."""

import torch

from classroom.judge.lives import in_a_model
from classroom.judge.registry import check, mistake
from classroom.lessons.heads_and_positions.shared import WORDS, _numbered, _random, more


@check(
    "attention.merge_heads",
    lives=in_a_model,
    cases=[
        (torch.stack([WORDS[:, :2], WORDS[:, 2:]]),),
        (_numbered(2, 2, 4),),
        (_numbered(3, 4, 2),),
        (_random(1, 5, 4),),
        (_random(3, 1, 4),),
        (_random(4, 6, 2),),
        (_random(5, 2, 3),),
        (_numbered(2, 3, 4, 2),),
        (_random(2, 1, 6, 3),),
        (_random(3, 3, 3, 3),),
        (_random(2, 5, 1, 4),),
        (_random(2, 3, 4, 5, 2),),
    ],
    awkward=[
        (more(1, 1, 1),),
        (more(3, 4, 1),),
        (more(1, 1, 4, 6),),
    ],
)
def merge_heads(x):
    return torch.cat(x.unbind(-3), dim=-1)


@mistake(
    "attention.merge_heads",
    "merge-not-transposed",
    "Right shape, wrong numbers: two words' numbers of *one* head were laid side by side. First exchange the axes of heads and "
    "words, so that what belongs to one word stands together; then flatten.",
)
def _(x):
    return x.reshape(*x.shape[:-3], x.shape[-2], -1)


@mistake(
    "attention.merge_heads",
    "merge-below",
    "The heads' words were laid one below the other. Side by side: each word's vector gets longer, and the text does not.",
)
def _(x):
    return x.flatten(-3, -2)


@mistake(
    "attention.merge_heads",
    "merge-words-flattened",
    "Each head's whole text became one long row. First exchange heads and words; then flatten what belongs to one word.",
)
def _(x):
    return x.flatten(-2)


@mistake(
    "attention.merge_heads",
    "merge-not-flattened",
    "Heads and words are exchanged, and one step is missing: .flatten(-2) makes one vector of each word's pieces.",
)
def _(x):
    return x.transpose(-3, -2)


@mistake(
    "attention.merge_heads",
    "merge-interleaved",
    "The heads' numbers were shuffled into each other like cards. First all of head 0, then all of head 1: (…, words, heads, numbers), "
    "then flatten.",
)
def _(x):
    return x.movedim(-3, -1).flatten(-2)


@mistake(
    "attention.merge_heads",
    "merge-sum",
    "The heads were added up. They should not be: laid side by side, nothing of any of them is lost.",
)
def _(x):
    return x.sum(dim=-3)


@mistake(
    "attention.merge_heads",
    "merge-mean",
    "This is the mean of the heads. Lay them side by side instead, so that nothing of any of them is lost.",
)
def _(x):
    return x.mean(dim=-3)


@mistake(
    "attention.merge_heads",
    "merge-wrong-axes",
    "Words and numbers were exchanged. What must move past each other are heads and words: .transpose(-3, -2).",
)
def _(x):
    return x.transpose(-2, -1).flatten(-2)


@mistake(
    "attention.merge_heads",
    "merge-from-the-left",
    "The axes were counted from the left as if there were always one for many texts in front. Count from the end: "
    ".transpose(-3, -2), then .flatten(-2).",
)
def _(x):
    return x.transpose(1, 2).flatten(-2)


@mistake(
    "attention.merge_heads",
    "merge-no-batch",
    "The axes were counted from the left as if a text stood by itself. With many texts in front, 0 and 1 are other axes: "
    "count from the end, .transpose(-3, -2).",
)
def _(x):
    return x.transpose(0, 1).flatten(-2)


@mistake(
    "attention.merge_heads",
    "merge-four-axes-only",
    "It takes x to have exactly four axes. A text may stand alone, or there may be more axes in front: .transpose(-3, -2) and "
    ".flatten(-2) leave the others alone.",
)
def _(x):
    batch, n_heads, seq_len, head_dim = x.shape
    return x.transpose(1, 2).reshape(batch, seq_len, n_heads * head_dim)


@mistake(
    "attention.merge_heads",
    "merge-three-axes-only",
    "It takes x to have exactly three axes. There may be others in front, such as one for many texts: .transpose(-3, -2) and "
    ".flatten(-2) leave the others alone.",
)
def _(x):
    n_heads, seq_len, head_dim = x.shape
    return x.transpose(0, 1).reshape(seq_len, n_heads * head_dim)


@mistake(
    "attention.merge_heads",
    "merge-permute-four",
    "permute was told of four axes, and here are three; elsewhere five. Exchange two, counted from the end, and leave the others "
    "alone: .transpose(-3, -2).",
)
def _(x):
    return x.permute(0, 2, 1, 3).flatten(-2)


@mistake(
    "attention.merge_heads",
    "merge-permute-three",
    "permute was told of three axes, and there may be more in front, such as one for many texts. Exchange two, counted from the "
    "end, and leave the others alone: .transpose(-3, -2).",
)
def _(x):
    return x.permute(1, 0, 2).flatten(-2)


@mistake(
    "attention.merge_heads",
    "merge-first-axis",
    "It goes along the first axis. Those are the heads only where a text stands by itself; else they are the texts. "
    "x.unbind(-3) are the heads, one by one.",
)
def _(x):
    return torch.cat(x.unbind(0), dim=-1)


@mistake(
    "attention.merge_heads",
    "merge-view",
    "A transpose moves no number in memory, so view cannot read them in their new order, and refuses. flatten and reshape "
    "lay them out anew where they must: take one of those.",
)
def _(x):
    return x.transpose(-3, -2).view(*x.shape[:-3], x.shape[-2], x.shape[-3] * x.shape[-1])


@mistake(
    "attention.merge_heads",
    "merge-twice",
    "One axis too many was flattened: the words ran together into one row. Only heads and numbers become one: .flatten(-2).",
)
def _(x):
    return x.transpose(-3, -2).flatten(-3)


@mistake(
    "attention.merge_heads",
    "merge-all-flat",
    "flatten() without -2 lays everything flat: one row of all words, and of all texts. Only heads and numbers become one: .flatten(-2).",
)
def _(x):
    return x.transpose(-3, -2).flatten()


@mistake(
    "attention.merge_heads",
    "merge-flattened-from-the-left",
    "flatten(1) counts from the left: with texts in front, the words run together too. The last two axes are .flatten(-2).",
)
def _(x):
    return x.transpose(-3, -2).flatten(1)


@mistake(
    "attention.merge_heads",
    "merge-copied-shape",
    "3 and 4 are the numbers of the example, and elsewhere there are others: take x.shape, or .flatten(-2), which needs to know none.",
)
def _(x):
    return x.transpose(-3, -2).reshape(3, 4)


@mistake(
    "attention.merge_heads",
    "merge-copied-shape-not-transposed",
    "Two words' numbers of *one* head were laid side by side: first exchange the axes of heads and words. (And 3 and 4 are the numbers of "
    "the example; .flatten(-2) needs to know none.)",
)
def _(x):
    return x.reshape(3, 4)


@mistake(
    "attention.merge_heads",
    "merge-copied-two",
    "x[0] and x[1] are the two heads of the example. Elsewhere there are more, or the first axis is the texts: x.unbind(-3) are all heads, "
    "however many.",
)
def _(x):
    return torch.cat([x[0], x[1]], dim=-1)


@mistake(
    "attention.merge_heads",
    "merge-copied-two-and-axis",
    "x[0] and x[1] are the two heads of the example. Elsewhere there are more, or the first axis is the texts: x.unbind(-3) are all heads, "
    "however many. (And dim=1 is the numbers here only: dim=-1.)",
)
def _(x):
    return torch.cat([x[0], x[1]], dim=1)


@mistake(
    "attention.merge_heads",
    "merge-first-two",
    "Two heads were taken, 0 and 1, as there are in the example. There may be more or fewer: x.unbind(-3) are all heads, however many.",
)
def _(x):
    return torch.cat([x[..., 0, :, :], x[..., 1, :, :]], dim=-1)
