"""Answers to `quantization.quantize` as readers might write them."""

import torch

from tests.lessons import right, wrong


def rounded(matrix, scale, number=torch.round):
    return number(matrix / scale.unsqueeze(1)).to(torch.int8)


def scales(matrix, steps=127):
    largest = torch.maximum(matrix.max(dim=1).values, -matrix.min(dim=1).values)
    return torch.where(largest == 0, torch.ones(()), largest / steps)


@right("quantization.quantize")
def _(matrix):
    scale = scales(matrix)
    return rounded(matrix, scale), scale


@right("quantization.quantize")
def _(matrix):
    numbers, scale = torch.zeros(matrix.shape, dtype=torch.int8), torch.ones(len(matrix))
    for i, row in enumerate(matrix):
        if row.any():
            scale[i] = max(abs(row.min()), abs(row.max())) / 127
            numbers[i] = torch.round(row / scale[i]).clamp(-127, 127)
    return numbers, scale


@wrong("quantization.quantize", "quantize-not-a-pair")
def _(matrix):
    return rounded(matrix, scales(matrix))


@wrong("quantization.quantize", "quantize-fractions")
def _(matrix):
    scale = scales(matrix)
    return matrix / scale[:, None], scale


@wrong("quantization.quantize", "quantize-not-int8")
def _(matrix):
    scale = scales(matrix)
    return (matrix / scale[:, None]).round(), scale


@wrong("quantization.quantize", "quantize-by-column")
def _(matrix):
    scale = scales(matrix.T)
    return (matrix / scale).round().to(torch.int8), scale


@wrong("quantization.quantize", "quantize-one-scale")
def _(matrix):
    scale = torch.full((len(matrix),), float(matrix.abs().max()) / 127 or 1.0)
    return rounded(matrix, scale), scale


@wrong("quantization.quantize", "quantize-no-abs")
def _(matrix):
    largest = matrix.max(dim=1).values
    scale = torch.where(largest > 0, largest / 127, torch.ones(()))
    return rounded(matrix, scale), scale


@wrong("quantization.quantize", "quantize-zero-row")
def _(matrix):
    scale = matrix.abs().max(dim=1).values / 127
    return rounded(matrix, scale), scale


@wrong("quantization.quantize", "quantize-truncated")
def _(matrix):
    scale = scales(matrix)
    return rounded(matrix, scale, torch.trunc), scale


@wrong("quantization.quantize", "quantize-floor")
def _(matrix):
    scale = scales(matrix)
    return rounded(matrix, scale, torch.floor), scale


@wrong("quantization.quantize", "quantize-128")
def _(matrix):
    scale = scales(matrix, 128)
    return rounded(matrix, scale), scale


@wrong("quantization.quantize", "quantize-128-clamped")
def _(matrix):
    scale = scales(matrix, 128)
    return rounded(matrix, scale, lambda x: x.round().clamp(max=127)), scale


@wrong("quantization.quantize", "quantize-255")
def _(matrix):
    scale = scales(matrix, 255)
    return rounded(matrix, scale), scale


@wrong("quantization.quantize", "quantize-scale-turned")
def _(matrix):
    scale = scales(matrix)
    return rounded(matrix, scale), scale.reciprocal()


@wrong("quantization.quantize", "quantize-no-scale")
def _(matrix):
    return matrix.round().to(torch.int8), scales(matrix)


@wrong("quantization.quantize", "quantize-largest-as-scale")
def _(matrix):
    scale = scales(matrix)
    return rounded(matrix, scale), matrix.abs().max(dim=1).values


@wrong("quantization.quantize", "quantize-order")
def _(matrix):
    scale = scales(matrix)
    return scale, rounded(matrix, scale)
