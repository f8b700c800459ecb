"""How far what is said is from what comes true. What makes it hard: bins of different size, and empty ones."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.reward_model.shared import close


def some(n: int, seed: int, low: float = 0.5, high: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    """Chances between two, none of them on the edge of a bin, and who was right."""
    generator = torch.Generator().manual_seed(seed)
    chances = low + (high - low) * torch.rand(n, generator=generator)
    share = torch.where(
        (20 * chances).long() % 2 == 0, chances**3, chances**0.2
    )  # too sure, and not sure enough
    return chances, torch.rand(n, generator=generator) < share


@check(
    "preferences.calibration_error",
    same=close,
    cases=[
        (torch.tensor([0.95, 0.95]), torch.tensor([True, False])),
        (torch.tensor([0.55, 0.95, 0.95, 0.95]), torch.tensor([True, True, True, False])),
        (torch.tensor([0.52, 0.58, 0.85]), torch.tensor([False, True, True])),
        (torch.tensor([0.75, 0.75, 0.75, 0.75]), torch.tensor([True, True, True, False])),
        some(60, 1),
        some(200, 2),
        (*some(80, 3), 10),
    ],
    awkward=[
        (torch.tensor([1.0]), torch.tensor([True])),
        (torch.tensor([1.0, 0.99]), torch.tensor([False, False])),
        (torch.tensor([0.5]), torch.tensor([False])),
        (*some(50, 4), 1),
        (*some(50, 5, 0.5, 0.64), 4),
        some(3, 6),
        (*some(40, 7, 0.9), 3),
    ],
)
def calibration_error(chances, is_right, n_bins=5):
    bins: dict = {}
    for chance, right in zip(chances, is_right.tolist(), strict=True):
        number = min(n_bins - 1, int((chance - 0.5) * 2 * n_bins))
        bins.setdefault(number, []).append(float(chance) - float(right))
    return sum(abs(sum(inside)) for inside in bins.values()) / len(chances)


EMPTY = "if inside.any():\n"
edits(
    "preferences.calibration_error",
    (
        "ece-bins-alike",
        "inside.sum().item() / len(chances)",
        "1 / len(set(bins.tolist()))",
        "Every bin counts alike, the one with two pairs as much as the one with thousands. Weigh each by the share of pairs that are in it.",
    ),
    (
        "ece-by-n-bins",
        "inside.sum().item() / len(chances)",
        "1 / n_bins",
        "Every bin counts alike, even those that are empty are counted. Weigh each by the share of pairs that are in it.",
    ),
    (
        "ece-brier",
        "return total",
        "return ((chances - is_right.float()) ** 2).mean().item()",
        "This is the mean of each pair's squared distance (the Brier score), which is above 0 even for perfect chances. Compare two means in each bin.",
    ),
    (
        "ece-no-abs",
        "abs(said - true)",
        "(said - true)",
        "The sign is kept, so that a bin where it is too sure and one where it is not sure enough cancel out. Take abs(...) of each bin's distance.",
    ),
    (
        "ece-too-sure-only",
        "abs(said - true)",
        "max(said - true, 0)",
        "Only where it is too sure counts. Where it is right more often than it says, its chances are off as well: abs(...).",
    ),
    (
        "ece-squared",
        "abs(said - true)",
        "(said - true) ** 2",
        "The distances are squared. ECE is the mean of the distances themselves: abs(said - true).",
    ),
    (
        "ece-counts",
        " / len(chances)",
        "",
        "Each bin's distance is weighed by the *number* of its pairs. Weigh by the share: divide by the number of all.",
    ),
    (
        "ece-unweighted-sum",
        " * inside.sum().item() / len(chances)",
        "",
        "The bins' distances are added up, whatever their size. Weigh each by the share of pairs that are in it.",
    ),
    (
        "ece-middle",
        "chances[inside].mean().item()",
        "0.5 + (number + 0.5) / (2 * n_bins)",
        "What was said is taken to be the middle of the bin. Take the mean of the chances that are really in it.",
    ),
    (
        "ece-each-pair",
        "abs(said - true)",
        "(chances[inside] - is_right[inside].float()).abs().mean().item()",
        "The distance is taken for each pair by itself, and one pair is always right or wrong: even perfect chances look bad. First the two means of a bin, then their distance.",
    ),
    (
        "ece-largest",
        "total += abs(said - true) * inside.sum().item() / len(chances)",
        "total = max(total, abs(said - true))",
        "This is the largest distance of all bins (called MCE). The mean over all pairs is asked for.",
    ),
    (
        "ece-empty-bin",
        EMPTY,
        "if True:\n",
        "A bin in which there is no pair has no mean, and its nan spoils the sum. Leave it out.",
    ),
    (
        "ece-all-in-one",
        "inside = bins == number",
        "inside = bins >= (0 if number == 0 else n_bins)",
        "All pairs are taken together: the mean chance, and the share that is right. What is too high in one bin hides what is too low in another. Each bin has its own distance.",
    ),
)
