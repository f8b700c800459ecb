"""Transposing a table tile by tile: two numbers of a program, two axes of a block, and whose rows are how long."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.gpu_kernels.shared import half, near, noise


@check(
    "kernels.basics.transpose",
    same=near,
    cases=[
        (torch.tensor([[1.0, 2.0], [3.0, 4.0]]), Named(block=2)),
        (torch.arange(16.0).view(4, 4), Named(block=2)),
        (torch.arange(6.0).view(2, 3), Named(block=4)),
        (torch.arange(6.0).view(3, 2), Named(block=4)),
        (noise(5, 9), Named(block=4)),
        (noise(9, 5), Named(block=4)),
        (noise(16, 40), Named(block=16)),
        (noise(33, 20),),
    ],
    awkward=[
        (noise(1, 1), Named(block=1)),
        (noise(1, 7), Named(block=2)),
        (noise(7, 1), Named(block=2)),
        (half(6, 10), Named(block=4)),
        (torch.arange(15).view(3, 5), Named(block=4)),
        (torch.tensor([[torch.inf, 1.0, 2.0], [0.0, -torch.inf, 3.0]]), Named(block=2)),
    ],
)
def transpose(x, block=32):
    return torch.tensor([list(column) for column in zip(*x.tolist(), strict=True)], dtype=x.dtype)


INSIDE = "(down[:, None] < rows) & (across[None, :] < columns)"
WRITE = "across[None, :] * rows + down[:, None]"
GRID = "(triton.cdiv(rows, block), triton.cdiv(columns, block))"
edits(
    "kernels.basics.transpose",
    (
        "transpose-copied",
        WRITE,
        "down[:, None] * columns + across[None, :]",
        "The tile is written where it was read: this is a copy. In the answer, what was a column is a row.",
    ),
    (
        "transpose-old-length",
        WRITE,
        "across[None, :] * columns + down[:, None]",
        "The places to write to are counted with the old length of a row. A row of the answer has as many numbers as x has rows: across * rows.",
    ),
    (
        "transpose-new-length",
        "down[:, None] * columns + across[None, :]",
        "down[:, None] * rows + across[None, :]",
        "The places to read from are counted with the length of a column. A row of x is `columns` long: down * columns.",
    ),
    (
        "transpose-read-turned",
        "down[:, None] * columns + across[None, :]",
        "across[None, :] * columns + down[:, None]",
        "The tile is read with rows and columns exchanged: down counts rows of x, and a row is `columns` long.",
    ),
    (
        "transpose-rows-masked-alone",
        INSIDE,
        "(down[:, None] < rows) & (across[None, :] >= 0)",
        "The mask looks at the rows alone. On the right edge a tile reaches past the end of a row, into the next.",
    ),
    (
        "transpose-columns-masked-alone",
        INSIDE,
        "(down[:, None] >= 0) & (across[None, :] < columns)",
        "The mask looks at the columns alone. At the bottom a tile reaches past the last row.",
    ),
    (
        "transpose-either",
        ") & (",
        ") | (",
        "The mask lets in places outside of the table, or there is none. A place must be inside in both directions at once, below rows and below columns: "
        "two comparisons, with & between them.",
    ),
    (
        "transpose-mask-exchanged",
        INSIDE,
        "(down[:, None] < columns) & (across[None, :] < rows)",
        "The two limits are exchanged: down counts rows, and across counts columns.",
    ),
    (
        "transpose-grid-exchanged",
        GRID,
        "(triton.cdiv(columns, block), triton.cdiv(rows, block))",
        "The grid is exchanged: the kernel takes its first number for rows of tiles, so as many are needed there as rows divided by block.",
    ),
    (
        "transpose-one-column-of-tiles",
        GRID,
        "(triton.cdiv(rows, block), 1)",
        "Only the first column of tiles is done. The grid has two numbers: rows of tiles, and columns of tiles.",
    ),
    (
        "transpose-turned-twice",
        "tile, mask=inside",
        "tl.trans(tile), mask=inside",
        "Each tile is turned twice: tl.trans turns it, and the places to which it is written turn it back. One of the two is enough.",
    ),
)
