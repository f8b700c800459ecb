"""What every launcher does before it launches: refuse what its kernel cannot do, and lay rows out one after another."""

import torch
from torch import Tensor

from nextword import kernels
from nextword.kernels import tl, triton

FLOATS = (torch.float32, torch.float16, torch.bfloat16)
LONGEST_ROW = tl.TRITON_MAX_TENSOR_NUMEL  # numbers that a block of Triton may hold


def check(*tensors: Tensor) -> None:
    """Refuse what these kernels would answer wrongly without a word, with a ValueError."""
    kernels.check(*tensors)
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors):
        raise ValueError(
            "this kernel passes no gradient back: call it under torch.no_grad(), or detach the tensors"
        )


def check_floats(*tensors: Tensor) -> None:
    """The same, and the numbers must be floats of one kind, which are then added up in float32."""
    check(*tensors)
    kinds = sorted({str(tensor.dtype).removeprefix("torch.") for tensor in tensors})
    if len(kinds) > 1 or tensors[0].dtype not in FLOATS:
        raise ValueError(
            f"numbers of {' and '.join(kinds)}: this kernel takes float32, float16 or bfloat16, one kind"
        )


def as_rows(x: Tensor) -> Tensor:
    """The last axis as rows that stand one after another in memory; copied only where they do not yet.

    >>> as_rows(torch.ones(2, 3, 5)).shape
    torch.Size([6, 5])
    """
    if x.dim() == 0:
        raise ValueError("a single number has no rows: give a tensor of one axis or more")
    return x.reshape(x.shape[:-1].numel(), x.shape[-1]).contiguous()


def row_block(columns: int) -> int:
    """How long a block must be to hold a row: a power of two, as all of Triton's blocks are.

    >>> row_block(100)
    128
    """
    if columns > LONGEST_ROW:
        raise ValueError(f"a row of {columns:,} numbers: a block holds {LONGEST_ROW:,} at most")
    return triton.next_power_of_2(columns)


def row_warps(block: int) -> int:
    """How many warps of 32 threads share a row: about eight numbers for each thread, within what a GPU allows.

    >>> row_warps(128), row_warps(2048), row_warps(65536)
    (1, 8, 16)
    """
    return min(max(block // 256, 1), 16)
