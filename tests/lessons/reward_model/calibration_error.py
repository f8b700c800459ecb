"""Answers to `preferences.calibration_error` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _bins(chances, is_right, n_bins):
    """The chances and the answers of each bin, the empty ones too."""
    bins = ((chances - 0.5) * 2 * n_bins).long().clamp(0, n_bins - 1)
    return [(chances[bins == i], is_right[bins == i].float()) for i in range(n_bins)]


def _full(chances, is_right, n_bins):
    return [pair for pair in _bins(chances, is_right, n_bins) if len(pair[0])]


@right("preferences.calibration_error")
def _(chances, is_right, n_bins=5):
    bins = _bins(chances, is_right, n_bins)
    return sum(float((said.sum() - true.sum()).abs()) for said, true in bins) / len(chances)


@right("preferences.calibration_error")
def _(chances, is_right, n_bins=5):
    bins = ((chances - 0.5) * 2 * n_bins).long().clamp(0, n_bins - 1)
    off = torch.zeros(n_bins).index_add(0, bins, chances - is_right.float())
    return off.abs().sum().item() / len(chances)


@wrong("preferences.calibration_error", "ece-bins-alike")
def _(chances, is_right, n_bins=5):
    found = [abs((said.mean() - true.mean()).item()) for said, true in _full(chances, is_right, n_bins)]
    return sum(found) / len(found)


@wrong("preferences.calibration_error", "ece-no-abs")
def _(chances, is_right, n_bins=5):
    found = 0.0
    for said, true in _full(chances, is_right, n_bins):
        found += (said.mean().item() - true.float().mean().item()) * len(said)
    return found / len(chances)


@wrong("preferences.calibration_error", "ece-too-sure-only")
def _(chances, is_right, n_bins=5):
    bins = _full(chances, is_right, n_bins)
    return sum(max(float(said.sum() - true.sum()), 0.0) for said, true in bins) / len(chances)


@wrong("preferences.calibration_error", "ece-squared")
def _(chances, is_right, n_bins=5):
    bins = _full(chances, is_right, n_bins)
    return sum(float((said.mean() - true.mean()).square()) * len(said) for said, true in bins) / len(chances)


@wrong("preferences.calibration_error", "ece-counts")
def _(chances, is_right, n_bins=5):
    return sum(float((said.sum() - true.sum()).abs()) for said, true in _bins(chances, is_right, n_bins))


@wrong("preferences.calibration_error", "ece-unweighted-sum")
def _(chances, is_right, n_bins=5):
    return sum(abs((said.mean() - true.mean()).item()) for said, true in _full(chances, is_right, n_bins))


@wrong("preferences.calibration_error", "ece-middle")
def _(chances, is_right, n_bins=5):
    total = 0.0
    for i, (said, true) in enumerate(_bins(chances, is_right, n_bins)):
        if len(said):
            total += abs(0.5 + (2 * i + 1) / (4 * n_bins) - true.mean().item()) * len(said) / len(chances)
    return total


@wrong("preferences.calibration_error", "ece-each-pair")
def _(chances, is_right, n_bins=5):
    return (chances - is_right.float()).abs().mean().item()


@wrong("preferences.calibration_error", "ece-largest")
def _(chances, is_right, n_bins=5):
    return max(abs((said.mean() - true.mean()).item()) for said, true in _full(chances, is_right, n_bins))


@wrong("preferences.calibration_error", "ece-empty-bin")
def _(chances, is_right, n_bins=5):
    bins = _bins(chances, is_right, n_bins)
    return sum(abs((s.mean() - t.mean()).item()) * len(s) for s, t in bins) / len(chances)


@wrong("preferences.calibration_error", "ece-all-in-one")
def _(chances, is_right, n_bins=5):
    return abs(chances.mean().item() - is_right.float().mean().item())


@wrong("preferences.calibration_error", "ece-by-n-bins")
def _(chances, is_right, n_bins=5):
    found = [abs((said.mean() - true.mean()).item()) for said, true in _full(chances, is_right, n_bins)]
    return sum(found) / n_bins


@wrong("preferences.calibration_error", "ece-brier")
def _(chances, is_right, n_bins=5):
    return float((chances - is_right.float()).square().sum()) / len(chances)
