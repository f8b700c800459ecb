"""Under rung `kernels.flash_variants`: what both directions share. Checks, the spans of packed texts, the softcap."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from nextword import kernels
from nextword.kernels import tl, triton
from nextword.kernels.flash_attention_backward_parts.launching import reach, width
from nextword.kernels.flash_attention_parts import launching


@triton.jit
def span(starts, text, length):
    """Where a text lies: its place along the axis of texts, its first place along its own axis, and its length."""
    batch, first = text, 0
    if starts is not None:  # packed: one axis holds all texts
        first = tl.load(starts + text)
        length = tl.load(starts + text + 1) - first
        batch = 0
    return batch, first, length


@triton.jit
def bent(scores, cap):
    """cap * tanh(scores / cap): about the same for small scores, and never beyond the cap. No cap, no change."""
    if cap is not None:
        x = scores / cap
        # By a power, tanh is exact at both ends, where that is 0 or infinity; near 0 its series keeps the digits.
        square = tl.minimum(x * x, 0.0625)
        series = x * (1 - square * (1 / 3 - square * (2 / 15 - square * (17 / 315 - square * (62 / 2835)))))
        scores = cap * tl.where(x * x < 0.0625, series, 1 - 2 / (1 + tl.exp(2 * x)))
    return scores


@triton.jit
def slope(scores, cap):
    """How much the bent score grows with the score itself, from the bent one: tanh has the slope 1 - tanh ** 2."""
    rate = scores * 0 + 1
    if cap is not None:
        rate = 1 - (scores / cap) * (scores / cap)
    return rate


@dataclass(frozen=True)
class Call:
    """A call of either direction as the kernels want it: one axis of texts in front."""

    query: Tensor  # (texts, n_heads, queries, head_dim); of packed texts (1, n_heads, all queries, head_dim)
    key: Tensor
    value: Tensor
    sinks: Tensor | None
    common: tuple  # what every kernel is given after its tensors
    heads_and_texts: tuple[int, int]
    longest_query: int  # of any text, in places
    longest_key: int

    @property
    def kv_heads_and_texts(self) -> tuple[int, int]:
        """The same for kernels that go by heads of keys."""
        return self.key.shape[1], self.heads_and_texts[1]


def prepared(
    query: Tensor, key: Tensor, value: Tensor, causal: bool, window: int | None,
    softcap: float | None, sinks: Tensor | None, starts: Tensor | None, key_starts: Tensor | None,
) -> Call:  # fmt: skip
    """The call, checked. Raises ValueError or TypeError with what came and what was needed."""
    launching.check(query, key, value, window)
    check_variants(query, softcap, sinks)
    q, k, v = (x.reshape(math.prod(x.shape[:-3]), *x.shape[-3:]) for x in (query, key, value))
    n_heads, queries, head_dim = q.shape[1:]
    keys, texts = k.shape[2], len(q)
    longest_query, longest_key = queries, keys
    if starts is not None or key_starts is not None:
        starts = checked_starts(starts, query, "starts")
        key_starts = starts if key_starts is None else checked_starts(key_starts, key, "key_starts")
        if starts.shape != key_starts.shape or int(key_starts[-1]) != keys:
            raise ValueError(
                f"starts {starts.tolist()} and key_starts {key_starts.tolist()} for {keys} keys don't match"
            )
        texts = len(starts) - 1
        longest_query, longest_key = (int(x.diff().max()) for x in (starts, key_starts))
    common = (starts, key_starts, n_heads // k.shape[1], queries, keys, 1 / math.sqrt(head_dim))
    common += (*reach(queries, keys, causal, window), None if softcap is None else float(softcap))
    sinks = None if sinks is None else sinks.detach().contiguous()
    return Call(q, k, v, sinks, common, (n_heads, texts), longest_query, longest_key)


def checked_starts(starts: Tensor | None, x: Tensor, name: str) -> Tensor:
    """Cumulative lengths as the kernels read them: they begin with 0, never fall, and end at the length of all."""
    if starts is None:
        raise ValueError(
            "packed texts need `starts`, where the queries of each begin; `key_starts` may be left out"
        )
    if x.ndim != 3:
        raise ValueError(
            f"packed texts have no batch axis: (n_heads, places, head_dim), and {tuple(x.shape)} came"
        )
    listed = starts.tolist()
    if (
        starts.ndim != 1
        or len(listed) < 2
        or listed[0] != 0
        or listed[-1] != x.shape[-2]
        or listed != sorted(listed)
    ):
        raise ValueError(
            f"{name} go from 0 up to all {x.shape[-2]} places, one more than there are texts: {listed} came"
        )
    return starts.to(x.device, torch.int32).contiguous()


def check_variants(query: Tensor, softcap: float | None, sinks: Tensor | None) -> None:
    """Refuse a cap that is no positive number, and sinks that are not one for each head."""
    if softcap is not None and not 0 < softcap < math.inf:
        raise ValueError(
            f"a softcap is a positive number, and none where scores stay as they are: {softcap} came"
        )
    if sinks is not None:
        if sinks.shape != (query.shape[-3],):
            raise ValueError(
                f"one sink for each of {query.shape[-3]} heads is needed: {tuple(sinks.shape)} came"
            )
        kernels.check(query, sinks)


def tile_sizes(query: Tensor, widest: int = 128) -> dict[str, int]:
    """Sizes of tiles, which for an H100 spill no register: larger ones up to a head_dim of `widest`."""
    wide = width(query.shape[-1])
    block = 64 if kernels.interpreted or (query.element_size() == 2 and wide <= widest) else 32
    return {
        "HEAD_DIM": query.shape[-1], "BLOCK_QUERIES": block, "BLOCK_KEYS": block, "BLOCK_DIM": wide,
        "num_warps": 4, "num_stages": 2,
    }  # fmt: skip
