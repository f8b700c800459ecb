"""Exercise `quantization.quantize`: a row's weights as whole numbers, and its scale."""

import torch

from classroom.judge import comparison, lives
from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import kind
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from nextword import quantization
from nextword.transformer import ModelConfig, Transformer

noise = shelf.noises(16)
SIZES = {"vocab_size": 11, "d_model": 16, "n_layers": 1, "n_heads": 2, "d_mlp": 16, "context": 20}
PLAIN = torch.tensor([[0.5, -1.27], [0.1, 0.3]])


def int8_and_scales_come_back(function):
    """Two tensors, the first of int8: said first, since nothing else can be told of other things."""
    yours = ask("quantization.quantize", function, PLAIN)
    call = f"quantize({PLAIN.tolist()})"
    both = isinstance(yours, tuple) and len(yours) == 2 and all(map(comparison.is_tensor, yours))
    if not both:
        says = f"It gives {kind(yours)}. What is needed is two tensors: the whole numbers, and the scales."
        raise Wrong("quantize-not-a-pair", says, call)
    if yours[1].dtype == torch.int8:
        says = "The two are in the other order: first the whole numbers, then the scales."
        raise Wrong("quantize-order", says, call)
    if yours[0].dtype in (torch.float32, torch.float64) and not (yours[0] == yours[0].round()).all():
        says = "The first of the two are fractions. Whole numbers are needed: divide by the scale and round."
        raise Wrong("quantize-fractions", says, call, comparison.show(yours[0]))
    if yours[0].dtype != torch.int8:
        says = f"The whole numbers are {str(yours[0].dtype)[6:]}, and take as much memory as such. .to(torch.int8) makes bytes of them."
        raise Wrong("quantize-not-int8", says, call)


def same_weights(yours, needed, nan: bool = False) -> bool:
    """Whole numbers to the last one; scales as closely as a float32 knows them, however small they are."""
    if not comparison.same(yours, needed, nan) or yours[0].dtype != torch.int8:
        return False
    return torch.allclose(yours[1].double(), needed[1].double(), 1e-4, 0.0)


def a_model_is_made_of_it(check, function):
    """What is wrong with a model whose weights it has made; None where it is as with the library's own."""
    model = Transformer(ModelConfig(**SIZES), torch.Generator().manual_seed(3))
    return lives.compare(
        check,
        function,
        lambda: quantization.quantize_model(model)(torch.tensor([[1, 2, 3]])),
        lambda yours, needed: yours.dtype == needed.dtype and torch.allclose(yours, needed, 1e-3, 1e-5),
        "the-model",
        "a model of such weights stops.",
        "a model of such weights gives other logits than with the library's own.",
    )


@check(
    "quantization.quantize",
    [
        (PLAIN,),
        (torch.tensor([[-1.27, 0.5], [1.0, -0.26], [0.0, 0.0]]),),
        (torch.tensor([[-2.0, 0.3, 0.716]]),),
        (noise(4, 3),),
        (noise(3, 3) * torch.tensor([[100.0], [1.0], [0.01]]),),
        (-noise(2, 5).abs(),),
        (torch.zeros(2, 3),),
    ],
    before=[int8_and_scales_come_back],
    same=same_weights,
    lives=a_model_is_made_of_it,
    awkward=[
        (torch.tensor([[-3.0]]),),
        (noise(1, 40) * 1e-4,),
        (noise(40, 1),),
        (noise(5, 7) * 1e6,),
        (noise(30, 31) * 0.05,),
    ],
)
def quantize(matrix):
    """Weight by weight: the whole number that comes nearest, of all from -127 to 127."""
    steps = torch.arange(-127, 128)
    numbers, scales = [], []
    for row in matrix.double():
        scale = max(float(row.max()), -float(row.min())) / 127 or 1.0
        nearest = (row[:, None] - steps * scale).abs().argmin(dim=1)
        numbers.append(steps[nearest].to(torch.int8))
        scales.append(scale)
    return torch.stack(numbers), torch.tensor(scales)


LARGEST = "matrix.abs().amax(dim=1)"
SCALE = "torch.where(largest > 0, largest / 127, 1.0)"
NUMBERS = "(matrix / scale[:, None]).round().to(torch.int8)"

edits(
    "quantization.quantize",
    (
        "quantize-by-column",
        [("dim=1", "dim=0"), ("scale[:, None]", "scale")],
        "There is a scale for each column. A row makes one number of what comes out, and it is the row's sum that a scale can wait for: the "
        "largest of each row, dim=1.",
    ),
    (
        "quantize-one-scale",
        LARGEST,
        "matrix.abs().max().expand(len(matrix))",
        "All rows share one scale, so that a row of small weights is left with few steps, or with none. Each row has its own.",
    ),
    (
        "quantize-no-abs",
        LARGEST,
        "matrix.amax(dim=1)",
        "The largest weight of a row was taken with its sign: where the one furthest from 0 is negative, it does not fit. .abs() first.",
    ),
    (
        "quantize-zero-row",
        SCALE,
        "largest / 127",
        "A row of zeros has the largest weight 0, and divides by 0. Its scale is to be 1.",
    ),
    (
        "quantize-truncated",
        ".round()",
        "",
        "The fraction was cut off: 0.9 became 0. .round() before .to(torch.int8) takes the nearest, and is off by half as much at most.",
    ),
    (
        "quantize-floor",
        ".round()",
        ".floor()",
        "All were rounded down, and so the sums of a row are too small, all in one direction. .round() takes the nearest.",
    ),
    (
        "quantize-128",
        "/ 127",
        "/ 128",
        "The largest weight became 128, and a signed byte ends at 127: it turns over into -128, with the wrong sign. Divide by 127.",
    ),
    (
        "quantize-128-clamped",
        [("/ 127", "/ 128"), (".round()", ".round().clamp(-128, 127)")],
        "The scale was made for 128 steps, and the largest weight is cut off at 127. With largest / 127 it fits.",
    ),
    (
        "quantize-255",
        "/ 127",
        "/ 255",
        "The scale was made for 255 steps on one side of 0. Signed bytes reach from -127 to 127: largest / 127.",
    ),
    (
        "quantize-scale-turned",
        ", scale",
        ", 1 / scale",
        "The scale is the wrong way up: a weight is its whole number *times* the scale, which is largest / 127.",
    ),
    (
        "quantize-no-scale",
        "matrix / scale[:, None]",
        "matrix",
        "The weights themselves were rounded, and most became 0. Divide by the row's scale first.",
    ),
    (
        "quantize-largest-as-scale",
        ", scale",
        ", largest",
        "What came back is each row's largest weight. The scale is what one step is worth: largest / 127.",
    ),
)
