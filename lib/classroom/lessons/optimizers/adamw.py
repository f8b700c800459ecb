"""One step of AdamW for one tensor: means, unbiased, divided, and decay apart from it all.

What makes it hard: each of five small steps can be left out, and training still goes on, only worse.
"""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.optimizers.shared import in_an_optimizer, noises

noise = noises(114)


@check(
    "optim.adamw",
    lives=in_an_optimizer,
    cases=[
        (torch.zeros(2), torch.tensor([100.0, -0.01]), torch.zeros(2), torch.zeros(2), 1, Named(lr=0.5)),
        (torch.tensor([10.0, -10.0]), torch.zeros(2), torch.zeros(2), torch.zeros(2), 1, Named(lr=0.5, weight_decay=0.2)),
        (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), torch.tensor([1.0, -1.0]), torch.tensor([4.0, 9.0]), 2, Named(lr=0.1)),
        (torch.tensor([5.0, -5.0]), torch.tensor([1.0, 2.0]), torch.tensor([0.5, 0.5]), torch.tensor([1.0, 16.0]), 1000, Named(lr=0.1, weight_decay=0.1)),
        (torch.tensor([5.0]), torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor([3.0]), 3, Named(lr=1.0, betas=(0.5, 0.75))),
        (torch.tensor([5.0]), torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor([3.0]), 3, Named(lr=1.0, betas=(0.0, 0.5))),
        (torch.zeros(2), torch.tensor([1e-8, 1.0]), torch.zeros(2), torch.zeros(2), 1, Named(lr=1.0)),
        (torch.zeros(2), torch.tensor([0.5, 2.0]), torch.zeros(2), torch.zeros(2), 1, Named(lr=1.0, eps=0.5)),
        (noise(3, 4), noise(3, 4), noise(3, 4), noise(3, 4) ** 2, 7, Named(lr=0.3, weight_decay=0.5, betas=(0.8, 0.95))),
        (noise(2, 2), 1e3 * noise(2, 2), noise(2, 2), 1e4 * noise(2, 2) ** 2, 2, Named(lr=0.01, weight_decay=3.0)),
    ],
    awkward=[
        (noise(1), noise(1), noise(1), noise(1) ** 2, 1, Named(lr=2.0, betas=(0.6, 0.7), eps=0.1, weight_decay=0.3)),
        (noise(2, 1, 3), torch.zeros(2, 1, 3).double(), noise(2, 1, 3), noise(2, 1, 3) ** 2, 40, Named(lr=0.2)),
        (noise(3), noise(3), noise(3), noise(3) ** 2, 4, Named(lr=0.5, betas=(0.95, 0.6))),
        (torch.tensor(1.0), torch.tensor(2.0), torch.tensor(0.0), torch.tensor(0.0), 1, Named(lr=0.2, weight_decay=0.1)),
    ],
)  # fmt: skip
def adamw(parameter, gradient, mean, square, n, *, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    mean = torch.lerp(gradient, mean, betas[0])
    square = torch.lerp(gradient.square(), square, betas[1])
    size = (square / (1 - betas[1] ** n)).sqrt()
    shrunk = parameter * (1 - lr * weight_decay)
    return shrunk - lr * (mean / (1 - betas[0] ** n)) / (size + eps) - parameter, mean, square


edits(
    "optim.adamw",
    (
        "adamw-no-correction",
        [(" / (1 - betas[0] ** n)", ""), (" / (1 - betas[1] ** n)", "")],
        "The means are used as they are. They began at 0 and are too small at first: divide each by 1 - beta**n.",
    ),
    (
        "adamw-mean-not-corrected",
        " / (1 - betas[0] ** n)",
        "",
        "The mean of the gradients is not unbiased: it, too, began at 0. Divide it by 1 - betas[0] ** n.",
    ),
    (
        "adamw-square-not-corrected",
        " / (1 - betas[1] ** n)",
        "",
        "The mean of the squares is not unbiased: it, too, began at 0. Divide it by 1 - betas[1] ** n.",
    ),
    (
        "adamw-correction-times-n",
        [("betas[0] ** n", "betas[0] * n"), ("betas[1] ** n", "betas[1] * n")],
        "beta was multiplied by n. After n steps beta to the power of n is missing: 1 - beta ** n.",
    ),
    (
        "adamw-counts-from-0",
        [("betas[0] ** n", "betas[0] ** (n + 1)"), ("betas[1] ** n", "betas[1] ** (n + 1)")],
        "n was raised by one. It counts from 1 already: the first step divides by 1 - beta.",
    ),
    (
        "adamw-l2",
        [
            (
                "    mean = betas[0]",
                "    gradient = gradient + weight_decay * parameter\n    mean = betas[0]",
            ),
            ("turn - lr * weight_decay * parameter", "turn"),
        ],
        "The decay was added to the gradient, and so it is divided by the dial's ruler as well. The W stands for keeping it apart: add -lr * weight_decay * parameter to the turn, at the end.",
    ),
    (
        "adamw-no-decay",
        "turn - lr * weight_decay * parameter",
        "turn",
        "The decay is missing: the turn also takes lr * weight_decay * parameter away.",
    ),
    (
        "adamw-decay-without-rate",
        "turn - lr * weight_decay",
        "turn - weight_decay",
        "The decay lacks the rate: it is lr * weight_decay * parameter, so that a schedule lowers it, too.",
    ),
    (
        "adamw-decay-grows",
        "turn - lr * weight_decay",
        "turn + lr * weight_decay",
        "The decay has the wrong sign: dials grow by it. Take it away.",
    ),
    (
        "adamw-eps-inside",
        "(unbiased_square.sqrt() + eps)",
        "(unbiased_square + eps).sqrt()",
        "eps went inside the root, where it counts far more: the root of 1e-8 is 1e-4. Add it to the root.",
    ),
    (
        "adamw-no-root",
        "unbiased_square.sqrt()",
        "unbiased_square",
        "The root is missing: divided by the square, large gradients turn a dial *less* than small ones do.",
    ),
    (
        "adamw-uphill",
        "-lr * unbiased_mean",
        "lr * unbiased_mean",
        "It goes uphill: the turn is minus the rate times what was divided.",
    ),
    (
        "adamw-keeps-unbiased",
        "parameter, mean, square",
        "parameter, unbiased_mean, unbiased_square",
        "What is given back to be remembered are the unbiased means. The next step would unbias them again: give back mean and square as they were before.",
    ),
    (
        "adamw-square-of-mean",
        "gradient**2",
        "mean**2",
        "The squares of the mean were averaged. It is each gradient that is squared, so that jumps to and fro count as large.",
    ),
    (
        "adamw-gradient-not-averaged",
        "unbiased_mean = mean / (1 - betas[0] ** n)",
        "unbiased_mean = gradient",
        "The turn is made of this one gradient. Take the running mean of all of them, unbiased.",
    ),
    (
        "adamw-betas-swapped",
        [
            ("betas[0] * mean + (1 - betas[0])", "betas[1] * mean + (1 - betas[1])"),
            ("betas[1] * square + (1 - betas[1])", "betas[0] * square + (1 - betas[0])"),
            ("mean / (1 - betas[0]", "mean / (1 - betas[1]"),
            ("square / (1 - betas[1]", "square / (1 - betas[0]"),
        ],
        "The two betas are swapped: betas[0] belongs to the mean of the gradients, betas[1] to that of their squares.",
    ),
    (
        "adamw-sums",
        [("(1 - betas[0]) * gradient", "gradient"), ("(1 - betas[1]) * gradient**2", "gradient**2")],
        "New gradients came in whole. In a running mean the old keeps beta, and the new comes in at 1 - beta.",
    ),
    (
        "adamw-eps-before-correction",
        "turn = -lr * unbiased_mean / (unbiased_square.sqrt() + eps)",
        "turn = -lr * unbiased_mean / (square.sqrt() + eps) * (1 - betas[1] ** n) ** 0.5",
        "eps was added before the square was unbiased, and so it counts for more in the first steps. First unbias, then take the root, then add eps.",
    ),
    (
        "adamw-new-place",
        "return turn - lr",
        "return parameter + turn - lr",
        "This is where the dials end up. Asked for is the turn: what is to be added to them.",
    ),
    (
        "adamw-list",
        "turn - lr * weight_decay * parameter, mean, square",
        "[turn - lr * weight_decay * parameter, mean, square]",
        "Put no brackets round the three answers: `return turn, mean, square` gives them, and a list is another thing.",
    ),
)
