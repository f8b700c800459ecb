"""Under `kernels.roofline`: how many tiles of an attention each program goes through, and how programs fill a card."""

import heapq
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A call of attention."""

    batch: int
    n_heads: int
    queries: int
    keys: int
    head_dim: int
    causal: bool
    n_kv_heads: int | None = None  # as many as n_heads where nothing is said
    bytes_each: int = 2

    @property
    def kv_heads(self) -> int:
        return self.n_kv_heads or self.n_heads

    @property
    def flops(self) -> float:
        """Operations of the forward pass that are needed, counted as published tables do: half where causal.

        >>> Shape(1, 1, 2, 2, 16, causal=False).flops, Shape(1, 1, 2, 2, 16, causal=True).flops
        (256.0, 128.0)
        """
        seen = max(0, self.keys - self.queries / 2) / self.keys if self.causal else 1.0
        return 4 * self.batch * self.n_heads * self.queries * self.keys * self.head_dim * seen

    @property
    def bytes(self) -> float:
        """Bytes that the forward pass has to read and write: query, key, value, output and log-sum-exp, each once."""
        numbers = 2 * self.n_heads * self.queries + 2 * self.kv_heads * self.keys
        return self.batch * (numbers * self.head_dim * self.bytes_each + 4 * self.n_heads * self.queries)


def along_keys(shape: Shape, block_queries: int, block_keys: int) -> list[tuple[int, int]]:
    """For each tile of queries how many tiles of keys it meets that need no causal mask, and how many that need one.

    >>> along_keys(Shape(1, 1, 256, 256, 64, causal=True), 128, 64)
    [(0, 2), (2, 2)]
    """
    starts = range(0, shape.queries, block_queries)
    if not shape.causal:
        return [(tiles(shape.keys, block_keys), 0)] * len(starts)
    offset, found = shape.keys - shape.queries, []
    for first in starts:
        last = min(first + block_queries, shape.queries) - 1
        unmasked = (
            max(0, first + offset + 1) // block_keys
        )  # whole tiles that the first query sees, and so do all
        found.append((unmasked, max(0, tiles(last + offset + 1, block_keys) - unmasked)))
    return found


def along_queries(shape: Shape, block_queries: int, block_keys: int) -> list[tuple[int, int]]:
    """The same for each tile of keys, whose gradients are gathered from the queries that see it, head by head.

    >>> along_queries(Shape(1, 1, 256, 256, 64, causal=True), 64, 128)
    [(2, 2), (0, 2)]
    """
    group = shape.n_heads // shape.kv_heads
    starts = range(0, shape.keys, block_keys)
    if not shape.causal:
        return [(group * tiles(shape.queries, block_queries), 0)] * len(starts)
    offset, found = shape.keys - shape.queries, []
    for first in starts:
        last = min(first + block_keys, shape.keys) - 1
        begin = max(0, first - offset)
        masked = tiles(max(0, min(last - offset, shape.queries) - begin), block_queries)
        found.append((group * max(0, tiles(shape.queries - begin, block_queries) - masked), group * masked))
    return found


def tiles(length: int, block: int) -> int:
    """How many tiles cover a length.

    >>> tiles(130, 64)
    3
    """
    return max(0, -(-length // block))


def makespan(times: list[float], n_slots: int) -> float:
    """When the last program ends, where each of so many slots takes the next program as soon as it is free.

    >>> makespan([3.0, 1.0, 1.0, 1.0], n_slots=2)
    3.0
    """
    slots = [0.0] * n_slots
    for time in times:
        heapq.heapreplace(slots, slots[0] + time)
    return max(slots)
