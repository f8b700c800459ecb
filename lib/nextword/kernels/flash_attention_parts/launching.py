"""Under rung `kernels.flash_attention`: what stands between a call and the kernel: checks, sizes of tiles, axes."""

from collections.abc import Iterator

import torch

from nextword import kernels
from nextword.kernels import triton

KINDS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
LARGEST_HEAD_DIM = 256  # a program keeps a whole vector of each query, and there is no room for more


def check(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, window: int | None) -> None:
    """Refuse what the kernel cannot compute, with a sentence that says what came and what was needed."""
    shapes = f"query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}"
    if min(x.ndim for x in (query, key, value)) < 3:
        raise ValueError(f"{shapes}: each needs three axes or more, (*batch, heads, places, head_dim)")
    if key.shape != value.shape:
        raise ValueError(f"{shapes}: key and value need the same shape")
    if query.shape[:-3] != key.shape[:-3] or query.shape[-1] != key.shape[-1]:
        raise ValueError(f"{shapes}: query and key need the same batch axes and the same head_dim")
    if not key.shape[-3] or query.shape[-3] % key.shape[-3]:
        raise ValueError(
            f"{query.shape[-3]} query heads cannot share {key.shape[-3]} heads of keys and values evenly"
        )
    if not 1 <= query.shape[-1] <= LARGEST_HEAD_DIM:
        raise ValueError(f"head_dim is {query.shape[-1]}, and the kernel takes 1 to {LARGEST_HEAD_DIM}")
    if len({x.dtype for x in (query, key, value)}) > 1 or query.dtype not in KINDS:
        raise TypeError(
            f"query is {query.dtype}, key {key.dtype}, value {value.dtype}: all three need to be the same one of "
            + ", ".join(str(kind).removeprefix("torch.") for kind in KINDS)
        )
    if window is not None and window < 1:
        raise ValueError(f"a window of {window} sees nothing: it is 1 (its own place) or more")
    if torch.is_grad_enabled() and any(x.requires_grad for x in (query, key, value)):
        raise ValueError("`forward` passes no gradient back: `attend` does, or call it under torch.no_grad()")
    kernels.check(query, key, value)


def precision(query: torch.Tensor) -> torch.dtype:
    """The kind of number that sums are kept in: float32, or float64 where the numbers have so much themselves."""
    return torch.float64 if query.dtype == torch.float64 else torch.float32


def tile(
    query: torch.Tensor, key: torch.Tensor, block_queries: int | None = None, block_keys: int | None = None
) -> dict[str, int]:
    """The size of a tile, and on a GPU how many warps share it and how many tiles are fetched ahead.

    In the interpreter each tile costs about the same, however large: few large ones are quick. On a GPU a tile has to
    fit into registers (queries) and shared memory (keys).
    """
    if kernels.interpreted:
        sizes = [min(64, triton.next_power_of_2(max(x.shape[-2], 16))) for x in (query, key)]
        options = {}
    else:
        sizes, options = on_gpu(query.shape[-1], query.element_size())
    sizes = [block or size for block, size in zip((block_queries, block_keys), sizes, strict=True)]
    if any(size < 16 or size & (size - 1) for size in sizes):
        raise ValueError(
            f"blocks of {sizes[0]} queries and {sizes[1]} keys: each is a power of two from 16 on"
        )
    return {"BLOCK_QUERIES": sizes[0], "BLOCK_KEYS": sizes[1], **options}


def on_gpu(head_dim: int, bytes_each: int) -> tuple[list[int], dict[str, int]]:
    """Sizes that compile for an H100 without spilling registers into memory, and fit into an AMD card's 64 KB."""
    if bytes_each > 2:  # twice the room or more, and no tensor cores
        sizes = [64, 32] if bytes_each == 4 and head_dim <= 64 else [16, 16]
        return sizes, {"num_warps": 8, "num_stages": 2}
    amd = torch.version.hip is not None
    if head_dim > 128:
        return ([64, 32] if amd else [128, 64]), {"num_warps": 8, "num_stages": 1 if amd else 2}
    return [128, 64], {"num_warps": 8, "num_stages": 2 if amd else 3}


def one_axis_of_texts(*tensors: torch.Tensor) -> Iterator[tuple[torch.Tensor, ...]]:
    """The same memory with one axis of texts in front, for the kernel has strides for one; nothing is copied.

    Where two such axes are too far apart to be seen as one, the texts of the first come one after another. The last
    tensor, a number for each query, has an axis less.
    """
    n_axes = tensors[-1].ndim - 2
    if n_axes == 0:
        yield tuple(x[None] for x in tensors)
        return
    try:
        yield tuple(x if n_axes == 1 else x.view(-1, *x.shape[n_axes:]) for x in tensors)
    except RuntimeError:
        for parts in zip(*tensors, strict=True):
            yield from one_axis_of_texts(*parts)


def launch(kernel, n_programs: int, *arguments, **settings) -> None:
    """Run so many programs of a kernel on the device of its first tensor; none where there is nothing to do."""
    if n_programs:
        with torch.cuda.device_of(arguments[0]):
            kernel[(n_programs,)](*arguments, **settings)
