"""Answers to `speculative.residual` as readers might write them."""

import torch

from tests.lessons import right, wrong


def shares(numbers, dim=-1):
    return numbers / numbers.sum(dim=dim, keepdim=True)


def wherever_equal(found, instead):
    nothing = found.isnan()
    return torch.where(nothing, instead, found)


@right("speculative.residual")
def _(target, draft):
    return wherever_equal(shares(torch.relu(target - draft)), target)


@right("speculative.residual")
def _(target, draft):
    above = target - torch.minimum(target, draft)
    total = above.sum(-1, keepdim=True)
    return torch.where(total == 0, target, above / total.clamp(min=1e-30))


@wrong("speculative.residual", "residual-turned")
def _(target, draft):
    return wherever_equal(shares(torch.relu(draft - target)), target)


@wrong("speculative.residual", "residual-abs")
def _(target, draft):
    return wherever_equal(shares((draft - target).abs()), target)


@wrong("speculative.residual", "residual-not-clamped")
def _(target, draft):
    missing = target - draft
    total = missing.sum(dim=-1, keepdim=True)
    return torch.where(total > 0, missing / total, target)


@wrong("speculative.residual", "residual-not-shared")
def _(target, draft):
    missing = torch.relu(target - draft)
    return torch.where((missing > 0).any(dim=-1, keepdim=True), missing, target)


@wrong("speculative.residual", "residual-target")
def _(target, draft):
    return target * 1


@wrong("speculative.residual", "residual-softmax")
def _(target, draft):
    missing = torch.relu(target - draft)
    return torch.where(missing.sum(-1, keepdim=True) > 0, torch.softmax(missing, -1), target)


@wrong("speculative.residual", "residual-whole-table")
def _(target, draft):
    missing = torch.relu(target - draft)
    return torch.where(missing.sum() > 0, missing / missing.sum(), target)


@wrong("speculative.residual", "residual-nan")
def _(target, draft):
    return shares(torch.relu(target - draft))


@wrong("speculative.residual", "residual-uniform")
def _(target, draft):
    found = shares(torch.relu(target - draft))
    return wherever_equal(found, torch.ones_like(target) / target.shape[-1])


@wrong("speculative.residual", "residual-zeros")
def _(target, draft):
    return shares(torch.relu(target - draft)).nan_to_num(0.0)
