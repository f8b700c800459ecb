"""Answers to `recurrent.lstm_cell` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _quarters(x, hidden, read, recur, bias):
    both = x @ read.T + hidden @ recur.T + bias
    n = hidden.shape[-1]
    return [both[..., i * n : (i + 1) * n] for i in range(4)]


def _finish(cell, write, keep, candidate, show):
    cell = keep * cell + write * candidate
    return show * cell.tanh(), cell


@right("recurrent.lstm_cell")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    return _finish(cell, i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())


@right("recurrent.lstm_cell")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    half = [(torch.tanh(part / 2) + 1) / 2 for part in (i, f, o)]
    return _finish(cell, half[0], half[1], torch.tanh(g), half[2])


@wrong("recurrent.lstm_cell", "lstm-write-keep-swapped")
def _(x, hidden, cell, read, recur, bias):
    f, i, g, o = _quarters(x, hidden, read, recur, bias)
    return _finish(cell, i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())


@wrong("recurrent.lstm_cell", "lstm-candidate-show-swapped")
def _(x, hidden, cell, read, recur, bias):
    i, f, o, g = _quarters(x, hidden, read, recur, bias)
    return _finish(cell, i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())


@wrong("recurrent.lstm_cell", "lstm-candidate-sigmoid")
def _(x, hidden, cell, read, recur, bias):
    return _finish(cell, *(part.sigmoid() for part in _quarters(x, hidden, read, recur, bias)))


@wrong("recurrent.lstm_cell", "lstm-tanh-gates")
def _(x, hidden, cell, read, recur, bias):
    return _finish(cell, *(part.tanh() for part in _quarters(x, hidden, read, recur, bias)))


@wrong("recurrent.lstm_cell", "lstm-keeps-all")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    return _finish(cell, i.sigmoid(), 1.0, g.tanh(), o.sigmoid())


@wrong("recurrent.lstm_cell", "lstm-keep-added")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    return _finish(cell + f.sigmoid(), i.sigmoid(), 1.0, g.tanh(), o.sigmoid())


@wrong("recurrent.lstm_cell", "lstm-keep-turned")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    return _finish(cell, i.sigmoid(), (-f).sigmoid(), g.tanh(), o.sigmoid())


@wrong("recurrent.lstm_cell", "lstm-always-writes")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    return _finish(cell, 1.0, f.sigmoid(), g.tanh(), o.sigmoid())


@wrong("recurrent.lstm_cell", "lstm-show-before-tanh")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    cell = _finish(cell, i.sigmoid(), f.sigmoid(), g.tanh(), 1.0)[1]
    return torch.tanh(o.sigmoid() * cell), cell


@wrong("recurrent.lstm_cell", "lstm-cell-not-squeezed")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return cell * o.sigmoid(), cell


@wrong("recurrent.lstm_cell", "lstm-shows-old-cell")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    shown = o.sigmoid() * cell.tanh()
    return shown, f.sigmoid() * cell + i.sigmoid() * g.tanh()


@wrong("recurrent.lstm_cell", "lstm-parts-swapped")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    return _finish(cell, i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())[::-1]


@wrong("recurrent.lstm_cell", "lstm-forgets-hidden")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, torch.zeros_like(hidden), read, recur, bias)
    return _finish(cell, i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())


@wrong("recurrent.lstm_cell", "lstm-no-bias")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, 0 * bias)
    return _finish(cell, i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())


@wrong("recurrent.lstm_cell", "lstm-one-gate")
def _(x, hidden, cell, read, recur, bias):
    i, f, g, o = _quarters(x, hidden, read, recur, bias)
    return _finish(cell, (-f).sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())
