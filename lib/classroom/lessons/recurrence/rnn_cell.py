"""One step of a simple recurrent network, and what people leave out of it."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.recurrence.shared import in_a_model, noises

noise = noises(132)


def case(batch: tuple, d_model: int, d_hidden: int, size: float = 1.0) -> tuple:
    """A token's vector, a hidden vector, and the three weights."""
    given = noise(*batch, d_model), noise(*batch, d_hidden)
    return *given, size * noise(d_hidden, d_model), size * noise(d_hidden, d_hidden), noise(d_hidden)


ONE = torch.ones(1, dtype=torch.float64)


@check(
    "recurrent.rnn_cell",
    lives=in_a_model,
    cases=[
        (ONE, 2 * ONE, torch.tensor([[0.5]]).double(), torch.tensor([[0.25]]).double(), -0.5 * ONE),
        (0 * ONE, 2 * ONE, torch.tensor([[0.5]]).double(), torch.tensor([[0.25]]).double(), 0 * ONE),
        case((3,), 4, 2, 0.5),
        case((2,), 3, 3, 0.5),
        case((), 3, 2, 0.5),
        case((2, 3), 2, 4, 0.5),
    ],
    awkward=[case((1,), 1, 1), case((2,), 2, 2, 20.0), case((3,), 3, 3), case((5,), 5, 1), case((4,), 1, 4)],
)
def rnn_cell(x, hidden, read, recur, bias):
    """Row by row, by the exponential function."""
    total = torch.einsum("...i,oi->...o", x, read) + torch.einsum("...h,oh->...o", hidden, recur) + bias
    return 1 - 2 / ((2 * total).clamp(max=700).exp() + 1)


SUM = "functional.linear(x, read, bias) + functional.linear(hidden, recur)"

edits(
    "recurrent.rnn_cell",
    (
        "rnn-sigmoid",
        "torch.tanh(",
        "torch.sigmoid(",
        "It is squeezed by a sigmoid, into 0 to 1. A hidden vector has numbers on both sides of 0: tanh.",
    ),
    (
        "rnn-no-tanh",
        f"torch.tanh({SUM})",
        SUM,
        "Nothing squeezes the sum. Without tanh a hidden vector may grow at each step, without end.",
    ),
    (
        "rnn-forgets",
        f"torch.tanh({SUM})",
        "torch.tanh(functional.linear(x, read, bias))",
        "The last hidden vector has no part in it, so the machine remembers nothing: recur times hidden is missing.",
    ),
    (
        "rnn-does-not-read",
        f"torch.tanh({SUM})",
        "torch.tanh(functional.linear(hidden, recur, bias))",
        "The token's vector has no part in it: read times x is missing.",
    ),
    (
        "rnn-no-bias",
        "functional.linear(x, read, bias)",
        "functional.linear(x, read)",
        "The bias is missing.",
    ),
    (
        "rnn-bias-twice",
        "functional.linear(hidden, recur)",
        "functional.linear(hidden, recur, bias)",
        "The bias is added twice. (torch's own cell has two of them, which are added. Here there is one.)",
    ),
    (
        "rnn-two-tanhs",
        f"torch.tanh({SUM})",
        "torch.tanh(functional.linear(x, read, bias)) + torch.tanh(functional.linear(hidden, recur))",
        "What is read and what is remembered were each squeezed, and then added. Add first, then squeeze the sum once.",
    ),
    (
        "rnn-turned",
        "functional.linear(hidden, recur)",
        "hidden @ recur",
        "The matrix recur is used with rows and columns exchanged. Each *row* of it makes one number: hidden @ recur.T, or functional.linear(hidden, recur).",
    ),
    (
        "rnn-adds-hidden",
        "return torch.tanh(",
        "return hidden + torch.tanh(",
        "The last hidden vector is added as it is, besides. That is a residual connection, which this cell does not have: it is the tanh alone.",
    ),
)
