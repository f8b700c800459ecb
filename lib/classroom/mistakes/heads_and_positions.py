"""Wrong ways to write the exercises of lesson 06, and what each misunderstands."""

import math

import torch

from classroom.checking import mistake
from nextword import attention

# ---- split_heads ----


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


# ---- merge_heads ----


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


# ---- share_kv ----


def _group(kv, n_heads):
    return n_heads // kv.shape[-3]


@mistake(
    "attention.share_kv",
    "share-order",
    "Repeated in the wrong order: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. The right shape, but query head 1 now reads the keys of "
    "another group. repeat starts over after the last head; repeat_interleave repeats each in its place.",
)
def _(kv, n_heads):
    return torch.cat([kv] * _group(kv, n_heads), dim=-3)


@mistake(
    "attention.share_kv",
    "share-repeat",
    "repeat starts over after the last head: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. repeat_interleave repeats each in its place. (And "
    "repeat wants a number for each axis, however many there are.)",
)
def _(kv, n_heads):
    return kv.repeat(_group(kv, n_heads), 1, 1)


@mistake(
    "attention.share_kv",
    "share-repeat-four",
    "repeat starts over after the last head: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. repeat_interleave repeats each in its place. (And "
    "repeat makes new axes where it is given more numbers than there are axes.)",
)
def _(kv, n_heads):
    return kv.repeat(1, _group(kv, n_heads), 1, 1)


@mistake(
    "attention.share_kv",
    "share-four-axes-only",
    "It takes kv to have exactly four axes. A text may stand alone, or there may be more axes in front: kv.shape[-3] and dim=-3 leave "
    "the others alone.",
)
def _(kv, n_heads):
    batch, n_kv_heads, keys, head_dim = kv.shape
    return kv.repeat_interleave(n_heads // n_kv_heads, dim=1)


@mistake(
    "attention.share_kv",
    "share-three-axes-only",
    "It takes kv to have exactly three axes. There may be others in front, such as one for many texts: kv.shape[-3] and dim=-3 leave "
    "them alone.",
)
def _(kv, n_heads):
    n_kv_heads, keys, head_dim = kv.shape
    return kv.repeat_interleave(n_heads // n_kv_heads, dim=0)


@mistake(
    "attention.share_kv",
    "share-wrong-divisor",
    "Query head h reads the keys of its group, h // group, and a group is as large as n_heads // kv.shape[-3]. You divided by the number "
    "of groups.",
)
def _(kv, n_heads):
    return kv[..., torch.arange(n_heads) // kv.shape[-3], :, :]


@mistake(
    "attention.share_kv",
    "share-longer-text",
    "The text got longer, not the row of heads: places were repeated. Heads are the third axis from the end: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads), dim=-2)


@mistake(
    "attention.share_kv",
    "share-longer-vectors",
    "The vectors got longer, not the row of heads. Heads are the third axis from the end: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads), dim=-1)


@mistake(
    "attention.share_kv",
    "share-from-the-left",
    "The axes were counted from the left as if there were always one for many texts in front: dim=1 is the heads then, and "
    "the places otherwise. Count from the end: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads), dim=1)


@mistake(
    "attention.share_kv",
    "share-no-batch",
    "The first axis was repeated. That is the heads only where a text stands by itself; else it is the texts. Count from "
    "the end: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads), dim=0)


@mistake(
    "attention.share_kv",
    "share-too-often",
    "Each was repeated n_heads times. All together there shall be n_heads: each as often as its group is large, "
    "n_heads // kv.shape[-3].",
)
def _(kv, n_heads):
    return kv.repeat_interleave(n_heads, dim=-3)


@mistake(
    "attention.share_kv",
    "share-own-number",
    "Each was repeated as often as there are heads of keys. A group is as large as n_heads // kv.shape[-3].",
)
def _(kv, n_heads):
    return kv.repeat_interleave(kv.shape[-3], dim=-3)


@mistake(
    "attention.share_kv",
    "share-upside-down",
    "Upside down: kv.shape[-3] // n_heads is 0, so nothing is left. A group is as large as n_heads // kv.shape[-3].",
)
def _(kv, n_heads):
    return kv.repeat_interleave(kv.shape[-3] // n_heads, dim=-3)


@mistake(
    "attention.share_kv",
    "share-extra-axis",
    "The copies lie along a new axis, group by group. Make one axis of the two: .flatten(-4, -3).",
)
def _(kv, n_heads):
    return torch.stack([kv] * _group(kv, n_heads), dim=-3)


@mistake(
    "attention.share_kv",
    "share-flattened",
    "Without dim, repeat_interleave makes one long row of everything. Say which axis to repeat: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads))


@mistake(
    "attention.share_kv",
    "share-first-only",
    "All query heads share the first head of keys. There is one for each group: 0, 0, 1, 1.",
)
def _(kv, n_heads):
    return torch.stack([kv[..., 0, :, :]] * n_heads, dim=-3)


@mistake(
    "attention.share_kv",
    "share-not-at-all",
    "Nothing was repeated. Each query head needs a head of keys beside it: n_heads of them.",
)
def _(kv, n_heads):
    return kv.clone()


@mistake(
    "attention.share_kv",
    "share-zeros",
    "The heads were filled up with zeros. Every query head needs real keys: those of its group.",
)
def _(kv, n_heads):
    missing = kv.new_zeros(*kv.shape[:-3], n_heads - kv.shape[-3], *kv.shape[-2:])
    return torch.cat([kv, missing], dim=-3)


@mistake(
    "attention.share_kv",
    "share-reversed",
    "The groups stand in reverse: the first query heads got the last keys.",
)
def _(kv, n_heads):
    return kv.flip(-3).repeat_interleave(_group(kv, n_heads), dim=-3)


@mistake(
    "attention.share_kv",
    "share-picked",
    "kv[[...]] picks along the first axis. That is the heads only where a text stands by itself; with texts in front it is the texts: "
    "kv[..., [...], :, :], or repeat_interleave(..., dim=-3).",
)
def _(kv, n_heads):
    return kv[[head // _group(kv, n_heads) for head in range(n_heads)]]


@mistake(
    "attention.share_kv",
    "share-picked-stacked",
    "kv[...] picks along the first axis. That is the heads only where a text stands by itself; with texts in front it is the texts: "
    "kv[..., head // group, :, :], or repeat_interleave(..., dim=-3).",
)
def _(kv, n_heads):
    return torch.stack([kv[head // _group(kv, n_heads)] for head in range(n_heads)], dim=-3)


@mistake(
    "attention.share_kv",
    "share-picked-cat",
    "kv[[...]] picks along the first axis. That is the heads only where a text stands by itself; with texts in front it is the texts: "
    "kv[..., [...], :, :], or repeat_interleave(..., dim=-3).",
)
def _(kv, n_heads):
    return torch.cat([kv[[head // _group(kv, n_heads)]] for head in range(n_heads)], dim=-3)


@mistake(
    "attention.share_kv",
    "share-kept-and-stacked",
    "kv[[...]] keeps its axis, with length 1, and stack made another. kv[..., head // group, :, :] drops it before the stack, dim=-3.",
)
def _(kv, n_heads):
    return torch.stack([kv[[head // _group(kv, n_heads)]] for head in range(n_heads)])


@mistake(
    "attention.share_kv",
    "share-by-three",
    "3 is the size of a group in the real model. The first line has worked it out for any: `group`.",
)
def _(kv, n_heads):
    return kv[..., [head // 3 for head in range(n_heads)], :, :]


@mistake(
    "attention.share_kv",
    "share-picked-by-three",
    "3 is the size of a group in the real model; for any it is `group`. And kv[[...]] picks along the first axis, which may be the texts: "
    "kv[..., [...], :, :].",
)
def _(kv, n_heads):
    return kv[[head // 3 for head in range(n_heads)]]


@mistake(
    "attention.share_kv",
    "share-nine-by-three",
    "9 and 3 are the numbers of the real model. Here they are `n_heads` and `group`. (And kv[[...]] picks along the first axis, which may be "
    "the texts: kv[..., [...], :, :].)",
)
def _(kv, n_heads):
    return kv[[head // 3 for head in range(9)]]


@mistake(
    "attention.share_kv",
    "share-three-times",
    "Each was repeated three times, as in the real model. The first line has worked it out for any: `group` times.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(3, dim=-3)


@mistake(
    "attention.share_kv",
    "share-three-times-first",
    "Each was repeated three times, as in the real model; for any it is `group` times. And dim=0 may be the texts: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(3, dim=0)


# ---- rope ----


def _turn(x, angle):
    """Neighbouring pairs, turned to the left."""
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = angle.cos(), angle.sin()
    return torch.stack([right * cos - up * sin, right * sin + up * cos], dim=-1).flatten(-2)


def _angles(x, positions, base):
    return attention.angles(positions, x.shape[-1], base)


@mistake(
    "attention.rope",
    "rope-halves",
    "You paired the first half of the numbers with the second. Ours pairs neighbours: 0 with 1, 2 with 3. Both ways are in use, "
    "but dials that were set for the one make the other babble after a few tokens. x[..., 0::2] and x[..., 1::2].",
)
def _(x, positions, base=10_000.0):
    first, second = x.chunk(2, dim=-1)
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


@mistake(
    "attention.rope",
    "rope-not-woven",
    "The arrows are turned rightly, but then all their first numbers were put before all second ones. Put each pair side by side "
    "again: torch.stack([..., ...], dim=-1), and then flatten.",
)
def _(x, positions, base=10_000.0):
    turned = _turn(x, _angles(x, positions, base))
    return torch.cat([turned[..., 0::2], turned[..., 1::2]], dim=-1)


@mistake(
    "attention.rope",
    "rope-stack-axis",
    "stack without dim puts the new axis in front of all others. The two numbers of an arrow belong side by side, at the end: "
    "torch.stack([..., ...], dim=-1).",
)
def _(x, positions, base=10_000.0):
    turned = _turn(x, _angles(x, positions, base))
    return torch.stack([turned[..., 0::2], turned[..., 1::2]]).flatten(-2)


@mistake(
    "attention.rope",
    "rope-cat-flattened",
    "cat made one row of all first and all second numbers, and flatten then ran the words together. torch.stack([..., ...], dim=-1) "
    "makes an axis of its own for the two numbers of an arrow, and that is what flatten takes away again.",
)
def _(x, positions, base=10_000.0):
    turned = _turn(x, _angles(x, positions, base))
    return torch.cat([turned[..., 0::2], turned[..., 1::2]], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-second-axis",
    "[:, 0::2] takes every other thing of the *second* axis. Those are the numbers only where there are two axes; with heads and texts in "
    "front, the numbers are the last: x[..., 0::2].",
)
def _(x, positions, base=10_000.0):
    angle = _angles(x, positions, base)
    right, up = x[:, 0::2], x[:, 1::2]
    return torch.stack(
        [right * angle.cos() - up * angle.sin(), right * angle.sin() + up * angle.cos()], -1
    ).flatten(-2)


@mistake(
    "attention.rope",
    "rope-halves-woven",
    "You paired the first half of the numbers with the second: 0 with 2, 1 with 3. Ours pairs neighbours, 0 with 1. Both ways are in "
    "use, but dials that were set for the one make the other babble after a few tokens. x[..., 0::2] and x[..., 1::2].",
)
def _(x, positions, base=10_000.0):
    woven = torch.stack(x.chunk(2, dim=-1), dim=-1).flatten(-2)
    return _turn(woven, _angles(x, positions, base))


@mistake(
    "attention.rope",
    "rope-direction",
    "The arrows turn the wrong way, to the right. (1, 0) turned to the left points upwards: right·cos − up·sin, right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, -_angles(x, positions, base))


@mistake(
    "attention.rope",
    "rope-both-plus",
    "Both lines have a plus, and then an arrow changes its length. One needs a minus: right·cos − up·sin.",
)
def _(x, positions, base=10_000.0):
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    return torch.stack([right * cos + up * sin, right * sin + up * cos], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-both-minus",
    "Both lines have a minus, and then an arrow changes its length. The second needs a plus: right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    return torch.stack([right * cos - up * sin, right * sin - up * cos], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-mirrored",
    "At place 0 every arrow is upside down: this is a mirror, not a turn. The lines are right·cos − up·sin and right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    return torch.stack([right * cos + up * sin, right * sin - up * cos], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-new-right",
    "The second number was made from the *new* first one. Both are made from the two old ones: give the new ones other names. "
    "Do they have some? Then `right` and `up` are windows onto x, not copies: writing x[..., 0::2] changed `right` before the "
    "second line used it. Write into a new tensor, torch.zeros_like(x).",
)
def _(x, positions, base=10_000.0):
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    right = right * cos - up * sin
    return torch.stack([right, right * sin + up * cos], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-cos-and-sin-exchanged",
    "cos and sin are exchanged: at place 0 cos is 1 and sin is 0, and nothing may turn. right·cos − up·sin, right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, math.pi / 2 - _angles(x, positions, base))


@mistake(
    "attention.rope",
    "rope-two-names-exchanged",
    "The two new numbers stand in each other's place: first right·cos − up·sin, then right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, base)).unflatten(-1, (-1, 2)).flip(-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-stretched",
    "Each number was only multiplied: the first by cos, the second by sin. In a turn the two numbers mix: right·cos − up·sin.",
)
def _(x, positions, base=10_000.0):
    angle = _angles(x, positions, base)
    return torch.stack([x[..., 0::2] * angle.cos(), x[..., 1::2] * angle.sin()], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-one-angle",
    "All arrows turn by one angle. Only the first turns by 1 at each place; each further one is slower: attention.angles gives an "
    "angle for each place *and* each pair.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, base)[:, :1])


@mistake(
    "attention.rope",
    "rope-first-arrow-only",
    "Only the first arrow turns. All do, the others more slowly.",
)
def _(x, positions, base=10_000.0):
    return torch.cat([_turn(x[..., :2], _angles(x, positions, base)[:, :1]), x[..., 2:]], dim=-1)


@mistake(
    "attention.rope",
    "rope-from-one",
    "The places are counted from 1. No score changes by that, since only the distance counts; but take `positions` as they are: "
    "they begin at 0, where nothing turns, and go on where a cache ends.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions + 1, base))


@mistake(
    "attention.rope",
    "rope-own-positions",
    "`positions` is not used: the places were counted from 0. With a cache a new token comes by itself, and its place is not 0.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, torch.arange(x.shape[-2]), base))


@mistake(
    "attention.rope",
    "rope-only-the-first-position",
    "Only the first of `positions` is used, and the others were counted on from there. They need not follow each other: use each.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions[0] + torch.arange(len(positions)), base))


@mistake(
    "attention.rope",
    "rope-base-forgotten",
    "`base` is not used: the arrows turn as for 10,000. The real model's base is 100,000: hand it on, "
    "attention.angles(positions, x.shape[-1], base).",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, 10_000.0))


@mistake(
    "attention.rope",
    "rope-exponent-halved",
    "The arrows beyond the first turn too fast: pair i turns by base ** (-2 * i / head_dim), and the 2 is missing.",
)
def _(x, positions, base=10_000.0):
    pairs = x.shape[-1] // 2
    return _turn(x, positions[:, None] * base ** (-torch.arange(pairs) / x.shape[-1]))


@mistake(
    "attention.rope",
    "rope-exponent-doubled",
    "The arrows beyond the first turn too slowly: pair i turns by base ** (-2 * i / head_dim), and head_dim is x.shape[-1], all the "
    "numbers, not the number of pairs.",
)
def _(x, positions, base=10_000.0):
    pairs = x.shape[-1] // 2
    return _turn(x, positions[:, None] * base ** (-2 * torch.arange(pairs) / pairs))


@mistake(
    "attention.rope",
    "rope-pairs-for-head-dim",
    "attention.angles wants the length of a head's vectors, x.shape[-1], and makes half as many angles of it. You gave it the half.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, attention.angles(positions, x.shape[-1] // 2, base))


@mistake(
    "attention.rope",
    "rope-words-for-head-dim",
    "attention.angles wants the length of a head's vectors, x.shape[-1]. You gave it the number of words.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, attention.angles(positions, x.shape[-2], base))


@mistake(
    "attention.rope",
    "rope-faster",
    "Each arrow turns faster than the one before, and it should be slower: base to a *negative* power.",
)
def _(x, positions, base=10_000.0):
    pairs = x.shape[-1] // 2
    return _turn(x, positions[:, None] * base ** (2 * torch.arange(pairs) / x.shape[-1]))


@mistake(
    "attention.rope",
    "rope-reversed",
    "The last arrow turns fastest, and it should be the first: the angles stand in reverse.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, base).flip(-1))


@mistake(
    "attention.rope",
    "rope-degrees",
    "The angle was taken for degrees. It is in radians, as torch's cos and sin want it: no deg2rad, no pi.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, torch.deg2rad(_angles(x, positions, base)))


@mistake(
    "attention.rope",
    "rope-angle-per-number",
    "The pairs are neighbours, but their angles were laid out by halves: (a, b, a, b) where (a, a, b, b) is needed. "
    "Both numbers of an arrow turn by the same angle.",
)
def _(x, positions, base=10_000.0):
    angle = _angles(x, positions, base)
    angle, other = torch.cat([angle, angle], dim=-1), x.unflatten(-1, (-1, 2)).flip(-1)
    other = (other * torch.tensor([-1.0, 1.0])).flatten(-2)
    return x * angle.cos() + other * angle.sin()


@mistake(
    "attention.rope",
    "rope-by-head",
    "The angles went along the axis of heads. Words are the second axis from the end, (…, heads, words, numbers), and (words, pairs) "
    "fits there as it is.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, base)[:, None, :])


def _turned(right, up, cos, sin):
    return torch.stack([right * cos - up * sin, right * sin + up * cos], dim=-1)


def _cos_and_sin(x, positions, base):
    angle = _angles(x, positions, base)
    return angle.cos(), angle.sin()


@mistake(
    "attention.rope",
    "rope-in-place",
    "`right` and `up` are windows onto x, not copies: writing x[..., 0::2] changed `right` before the second line used it, and "
    "changed the input too. Write into a new tensor, torch.zeros_like(x).",
)
def _(x, positions, base=10_000.0):
    right, up, (cos, sin) = x[..., 0::2], x[..., 1::2], _cos_and_sin(x, positions, base)
    x[..., 0::2] = right * cos - up * sin
    x[..., 1::2] = right * sin + up * cos
    return x


@mistake(
    "attention.rope",
    "rope-every-other-word",
    "x[0::2] takes every other thing of the *first* axis: every other word, or text. x[..., 0::2] takes every other number.",
)
def _(x, positions, base=10_000.0):
    return _turned(x[0::2], x[1::2], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-first-two",
    "`:2` stops after two numbers, and `2:` takes the rest. `0::2` takes every second number from number 0 on, `1::2` from number 1 on.",
)
def _(x, positions, base=10_000.0):
    return _turned(x[..., :2], x[..., 2:], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-first-two-of-the-second-axis",
    "`:2` stops after two numbers, and `2:` takes the rest. `0::2` takes every second number from number 0 on, `1::2` from number 1 on. "
    "And the numbers are the last axis, whatever stands in front: x[..., 0::2].",
)
def _(x, positions, base=10_000.0):
    return _turned(x[:, :2], x[:, 2:], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-one-number",
    "Only the first arrow of each word was taken: [..., 0] is one number, [..., 0::2] every second.",
)
def _(x, positions, base=10_000.0):
    return _turned(x[..., 0], x[..., 1], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-one-number-kept",
    "Only the first arrow of each word was taken: [..., 0:1] is one number, [..., 0::2] every second.",
)
def _(x, positions, base=10_000.0):
    return _turned(x[..., 0:1], x[..., 1:2], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-one-number-in-pairs",
    "Only the first arrow of each word was taken: [..., 0] is one number, [..., 0::2] every second. (After the stack, .flatten(-2) "
    "makes one row of the arrows.)",
)
def _(x, positions, base=10_000.0):
    return _turned(x[..., 0], x[..., 1], *_cos_and_sin(x, positions, base))


@mistake(
    "attention.rope",
    "rope-still-in-pairs",
    "The arrows are right and still in pairs, (…, words, arrows, 2): .flatten(-2) makes one row of them.",
)
def _(x, positions, base=10_000.0):
    return _turned(x[..., 0::2], x[..., 1::2], *_cos_and_sin(x, positions, base))


@mistake(
    "attention.rope",
    "rope-all-flat",
    "flatten() without -2 lays everything flat, all words in one row. Only an arrow's two numbers join the others: .flatten(-2).",
)
def _(x, positions, base=10_000.0):
    return _turned(x[..., 0::2], x[..., 1::2], *_cos_and_sin(x, positions, base)).flatten()


@mistake(
    "attention.rope",
    "rope-flattened-from-the-left",
    "flatten(1) counts from the left: with heads or texts in front, the words run together too. The last two axes are .flatten(-2).",
)
def _(x, positions, base=10_000.0):
    return _turned(x[..., 0::2], x[..., 1::2], *_cos_and_sin(x, positions, base)).flatten(1)


@mistake(
    "attention.rope",
    "rope-two-answers",
    "These are the new right and the new up, one by one. Lay them side by side: torch.stack([..., ...], dim=-1).flatten(-2).",
)
def _(x, positions, base=10_000.0):
    return _turned(x[..., 0::2], x[..., 1::2], *_cos_and_sin(x, positions, base)).unbind(-1)
