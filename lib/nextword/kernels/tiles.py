"""Rung `kernels.tiles`: which tiles of the table of scores are worth computing, and how many they are.

A tile is a block of queries against a block of keys. Where no query of the block may see a key of the tile, nothing
would come of it but -inf: it is passed over, and that is where a causal mask or a window saves time. `flash_attention`
works the same out inside its kernel; here it is in plain Python, to be looked at.
Source: Dao 2023 (FlashAttention-2, arXiv 2307.08691), section 3.1.
"""


def key_range(
    first_query: int, block: int, queries: int, keys: int, *, causal: bool = True, window: int | None = None
) -> tuple[int, int]:
    """The first key that any query of a block may see, and the one after the last; (0, 0) where they see none.

    The block begins with query `first_query` and ends with the text at the latest. The last query of the text stands
    at the last key.

    >>> key_range(32, 32, 100, 100), key_range(32, 32, 100, 100, window=10)
    ((0, 64), (23, 64))
    """
    shift = keys - queries  # the place at which query 0 stands
    last_query = min(first_query + block, queries) - 1
    first = 0 if window is None else max(0, shift + first_query - window + 1)
    end = min(keys, shift + last_query + 1) if causal else keys
    return (first, end) if first < end else (0, 0)


def visited(
    queries: int,
    keys: int,
    block_queries: int,
    block_keys: int,
    *,
    causal: bool = True,
    window: int | None = None,
) -> list[list[int]]:
    """For each block of queries the first keys of the tiles that it goes through, in their order.

    >>> visited(4, 4, 2, 2)
    [[0], [0, 2]]
    """
    return [
        list(range(*key_range(first, block_queries, queries, keys, causal=causal, window=window), block_keys))
        for first in range(0, queries, block_queries)
    ]


def count(
    queries: int,
    keys: int,
    block_queries: int,
    block_keys: int,
    *,
    causal: bool = True,
    window: int | None = None,
) -> int:
    """How many tiles a head goes through: what the time goes by, in the interpreter and on a GPU.

    >>> count(1024, 1024, 64, 64), count(1024, 1024, 64, 64, causal=False)
    (136, 256)
    """
    rows = visited(queries, keys, block_queries, block_keys, causal=causal, window=window)
    return sum(map(len, rows))
