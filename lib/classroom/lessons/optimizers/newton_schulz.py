"""All singular values of a matrix brought near 1, by matrix products alone.

What makes it hard: powers of a matrix, where people take powers of its numbers.
"""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.optimizers.shared import in_an_optimizer, noises
from nextword.optim import ROUND

noise = noises(115)


@check(
    "optim.newton_schulz",
    lives=in_an_optimizer,
    cases=[
        (torch.tensor([[3.0, 0.0], [0.0, 4.0]]).double(), 1),
        (torch.tensor([[3.0, 0.0], [0.0, 4.0]]).double(), 0),
        (torch.tensor([[0.0, 3.0], [4.0, 0.0]]).double(),),
        (noise(3, 3), 1),
        (noise(3, 3), 2),
        (noise(4, 4),),
        (100 * noise(3, 5),),
        (0.01 * noise(5, 2),),
        (noise(2, 3, 4),),
        (torch.zeros(2, 3).double(),),
    ],
    awkward=[
        (noise(1, 1),),
        (noise(1, 4), 3),
        (noise(2, 4, 2),),
        (noise(2, 2, 2, 1),),
        (noise(2, 3, 5, 2),),
        (noise(2, 2, 3, 3) * torch.tensor([1.0, 50.0]).double()[:, None, None], 4),
        (1e-3 * noise(2, 2), 5, 1.0),
    ],
)
def newton_schulz(matrix, n_rounds=5, eps=1e-7):
    left, singular, right = torch.linalg.svd(matrix, full_matrices=False)
    length = (matrix**2).sum(dim=(-2, -1)).sqrt().clamp(min=eps)
    x = singular / length[..., None]
    for _ in range(n_rounds):
        x = sum(factor * x**power for factor, power in zip(ROUND, (1, 3, 5), strict=True))
    return (left * x[..., None, :]) @ right


SCALE = "matrix / matrix.norm(dim=(-2, -1), keepdim=True).clamp(min=eps)"

edits(
    "optim.newton_schulz",
    (
        "schulz-not-scaled",
        SCALE,
        "matrix",
        "The matrix was not divided by its length first. The trick works on singular values between 0 and 1 only, and larger ones explode.",
    ),
    (
        "schulz-number-by-number",
        "a * x + (b * gram + c * gram @ gram) @ x",
        "a * x + b * x**3 + c * x**5",
        "x**3 cubes each number by itself, which changes the directions. The cube of a matrix is x @ x.mT @ x.",
    ),
    (
        "schulz-largest-number",
        SCALE,
        "matrix / matrix.abs().amax(dim=(-2, -1), keepdim=True).clamp(min=eps)",
        "It was divided by its largest number. A singular value may be larger than that; none is larger than the length, matrix.norm(dim=(-2, -1), keepdim=True).",
    ),
    (
        "schulz-stack-length",
        "matrix.norm(dim=(-2, -1), keepdim=True)",
        "matrix.norm()",
        "A stack of matrices was divided by one length for all. Each matrix has its own: dim=(-2, -1), keepdim=True.",
    ),
    (
        "schulz-gram-once",
        [
            ("    for _", "    gram = x @ x.mT\n    for _"),
            ("        gram = x @ x.mT\n        x = a", "        x = a"),
        ],
        "x @ x.mT was worked out once, before the loop. x changes in each round, so it has to be made anew there.",
    ),
    (
        "schulz-scaled-each-round",
        "        gram = x @ x.mT",
        "        x = x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=eps)\n        gram = x @ x.mT",
        "It is divided by its length in every round, which undoes what the round has done. Divide once, before the first.",
    ),
    (
        "schulz-no-fifth-power",
        "c * gram @ gram",
        "c * gram",
        "The fifth power is missing: gram @ x is the third power, and gram @ gram @ x the fifth.",
    ),
    (
        "schulz-gram-turned",
        "x @ x.mT",
        "x.mT @ x",
        "x.mT @ x stood in front of x. From the left, x takes x @ x.mT; x.mT @ x would have to stand behind it.",
    ),
    (
        "schulz-times",
        "gram @ gram) @ x",
        "gram @ gram) * x",
        "* multiplies number by number. The powers of the matrix are matrix products: @ x.",
    ),
    (
        "schulz-one-round",
        "range(n_rounds)",
        "range(1)",
        "Only one round was made. It takes n_rounds of them.",
    ),
    (
        "schulz-exactly-1",
        ...,
        "left, _, right = torch.linalg.svd(matrix, full_matrices=False)\nreturn left @ right",
        "All singular values are exactly 1, by SVD. Asked for are the rounds of matrix products, which bring them near 1 and cost much less.",
    ),
    (
        "schulz-sum-without-x",
        "a * x + (b * gram + c * gram @ gram) @ x",
        "(b * gram + c * gram @ gram) @ x",
        "The first of the three terms is missing: a * x.",
    ),
)
