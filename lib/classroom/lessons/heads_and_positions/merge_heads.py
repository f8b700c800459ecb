"""Exercise `attention.merge_heads`: lay the heads side by side again. Exchange first, then flatten, and only the last two axes."""

import torch

from classroom.judge.comparison import show
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check
from classroom.judge.sandbox import run
from classroom.judge.shelf_tensors import noises
from classroom.lessons.heads_and_positions.shared import (
    HEADS,
    N_WORDS,
    NUMBERS,
    TEXTS,
    WORDS,
    axes_are_the_right_ones,
    numbered,
)

random, more = noises(62), noises(162)

CASES = [
    (torch.stack([WORDS[:, :2], WORDS[:, 2:]]),),
    (numbered(2, 2, 4),),
    (numbered(3, 4, 2),),
    (random(1, 5, 4),),
    (random(3, 1, 4),),
    (random(4, 6, 2),),
    (random(5, 2, 3),),
    (numbered(2, 3, 4, 2),),
    (random(2, 1, 6, 3),),
    (random(3, 3, 3, 3),),
    (random(2, 5, 1, 4),),
    (random(2, 3, 4, 5, 2),),
]
AWKWARD = [(more(1, 1, 1),), (more(3, 4, 1),), (more(1, 1, 4, 6),)]


def each_word_keeps_its_numbers(merge_heads):
    """Of three words in two heads one sees where each number went: the tens say whose it is."""
    merged = run(merge_heads, CASES[0]).value
    if getattr(merged, "shape", None) != WORDS.shape or not bool(torch.isin(merged, WORDS).all()):
        return
    for word, (yours, needed) in enumerate(zip(merged.tolist(), WORDS.tolist(), strict=True)):
        if yours == needed:
            continue
        if {number // 10 for number in yours} == {word + 1}:
            says = "Each word has its own numbers, and not in their order. First all that head 0 has for it, then all of head 1."
            raise Wrong("merge-order", says, "merge_heads of the example", show(merged), show(WORDS))
        says = f"Word {word} got numbers of other words. What the heads have for one word must stand together before it is flattened: "
        says += "first exchange heads and words, .transpose(-3, -2)."
        raise Wrong("merge-other-words", says, "merge_heads of the example", show(merged), show(WORDS))


CUT = HEADS, N_WORDS, NUMBERS
AXES = axes_are_the_right_ones("attention.merge_heads", (numbered(*CUT),), (numbered(TEXTS, *CUT),))


@check(
    "attention.merge_heads",
    CASES,
    behaviours=[AXES, each_word_keeps_its_numbers],
    awkward=AWKWARD,
    lives=in_a_model,
)
def merge_heads(x):
    return torch.cat(x.unbind(-3), dim=-1)


EXCHANGED, FLAT = ".transpose(-3, -2)", ".flatten(-2)"

edits(
    "attention.merge_heads",
    (
        "merge-not-transposed",
        EXCHANGED + FLAT,
        ".reshape(*x.shape[:-3], x.shape[-2], -1)",
        "Right shape, wrong numbers: two words' numbers of *one* head were laid side by side. First exchange the axes of heads and "
        "words, so that what belongs to one word stands together; then flatten.",
    ),
    (
        "merge-not-flattened",
        FLAT,
        "",
        "Heads and words are exchanged, and one step is missing: .flatten(-2) makes one vector of each word's pieces.",
    ),
    (
        "merge-words-flattened",
        EXCHANGED,
        "",
        "Each head's whole text became one long row. First exchange heads and words; then flatten what belongs to one word.",
    ),
    (
        "merge-flattened-first",
        EXCHANGED + FLAT,
        ".flatten(-2).transpose(-2, -1)",
        "It was flattened before anything was exchanged, so each head's whole text became one long row. First exchange heads and words, "
        "then flatten.",
    ),
    (
        "merge-below",
        EXCHANGED + FLAT,
        ".flatten(-3, -2)",
        "The heads' words were laid one below the other. Side by side: each word's vector gets longer, and the text does not.",
    ),
    (
        "merge-interleaved",
        EXCHANGED,
        ".movedim(-3, -1)",
        "The heads' numbers were shuffled into each other like cards. First all of head 0, then all of head 1: (…, words, heads, numbers), "
        "then flatten.",
    ),
    (
        "merge-wrong-axes",
        EXCHANGED,
        ".transpose(-2, -1)",
        "Words and numbers were exchanged. What must move past each other are heads and words: .transpose(-3, -2).",
    ),
    (
        "merge-sum",
        EXCHANGED + FLAT,
        ".sum(dim=-3)",
        "The heads were added up. They should not be: laid side by side, nothing of any of them is lost.",
    ),
    (
        "merge-one-head",
        EXCHANGED + FLAT,
        "[..., 0, :, :]",
        "This is head 0 alone. All heads are needed, side by side, so that nothing of any of them is lost.",
    ),
    (
        "merge-from-the-left",
        EXCHANGED,
        ".transpose(1, 2)",
        "The axes were counted from the left as if there were always one for many texts in front. Count from the end: "
        ".transpose(-3, -2), then .flatten(-2).",
    ),
    (
        "merge-no-batch",
        EXCHANGED,
        ".transpose(0, 1)",
        "The axes were counted from the left as if a text stood by itself. With many texts in front, 0 and 1 are other axes: "
        "count from the end, .transpose(-3, -2).",
    ),
    (
        "merge-four-axes-only",
        "return x",
        "batch, n_heads, seq_len, head_dim = x.shape\n    return x",
        "It takes x to have exactly four axes. A text may stand alone, or there may be more axes in front: .transpose(-3, -2) and "
        ".flatten(-2) leave the others alone.",
    ),
    (
        "merge-three-axes-only",
        "return x",
        "n_heads, seq_len, head_dim = x.shape\n    return x",
        "It takes x to have exactly three axes. There may be others in front, such as one for many texts: .transpose(-3, -2) and "
        ".flatten(-2) leave the others alone.",
    ),
    (
        "merge-first-axis",
        ...,
        "return torch.cat([head for head in x], dim=-1)",
        "It goes along the first axis. Those are the heads only where a text stands by itself; else they are the texts. "
        "x.unbind(-3) are the heads, one by one.",
    ),
    (
        "merge-first-two",
        ...,
        "return torch.cat([x[..., 0, :, :], x[..., 1, :, :]], dim=-1)",
        "Two heads were taken, 0 and 1, as there are in the example. There may be more or fewer: x.unbind(-3) are all heads, however many.",
    ),
)
