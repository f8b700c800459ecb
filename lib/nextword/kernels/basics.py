"""Rung `kernels.basics`: small kernels, each a program that many copies run at once, one block of numbers a copy.

A kernel (`add_kernel`) says what one program does: which places are its own, what it loads from them and stores. A
launcher (`add`) makes room for the answer and starts as many programs as there are blocks. Programs run in any order
and cannot wait for each other, so each writes places that no other writes.
Sources: Tillet, Kung and Cox 2019 (MAPL 2019), and the grouped order from Triton's tutorial on matrix multiplication;
Milakov and Gimelshein 2018 (softmax in few passes, arXiv 1805.02867); Zhang and Sennrich 2019 (RMSNorm, 1910.07467).
"""

import torch
from torch import Tensor

from nextword.kernels import tl, triton
from nextword.kernels.basics_parts.launch import as_rows, check, check_floats, row_block, row_warps

BLOCK_INNER = 32  # of a matrix product: how far a program goes along the inner axis in one step
GROUP = 8  # of a matrix product: how many rows of tiles programs work on at the same time

# ---- a block of numbers for each program ----


@triton.jit
def add_kernel(x_pointer, y_pointer, out_pointer, length, BLOCK: tl.constexpr):
    """One program adds one block of numbers."""
    program = tl.program_id(0).to(tl.int64)  # 32 bits end at two billion numbers
    places = program * BLOCK + tl.arange(0, BLOCK)
    inside = places < length  # the last block may reach past the end
    x = tl.load(x_pointer + places, mask=inside)
    y = tl.load(y_pointer + places, mask=inside)
    tl.store(out_pointer + places, x + y, mask=inside)


def add(x: Tensor, y: Tensor, block: int = 1024) -> Tensor:
    """The sums of two tensors of one shape, number by number.

    >>> add(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([10.0, 20.0, 30.0]))
    tensor([11., 22., 33.])
    """
    check(x, y)
    if x.shape != y.shape or x.dtype != y.dtype:
        raise ValueError(
            f"{tuple(x.shape)} {x.dtype} + {tuple(y.shape)} {y.dtype}: shapes and kinds must be equal"
        )
    x, y = x.contiguous(), y.contiguous()
    out = torch.empty_like(x)
    if out.numel() > 0:
        programs = triton.cdiv(out.numel(), block)
        add_kernel[(programs,)](x, y, out, out.numel(), BLOCK=block)
    return out


# ---- a row for each program ----


@triton.jit
def softmax_kernel(x_pointer, out_pointer, columns, BLOCK: tl.constexpr):
    """One program turns one row of logits into probabilities; the row is read once and written once."""
    row = tl.program_id(0).to(tl.int64)
    places = tl.arange(0, BLOCK)
    inside = places < columns
    logits = tl.load(x_pointer + row * columns + places, mask=inside, other=-float("inf")).to(tl.float32)
    powers = tl.exp(logits - tl.max(logits, axis=0))  # a place past the end holds exp(-inf) = 0
    tl.store(out_pointer + row * columns + places, powers / tl.sum(powers, axis=0), mask=inside)


def softmax(x: Tensor) -> Tensor:
    """Softmax along the last axis.

    >>> softmax(torch.tensor([[0.0, 0.0], [1000.0, 0.0]]))
    tensor([[0.5000, 0.5000],
            [1.0000, 0.0000]])
    """
    check_floats(x)
    rows = as_rows(x)
    out = torch.empty_like(rows)
    if out.numel() > 0:
        block = row_block(rows.shape[1])
        softmax_kernel[(len(rows),)](rows, out, rows.shape[1], BLOCK=block, num_warps=row_warps(block))
    return out.view(x.shape)


@triton.jit
def rms_norm_kernel(x_pointer, weight_pointer, out_pointer, columns, eps, BLOCK: tl.constexpr):
    """One program scales one row so that the mean of its squares is 1, then each feature by its weight."""
    row = tl.program_id(0).to(tl.int64)
    places = tl.arange(0, BLOCK)
    inside = places < columns
    x = tl.load(x_pointer + row * columns + places, mask=inside, other=0.0).to(tl.float32)
    weight = tl.load(weight_pointer + places, mask=inside, other=0.0).to(tl.float32)
    mean_square = tl.sum(x * x, axis=0) / columns  # of the row, not of the block
    tl.store(out_pointer + row * columns + places, x * tl.rsqrt(mean_square + eps) * weight, mask=inside)


def rms_norm(x: Tensor, weight: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    """RMSNorm, as in `transformer.rms_norm`, with one reading of x in place of three.

    >>> rms_norm(torch.tensor([[3.0, 4.0]]))
    tensor([[0.8485, 1.1314]])
    """
    weight = torch.ones(x.shape[-1:], dtype=x.dtype, device=x.device) if weight is None else weight
    check_floats(x, weight)
    if weight.shape != x.shape[-1:]:
        raise ValueError(f"a weight of shape {tuple(weight.shape)} for rows of {x.shape[-1]} features")
    rows = as_rows(x)
    out = torch.empty_like(rows)
    if out.numel() > 0:
        columns, block = rows.shape[1], row_block(rows.shape[1])
        weight = weight.contiguous()
        rms_norm_kernel[(len(rows),)](
            rows, weight, out, columns, eps, BLOCK=block, num_warps=row_warps(block)
        )
    return out.view(x.shape)


@triton.jit
def cross_entropy_kernel(
    logits_pointer, target_pointer, loss_pointer, gradient_pointer, columns,
    BLOCK: tl.constexpr, WITH_GRADIENT: tl.constexpr,
):  # fmt: skip
    """One program works out the loss of one row, and if asked its gradient; no probability is stored on the way."""
    row = tl.program_id(0).to(tl.int64)
    places = tl.arange(0, BLOCK)
    inside = places < columns
    logits = tl.load(logits_pointer + row * columns + places, mask=inside, other=-float("inf")).to(tl.float32)
    target = tl.load(target_pointer + row)
    logits -= tl.max(logits, axis=0)
    total = tl.sum(tl.exp(logits), axis=0)
    chosen = tl.sum(tl.where(places == target, logits, 0.0), axis=0)
    known = (target >= 0) & (target < columns)
    tl.store(loss_pointer + row, tl.where(known, tl.log(total) - chosen, float("nan")))
    if WITH_GRADIENT:
        gradient = tl.exp(logits) / total - tl.where(places == target, 1.0, 0.0)
        tl.store(gradient_pointer + row * columns + places, gradient, mask=inside)


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """The loss in nats of each row of logits, in float32; NaN where the target is no column.

    >>> cross_entropy(torch.tensor([[0.0, 0.0], [0.0, 8.0]]), torch.tensor([0, 0]))
    tensor([0.6931, 8.0003])
    """
    return launch_cross_entropy(logits, target, gradient=None)


def cross_entropy_gradient(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """The losses, and how each would change with each logit: the probabilities, minus 1 at the target.

    >>> cross_entropy_gradient(torch.tensor([[0.0, 0.0]]), torch.tensor([0]))
    (tensor([0.6931]), tensor([[-0.5000,  0.5000]]))
    """
    gradient = torch.empty_like(logits, memory_format=torch.contiguous_format)
    return launch_cross_entropy(logits, target, gradient), gradient


def launch_cross_entropy(logits: Tensor, target: Tensor, gradient: Tensor | None) -> Tensor:
    """Launch the kernel for a table of logits, and fill the gradient in if there is room for it."""
    check_floats(logits)
    check(logits, target)
    if target.shape != logits.shape[:-1] or target.dtype not in (torch.int64, torch.int32):
        raise ValueError(
            f"targets {tuple(target.shape)} of {target.dtype}: needed is a whole number for each row"
        )
    rows, target = as_rows(logits), target.contiguous()
    loss = torch.empty(target.shape, device=rows.device)
    if rows.numel() > 0:
        columns, block = rows.shape[1], row_block(rows.shape[1])
        cross_entropy_kernel[(len(rows),)](
            rows, target, loss, loss if gradient is None else gradient, columns,
            BLOCK=block, WITH_GRADIENT=gradient is not None, num_warps=row_warps(block),
        )  # fmt: skip
    return loss


# ---- a tile of a table for each program ----


@triton.jit
def transpose_kernel(x_pointer, out_pointer, rows, columns, row_stride, column_stride, BLOCK: tl.constexpr):
    """One program turns one tile over: it reads along the rows of x and writes along the rows of the answer."""
    down = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    across = tl.program_id(1).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = (down[:, None] < rows) & (across[None, :] < columns)
    tile = tl.load(x_pointer + down[:, None] * row_stride + across[None, :] * column_stride, mask=inside)
    tl.store(out_pointer + across[:, None] * rows + down[None, :], tl.trans(tile), mask=tl.trans(inside))


def transpose(x: Tensor, block: int = 32) -> Tensor:
    """A table with rows and columns exchanged, laid out anew in memory.

    >>> transpose(torch.tensor([[1, 2, 3], [4, 5, 6]]))
    tensor([[1, 4],
            [2, 5],
            [3, 6]])
    """
    check(x)
    if x.dim() != 2:
        raise ValueError(f"{x.dim()} axes: a table to transpose has two")
    rows, columns = x.shape
    out = torch.empty(columns, rows, dtype=x.dtype, device=x.device)
    if out.numel() > 0:
        programs = (triton.cdiv(rows, block), triton.cdiv(columns, block))
        transpose_kernel[programs](x, out, rows, columns, *x.stride(), BLOCK=block)
    return out


@triton.jit
def grouped_order(program, tiles_down, tiles_across, GROUP: tl.constexpr):
    """The tile of a program, counted in groups of GROUP rows of tiles, each group column by column.

    Programs that run at the same time then share rows of one matrix and columns of the other, which a GPU keeps near.
    """
    in_group = GROUP * tiles_across
    first = program // in_group * GROUP
    height = tl.minimum(tiles_down - first, GROUP)  # the last group may be lower
    return first + program % in_group % height, program % in_group // height


@triton.jit
def matmul_kernel(
    a_pointer, b_pointer, out_pointer, rows, columns, inner,
    a_row, a_column, b_row, b_column,
    BLOCK: tl.constexpr, BLOCK_INNER: tl.constexpr, GROUP: tl.constexpr,
):  # fmt: skip
    """One program works out one tile of the answer, going along a row of tiles of a and down a column of tiles of b."""
    tile_down, tile_across = grouped_order(
        tl.program_id(0), tl.cdiv(rows, BLOCK), tl.cdiv(columns, BLOCK), GROUP
    )
    down = (tile_down * BLOCK + tl.arange(0, BLOCK)).to(tl.int64)[:, None]
    across = (tile_across * BLOCK + tl.arange(0, BLOCK)).to(tl.int64)[None, :]
    total = tl.zeros((BLOCK, BLOCK), dtype=tl.float32)  # sums of many products, whatever a and b are kept in
    for start in range(0, inner, BLOCK_INNER):
        along = (start + tl.arange(0, BLOCK_INNER)).to(tl.int64)
        a_at, b_at = along[None, :], along[:, None]
        a = tl.load(
            a_pointer + down * a_row + a_at * a_column, mask=(down < rows) & (a_at < inner), other=0.0
        )
        b = tl.load(
            b_pointer + b_at * b_row + across * b_column, mask=(b_at < inner) & (across < columns), other=0.0
        )
        total = tl.dot(a, b, total, input_precision="ieee")  # the full float32, not the shorter tf32
    tl.store(out_pointer + down * columns + across, total, mask=(down < rows) & (across < columns))


def matmul(a: Tensor, b: Tensor, block: int = 64) -> Tensor:
    """The product of two matrices, a tile of `block` rows and columns for each program.

    >>> matmul(torch.tensor([[1.0, 2.0]]), torch.tensor([[10.0], [100.0]]))
    tensor([[210.]])
    """
    check_floats(a, b)
    if a.dim() != 2 or b.dim() != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(
            f"{tuple(a.shape)} @ {tuple(b.shape)}: two matrices, the second as high as the first is wide"
        )
    rows, inner, columns = *a.shape, b.shape[1]
    out = torch.empty(rows, columns, dtype=a.dtype, device=a.device)
    if out.numel() > 0:
        programs = triton.cdiv(rows, block) * triton.cdiv(columns, block)
        matmul_kernel[(programs,)](
            a, b, out, rows, columns, inner, *a.stride(), *b.stride(),
            BLOCK=block, BLOCK_INNER=BLOCK_INNER, GROUP=GROUP,
        )  # fmt: skip
    return out
