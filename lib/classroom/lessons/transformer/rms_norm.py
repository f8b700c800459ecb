"""Exercise `transformer.rms_norm`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import has_nan, show
from classroom.judge.diagnosis import ask
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Named, Wrong, check, mistake
from classroom.lessons.transformer.shared import DEEP, _random, more, right_on

SQUARE = torch.tensor([[3.0, 4.0], [0.0, 2.0]])  # as many places as numbers: a lost axis goes unseen


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


@check(
    "transformer.rms_norm",
    lives=in_a_model,
    cases=[
        (torch.tensor([[3.0, 4.0]]),),
        (SQUARE,),
        (torch.tensor([3.0, 4.0]), torch.tensor([10.0, 100.0])),
        (torch.tensor([[2.0, -2.0, 0.0, 4.0], [1.0, 1.0, 1.0, 5.0]]),),
        (torch.tensor([[0.003, 0.004]]),),
        (torch.zeros(1, 2),),
        (SQUARE, None, 1.0),
        (SQUARE, torch.tensor([10.0, 100.0]), Named(eps=1e-3)),
        (_random(3, 3), _random(3)),
        (DEEP, _random(4)),
        (1000 * _random(2, 2, 5) + 300,),
    ],
    awkward=[
        *((vectors,) for vectors in shelf.VECTORS),
        (shelf.ALL_DIFFER, more(7), 1e-3),
        (torch.zeros(2, 3), torch.tensor([1.0, -2.0, 0.0])),
    ],
    behaviours=(rms_norm_keeps_the_kind_of_number,),
)
def rms_norm(x, weight=None, eps=1e-5):
    rows = [
        [number / math.sqrt(math.fsum(n * n for n in row) / len(row) + eps) for number in row]
        for row in x.double().reshape(-1, x.shape[-1]).tolist()
    ]
    scaled = torch.tensor(rows, dtype=torch.float64).reshape(x.shape)
    return scaled if weight is None else torch.einsum("...i,i->...i", scaled, weight.double())


def _mean_square(x):
    return x.square().mean(dim=-1, keepdim=True)


def _weighed(scaled, weight):
    return scaled if weight is None else scaled * weight


@mistake(
    "transformer.rms_norm",
    "rms-norm-rsqrt",
    "rsqrt is already 1/sqrt, and you divided by it: [3, 4] became [10.6, 14.1]. Multiply by rsqrt, or divide by sqrt.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / torch.rsqrt(_mean_square(x) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-mean",
    "You took the mean away first: [3, 4] became [-1, 1]. That is LayerNorm; RMSNorm moves nothing, it only scales.",
)
def _(x, weight=None, eps=1e-5):
    centred = x - x.mean(dim=-1, keepdim=True)
    return _weighed(centred * torch.rsqrt(_mean_square(centred) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-sum",
    "You took the sum of the squares, not their mean: [3, 4] became [0.6, 0.8], which has length 1. The mean of the squares must "
    "become 1, however many numbers there are.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().sum(dim=-1, keepdim=True) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-keepdim",
    "Without keepdim=True each place's scale lies along the wrong axis. With as many places as numbers that goes wrong in silence, "
    "otherwise it stops.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().mean(dim=-1) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-axis",
    "The mean was taken down the column, over the words. Each word is scaled by itself, along the last axis: dim=-1.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().mean(dim=0, keepdim=True) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-whole-table",
    "One scale for the whole table: a loud word makes the others quiet. Each word has its own: mean(dim=-1, keepdim=True).",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().mean() + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-no-root",
    "You divided by the mean of the squares. Its root is missing: [3, 4] has a mean square of 12.5, and 3.54 is what to divide by.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / (_mean_square(x) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-no-eps",
    "eps is missing: a vector of zeros gives 0/0, and tiny numbers are blown up. Add eps to the mean of the squares.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / _mean_square(x).sqrt(), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-eps-outside",
    "eps was added to the root. It belongs under the root, to the mean of the squares: sqrt(mean + eps). Tiny vectors show it.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / (_mean_square(x).sqrt() + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-eps-floor",
    "eps was taken as a lower limit. It is added, always: mean + eps.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(_mean_square(x).clamp(min=eps)), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-eps-fixed",
    "eps is always 0.00001, whatever was asked for. Use the argument.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(_mean_square(x) + 1e-5), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-square-of-mean",
    "You squared the mean. It is the mean of the squares: first square, then mean. [-1, 1] has mean 0, and mean square 1.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.mean(dim=-1, keepdim=True).square() + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-sizes",
    "You divided by the mean size. Root mean square: square, mean, root. For [3, 4] that is 3.54, not 3.5.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / (x.abs().mean(dim=-1, keepdim=True) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-scale-only",
    "This is the scale. What is needed are the numbers, each times the scale of its row.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(torch.rsqrt(_mean_square(x) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-half",
    "x**1/2 is (x**1)/2: the power comes before the division. Write x**0.5, or x.sqrt().",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / ((_mean_square(x) + eps) / 2), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-no-weight",
    "The weight was not used. Where there is one, each number is multiplied by its own.",
)
def _(x, weight=None, eps=1e-5):
    return x * torch.rsqrt(_mean_square(x) + eps)


@mistake(
    "transformer.rms_norm",
    "rms-norm-weight-first",
    "The weight came before the norm, which takes part of it away again. Scale first, then multiply by the weight.",
)
def _(x, weight=None, eps=1e-5):
    x = _weighed(x, weight)
    return x * torch.rsqrt(_mean_square(x) + eps)


@mistake(
    "transformer.rms_norm",
    "rms-norm-weight-added",
    "The weight was added. It multiplies.",
)
def _(x, weight=None, eps=1e-5):
    scaled = x * torch.rsqrt(_mean_square(x) + eps)
    return scaled if weight is None else scaled + weight


@mistake(
    "transformer.rms_norm",
    "rms-norm-std",
    "std measures how far the numbers are from their mean. Here the distance from 0 counts: square, mean, root, of the numbers as they are.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / (x.std(dim=-1, keepdim=True) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-var",
    "var measures how far the numbers are from their mean. Here the distance from 0 counts: the mean of the squares as they are.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.var(dim=-1, keepdim=True, unbiased=False) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-largest",
    "You divided by the largest number. All numbers count: the root of the mean of their squares.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / x.abs().amax(dim=-1, keepdim=True).clamp(min=eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-rows",
    "You divided the sum by len(x), which is the number of rows. The mean is over the numbers of one row: x.shape[-1], or mean(dim=-1).",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().sum(dim=-1, keepdim=True) / len(x) + eps), weight)
