"""One loss of many tokens': which of three means, and that what does not count has no say, whatever its value."""

import math

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.verifiable_rewards.shared import noise, slopes

VALUES = torch.tensor([[1.0, 9.0], [4.0, 2.0]])
MASK = torch.tensor([[True, False], [True, True]])
LONG = torch.arange(6) < torch.tensor([[1], [6], [3], [2]])
GIVEN = LONG.flip(1)  # in front stands what was given
EMPTY = torch.tensor([[True, True, False], [False, False, False]])
ENDLESS = torch.tensor([[2.0, math.inf, -math.inf], [1.0, 3.0, 5.0]])
WAYS = ("token", "sequence", "constant")


def gives_gradients(check, function):
    """Whether the gradient at each token is the library's own."""
    values = noise(4, 6)
    calls = [
        (lambda one, leaf, over=over: one(leaf, LONG, over, 6), torch.where(LONG, values, 1.0))
        for over in WAYS
    ]
    return slopes(check, function, calls, "mean-no-gradient")


@check(
    "grpo.mean_of",
    lives=gives_gradients,
    cases=[
        *((VALUES, MASK, over, 2) for over in WAYS),
        *((noise(4, 6), LONG, over, 6) for over in WAYS),
        *((noise(4, 6), GIVEN, over, 9) for over in WAYS),
        *((ENDLESS, ENDLESS.isfinite(), over, 3) for over in WAYS),
        *((noise(2, 3), EMPTY, over, 4) for over in WAYS),
        (noise(3, 4), torch.ones(3, 4, dtype=torch.bool), "constant", 7),
    ],
    awkward=[
        *((noise(1, 1), torch.ones(1, 1, dtype=torch.bool), over, 1) for over in WAYS),
        *((noise(3, 3), torch.zeros(3, 3, dtype=torch.bool), over, 2) for over in WAYS),
        *((noise(1, 5), torch.tensor([[False, True, False, True, True]]), over, 5) for over in WAYS),
        *((noise(5, 1), torch.tensor([[True], [False], [True], [True], [False]]), over, 3) for over in WAYS),
        (noise(2, 4), torch.ones(2, 4, dtype=torch.bool), "constant"),
    ],
)
def mean_of(values, mask, over, longest=1):
    """Text by text, in plain numbers."""
    texts = [
        [value for value, counts in zip(row, chosen, strict=True) if counts]
        for row, chosen in zip(values.tolist(), mask.tolist(), strict=True)
    ]
    sums, lengths = [sum(text) for text in texts], [len(text) for text in texts]
    if over == "token":
        return torch.tensor(sum(sums) / max(1, sum(lengths)))
    if over == "sequence":
        return torch.tensor(sum(one / max(1, n) for one, n in zip(sums, lengths, strict=True)) / len(texts))
    return torch.tensor(sum(sums) / (len(texts) * longest))


TOKEN, SEQUENCE = (
    "values.sum() / mask.sum().clamp(min=1)",
    "(values.sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()",
)
edits(
    "grpo.mean_of",
    (
        "mean-sequence-for-token",
        TOKEN,
        SEQUENCE,
        'For over="token" it gives the mean of the texts\' means: a token of a long text counts less than one of a short text. '
        "Each token is to count alike: one sum over all, divided by the number of all.",
    ),
    (
        "mean-token-for-sequence",
        SEQUENCE,
        TOKEN,
        'For over="sequence" it gives the mean over all tokens together: a long text counts more than a short one. First take '
        "each text's own mean, then the mean of these.",
    ),
    (
        "mean-mask-forgotten",
        [
            ("values = values.masked_fill(~mask, 0)", "values = values"),
            (("mask.sum(dim=1).clamp(min=1)", 1), "values.shape[1]"),
            ("mask.sum().clamp(min=1)", "values.numel()"),
        ],
        "The mask is not looked at: what was given, and what only fills a row up, counts like what the model wrote.",
    ),
    (
        "mean-values-not-masked",
        "values = values.masked_fill(~mask, 0)",
        "values = values",
        "What does not count is in the sums still: only the divisors look at the mask.",
    ),
    (
        "mean-divided-by-places",
        [(("mask.sum(dim=1).clamp(min=1)", 1), "mask.shape[1]"), ("mask.sum().clamp(min=1)", "mask.numel()")],
        "The sums are right, and are divided by all places, those that do not count included: the more a row is filled up, the "
        "less its tokens weigh.",
    ),
    (
        "mean-times-mask",
        "values.masked_fill(~mask, 0)",
        "values * mask",
        "A value that does not count comes through where it is infinite: infinity times 0 is no number. "
        "values.masked_fill(~mask, 0) puts a 0 there, whatever stood there.",
    ),
    (
        "mean-empty-text",
        "mask.sum(dim=1).clamp(min=1)",
        "mask.sum(dim=1)",
        "A text of which no token counts is 0 divided by 0. .clamp(min=1) keeps the divisor from being 0.",
    ),
    (
        "mean-constant-without-texts",
        "(len(values) * longest)",
        "longest",
        'For over="constant" the sum is not shared out over the texts: divide by their number, too.',
    ),
    (
        "mean-constant-by-width",
        "(len(values) * longest)",
        "(len(values) * values.shape[1])",
        'For over="constant" it is divided by how wide the table happens to be. Then the same text weighs less beside a longer '
        "one. Divide by `longest`, which is the same in each round.",
    ),
    (
        "mean-sum-over-texts",
        ".clamp(min=1)).mean()",
        ".clamp(min=1)).sum()",
        'For over="sequence" the texts\' means are added up. The mean of them is asked for.',
    ),
)
