"""Under rung `attention`: what a query may not see does not reach it, even where it is no number.

A mask gives the future the weight 0. But 0 times NaN is NaN, and so is 0 times infinity; one broken vector at the end
of a text would spoil every place before it.
"""

import functools
from collections.abc import Callable

import torch

from nextword.base.shapes import Keys, Mixed, Queries, Tensor, Values


def keeps_out_the_unseen(attend: Callable) -> Callable:
    """The same attention, in which a key or value that is no finite number reaches only the queries that see it."""

    @functools.wraps(attend)
    def guarded(
        query: Queries, key: Keys, value: Values, *, causal: bool = True, window: int | None = None
    ) -> Mixed:
        hides = window is not None or (causal and query.shape[-2] > 1)  # one query at the end sees all
        if hides and not (all_finite(key) and all_finite(value)):
            return without_the_unseen(attend, query, key, value, causal, window)
        return attend(query, key, value, causal=causal, window=window)

    return guarded


def all_finite(x: Tensor) -> bool:
    """Whether all are finite numbers, from one sum; False as well if the sum is too large for a float32."""
    return bool(x.sum(dtype=torch.float32).isfinite())


def without_the_unseen(
    attend: Callable, query: Queries, key: Keys, value: Values, causal: bool, window: int | None
) -> Mixed:
    """Attention with 0 for what is broken; a query that sees it is worked out anew, on just what it may see."""
    queries, keys = query.shape[-2], key.shape[-2]
    mixed = attend(query, finite(key), finite(value), causal=causal, window=window)
    broken = [broken_places(key), broken_places(value)]
    rows = list(mixed.split(1, dim=-2))
    for number, place in enumerate(range(keys - queries, keys)):
        first = 0 if window is None else max(place - window + 1, 0)
        seen = slice(first, max(place + 1, 0) if causal else keys)
        if any(bool(places[seen].any()) for places in broken):
            one = query[..., number : number + 1, :]
            rows[number] = attend(one, key[..., seen, :], value[..., seen, :], causal=False)
    return torch.cat(rows, dim=-2)


def finite(x: Tensor) -> Tensor:
    """A copy with 0 for what is no finite number."""
    return x.masked_fill(~x.isfinite(), 0)


def broken_places(x: Keys) -> Tensor:
    """For each place of a text, whether a number there is not finite, in any text or head."""
    return ~x.isfinite().all(dim=-1).flatten(end_dim=-2).all(dim=0)
