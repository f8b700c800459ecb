"""Exercise `attention.repeat_kv`: each head of keys again for every query head of its group: 0, 0, 1, 1, and not 0, 1, 0, 1."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import check
from classroom.lessons.heads_and_positions.shared import (
    GROUP,
    HEADS,
    N_WORDS,
    NUMBERS,
    TEXTS,
    axes_are_the_right_ones,
    numbered,
)

random, more = shelf.noises(63), shelf.noises(163)

CASES = [
    (torch.tensor([[[1.0]], [[2.0]]]), 4),
    (torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]), 4),
    (numbered(3, 1, 2), 9),
    (numbered(1, 2, 3), 3),
    (random(3, 4, 2), 3),
    (random(2, 3, 2), 6),
    (random(4, 2, 3), 8),
    (random(2, 3, 4, 2), 6),
    (random(2, 2, 2, 2), 4),
    (random(3, 2, 5, 4), 8),
    (random(2, 2, 3, 4, 2), 9),
    (random(1, 3, 6, 4), 9),
]
AWKWARD = [(more(1, 1, 1), 2), (more(4, 1, 1), 4), (shelf.ALL_DIFFER, 6)]

KEYS = HEADS, N_WORDS, NUMBERS
AXES = axes_are_the_right_ones(
    "attention.repeat_kv", (numbered(*KEYS), HEADS * GROUP), (numbered(TEXTS, *KEYS), HEADS * GROUP)
)


@check("attention.repeat_kv", CASES, behaviours=[AXES], awkward=AWKWARD, lives=in_a_model)
def repeat_kv(kv, n_heads):
    share = n_heads // kv.shape[-3]
    return torch.stack([kv[..., head // share, :, :] for head in range(n_heads)], dim=-3)


REPEATED = "kv.repeat_interleave(group, dim=-3)"

edits(
    "attention.repeat_kv",
    (
        "share-order",
        REPEATED,
        "torch.cat([kv] * group, dim=-3)",
        "Repeated in the wrong order: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. The right shape, but query head 1 now reads the keys of "
        "another group. repeat starts over after the last head; repeat_interleave repeats each in its place.",
    ),
    (
        "share-repeat",
        REPEATED,
        "kv.repeat(group, 1, 1)",
        "repeat starts over after the last head: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. repeat_interleave repeats each in its place. (And "
        "repeat wants a number for each axis, however many there are.)",
    ),
    (
        "share-repeat-four",
        REPEATED,
        "kv.repeat(1, group, 1, 1)",
        "repeat starts over after the last head: 0, 1, 0, 1 where 0, 0, 1, 1 is needed. repeat_interleave repeats each in its place. (And "
        "repeat makes new axes where it is given more numbers than there are axes.)",
    ),
    (
        "share-longer-text",
        "dim=-3",
        "dim=-2",
        "The text got longer, not the row of heads: places were repeated. Heads are the third axis from the end: dim=-3.",
    ),
    (
        "share-longer-vectors",
        "dim=-3",
        "dim=-1",
        "The vectors got longer, not the row of heads. Heads are the third axis from the end: dim=-3.",
    ),
    (
        "share-from-the-left",
        "dim=-3",
        "dim=1",
        "The axes were counted from the left as if there were always one for many texts in front: dim=1 is the heads then, and "
        "the places otherwise. Count from the end: dim=-3.",
    ),
    (
        "share-no-batch",
        "dim=-3",
        "dim=0",
        "The first axis was repeated. That is the heads only where a text stands by itself; else it is the texts. Count from "
        "the end: dim=-3.",
    ),
    (
        "share-dim-without-minus",
        "dim=-3",
        "dim=3",
        "The minus is missing: dim=3 is the fourth axis from the left, which may be none or another. Count from the end: dim=-3.",
    ),
    (
        "share-flattened",
        ", dim=-3",
        "",
        "Without dim, repeat_interleave makes one long row of everything. Say which axis to repeat: dim=-3.",
    ),
    (
        "share-four-axes-only",
        "group = n_heads // kv.shape[-3]",
        "batch, n_kv_heads, keys, head_dim = kv.shape\n    group = n_heads // n_kv_heads",
        "It takes kv to have exactly four axes. A text may stand alone, or there may be more axes in front: kv.shape[-3] and dim=-3 leave "
        "the others alone.",
    ),
    (
        "share-three-axes-only",
        "group = n_heads // kv.shape[-3]",
        "n_kv_heads, keys, head_dim = kv.shape\n    group = n_heads // n_kv_heads",
        "It takes kv to have exactly three axes. There may be others in front, such as one for many texts: kv.shape[-3] and dim=-3 leave "
        "them alone.",
    ),
    (
        "share-too-often",
        "interleave(group",
        "interleave(n_heads",
        "Each was repeated n_heads times. All together there shall be n_heads: each as often as its group is large, "
        "n_heads // kv.shape[-3].",
    ),
    (
        "share-wrong-divisor",
        REPEATED,
        "kv[..., torch.arange(n_heads) // kv.shape[-3], :, :]",
        "Query head h reads the keys of its group, h // group, and a group is as large as n_heads // kv.shape[-3]. You divided by the number "
        "of groups.",
    ),
    (
        "share-extra-axis",
        REPEATED,
        "torch.stack([kv] * group, dim=-3)",
        "The copies lie along a new axis, group by group. Make one axis of the two: .flatten(-4, -3).",
    ),
    (
        "share-first-only",
        REPEATED,
        "torch.stack([kv[..., 0, :, :]] * n_heads, dim=-3)",
        "All query heads share the first head of keys. There is one for each group: 0, 0, 1, 1.",
    ),
    (
        "share-picked",
        REPEATED,
        "kv[[head // group for head in range(n_heads)]]",
        "kv[[...]] picks along the first axis. That is the heads only where a text stands by itself; with texts in front it is the texts: "
        "kv[..., [...], :, :], or repeat_interleave(..., dim=-3).",
    ),
)
