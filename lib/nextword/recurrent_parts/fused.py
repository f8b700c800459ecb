"""Under rung `recurrent`: torch's own loop over a text, as a drop-in for `recurrent.unroll`.

It multiplies the vectors of all tokens by the first matrix at once, and makes the steps outside Python. But it knows
the cells of the books only: a cell of yours it does not call.
"""

import torch
from torch import nn

from nextword.base.shapes import Float, Tensor


def unroll(
    x: Float[Tensor, "*batch seq_len d_model"],
    state: Float[Tensor, "parts *batch d_hidden"],
    layer: nn.Module,
) -> tuple[Float[Tensor, "*batch seq_len d_hidden"], Float[Tensor, "parts *batch d_hidden"]]:
    """A layer's hidden vector after each token, and its last state."""
    rows = x.reshape(-1, *x.shape[-2:])  # (texts, seq_len, d_model)
    parts = state.reshape(len(state), 1, len(rows), -1)  # torch has an axis of layers in front
    weights = (layer.read.weight, layer.recur.weight, layer.read.bias, torch.zeros_like(layer.read.bias))
    options = (True, 1, 0.0, torch.is_grad_enabled(), False, True)  # biases, layers, dropout, ..., rows first
    if layer.kind == "rnn":
        hidden, *last = torch.rnn_tanh(rows, parts[0], weights, *options)
    else:
        hidden, *last = torch.lstm(rows, tuple(parts), weights, *options)
    return hidden.reshape(*x.shape[:-1], -1), torch.stack(last).reshape(state.shape)
