"""Rung `attention`: causal self-attention, in which each position averages earlier values by weight.

A query asks, keys answer, and the better the two match, the more of the key's value is mixed in: that is how each
word takes what it needs from the words before it. `attend` is made of small functions, one thought each;
`attend_fused` gives the same from one compiled call.
Sources: Vaswani et al. 2017 (arXiv 1706.03762); Ainslie et al. 2023 (shared keys and values, arXiv 2305.13245);
Su et al. 2021 (RoPE, arXiv 2104.09864); Beltagy et al. 2020 (windows, arXiv 2004.05150).
"""

import functools
import math

import torch
from torch.nn import functional

from nextword import sampling
from nextword.attention_parts.unseen import keeps_out_the_unseen
from nextword.base.precision import in_float32
from nextword.base.shapes import (
    Float,
    Keys,
    Mixed,
    Positions,
    Queries,
    Scores,
    Stream,
    Tensor,
    Values,
    Visible,
)


@keeps_out_the_unseen
@in_float32
def attend(
    query: Queries, key: Keys, value: Values, *, causal: bool = True, window: int | None = None
) -> Mixed:
    """Scaled dot-product attention: mix values by how well each query matches each key, never looking ahead.

    With fewer queries than keys, the last query stands at the last key. A window of 3 sees a place and the two
    before it. Groups of query heads may share a head of keys and values.

    >>> one = torch.tensor([[[1.0], [2.0]]])  # one head, two places
    >>> attend(torch.zeros(1, 2, 1), one, one)
    tensor([[[1.0000],
             [1.5000]]])
    """
    return weighted_sum(weights(query, key, causal=causal, window=window), repeat_kv(value, query.shape[-3]))


@in_float32
def weights(
    query: Queries, key: Keys, *, causal: bool = True, window: int | None = None
) -> Float[Tensor, "*batch n_heads queries keys"]:
    """Attention weights, the softmax of the scores: how much each query takes from each key, in rows that sum to 1.

    >>> weights(torch.zeros(1, 2, 1), torch.zeros(1, 2, 1))
    tensor([[[1.0000, 0.0000],
             [0.5000, 0.5000]]])
    """
    check_lengths(query.shape[-2], key.shape[-2], causal, window)
    table = scores(query, repeat_kv(key, query.shape[-3]))  # (*batch, n_heads, queries, keys)
    if causal:
        table = mask_future(table)
    if window is not None:
        table = mask_outside_window(table, window)
    return sampling.softmax(table).to(table.dtype)  # a softmax put in its place may work in float64


def scores(
    query: Float[Tensor, "*batch queries head_dim"], key: Float[Tensor, "*batch keys head_dim"]
) -> Scores:
    """Scaled dot products: how well each query (row) matches each key (column), whatever the length of the vectors.

    Sums over more numbers are larger by chance alone, and dividing by sqrt(head_dim) undoes that.

    >>> scores(torch.tensor([[2.0, 0.0, 0.0, 0.0]]), torch.tensor([[3.0, 1.0, 1.0, 1.0]]))
    tensor([[3.]])
    """
    return query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])


def mask_future(scores: Scores) -> Scores:
    """The causal mask: -inf where the key comes after the query; the last query stands at the last key.

    >>> mask_future(torch.zeros(2, 3))
    tensor([[0., 0., -inf],
            [0., 0., 0.]])
    """
    return scores.masked_fill(relative_positions(scores) > 0, sampling.REMOVED)


def mask_outside_window(scores: Scores, window: int) -> Scores:
    """The sliding window: -inf where the key lies `window` positions or more before the query.

    >>> mask_outside_window(torch.zeros(1, 4), 2)
    tensor([[-inf, -inf, 0., 0.]])
    """
    return scores.masked_fill(relative_positions(scores) <= -window, sampling.REMOVED)


def relative_positions(scores: Scores) -> Tensor:
    """How many positions each key lies ahead of each query: 0 for its own, negative before it.

    >>> relative_positions(torch.zeros(2, 3))
    tensor([[-1,  0,  1],
            [-2, -1,  0]])
    """
    queries, keys = scores.shape[-2:]
    own = torch.arange(keys - queries, keys, device=scores.device)
    return torch.arange(keys, device=scores.device) - own[:, None]


def weighted_sum(
    weights: Scores, value: Float[Tensor, "*batch keys head_dim"]
) -> Float[Tensor, "*batch queries head_dim"]:
    """For each query the weighted sum of the values.

    >>> weighted_sum(torch.tensor([[0.25, 0.75]]), torch.tensor([[4.0], [8.0]]))
    tensor([[7.]])
    """
    return weights @ value


def split_heads(x: Stream, n_heads: int) -> Float[Tensor, "*batch n_heads seq_len head_dim"]:
    """Cut each vector into `n_heads` shorter ones; each head then has a text of its own.

    >>> split_heads(torch.tensor([[1, 2, 3, 4.0], [5, 6, 7, 8.0]]), 2)
    tensor([[[1., 2.],
             [5., 6.]],
    <BLANKLINE>
            [[3., 4.],
             [7., 8.]]])
    """
    if x.shape[-1] % n_heads:
        raise ValueError(f"d_model {x.shape[-1]} does not split evenly into {n_heads} heads")
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)


def merge_heads(x: Float[Tensor, "*batch n_heads seq_len head_dim"]) -> Stream:
    """Lay the heads' vectors side by side again: what `split_heads` did, undone.

    >>> merge_heads(torch.tensor([[[1, 2.0]], [[3, 4.0]]]))
    tensor([[1., 2., 3., 4.]])
    """
    return x.transpose(-3, -2).flatten(-2)


def repeat_kv(kv: Keys, n_heads: int) -> Float[Tensor, "*batch n_heads keys head_dim"]:
    """Grouped-query attention: each head of keys or values again for every query head of its group: 0, 0, 1, 1, ...

    >>> repeat_kv(torch.tensor([[[1.0]], [[2.0]]]), 4).flatten()
    tensor([1., 1., 2., 2.])
    """
    if n_heads % kv.shape[-3]:
        raise ValueError(f"{n_heads} query heads cannot share {kv.shape[-3]} heads of keys and values evenly")
    return kv.repeat_interleave(n_heads // kv.shape[-3], dim=-3)


@in_float32
def rope(
    x: Float[Tensor, "*batch seq_len head_dim"], positions: Positions, base: float = 10_000.0
) -> Float[Tensor, "*batch seq_len head_dim"]:
    """Rotary position embedding: rotate features (2i, 2i + 1) by position * base ** (-2i / head_dim) radians.

    Each pair of neighbours is an arrow that turns with its position, slower from pair to pair. Lengths stay, and how
    well a turned query matches a turned key depends on the distance between their positions alone.

    >>> rope(torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([0, 1]))
    tensor([[1.0000, 0.0000],
            [0.5403, 0.8415]])
    """
    if x.shape[-1] % 2:
        raise ValueError(f"head_dim {x.shape[-1]} is odd, and arrows are pairs of numbers")
    cos, sin = rotary_cos_sin(positions, x.shape[-1], base, x.dtype)  # (seq_len, head_dim / 2)
    right, up = x[..., 0::2], x[..., 1::2]
    return torch.stack([right * cos - up * sin, right * sin + up * cos], dim=-1).flatten(-2)


@functools.lru_cache(maxsize=1)
def rotary_cos_sin(
    positions: Positions, head_dim: int, base: float, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the angles, worked out once for all heads and layers that share a tensor of positions.

    The cache goes by the tensor's identity (tensors hash so), since comparing its numbers would cost as much as the
    angles: make new positions for each text, and don't change those that were used.
    """
    with torch.inference_mode(False):  # what is kept may be used in training next
        angle = angles(positions, head_dim, base)
        return angle.cos().to(dtype), angle.sin().to(dtype)


def angles(positions: Positions, head_dim: int, base: float = 10_000.0) -> Float[Tensor, "seq_len pairs"]:
    """The angle in radians by which `rope` turns each pair at each position.

    >>> angles(torch.tensor([0, 1, 2]), head_dim=4)
    tensor([[0.0000, 0.0000],
            [1.0000, 0.0100],
            [2.0000, 0.0200]])
    """
    pair = torch.arange(0, head_dim, 2, device=positions.device).float()
    return positions[:, None] * base ** (-pair / head_dim)


@keeps_out_the_unseen
def attend_fused(
    query: Queries, key: Keys, value: Values, *, causal: bool = True, window: int | None = None
) -> Mixed:
    """What `attend` gives, from one compiled call that never holds the whole table of weights."""
    queries, keys = query.shape[-2], key.shape[-2]
    check_lengths(queries, keys, causal, window)
    if queries == 1 and causal:  # the newest position sees all, or all of its window: no mask
        first = 0 if window is None else max(keys - window, 0)
        return scaled_dot_product(query, key[..., first:, :], value[..., first:, :])
    if window is None and (queries == keys or not causal):  # torch's fastest path, which wants no mask tensor
        return scaled_dot_product(query, key, value, is_causal=causal)
    mask = visible(queries, keys, causal, window, query.device)
    return scaled_dot_product(query, key, value, attn_mask=mask)


def visible(
    queries: int, keys: int, causal: bool, window: int | None, device: torch.device | None = None
) -> Visible:
    """True where a query may see a key.

    >>> visible(2, 3, causal=True, window=2)
    tensor([[ True,  True, False],
            [False,  True,  True]])
    """
    distance = relative_positions(torch.empty(queries, keys, device=device))
    seen = distance <= 0 if causal else torch.ones_like(distance, dtype=torch.bool)
    return seen if window is None else seen & (distance > -window)


def scaled_dot_product(query: Queries, key: Keys, value: Values, **mask) -> Mixed:
    """Torch's own attention, in which the heads of a group share one head of keys without copying it."""
    return functional.scaled_dot_product_attention(query, key, value, enable_gqa=True, **mask)


def check_lengths(queries: int, keys: int, causal: bool, window: int | None) -> None:
    """Refuse numbers of queries and keys that would leave a query nothing to see, with a ValueError."""
    if window is not None and window < 1:
        raise ValueError(f"a window of {window} sees nothing: it is 1 (its own place) or more")
    if (causal or window is not None) and queries > keys:
        raise ValueError(f"{queries} queries and {keys} keys: the first queries would see nothing")
    if keys == 0:
        raise ValueError("there are no keys to attend to")
