"""The last n vectors of each place, laid end to end. What makes it hard: where the window ends, and the text's beginning."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check, mistake
from classroom.lessons.recurrence.shared import in_a_model, noises

noise = noises(131)


@check(
    "neural_ngram.windows",
    lives=in_a_model,
    cases=[
        (torch.tensor([[1.0], [2.0], [3.0]]), 2),
        (torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]]), 3),
        (noise(2, 5, 3), 2),
        (noise(3, 4, 2), 4),
        (noise(2, 3, 3), 3),
        (noise(2, 4, 3), 1),
    ],
    awkward=[
        (noise(1, 1, 4), 1),
        (noise(1, 1, 4), 5),
        (noise(2, 2, 3), 6),
        (noise(3, 3), 3),
        (noise(2, 3, 4, 2), 2),
        (torch.full((1, 3, 2), 7.0), 2),
    ],
)
def windows(vectors, n):
    """Place by place, vector by vector."""
    *batch, seq_len, d_model = vectors.shape
    found = torch.zeros(*batch, seq_len, n, d_model, dtype=vectors.dtype)
    for place in range(seq_len):
        for back in range(min(n, place + 1)):
            found[..., place, n - 1 - back, :] = vectors[..., place - back, :]
    return found.reshape(*batch, seq_len, n * d_model)


edits(
    "neural_ngram.windows",
    (
        "windows-newest-first",
        "for start in range(n)]",
        "for start in reversed(range(n))]",
        "The newest vector stands first. The order is that of the text: the oldest first, the place's own vector last.",
    ),
    (
        "windows-without-own",
        "n - 1, vectors.shape[-1])",
        "n, vectors.shape[-1])",
        "Each window ends before its place, which then does not know its own token. The place's own vector is the last of its n.",
    ),
    (
        "windows-one-more",
        [("n - 1, vectors.shape[-1])", "n, vectors.shape[-1])"), ("in range(n)]", "in range(n + 1)]")],
        "Each window holds n + 1 vectors. n counts the place's own: n - 1 stand before it.",
    ),
    (
        "windows-look-ahead",
        "[nothing, vectors]",
        "[vectors, nothing]",
        "The windows reach forward: a place sees the vectors that come after it, and one of them is what it should predict. Zeros belong in front of the text.",
    ),
    (
        "windows-first-again",
        "nothing = vectors.new_zeros(*vectors.shape[:-2], n - 1, vectors.shape[-1])",
        "nothing = vectors[..., :1, :].expand(*vectors.shape[:-2], n - 1, vectors.shape[-1])",
        "Before the text stands its first vector, again and again. Nothing stands there: zeros.",
    ),
    (
        "windows-summed",
        "torch.cat([padded[..., start : start + seq_len, :] for start in range(n)], dim=-1)",
        "sum(padded[..., start : start + seq_len, :] for start in range(n))",
        "The vectors of a window were added up. Then nobody knows any more which came first: lay them end to end, n times as long.",
    ),
    (
        "windows-by-feature",
        "torch.cat([padded[..., start : start + seq_len, :] for start in range(n)], dim=-1)",
        "torch.stack([padded[..., start : start + seq_len, :] for start in range(n)], dim=-1).flatten(-2)",
        "The vectors are shuffled into one another, a number of each by turns. Whole vectors stand end to end: torch.cat along the last axis.",
    ),
)


@mistake(
    "neural_ngram.windows",
    "windows-from-the-end",
    "Before the text stands the text's own end: torch.roll brings back at one end what it pushes out at the other. Nothing stands there: zeros.",
)
def from_the_end(vectors, n):
    return torch.cat([vectors.roll(n - 1 - start, -2) for start in range(n)], dim=-1)
