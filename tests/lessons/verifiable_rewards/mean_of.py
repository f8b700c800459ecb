"""Answers to `grpo.mean_of` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _mean(values, mask, over, longest, token=None, sequence=None, constant=None):
    kept = torch.where(mask, values, torch.zeros_like(values))
    n = mask.sum(1)
    if over == "token":
        return token(kept, n) if token else kept.sum() / max(1, int(n.sum()))
    if over == "sequence":
        return sequence(kept, n) if sequence else (kept.sum(1) / n.clamp_min(1)).mean()
    return constant(kept, n) if constant else kept.sum() / (values.shape[0] * longest)


@right("grpo.mean_of")
def _(values, mask, over, longest=1):
    return _mean(values, mask, over, longest)


@right("grpo.mean_of")
def _(values, mask, over, longest=1):
    if over == "token":
        return values[mask].mean() if mask.any() else torch.tensor(0.0)
    if over == "constant":
        return values[mask].sum() / longest / len(mask)
    means = [
        row[own].mean() if own.any() else torch.tensor(0.0) for row, own in zip(values, mask, strict=True)
    ]
    return torch.stack(means).mean()


@wrong("grpo.mean_of", "mean-sequence-for-token")
def _(values, mask, over, longest=1):
    return _mean(values, mask, over, longest, token=lambda kept, n: (kept.sum(1) / n.clamp(min=1)).mean())


@wrong("grpo.mean_of", "mean-token-for-sequence")
def _(values, mask, over, longest=1):
    return _mean(values, mask, over, longest, sequence=lambda kept, n: kept.sum() / n.sum().clamp(min=1))


@wrong("grpo.mean_of", "mean-mask-forgotten")
def _(values, mask, over, longest=1):
    return values.sum() / (len(values) * longest) if over == "constant" else values.mean()


@wrong("grpo.mean_of", "mean-values-not-masked")
def _(values, mask, over, longest=1):
    if over == "token":
        return values.sum() / mask.sum().clamp(min=1)
    if over == "sequence":
        return (values.sum(-1) / mask.sum(-1).clamp(min=1)).mean()
    return values.sum() / (len(values) * longest)


@wrong("grpo.mean_of", "mean-divided-by-places")
def _(values, mask, over, longest=1):
    return _mean(
        values, mask, over, longest, lambda kept, n: kept.mean(), lambda kept, n: kept.mean(1).mean()
    )


@wrong("grpo.mean_of", "mean-times-mask")
def _(values, mask, over, longest=1):
    kept = values * mask.float()
    if over == "token":
        return kept.sum() / mask.sum().clamp(min=1)
    if over == "sequence":
        return (kept.sum(1) / mask.sum(1).clamp(min=1)).mean()
    return kept.sum() / (len(kept) * longest)


@wrong("grpo.mean_of", "mean-empty-text")
def _(values, mask, over, longest=1):
    return _mean(values, mask, over, longest, sequence=lambda kept, n: torch.mean(kept.sum(1) / n))


@wrong("grpo.mean_of", "mean-constant-without-texts")
def _(values, mask, over, longest=1):
    return _mean(values, mask, over, longest, constant=lambda kept, n: kept.sum() / longest)


@wrong("grpo.mean_of", "mean-constant-by-width")
def _(values, mask, over, longest=1):
    return _mean(values, mask, over, longest, constant=lambda kept, n: kept.mean())


@wrong("grpo.mean_of", "mean-sum-over-texts")
def _(values, mask, over, longest=1):
    return _mean(values, mask, over, longest, sequence=lambda kept, n: sum(kept.sum(1) / n.clamp(min=1)))
