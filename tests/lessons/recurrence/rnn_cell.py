"""Answers to `recurrent.rnn_cell` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("recurrent.rnn_cell")
def _(x, hidden, read, recur, bias):
    return (x @ read.T + hidden @ recur.T + bias).tanh()


@right("recurrent.rnn_cell")
def _(x, hidden, read, recur, bias):
    both, matrix = torch.cat([x, hidden], dim=-1), torch.cat([read, recur], dim=1)
    return torch.tanh(torch.nn.functional.linear(both, matrix, bias))


@wrong("recurrent.rnn_cell", "rnn-sigmoid")
def _(x, hidden, read, recur, bias):
    return 1 / (1 + torch.exp(-(x @ read.T + hidden @ recur.T + bias)))


@wrong("recurrent.rnn_cell", "rnn-no-tanh")
def _(x, hidden, read, recur, bias):
    return bias + hidden @ recur.mT + x @ read.mT


@wrong("recurrent.rnn_cell", "rnn-forgets")
def _(x, hidden, read, recur, bias):
    return torch.tanh(bias + x @ read.T)


@wrong("recurrent.rnn_cell", "rnn-does-not-read")
def _(x, hidden, read, recur, bias):
    return torch.tanh(hidden @ recur.T + bias)


@wrong("recurrent.rnn_cell", "rnn-no-bias")
def _(x, hidden, read, recur, bias):
    return torch.tanh(x @ read.T + hidden @ recur.T)


@wrong("recurrent.rnn_cell", "rnn-bias-twice")
def _(x, hidden, read, recur, bias):
    return torch.tanh((x @ read.T + bias) + (hidden @ recur.T + bias))


@wrong("recurrent.rnn_cell", "rnn-two-tanhs")
def _(x, hidden, read, recur, bias):
    seen = (x @ read.T + bias).tanh()
    return seen + (hidden @ recur.T).tanh()


@wrong("recurrent.rnn_cell", "rnn-turned")
def _(x, hidden, read, recur, bias):
    return torch.tanh(x @ read.T + torch.einsum("...h,ho->...o", hidden, recur) + bias)


@wrong("recurrent.rnn_cell", "rnn-adds-hidden")
def _(x, hidden, read, recur, bias):
    step = torch.tanh(x @ read.T + hidden @ recur.T + bias)
    return step + hidden
