"""Rung `quantization`: weights of one byte each, with a scale for each row.

To write one token, every weight has to come from memory once, and that is what takes the time: weights a quarter as
large come in about a quarter of it. A weight becomes a whole number from -127 to 127, times a scale that its row
shares. A row of a matrix makes one number of what comes out, so the scale may wait until the row's sum is done.
Sources: Jacob et al. 2018 (whole numbers and scales, arXiv 1712.05877); Dettmers et al. 2022 (a scale a row, in
language models, arXiv 2208.07339).
"""

import copy
import functools
import time
import warnings
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from nextword.base.shapes import Float, Int, Stream, Tensor, Tokens, Vectors
from nextword.transformer import Transformer

MANY = 32  # vectors at once, from which on multiplying takes longer than reading the weights
LARGEST = 127  # of the whole numbers; -128 is left out, so that both signs reach equally far
Matrix = Float[Tensor, "rows columns"]
Numbers = Int[Tensor, "rows columns"]  # int8, -127 to 127
Scales = Float[Tensor, "rows"]  # what one step of a row's whole numbers is worth


def quantize(matrix: Matrix) -> tuple[Numbers, Scales]:
    """Symmetric int8 quantization: whole numbers, and for each row the scale by which they are to be multiplied.

    The largest weight of a row, whatever its sign, becomes 127 or -127; each is off by at most half a step.

    >>> quantize(torch.tensor([[0.5, -1.27], [0.0, 0.0]]))
    (tensor([[  50, -127],
            [   0,    0]], dtype=torch.int8), tensor([0.0100, 1.0000]))
    """
    largest = matrix.float().abs().amax(dim=1)
    scale = torch.where(
        largest > 0, largest / LARGEST, 1.0
    )  # a row of zeros has no scale, and 1 does no harm
    steps = (matrix / scale[:, None]).round()
    return steps.clamp(-LARGEST, LARGEST).to(torch.int8), scale


def dequantize(numbers: Numbers, scale: Scales) -> Matrix:
    """The weights again, each within half a step of what it was.

    >>> dequantize(torch.tensor([[50, -127]], dtype=torch.int8), torch.tensor([0.01]))
    tensor([[ 0.5000, -1.2700]])
    """
    return numbers * scale[:, None]


def product(
    x: Float[Tensor, "*places columns"], numbers: Numbers, scale: Scales
) -> Float[Tensor, "*places rows"]:
    """Each vector times a matrix of int8 weights: sums over whole numbers first, and then each row's scale.

    >>> product(torch.tensor([1.0, 2.0]), torch.tensor([[50, -127]], dtype=torch.int8), torch.tensor([0.01]))
    tensor([-2.0400])
    """
    return functional.linear(x, numbers.to(x.dtype)) * scale.to(x.dtype)


def product_fast(
    x: Float[Tensor, "*places columns"], numbers: Numbers, scale: Scales
) -> Float[Tensor, "*places rows"]:
    """The same from one compiled call, which reads a byte a weight where `product` first makes a copy of four.

    It reads `x` in bfloat16 and rounds each sum to it: a number may be off by 2**-7 of the sum of its |weight * x|.
    Where this torch has no such call, or this machine a wrong or slow one, it is `product`, and says so once.
    """
    flat = x.reshape(-1, x.shape[-1]).bfloat16()
    if x.device.type == "cpu" and len(flat) >= MANY and bfloat16_is_quicker():
        sums = (
            functional.linear(flat, numbers.bfloat16()) * scale
        )  # a copy of the weights is soon earned back
        return sums.to(x.dtype).view(*x.shape[:-1], len(scale))
    if not (can_be_read(flat) and can_be_read(numbers) and fast_is_there()):
        return functional.linear(x, dequantize(numbers, scale).to(x.dtype))
    return int8_call(flat, numbers, scale).to(x.dtype).view(*x.shape[:-1], len(scale))


def can_be_read(matrix: Float[Tensor, "rows columns"] | Numbers) -> bool:
    """Whether torch's call may have this matrix. It reads 32 numbers of a row at a time, and asks nothing: where a row
    has others than multiples of 32, or begins at an odd address, it reads what lies beside, or the program ends."""
    is_whole = matrix.is_contiguous() and matrix.shape[1] % 32 == 0 and matrix.data_ptr() % 32 == 0
    return matrix.device.type == "cpu" and is_whole


def int8_call(
    x: Float[Tensor, "places columns"], numbers: Numbers, scale: Scales
) -> Float[Tensor, "places rows"]:
    """Torch's own product with int8 weights. It would take scales in bfloat16: they are multiplied in afterwards."""
    return torch._weight_int8pack_mm(x, numbers, scale.new_ones(len(scale), dtype=torch.bfloat16)) * scale


@functools.cache
def fast_is_there() -> bool:
    """Whether torch's call can be used here: it is not promised to stay, so that it is tried, once, on hard cases."""
    why = "this torch has no such call"
    if hasattr(torch, "_weight_int8pack_mm"):
        why = "it is slower here" if is_right() else "it is wrong here"
        if is_right() and is_quicker():
            return True
    warnings.warn(f"int8 weights are multiplied by the plain product, and slowly: {why}", stacklevel=3)
    return False


def is_right() -> bool:
    """Whether torch's call keeps its bound, for odd sizes, for the largest numbers and for sums that cancel."""
    chance = torch.Generator().manual_seed(0)
    for places, rows, columns in ((1, 1, 32), (1, 33, 96), (3, 64, 64), (5, 7, 576), (33, 100, 32)):
        numbers = torch.randint(-LARGEST, LARGEST + 1, (rows, columns), generator=chance, dtype=torch.int8)
        x, scale = torch.randn(places, columns, generator=chance), torch.rand(rows, generator=chance)
        extremes = torch.full_like(x, 1e4), torch.full_like(numbers, LARGEST)
        for vectors, matrix in ((x, numbers), extremes, (extremes[0], numbers)):
            try:
                found = int8_call(vectors.bfloat16(), matrix, scale)
            except RuntimeError:
                return False
            needed = vectors.double() @ dequantize(matrix, scale.double()).T
            if not ((found - needed).abs() <= bound(vectors, matrix, scale)).all():
                return False
    return True


def bound(
    x: Float[Tensor, "*places columns"], numbers: Numbers, scale: Scales
) -> Float[Tensor, "*places rows"]:
    """By how much `product_fast` may be off: it rounds twice to bfloat16, each time by 2**-8 of a number at most."""
    return 2**-7 * 1.01 * (x.double().abs() @ dequantize(numbers, scale.double()).abs().T)


def is_quicker() -> bool:
    """Whether torch's call is no slower for one vector than float32 weights are: it may be done number by number."""
    x, numbers, scale = torch.ones(1, 576), torch.ones(1536, 576, dtype=torch.int8), torch.ones(1536)
    weights = numbers.float()
    call, plain = least_seconds(
        lambda: int8_call(x.bfloat16(), numbers, scale), lambda: functional.linear(x, weights)
    )
    return call < 3 * plain  # a machine that is busy just now must not decide


@functools.cache
def bfloat16_is_quicker() -> bool:
    """Whether many vectors are multiplied faster in bfloat16 here than in float32: else it takes far longer."""
    x, numbers = torch.ones(4 * MANY, 576), torch.ones(1536, 576, dtype=torch.int8)
    halves, plain = least_seconds(
        lambda: functional.linear(x.bfloat16(), numbers.bfloat16()),
        lambda: functional.linear(x, numbers.float()),
    )
    return halves < plain


def least_seconds(*works: Callable[[], Tensor], n_trials: int = 5) -> list[float]:
    """The time of each, the best of a few trials, taken in turn."""
    seconds = [[] for _ in works]
    for _ in range(n_trials):
        for work, trials in zip(works, seconds, strict=True):
            began = time.perf_counter()
            work()
            trials.append(time.perf_counter() - began)
    return list(map(min, seconds))


class Int8Linear(nn.Module):
    """A matrix of int8 weights in the place of an `nn.Linear`; its bias, if it has one, stays as it was."""

    def __init__(self, weight: Matrix, bias: Float[Tensor, "rows"] | None = None):
        super().__init__()
        if not weight.isfinite().all():
            raise ValueError(
                "a weight is not a finite number, and has no place among whole numbers: is the model broken?"
            )
        numbers, scale = quantize(weight.detach())
        self.register_buffer("numbers", numbers.contiguous())  # row by row, as it is read
        self.register_buffer("scale", scale.to(weight.dtype))
        self.bias = bias

    def forward(self, x: Vectors) -> Float[Tensor, "*places rows"]:
        y = product(x, self.numbers, self.scale)
        return y if self.bias is None else y + self.bias


class Int8Embedding(Int8Linear):
    """A table of int8 vectors, one for each token, that may be the unembedding as well."""

    @property
    def weight(self) -> Numbers:
        """Where it is: others look here for a model's device."""
        return self.numbers

    def forward(self, ids: Tokens) -> Stream:
        return dequantize(self.numbers[ids].flatten(0, -2), self.scale[ids].flatten()).unflatten(0, ids.shape)


class Int8Transformer(Transformer):
    """A transformer whose matrices are of int8 weights: see `quantize_model`."""

    def unembed(self, x: Vectors) -> Float[Tensor, "*places vocab"]:
        table = self.embedding if self.config.tied else self.unembedding
        return product(x, table.numbers, table.scale)


def quantize_model(model: Transformer) -> Int8Transformer:
    """A copy of a model with int8 weights; norms, biases and learned positions stay as they are.

    >>> from nextword.transformer import ModelConfig
    >>> model = Transformer(ModelConfig(vocab_size=10, d_model=8, n_layers=2, n_heads=2, d_mlp=16, context=32))
    >>> quantize_model(model)(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 10])
    """
    instead = {
        id(part): Int8Linear(part.weight, part.bias) for part in model.modules() if type(part) is nn.Linear
    }
    instead[id(model.embedding)] = Int8Embedding(model.embedding.weight)
    small = copy.deepcopy(model, instead)  # a copy of all but what stands in `instead`, which takes its place
    small.__class__ = Int8Transformer
    return small.requires_grad_(False).eval()


def weight_bytes(model: Transformer) -> int:
    """The memory that a model's weights take, scales included, in bytes; a table with two uses is counted once.

    >>> from nextword.transformer import ModelConfig
    >>> weight_bytes(Transformer(ModelConfig(10, 8, 2, 2, 16, context=32))) // 4  # a float32 has four
    1400
    """
    return sum(tensor.nbytes for tensor in (*model.parameters(), *model.buffers()))
