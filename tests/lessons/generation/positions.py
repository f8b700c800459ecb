"""Answers to `batching.positions` as readers might write them."""

import torch

from tests.lessons import right, wrong


def rows(read, new, place):
    """A place for each token: `place` has the text's length before, the number in its text, and in the row."""
    found = []
    for start, n in zip(read, new, strict=True):
        for number in range(n):
            found.append(place(start, number, len(found)))
    return torch.tensor(found)


@right("batching.positions")
def _(read, new):
    found = []
    for i in range(len(read)):
        found += range(read[i], read[i] + new[i])
    return torch.tensor(found)


@right("batching.positions")
def _(read, new):
    read, new = torch.tensor(read), torch.tensor(new)
    begins = new.cumsum(0) - new  # of each text in the row
    return torch.arange(int(new.sum())) + (read - begins).repeat_interleave(new)


@wrong("batching.positions", "positions-along-the-row")
def _(read, new):
    return rows(read, new, lambda start, number, place: place)


@wrong("batching.positions", "positions-row-goes-on")
def _(read, new):
    return rows(read, new, lambda start, number, place: start + place)


@wrong("batching.positions", "positions-from-zero")
def _(read, new):
    return rows(read, new, lambda start, number, place: number)


@wrong("batching.positions", "positions-one-too-far")
def _(read, new):
    return rows(read, new, lambda start, number, place: start + number + 1)


@wrong("batching.positions", "positions-one-too-early")
def _(read, new):
    return rows(read, new, lambda start, number, place: start + number - 1)


@wrong("batching.positions", "positions-as-if-padded")
def _(read, new):
    longest = sorted(read)[-1]
    return rows(read, new, lambda start, number, place: longest + number)


@wrong("batching.positions", "positions-padded-behind")
def _(read, new):
    table = torch.tensor(read)[:, None] + torch.arange(max(new))
    return table.flatten()


@wrong("batching.positions", "positions-first-only")
def _(read, new):
    return rows(read, new, lambda start, number, place: start)


@wrong("batching.positions", "positions-length-as-end")
def _(read, new):
    return torch.tensor(
        [place for start, n in zip(read, new, strict=True) for place in range(start, n)], dtype=torch.int64
    )


@wrong("batching.positions", "positions-lists-swapped")
def _(read, new):
    return rows(new, read, lambda start, number, place: start + number)


@wrong("batching.positions", "positions-fractions")
def _(read, new):
    return rows(read, new, lambda start, number, place: float(start + number))
