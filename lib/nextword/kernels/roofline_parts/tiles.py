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
    n_kv_heads: int | None = None
    bytes_each: int = 2

    @property
    def flops(self) -> float:
        """Multiplications and additions that are needed, counted as published tables do: half where causal.

        >>> Shape(1, 1, 2, 2, 16, causal=False).flops
        256.0
        """
        full = 4 * self.batch * self.n_heads * self.queries * self.keys * self.head_dim
        hidden = max(0, self.keys - self.queries / 2) / self.keys if self.causal else 1
        return full * hidden

    @property
    def bytes(self) -> float:
        """Bytes that have to be read and written at least: query, key, value and output, each once, and the log-sum-exp."""
        kv_heads = self.n_kv_heads or self.n_heads
        numbers = 2 * self.n_heads * self.queries + 2 * kv_heads * self.keys
        return self.batch * (numbers * self.head_dim * self.bytes_each + 4 * self.n_heads * self.queries)


def turns(shape: Shape, block_queries: int, block_keys: int) -> list[tuple[int, int]]:
    """For each tile of queries how many tiles of keys it meets that need no causal mask, and how many that need one.

    >>> turns(Shape(1, 1, 256, 256, 64, causal=True), 128, 64)
    [(0, 2), (2, 2)]
    """
    rows = range(0, shape.queries, block_queries)
    if not shape.causal:
        return [(-(-shape.keys // block_keys), 0)] * len(rows)
    offset, found = shape.keys - shape.queries, []
    for first in rows:
        last = min(first + block_queries, shape.queries) - 1
        seen = min(shape.keys, last + offset + 1)
        all_see = (
            max(0, first + offset + 1) // block_keys
        )  # whole tiles that the first query sees, and so do all
        found.append((all_see, max(0, -(-seen // block_keys) - all_see)))
    return found


def makespan(times: list[float], n_slots: int) -> float:
    """When the last program ends, where each of so many slots takes the next program as soon as it is free.

    >>> makespan([3.0, 1.0, 1.0, 1.0], n_slots=2)
    3.0
    """
    slots = [0.0] * n_slots
    for time in times:
        heapq.heapreplace(slots, slots[0] + time)
    return max(slots)
