"""Softmax's way back, row by row: each weight's gradient less delta, times the weight. torch's autograd knows it too."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check

noise = shelf.noises(141)
ROW = torch.tensor([[0.25, 0.75]])
SQUARE = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.25, 0.5]])
BLAME = torch.tensor([[4.0, 1.0, 7.0], [2.0, 6.0, 9.0], [1.0, -3.0, 5.0]])


def weights(*shape: int) -> torch.Tensor:
    return noise(*shape).softmax(-1)


@check(
    "attention_backward.score_gradients",
    cases=[
        (ROW, torch.tensor([[4.0, 0.0]])),
        (torch.tensor([[0.5, 0.5]]), torch.tensor([[1.0, 3.0]])),
        (torch.tensor([[0.2, 0.3, 0.5]]), torch.tensor([[5.0, 0.0, 1.0]])),
        (SQUARE, BLAME),
        (weights(2, 3), noise(2, 3)),
        (weights(2, 3, 5), noise(2, 3, 5)),
        (weights(4, 4), 3 * noise(4, 4)),
    ],
    awkward=[
        (torch.tensor([[1.0]]), torch.tensor([[7.0]])),
        (weights(1, 6), noise(1, 6)),
        (weights(3, 1), noise(3, 1)),
        (weights(2, 1, 3, 4), noise(2, 1, 3, 4)),
        (weights(3, 3, 3), noise(3, 3, 3)),
        (weights(2, 5), torch.full((2, 5), 3.0)),
        (torch.zeros(2, 3), noise(2, 3)),
    ],
)
def score_gradients(weights, grad_weights):
    n = weights.shape[-1]
    slopes = (
        torch.diag_embed(weights.double()) - weights.double()[..., :, None] * weights.double()[..., None, :]
    )
    found = torch.zeros_like(grad_weights, dtype=torch.float64)
    for key in range(n):
        found += slopes[..., key] * grad_weights.double()[..., key : key + 1]
    return found.to(weights.dtype)


DELTA = "(weights * grad_weights).sum(dim=-1, keepdim=True)"
edits(
    "attention_backward.score_gradients",
    (
        "rows-no-delta",
        "(grad_weights - delta)",
        "grad_weights",
        "Each score hears of its own weight alone. But a weight that grows takes from all others of its row, and that is what "
        "delta takes off: weights * (grad_weights - delta).",
    ),
    (
        "rows-plain-mean",
        DELTA,
        "grad_weights.mean(dim=-1, keepdim=True)",
        "The average of the row was taken with all keys alike. Delta is the average by weight: the sum of weight times gradient.",
    ),
    (
        "rows-sum-without-weights",
        DELTA,
        "grad_weights.sum(dim=-1, keepdim=True)",
        "The gradients of a row were added up as they are. In delta each counts by its weight: (weights * grad_weights).sum(...).",
    ),
    (
        "rows-of-log-softmax",
        "return weights * (grad_weights - delta)",
        "return grad_weights - weights * grad_weights.sum(dim=-1, keepdim=True)",
        "This is the way back through the *log* of softmax, from lesson 10. Softmax itself has another: "
        "weights * (grad_weights - delta).",
    ),
    (
        "rows-columns",
        "dim=-1",
        "dim=-2",
        "Delta was summed down the columns. A row belongs to one query, and its weights sum to 1: dim=-1.",
    ),
    (
        "rows-all-together",
        ".sum(dim=-1, keepdim=True)",
        ".sum()",
        "Delta was summed over everything. Queries know nothing of each other: sum along each row, dim=-1, keepdim=True.",
    ),
    (
        "rows-no-keepdim",
        ".sum(dim=-1, keepdim=True)",
        ".sum(dim=-1)",
        "The sum lost its axis, so that one row's delta is taken from another row's gradients: keepdim=True keeps it.",
    ),
    (
        "rows-weight-forgotten",
        "return weights * (grad_weights - delta)",
        "return grad_weights - delta",
        "Delta is taken off, and the weight is missing: a key with a weight of 0 would be blamed like any other. "
        "Multiply by weights.",
    ),
    (
        "rows-own-alone",
        "(grad_weights - delta)",
        "(grad_weights - weights * grad_weights)",
        "Each weight takes off its own share alone. Delta is the sum of all shares of the row.",
    ),
    (
        "rows-plus",
        "grad_weights - delta",
        "grad_weights + delta",
        "Delta was added. What lies above the average rises, what lies below it falls: grad_weights - delta.",
    ),
)
