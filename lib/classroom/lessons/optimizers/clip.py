"""Gradients shortened together, where together they are too long.

What makes it hard: one length for all tensors, and short gradients left as they are.
"""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.optimizers.shared import in_an_optimizer, noises

noise = noises(112)


@check(
    "optim.clip",
    lives=in_an_optimizer,
    twins=("optim.global_norm",),
    cases=[
        ([torch.tensor([3.0]), torch.tensor([4.0])], 1.0),
        ([torch.tensor([3.0]), torch.tensor([4.0])], 10.0),
        ([torch.tensor([6.0, 0.0]), torch.tensor([[0.0, 8.0]])], 5.0),
        ([torch.tensor([0.5, -0.5])], 2.0),
        ([torch.tensor([3.0, 4.0]), torch.tensor([0.1])], 2.0),
        ([noise(3, 4), noise(5), noise(2, 2, 2)], 1.5),
        ([noise(3, 4), noise(5), noise(2, 2, 2)], 100.0),
        ([torch.zeros(2), torch.zeros(3)], 1.0),
    ],
    awkward=[
        ([1e4 * noise(3), 1e-4 * noise(2, 2)], 0.1),
        ([noise(1)], 0.5),
        ([noise(n) for n in range(1, 13)], 2.0),
        ([noise(n) for n in range(1, 13)], 1000.0),
        ([torch.tensor([3.0, 4.0])], 5.0),
        ([torch.tensor(-7.0), torch.tensor([[2.0]])], 1.0),
    ],
)
def clip(gradients, limit):
    flat = torch.cat([gradient.flatten().double() for gradient in gradients])
    length = float((flat @ flat).sqrt())
    return [gradient.clone() if length <= limit else gradient / length * limit for gradient in gradients]


edits(
    "optim.clip",
    (
        "clip-each",
        "gradient * share for",
        "gradient * (limit / gradient.norm()).clamp(max=1.0) for",
        "Each tensor was clipped by itself, which turns the direction of the whole step. There is one length, of all of them together, and one share.",
    ),
    (
        "clip-lengthens",
        ".clamp(max=1.0)",
        "",
        "Gradients shorter than the limit were made longer. Clipping only ever shortens: the share is 1 at most.",
    ),
    (
        "clip-value",
        "gradient * share",
        "gradient.clamp(-limit, limit)",
        "Each number was cut off at the limit by itself, which turns the direction. Multiply all of them by one and the same share.",
    ),
    (
        "clip-sum-of-lengths",
        "for gradient in gradients]).norm()",
        "for gradient in gradients]).sum()",
        "The lengths of the tensors were added up. Lengths add like the sides of a triangle: the root of the sum of their squares, 3 and 4 make 5.",
    ),
    (
        "clip-largest",
        "for gradient in gradients]).norm()",
        "for gradient in gradients]).max()",
        "Only the longest tensor was measured. The length is that of all laid end to end: 3 and 4 make 5.",
    ),
    (
        "clip-no-root",
        "for gradient in gradients]).norm()",
        "for gradient in gradients]).norm() ** 2",
        "The root is missing: this is the square of the length.",
    ),
    (
        "clip-turned",
        "limit / length",
        "length / limit",
        "The share is turned round: limit / length makes a gradient of that length as long as the limit.",
    ),
    (
        "clip-to-one",
        "limit / length",
        "1.0 / length",
        "They were shortened to a length of 1. They should end with the length that the limit says.",
    ),
    (
        "clip-clamped-below",
        "clamp(max=1.0)",
        "clamp(min=1.0)",
        "clamp(min=1.0) lets no share be below 1, so nothing is shortened, and short ones grow. It is max=1.0 that is needed.",
    ),
    (
        "clip-squares-not-summed",
        "return [gradient * share",
        "return [gradient * share * share",
        "Shortened twice: multiply by the share once.",
    ),
    (
        "clip-one-tensor",
        "return [gradient * share for gradient in gradients]",
        "return torch.cat([gradient.flatten() * share for gradient in gradients])",
        "The numbers are right, but they come in one row. Give a list back, each tensor in its own shape.",
    ),
    (
        "clip-mean-of-squares",
        "for gradient in gradients]).norm()",
        "for gradient in gradients]).norm() / math.sqrt(sum(gradient.numel() for gradient in gradients))",
        "The mean of the squares was taken. The length is the root of their *sum*: 3 and 4 make 5.",
    ),
    (
        "clip-largest-number",
        "torch.stack([gradient.norm() for gradient in gradients]).norm()",
        "torch.stack([gradient.abs().max() for gradient in gradients]).max()",
        "Only the largest number was measured. The length is that of all laid end to end: 3 and 4 make 5.",
    ),
    (
        "clip-divides-by-0",
        "(limit / length).clamp(max=1.0)",
        "min(1.0, limit / length.item())",
        "All gradients may be 0, and then this divides by 0. Ask first whether the length is above the limit.",
    ),
)
