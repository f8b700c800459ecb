"""Under rung `kernels.flash_attention_backward`: what a launch works out before its kernel runs."""

import torch

from nextword import kernels
from nextword.kernels import triton
from nextword.kernels.flash_attention_parts import launching as forward

Tensor = torch.Tensor
precision = forward.precision


def check(query: Tensor, key: Tensor, value: Tensor, grad_out: Tensor, window: int | None) -> None:
    """Refuse what the kernels cannot compute, with a sentence that says what came and what was needed."""
    forward.check(query, key, value, window)
    kernels.check(query, grad_out)
    if grad_out.shape != query.shape:
        raise ValueError(
            f"the gradient of the output is {tuple(grad_out.shape)}, and the output {tuple(query.shape)}: "
            "each number has its own"
        )


def launch(kernel, grid: tuple[int, ...], first: Tensor, *arguments, **settings) -> None:
    """Run a grid of programs on the device of their first tensor; none where there is nothing to write."""
    if all(grid):
        with torch.cuda.device_of(first):
            kernel[grid](first, *arguments, **settings)


def reach(queries: int, keys: int, causal: bool, window: int | None) -> tuple[int, int]:
    """How many keys a query sees before its own place, and how many after it.

    >>> reach(6, 6, causal=True, window=3)
    (2, 0)
    """
    everywhere = queries + keys
    return everywhere if window is None else window - 1, 0 if causal else everywhere


def with_one_batch(x: Tensor) -> Tensor:
    """Any batch dimensions as one: (batch, n_heads, length, head_dim), a view where the strides allow it."""
    return x.reshape(-1, *x.shape[-3:])


def width(head_dim: int) -> int:
    """The columns of a tile: a power of 2, and at least the 16 that a GPU's matrix unit takes.

    >>> width(48)
    64
    """
    return max(16, triton.next_power_of_2(head_dim))


def tile_sizes(query: Tensor, over: str) -> dict[str, int]:
    """How large the tiles of a kernel are whose loop runs over the "keys" or over the "queries".

    On an H100 these fit into the registers, as a compiler without a GPU at hand tells.
    """
    wide = width(query.shape[-1])
    if kernels.interpreted:
        queries, keys, warps, stages = 64, 64, 4, 1  # a tile costs about the same, however large
    elif query.element_size() > 2 or wide > 128:
        queries, keys, warps, stages = 32, 32, 4 if wide <= 64 else 8, 1
    elif over == "keys":
        queries, keys, warps, stages = 128, 64, 8, 2
    else:
        queries, keys, warps, stages = (64, 128, 8, 2) if wide <= 64 else (32, 128, 8, 3)
    blocks = {"BLOCK_QUERIES": queries, "BLOCK_KEYS": keys, "BLOCK_DIM": wide}
    return blocks | {"num_warps": warps, "num_stages": stages}
