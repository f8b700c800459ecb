"""Exercise `speculative.residual`: what the draft gave too little, as shares of 1."""

import torch

from classroom.judge import comparison
from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.generation.shared import certain, texts_are_written, uniform

TARGET, DRAFT = torch.tensor([0.2, 0.5, 0.3]), torch.tensor([0.6, 0.3, 0.1])


def close(yours, needed, nan: bool = False) -> bool:
    """Whether two rows of shares are the same, as closely as float32 knows a difference of two."""
    if not (comparison.is_tensor(yours) and yours.is_floating_point() and yours.shape == needed.shape):
        return comparison.same(yours, needed, nan)
    return torch.allclose(yours.double(), needed.double(), 1e-4, 1e-5)


@check(
    "speculative.residual",
    same=close,
    lives=texts_are_written,
    cases=[
        (TARGET, DRAFT),
        (torch.tensor([0.7, 0.1, 0.2]), torch.tensor([0.2, 0.6, 0.2])),
        (torch.tensor([0.1, 0.2, 0.3, 0.4]), torch.tensor([0.4, 0.3, 0.2, 0.1])),
        (
            torch.tensor([[0.2, 0.5, 0.3], [0.5, 0.25, 0.25]]),
            torch.tensor([[0.6, 0.3, 0.1], [0.1, 0.7, 0.2]]),
        ),
        (TARGET, TARGET),
        (uniform(4, 6, 1), uniform(4, 6, 2)),
    ],
    awkward=[
        (certain(0)[0], certain(2)[0]),
        (certain(1)[0], torch.tensor([0.3, 0.4, 0.3])),
        (torch.tensor([0.3, 0.4, 0.3]), certain(1)[0]),
        (torch.tensor([1.0]), torch.tensor([1.0])),
        (certain(0, 1), certain(0, 2)),
        (uniform(1, 9, 3), uniform(1, 9, 4)),
        (uniform(40, 5, 7), uniform(40, 5, 7)),  # equal, and some rows sum to a little more or less than 1
        (uniform(5, 5, 5), uniform(5, 5, 6)),
        (torch.stack([TARGET, TARGET]), torch.stack([TARGET, DRAFT])),
    ],
)
def residual(target, draft):
    """Number by number, row by row."""
    rows, others = target.double().reshape(-1, target.shape[-1]), draft.double().reshape(-1, target.shape[-1])
    found = []
    for row, other in zip(rows.tolist(), others.tolist(), strict=True):
        missing = [max(0.0, p - q) for p, q in zip(row, other, strict=True)]
        found.append([one / sum(missing) for one in missing] if sum(missing) > 0 else row)
    return torch.tensor(found).reshape(target.shape).to(target.dtype)


edits(
    "speculative.residual",
    (
        "residual-turned",
        "target - draft",
        "draft - target",
        "The difference is turned round: these are the tokens that the draft gave too *much*. What is missing is target - draft.",
    ),
    (
        "residual-abs",
        ".clamp(min=0)",
        ".abs()",
        "Where the draft gave too much the difference counts as well, its sign taken away. Those tokens have come often enough: they get 0.",
    ),
    (
        "residual-not-clamped",
        ".clamp(min=0)",
        "",
        "Some are below 0, and no chance is. Where the draft gave too much nothing is missing: .clamp(min=0).",
    ),
    (
        "residual-not-shared",
        "missing / total",
        "missing",
        "The differences do not sum to 1. To draw from them, share them out: divide by their sum.",
    ),
    (
        "residual-target",
        ...,
        "return target.clone()",
        "This is the target's own distribution. What was guessed and kept came by it already: only what is *missing* is drawn here.",
    ),
    (
        "residual-softmax",
        "missing / total",
        "missing.softmax(dim=-1)",
        "softmax gives a chance to tokens of which nothing is missing: e to the 0 is 1. Divide by the sum.",
    ),
    (
        "residual-whole-table",
        "missing.sum(dim=-1, keepdim=True)",
        "missing.sum()",
        "All rows together sum to 1. Each row is a distribution of its own: the sum along the last axis, with keepdim=True.",
    ),
    (
        "residual-nan",
        "torch.where(total > 0, missing / total, target)",
        "missing / total",
        "Where both are equal nothing is missing, and 0 / 0 is no number. Give the target's row there.",
    ),
    (
        "residual-uniform",
        ", target)",
        ", torch.full_like(target, 1 / target.shape[-1]))",
        "Where both are equal each token gets the same chance. It is the target's row that is asked for there.",
    ),
    (
        "residual-zeros",
        ", target)",
        ", torch.zeros_like(target))",
        "Where both are equal all chances are 0, and nothing can be drawn. It is the target's row that is asked for there.",
    ),
)
