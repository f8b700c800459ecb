"""The slope of the loss that a reader's choices are learned by: which way, how hard, and how the prior pulls back."""

import torch

from classroom.judge import lives
from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import same
from classroom.judge.listed import edits
from classroom.judge.registry import Check, Wrong, check
from nextword import taste

noise = shelf.noises(186)
SHORT = torch.tensor([0.2, -0.5, 1.0])


def in_a_fit(check: Check, function) -> Wrong | None:
    """What is wrong when a head is fitted with the function; None where nothing is."""
    differences = noise(20, 4).double()
    return lives.compare(
        check,
        function,
        lambda: taste.fit_weights(differences),
        same,
        "the-fit",
        "a head that is fitted with it stops.",
        "a head that is fitted with it comes to other weights than with the library's own.",
    )


@check(
    "taste.slope",
    lives=in_a_fit,
    cases=[
        (torch.zeros(2), torch.tensor([[1.0, 0.0]]), 1.0),
        (torch.tensor([1.0, 0.0]), torch.tensor([[1.0, 0.0]]), 1.0),
        (torch.tensor([1.0, -2.0]), torch.tensor([[1.0, 0.0], [0.0, 3.0], [-1.0, 1.0]]), 1.0),
        (SHORT, noise(6, 3), 0.5),
        (SHORT, torch.zeros(1, 3), 2.0),
        (noise(4), noise(9, 4), 1.0),
    ],
    awkward=[
        (torch.zeros(3), torch.zeros(0, 3), 1.0),
        (SHORT, torch.zeros(0, 3), 3.0),
        (noise(1), noise(5, 1), 1.0),
        (noise(5), noise(1, 5), 0.25),
        (30 * noise(3), 30 * noise(7, 3), 1.0),
        (noise(3), noise(3, 3), 0.0),
        (noise(4).double(), noise(48, 4).double(), 1.0),
    ],
)
def slope(weights, differences, prior):
    """Each choice by itself: the derivative of its surprise is minus the chance of the other, times its difference."""
    found = [prior * weight for weight in weights.double().tolist()]
    for row in differences.double().tolist():
        margin = sum(weight * value for weight, value in zip(weights.double().tolist(), row, strict=True))
        wrong = float(torch.tensor(-margin, dtype=torch.float64).sigmoid())
        found = [one - wrong * value for one, value in zip(found, row, strict=True)]
    return torch.tensor(found, dtype=weights.dtype)


edits(
    "taste.slope",
    (
        "slope-uphill",
        "prior * weights - differences.T @ wrong",
        "differences.T @ wrong - prior * weights",
        "The sign is turned: this points downhill. A slope is the gradient of the loss, and a step goes *against* it.",
    ),
    (
        "slope-right-chance",
        "torch.sigmoid(-(differences @ weights))",
        "torch.sigmoid(differences @ weights)",
        "Each choice pulls by the chance that it was given itself. It is to pull by the chance of the *other* text: what is foretold already need not pull.",
    ),
    (
        "slope-no-prior",
        "prior * weights - differences.T @ wrong",
        "-differences.T @ wrong",
        "The prior is missing: nothing pulls the weights back towards 0, and with a few choices that agree they would grow without end.",
    ),
    (
        "slope-prior-away",
        "prior * weights - differences.T @ wrong",
        "-prior * weights - differences.T @ wrong",
        "The prior pushes the weights away from 0. Its loss is prior / 2 times the square of each weight, and the slope of that is prior * weights.",
    ),
    (
        "slope-prior-loss",
        "prior * weights -",
        "prior / 2 * weights**2 -",
        "This adds the prior's loss, not its slope. The derivative of prior / 2 * w ** 2 is prior * w.",
    ),
    (
        "slope-prior-twice",
        "prior * weights -",
        "2 * prior * weights -",
        "The prior counts twice. Its loss is prior / 2 times the square, and the 2 of the derivative cancels with the half.",
    ),
    (
        "slope-prior-without-weights",
        "prior * weights -",
        "prior -",
        "The prior pulls every weight down by the same amount, whatever its size. It pulls each back in proportion: prior * weights.",
    ),
    (
        "slope-mean",
        "differences.T @ wrong",
        "differences.T @ wrong / max(1, len(differences))",
        "The pulls of the choices are averaged. They add up: 48 choices are to outweigh the prior more than one does.",
    ),
    (
        "slope-exchanged",
        "prior * weights - differences.T @ wrong",
        "prior * weights + differences.T @ wrong",
        "The choices push the wrong way, as if chosen and rejected were exchanged. A larger weight on what was chosen makes the loss *smaller*, so its slope is negative.",
    ),
    (
        "slope-no-sigmoid",
        "torch.sigmoid(-(differences @ weights))",
        "-(differences @ weights)",
        "The sigmoid is missing: these are log-odds, and not the chance that was given to the other text.",
    ),
    (
        "slope-all-pull-alike",
        "torch.sigmoid(-(differences @ weights))",
        "torch.ones_like(differences @ weights)",
        "All choices pull alike, however well they are foretold. Each pulls by the chance that its other text was given.",
    ),
    (
        "slope-hard",
        "torch.sigmoid(-(differences @ weights))",
        "((differences @ weights) < 0).to(weights)",
        "Only choices that are foretold wrongly pull here, and then with all their strength. A chance pulls a little also where it is right.",
    ),
    (
        "slope-bent",
        "differences.T @ wrong",
        "differences.T @ (wrong * (1 - wrong))",
        "This is multiplied by the derivative of the sigmoid. It cancels with that of the log: the slope of -log sigmoid(x) is -sigmoid(-x), and no more.",
    ),
    (
        "slope-softmax",
        "torch.sigmoid(-(differences @ weights))",
        "torch.softmax(-(differences @ weights), dim=0)",
        "A softmax lets the choices compete with each other. Each is a choice between two texts of its own: a sigmoid, one for each.",
    ),
    (
        "slope-feature-by-feature",
        "differences.T @ wrong",
        "(differences * torch.sigmoid(-(differences * weights))).sum(0)",
        "Each feature was judged by itself here. A choice has one chance, from the sum over all its features: differences @ weights.",
    ),
    (
        "slope-log",
        "torch.sigmoid(-(differences @ weights))",
        "torch.log(torch.sigmoid(-(differences @ weights)))",
        "This pulls by the log of a chance. The log belongs to the loss; its derivative is the chance itself.",
    ),
    (
        "slope-prior-one-number",
        "prior * weights -",
        "prior / 2 * weights.square().sum() -",
        "The prior's whole loss, one number, is added to every weight's slope. Its slope has a number for each weight: prior * weights.",
    ),
    (
        "slope-prior-sign",
        "prior * weights -",
        "prior * weights.sign() -",
        "Every weight is pulled back equally hard here, by its sign alone: the slope of another prior, of absolute values. Ours has squares, and pulls in proportion.",
    ),
)
