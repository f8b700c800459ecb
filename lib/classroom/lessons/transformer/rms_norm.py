"""Exercise `transformer.rms_norm`: scale each vector to a mean square of 1. What is easily lost: the root, keepdim, eps, the weight."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import has_nan, show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Named, Wrong, check
from classroom.lessons.transformer.shared import DEEP, right_on

random, more = shelf.noises(71), shelf.noises(171)

SQUARE = torch.tensor([[3.0, 4.0], [0.0, 2.0]])  # as many places as numbers: a lost axis goes unseen
CASES = [
    (torch.tensor([[3.0, 4.0]]),),
    (SQUARE,),
    (torch.tensor([3.0, 4.0]), torch.tensor([10.0, 100.0])),
    (torch.tensor([[2.0, -2.0, 0.0, 4.0], [1.0, 1.0, 1.0, 5.0]]),),
    (torch.tensor([[0.003, 0.004]]),),
    (torch.zeros(1, 2),),
    (torch.tensor([[0.0003, 0.0004]]),),  # a mean square far below eps
    (SQUARE, None, 1.0),
    (torch.tensor([[0.003, 0.004]]), None, 0.1),
    (SQUARE, torch.tensor([10.0, 100.0]), Named(eps=1e-3)),
    (random(3, 3), random(3)),
    (DEEP, random(4)),
    (1000 * random(2, 2, 5) + 300,),
]
AWKWARD = [
    *((vectors,) for vectors in shelf.VECTORS),
    (shelf.ALL_DIFFER, more(7), 1e-3),
    (torch.zeros(2, 3), torch.tensor([1.0, -2.0, 0.0])),
]


def rms_norm_keeps_the_kind_of_number(function):
    """A model in bfloat16 needs bfloat16 back."""
    if not right_on(function, rms_norm, DEEP, DEEP[0, 0]):
        return
    x, weight = SQUARE.bfloat16(), torch.tensor([10.0, 100.0], dtype=torch.bfloat16)
    for arguments in ((x,), (x, weight)):
        found = ask("transformer.rms_norm", function, *arguments)
        call = f"rms_norm({', '.join(show(a) for a in arguments)}), all in bfloat16"
        needed = rms_norm(*(a.double() for a in arguments))
        if found.dtype != torch.bfloat16:
            says = (
                f"It was given bfloat16 and gives {str(found.dtype)[6:]}: the next matrix would refuse that. "
                "End with .to(x.dtype)."
            )
            raise Wrong("rms-norm-kind", says, call, str(found.dtype), "torch.bfloat16")
        if has_nan(found) or not found.double().allclose(needed, 0.03, 0.03):
            raise Wrong("rms-norm-rough", "In bfloat16 the value differs.", call, show(found), show(needed))


SIZES = {  # of [30, 40, 0, 0], by which people divide; 25 is needed
    50: "its length, the root of the *sum* of the squares",
    50 / 3**0.5: "the root of the sum of the squares over one less than there are numbers",
    625: "the mean of the squares, without its root",
    17.5: "the mean of the numbers' sizes",
    40: "the largest number",
    318.75**0.5: "how far the numbers are from their mean (the root of var), and the distance from 0 counts",
    425**0.5: "how far the numbers are from their mean (std), and the distance from 0 counts",
}


def it_divides_by_the_root_mean_square(function):
    """What a vector of large numbers was divided by has a name."""
    x = torch.tensor([[30.0, 40.0, 0.0, 0.0]])
    found = ask("transformer.rms_norm", function, x)
    scale = float(found[0, 0]) / 30 if getattr(found, "shape", None) == x.shape else 0
    for size, name in SIZES.items():
        if scale and found.double().allclose(x.double() / size, 1e-4):
            says = f"Each number was divided by {name}. RMS is what its name says, read backwards: square, mean, root."
            raise Wrong("rms-norm-other-size", says, "rms_norm([[30, 40, 0, 0]])", show(found), show(x / 25))


@check(
    "transformer.rms_norm",
    CASES,
    behaviours=[it_divides_by_the_root_mean_square, rms_norm_keeps_the_kind_of_number],
    awkward=AWKWARD,
    lives=in_a_model,
)
def rms_norm(x, weight=None, eps=1e-5):
    rows = [
        [number / math.sqrt(math.fsum(n * n for n in row) / len(row) + eps) for number in row]
        for row in x.double().reshape(-1, x.shape[-1]).tolist()
    ]
    scaled = torch.tensor(rows, dtype=torch.float64).reshape(x.shape)
    return scaled if weight is None else torch.einsum("...i,i->...i", scaled, weight.double())


MEAN_SQUARE = "x.square().mean(dim=-1, keepdim=True)"
ROOT = "torch.rsqrt(mean_square + eps)"

edits(
    "transformer.rms_norm",
    (
        "rms-norm-rsqrt",
        f"x * {ROOT}",
        f"x / {ROOT}",
        "rsqrt is already 1/sqrt, and you divided by it: [3, 4] became [10.6, 14.1]. Multiply by rsqrt, or divide by sqrt.",
    ),
    (
        "rms-norm-mean",
        MEAN_SQUARE,
        f"(x := x - x.mean(dim=-1, keepdim=True)){MEAN_SQUARE[1:]}",
        "You took the mean away first: [3, 4] became [-1, 1]. That is LayerNorm; RMSNorm moves nothing, it only scales.",
    ),
    (
        "rms-norm-sum",
        "mean(dim",
        "sum(dim",
        "You took the sum of the squares, not their mean: [3, 4] became [0.6, 0.8], which has length 1. The mean of the squares must "
        "become 1, however many numbers there are.",
    ),
    (
        "rms-norm-keepdim",
        ", keepdim=True",
        "",
        "Without keepdim=True each place's scale lies along the wrong axis. With as many places as numbers that goes wrong in silence, "
        "otherwise it stops.",
    ),
    (
        "rms-norm-axis",
        "dim=-1",
        "dim=0",
        "The mean was taken down the column, over the words. Each word is scaled by itself, along the last axis: dim=-1.",
    ),
    (
        "rms-norm-whole-table",
        "mean(dim=-1, keepdim=True)",
        "mean()",
        "One scale for the whole table: a loud word makes the others quiet. Each word has its own: mean(dim=-1, keepdim=True).",
    ),
    (
        "rms-norm-half",
        f"x * {ROOT}",
        "x / ((mean_square + eps) ** 1 / 2)",
        "x**1/2 is (x**1)/2: the power comes before the division. Write x**0.5, or x.sqrt().",
    ),
    (
        "rms-norm-no-eps",
        "mean_square + eps",
        "mean_square",
        "eps is missing: a vector of zeros gives 0/0, and tiny numbers are blown up. Add eps to the mean of the squares.",
    ),
    (
        "rms-norm-eps-for-zeros",
        "mean_square + eps",
        "torch.where(mean_square == 0, 1.0, mean_square)",
        "eps is used only where the mean of the squares is 0, or next to it. It is added always, and tiny numbers show it: mean + eps.",
    ),
    (
        "rms-norm-eps-squared",
        "mean_square + eps",
        "mean_square + eps**2",
        "eps was squared, and then it is next to nothing. It is added as it is to the mean of the squares: mean + eps.",
    ),
    (
        "rms-norm-eps-outside",
        ROOT,
        "1 / (mean_square.sqrt() + eps)",
        "eps was added to the root. It belongs under the root, to the mean of the squares: sqrt(mean + eps). Tiny vectors show it.",
    ),
    (
        "rms-norm-square-of-mean",
        MEAN_SQUARE,
        "x.mean(dim=-1, keepdim=True).square()",
        "You squared the mean. It is the mean of the squares: first square, then mean. [-1, 1] has mean 0, and mean square 1.",
    ),
    (
        "rms-norm-weight-first",
        [
            ("    mean_square =", "    x = x if weight is None else x * weight\n    mean_square ="),
            ("scaled * weight", "scaled"),
        ],
        "The weight came before the norm, which takes part of it away again. Scale first, then multiply by the weight.",
    ),
)
