"""Answers to `constrained.allowed` as readers might write them."""

import torch

from nextword import constrained
from tests.lessons import right, wrong


def read(machine, state, token):
    """The state after a token, None where it cannot be read."""
    for byte in token:
        if byte not in machine.moves[state]:
            return None
        state = machine.moves[state][byte]
    return state


def mask_of(machine, state, table, end, fits, over=None):
    mask = torch.zeros(len(table), dtype=torch.bool)
    for i, token in enumerate(table):
        mask[i] = fits(token)
    mask[end] = state in machine.ends if over is None else over(mask)
    return mask


@right("constrained.allowed")
def _(machine, state, table, end):
    return mask_of(
        machine, state, table, end, lambda token: token != b"" and read(machine, state, token) is not None
    )


@right("constrained.allowed")
def _(machine, state, table, end):
    after = [constrained.advance(machine, state, token) if token else None for token in table]
    return torch.tensor(
        [state in machine.ends if i == end else after[i] is not None for i in range(len(table))]
    )


@wrong("constrained.allowed", "allowed-first-letter")
def _(machine, state, table, end):
    return mask_of(
        machine, state, table, end, lambda token: token != b"" and token[0] in machine.moves[state]
    )


@wrong("constrained.allowed", "allowed-last-letter")
def _(machine, state, table, end):
    return mask_of(
        machine, state, table, end, lambda token: token != b"" and token[-1] in machine.moves[state]
    )


@wrong("constrained.allowed", "allowed-state-stays")
def _(machine, state, table, end):
    moves = machine.moves[state]
    return mask_of(
        machine, state, table, end, lambda token: token != b"" and all(byte in moves for byte in token)
    )


@wrong("constrained.allowed", "allowed-from-the-start")
def _(machine, state, table, end):
    return mask_of(
        machine, state, table, end, lambda token: token != b"" and read(machine, 0, token) is not None
    )


@wrong("constrained.allowed", "allowed-whole-texts")
def _(machine, state, table, end):
    return mask_of(
        machine, state, table, end, lambda token: token != b"" and read(machine, state, token) in machine.ends
    )


@wrong("constrained.allowed", "allowed-empty")
def _(machine, state, table, end):
    return mask_of(machine, state, table, end, lambda token: read(machine, state, token) is not None)


@wrong("constrained.allowed", "allowed-end-always")
def _(machine, state, table, end):
    return mask_of(
        machine,
        state,
        table,
        end,
        lambda token: token != b"" and read(machine, state, token) is not None,
        lambda mask: True,
    )


@wrong("constrained.allowed", "allowed-end-never")
def _(machine, state, table, end):
    found = [token != b"" and read(machine, state, token) is not None for token in table]
    return torch.tensor(found)


@wrong("constrained.allowed", "allowed-end-last-resort")
def _(machine, state, table, end):
    return mask_of(
        machine,
        state,
        table,
        end,
        lambda token: token != b"" and read(machine, state, token) is not None,
        lambda mask: not mask.any(),
    )


@wrong("constrained.allowed", "allowed-others-at-the-end")
def _(machine, state, table, end):
    if state in machine.ends:
        mask = torch.zeros(len(table), dtype=torch.bool)
        mask[end] = True
        return mask
    return mask_of(
        machine, state, table, end, lambda token: token != b"" and read(machine, state, token) is not None
    )


@wrong("constrained.allowed", "allowed-numbers")
def _(machine, state, table, end):
    found = [i for i, token in enumerate(table) if token and read(machine, state, token) is not None]
    return torch.tensor(found)


@wrong("constrained.allowed", "allowed-not-bool")
def _(machine, state, table, end):
    return mask_of(
        machine, state, table, end, lambda token: token != b"" and read(machine, state, token) is not None
    ).float()
