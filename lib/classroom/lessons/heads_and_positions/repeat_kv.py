"""Exercise `attention.repeat_kv`: its cases, its right answer found otherwise, and how people get it wrong."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.lives import in_a_model
from classroom.judge.registry import check, mistake
from classroom.lessons.heads_and_positions.shared import _numbered, _random, more


@check(
    "attention.repeat_kv",
    lives=in_a_model,
    cases=[
        (torch.tensor([[[1.0]], [[2.0]]]), 4),
        (torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]), 4),
        (_numbered(3, 1, 2), 9),
        (_numbered(1, 2, 3), 3),
        (_random(3, 4, 2), 3),
        (_random(2, 3, 2), 6),
        (_random(4, 2, 3), 8),
        (_random(2, 3, 4, 2), 6),
        (_random(2, 2, 2, 2), 4),
        (_random(3, 2, 5, 4), 8),
        (_random(2, 2, 3, 4, 2), 9),
        (_random(1, 3, 6, 4), 9),
    ],
    awkward=[
        (more(1, 1, 1), 2),
        (more(4, 1, 1), 4),
        (shelf.ALL_DIFFER, 6),
    ],
)
def repeat_kv(kv, n_heads):
    share = n_heads // kv.shape[-3]
    return torch.stack([kv[..., head // share, :, :] for head in range(n_heads)], dim=-3)


def _group(kv, n_heads):
    return n_heads // kv.shape[-3]


@mistake(
    "attention.repeat_kv",
    "share-order",
    "Repeated in the wrong order: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. The right shape, but query head 1 now reads the keys of "
    "another group. repeat starts over after the last head; repeat_interleave repeats each in its place.",
)
def _(kv, n_heads):
    return torch.cat([kv] * _group(kv, n_heads), dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-repeat",
    "repeat starts over after the last head: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. repeat_interleave repeats each in its place. (And "
    "repeat wants a number for each axis, however many there are.)",
)
def _(kv, n_heads):
    return kv.repeat(_group(kv, n_heads), 1, 1)


@mistake(
    "attention.repeat_kv",
    "share-repeat-four",
    "repeat starts over after the last head: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. repeat_interleave repeats each in its place. (And "
    "repeat makes new axes where it is given more numbers than there are axes.)",
)
def _(kv, n_heads):
    return kv.repeat(1, _group(kv, n_heads), 1, 1)


@mistake(
    "attention.repeat_kv",
    "share-four-axes-only",
    "It takes kv to have exactly four axes. A text may stand alone, or there may be more axes in front: kv.shape[-3] and dim=-3 leave "
    "the others alone.",
)
def _(kv, n_heads):
    batch, n_kv_heads, keys, head_dim = kv.shape
    return kv.repeat_interleave(n_heads // n_kv_heads, dim=1)


@mistake(
    "attention.repeat_kv",
    "share-three-axes-only",
    "It takes kv to have exactly three axes. There may be others in front, such as one for many texts: kv.shape[-3] and dim=-3 leave "
    "them alone.",
)
def _(kv, n_heads):
    n_kv_heads, keys, head_dim = kv.shape
    return kv.repeat_interleave(n_heads // n_kv_heads, dim=0)


@mistake(
    "attention.repeat_kv",
    "share-wrong-divisor",
    "Query head h reads the keys of its group, h // group, and a group is as large as n_heads // kv.shape[-3]. You divided by the number "
    "of groups.",
)
def _(kv, n_heads):
    return kv[..., torch.arange(n_heads) // kv.shape[-3], :, :]


@mistake(
    "attention.repeat_kv",
    "share-longer-text",
    "The text got longer, not the row of heads: places were repeated. Heads are the third axis from the end: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads), dim=-2)


@mistake(
    "attention.repeat_kv",
    "share-longer-vectors",
    "The vectors got longer, not the row of heads. Heads are the third axis from the end: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads), dim=-1)


@mistake(
    "attention.repeat_kv",
    "share-from-the-left",
    "The axes were counted from the left as if there were always one for many texts in front: dim=1 is the heads then, and "
    "the places otherwise. Count from the end: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads), dim=1)


@mistake(
    "attention.repeat_kv",
    "share-no-batch",
    "The first axis was repeated. That is the heads only where a text stands by itself; else it is the texts. Count from "
    "the end: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads), dim=0)


@mistake(
    "attention.repeat_kv",
    "share-too-often",
    "Each was repeated n_heads times. All together there shall be n_heads: each as often as its group is large, "
    "n_heads // kv.shape[-3].",
)
def _(kv, n_heads):
    return kv.repeat_interleave(n_heads, dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-own-number",
    "Each was repeated as often as there are heads of keys. A group is as large as n_heads // kv.shape[-3].",
)
def _(kv, n_heads):
    return kv.repeat_interleave(kv.shape[-3], dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-upside-down",
    "Upside down: kv.shape[-3] // n_heads is 0, so nothing is left. A group is as large as n_heads // kv.shape[-3].",
)
def _(kv, n_heads):
    return kv.repeat_interleave(kv.shape[-3] // n_heads, dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-extra-axis",
    "The copies lie along a new axis, group by group. Make one axis of the two: .flatten(-4, -3).",
)
def _(kv, n_heads):
    return torch.stack([kv] * _group(kv, n_heads), dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-flattened",
    "Without dim, repeat_interleave makes one long row of everything. Say which axis to repeat: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(_group(kv, n_heads))


@mistake(
    "attention.repeat_kv",
    "share-first-only",
    "All query heads share the first head of keys. There is one for each group: 0, 0, 1, 1.",
)
def _(kv, n_heads):
    return torch.stack([kv[..., 0, :, :]] * n_heads, dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-not-at-all",
    "Nothing was repeated. Each query head needs a head of keys beside it: n_heads of them.",
)
def _(kv, n_heads):
    return kv.clone()


@mistake(
    "attention.repeat_kv",
    "share-zeros",
    "The heads were filled up with zeros. Every query head needs real keys: those of its group.",
)
def _(kv, n_heads):
    missing = kv.new_zeros(*kv.shape[:-3], n_heads - kv.shape[-3], *kv.shape[-2:])
    return torch.cat([kv, missing], dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-reversed",
    "The groups stand in reverse: the first query heads got the last keys.",
)
def _(kv, n_heads):
    return kv.flip(-3).repeat_interleave(_group(kv, n_heads), dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-picked",
    "kv[[...]] picks along the first axis. That is the heads only where a text stands by itself; with texts in front it is the texts: "
    "kv[..., [...], :, :], or repeat_interleave(..., dim=-3).",
)
def _(kv, n_heads):
    return kv[[head // _group(kv, n_heads) for head in range(n_heads)]]


@mistake(
    "attention.repeat_kv",
    "share-picked-stacked",
    "kv[...] picks along the first axis. That is the heads only where a text stands by itself; with texts in front it is the texts: "
    "kv[..., head // group, :, :], or repeat_interleave(..., dim=-3).",
)
def _(kv, n_heads):
    return torch.stack([kv[head // _group(kv, n_heads)] for head in range(n_heads)], dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-picked-cat",
    "kv[[...]] picks along the first axis. That is the heads only where a text stands by itself; with texts in front it is the texts: "
    "kv[..., [...], :, :], or repeat_interleave(..., dim=-3).",
)
def _(kv, n_heads):
    return torch.cat([kv[[head // _group(kv, n_heads)]] for head in range(n_heads)], dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-kept-and-stacked",
    "kv[[...]] keeps its axis, with length 1, and stack made another. kv[..., head // group, :, :] drops it before the stack, dim=-3.",
)
def _(kv, n_heads):
    return torch.stack([kv[[head // _group(kv, n_heads)]] for head in range(n_heads)])


@mistake(
    "attention.repeat_kv",
    "share-by-three",
    "3 is the size of a group in the real model. The first line has worked it out for any: `group`.",
)
def _(kv, n_heads):
    return kv[..., [head // 3 for head in range(n_heads)], :, :]


@mistake(
    "attention.repeat_kv",
    "share-picked-by-three",
    "3 is the size of a group in the real model; for any it is `group`. And kv[[...]] picks along the first axis, which may be the texts: "
    "kv[..., [...], :, :].",
)
def _(kv, n_heads):
    return kv[[head // 3 for head in range(n_heads)]]


@mistake(
    "attention.repeat_kv",
    "share-nine-by-three",
    "9 and 3 are the numbers of the real model. Here they are `n_heads` and `group`. (And kv[[...]] picks along the first axis, which may be "
    "the texts: kv[..., [...], :, :].)",
)
def _(kv, n_heads):
    return kv[[head // 3 for head in range(9)]]


@mistake(
    "attention.repeat_kv",
    "share-three-times",
    "Each was repeated three times, as in the real model. The first line has worked it out for any: `group` times.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(3, dim=-3)


@mistake(
    "attention.repeat_kv",
    "share-three-times-first",
    "Each was repeated three times, as in the real model; for any it is `group` times. And dim=0 may be the texts: dim=-3.",
)
def _(kv, n_heads):
    return kv.repeat_interleave(3, dim=0)
