"""The pieces in which a text is measured: every token but the first counts once, with something before it."""

from classroom.judge.listed import edits
from classroom.judge.registry import check


@check(
    "evaluation.windows",
    cases=[
        (10, 4, 3),
        (9, 4, 4),
        (12, 4, 1),
        (5, 4, 2),
        (4, 4, 2),
        (11, 6, 3),
        (2, 4, 4),
        (23, 8, 5),
    ],
    awkward=[
        (1, 4, 2),
        (6, 4, 4),
        (7, 1, 1),
        (30, 7, 7),
        (31, 7, 2),
        (100, 16, 8),
        (3, 1, 1),
        (17, 16, 1),
        (18, 16, 16),
    ],
)
def windows(n_tokens, context, stride):
    """Token by token: each is counted in the first piece that predicts it."""
    pieces, ends = [], [min(n_tokens, context + 1)]
    while ends[-1] < n_tokens:
        ends.append(min(n_tokens, ends[-1] + stride))
    counted_before = [1, *ends[:-1]]
    for end, counted in zip(ends, counted_before, strict=True):
        if counted < end:
            pieces.append((max(end - 1 - context, 0), end, counted))
    return pieces


edits(
    "evaluation.windows",
    (
        "windows-first-counted",
        "pieces, counted = [], 1",
        "pieces, counted = [], 0",
        "The first token is counted, and nothing predicts it: there is nothing before it. Counting begins at 1.",
    ),
    (
        "windows-stride-first",
        "context if counted == 1 else stride",
        "stride",
        "The first piece advances by a stride only. All of it is new, and may be counted: context tokens.",
    ),
    (
        "windows-end-to-end",
        "max(0, end - context - 1)",
        "counted - 1",
        "Each piece begins where counting begins, so its first tokens are predicted from next to nothing. Let it reach back: as far as context + 1 tokens have room.",
    ),
    (
        "windows-short-by-one",
        "end - context - 1",
        "end - context",
        "The pieces have context tokens, and one of them is only predicted. context tokens are *read*, so a piece holds context + 1.",
    ),
    (
        "windows-long-by-one",
        "end - context - 1",
        "end - context - 2",
        "The pieces have context + 2 tokens. All but the last are read, and more than context the model does not read.",
    ),
    (
        "windows-before-the-text",
        "max(0, end - context - 1)",
        "end - context - 1",
        "A piece begins before the text does: below 0, Python counts from the end. No piece begins before 0.",
    ),
    (
        "windows-gap",
        "counted = end",
        "counted = end + 1",
        "Between one piece and the next a token is counted in neither. Slices leave their end out: go on *at* end.",
    ),
    (
        "windows-past-the-end",
        "end = min(n_tokens, counted + (context if counted == 1 else stride))",
        "end = counted + (context if counted == 1 else stride)",
        "The last piece ends behind the text. It ends with it: min(n_tokens, ...).",
    ),
    (
        "windows-last-lost",
        "while counted < n_tokens:",
        "while counted + stride <= n_tokens:",
        "The rest of the text, shorter than a stride, is not measured. Go on while anything is left.",
    ),
)
