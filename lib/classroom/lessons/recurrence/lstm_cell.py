"""One step of an LSTM: three gates, a candidate, a cell and what is shown of it; and which of them people mix up."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.recurrence.shared import in_a_model, noises

noise = noises(133)


def case(batch: tuple, d_model: int, d_hidden: int, size: float = 1.0) -> tuple:
    """A token's vector, hidden and cell, and the three weights."""
    state = noise(*batch, d_hidden), noise(*batch, d_hidden)
    weights = size * noise(4 * d_hidden, d_model), size * noise(4 * d_hidden, d_hidden)
    return noise(*batch, d_model), *state, *weights, noise(4 * d_hidden)


def by_bias(*gates: float) -> tuple:
    """One number of hidden and of cell, and gates that the bias alone sets."""
    zero = torch.zeros(4, 1, dtype=torch.float64)
    one = torch.ones(1, dtype=torch.float64)
    return one, 0.5 * one, 2 * one, zero, zero, torch.tensor(gates, dtype=torch.float64)


@check(
    "recurrent.lstm_cell",
    lives=in_a_model,
    cases=[
        by_bias(0.0, 0.0, 0.0, 0.0),
        by_bias(-50.0, 50.0, 1.0, 50.0),
        by_bias(50.0, -50.0, 1.0, 50.0),
        by_bias(50.0, 50.0, 1.0, -50.0),
        case((3,), 4, 2),
        case((2,), 3, 3),
        case((), 3, 2),
        case((2, 3), 2, 4),
    ],
    awkward=[case((1,), 1, 1), case((2,), 2, 2, 9.0), case((3,), 3, 3), case((5,), 5, 1), case((4,), 1, 4)],
)
def lstm_cell(x, hidden, cell, read, recur, bias):
    """By torch's own cell, on rows."""
    rows = [part.reshape(-1, part.shape[-1]) for part in (x, hidden, cell)]
    found = torch.lstm_cell(rows[0], rows[1:], read, recur, bias, torch.zeros_like(bias))
    return tuple(part.reshape(cell.shape) for part in found)


CELL = "torch.sigmoid(keep) * cell + torch.sigmoid(write) * torch.tanh(candidate)"
SHOWN = "torch.sigmoid(show) * torch.tanh(cell), cell"

edits(
    "recurrent.lstm_cell",
    (
        "lstm-write-keep-swapped",
        "write, keep, candidate, show",
        "keep, write, candidate, show",
        "The input gate and the forget gate are exchanged. The first quarter of the rows lets in, the second keeps.",
    ),
    (
        "lstm-candidate-show-swapped",
        "write, keep, candidate, show",
        "write, keep, show, candidate",
        "The candidate and the output gate are exchanged. The third quarter is the candidate, the last the output gate.",
    ),
    (
        "lstm-candidate-sigmoid",
        "torch.tanh(candidate)",
        "torch.sigmoid(candidate)",
        "The candidate went through a sigmoid, so that nothing can ever be taken from the cell. It is no gate but news, of both signs: tanh.",
    ),
    (
        "lstm-tanh-gates",
        [
            (
                CELL,
                "torch.tanh(keep) * cell + torch.tanh(write) * torch.tanh(candidate)",
            ),
            (SHOWN, "torch.tanh(show) * torch.tanh(cell), cell"),
        ],
        "The gates went through tanh, and some let through less than nothing. A gate is a share, 0 to 1: sigmoid.",
    ),
    (
        "lstm-keeps-all",
        "torch.sigmoid(keep) * cell +",
        "cell +",
        "The forget gate has no part in it: the cell keeps all it ever held, as in the LSTM of 1997. Multiply what was there by sigmoid(keep).",
    ),
    (
        "lstm-keep-added",
        "torch.sigmoid(keep) * cell +",
        "torch.sigmoid(keep) + cell +",
        "The forget gate was added to the cell. A gate multiplies: it is the share that stays.",
    ),
    (
        "lstm-keep-turned",
        "torch.sigmoid(keep) * cell +",
        "(1 - torch.sigmoid(keep)) * cell +",
        "The forget gate is turned round. In spite of its name it says which share is *kept*: sigmoid(keep) * cell.",
    ),
    (
        "lstm-always-writes",
        "torch.sigmoid(write) * torch.tanh(candidate)",
        "torch.tanh(candidate)",
        "The candidate goes in whole: the input gate has no part in it.",
    ),
    (
        "lstm-one-gate",
        "torch.sigmoid(write) * torch.tanh(candidate)",
        "(1 - torch.sigmoid(keep)) * torch.tanh(candidate)",
        "What is let in is what is not kept: one gate does the work of two, as in a later machine, the GRU. Here the input gate has numbers of its own.",
    ),
    (
        "lstm-show-before-tanh",
        "torch.sigmoid(show) * torch.tanh(cell), cell",
        "torch.tanh(torch.sigmoid(show) * cell), cell",
        "The output gate came before the tanh. First squeeze the cell, then show a share of it.",
    ),
    (
        "lstm-cell-not-squeezed",
        SHOWN,
        "torch.sigmoid(show) * cell, cell",
        "The cell is shown as it is. It may have grown large: what is shown goes through tanh first.",
    ),
    (
        "lstm-shows-old-cell",
        [
            (f"    cell = {CELL}\n", ""),
            (SHOWN, f"torch.sigmoid(show) * torch.tanh(cell), {CELL}"),
        ],
        "What is shown is the cell as it was *before* this token. Make the new cell first.",
    ),
    (
        "lstm-parts-swapped",
        SHOWN,
        "cell, torch.sigmoid(show) * torch.tanh(cell)",
        "Hidden and cell are given in the wrong order: the hidden vector comes first.",
    ),
    (
        "lstm-forgets-hidden",
        " + functional.linear(hidden, recur)",
        "",
        "The last hidden vector has no part in the gates: recur times hidden is missing.",
    ),
    (
        "lstm-no-bias",
        "functional.linear(x, read, bias)",
        "functional.linear(x, read)",
        "The bias is missing. (The forget gate's is 1 in a new LSTM: without it half of the cell would be lost at each step.)",
    ),
)
