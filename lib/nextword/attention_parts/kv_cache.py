"""Under rung `attention`: the key-value cache, which keeps what was computed for earlier tokens.

A token's keys and values never change, since it sees only what stands before it. With them kept, each new token costs
one step, and not the whole text again.
Source: Shazeer 2019 (arXiv 1911.02150), on what reading this cache costs.
"""

from collections.abc import Iterator, Sequence

import torch

from nextword.base.shapes import Float, Keys, Queries, Tensor, Values

Kept = Float[
    Tensor, "*batch n_kv_heads kept head_dim"
]  # keys or values of all tokens so far, or with room for more


class KVCache:
    """The keys and values of the tokens that were read, layer by layer, so that none is computed twice."""

    def __init__(self):
        self.length = 0  # in tokens, those that every layer has read
        self.layers = {}  # layer -> (keys, values), with room for more

    def extend(self, layer: int, key: Keys, value: Keys) -> tuple[Kept, Kept]:
        """All keys and values of a layer, these included.

        The tokens count as read once `advance` says that every layer has had them.

        >>> import torch
        >>> cache = KVCache()
        >>> for number in (1.0, 2.0):
        ...     key, value = cache.extend(0, torch.full((1, 1, 1), number), torch.zeros(1, 1, 1))
        ...     cache.advance(1)
        >>> key.flatten()
        tensor([1., 2.])
        """
        end = self.length + key.shape[-2]
        kept = self.layers.get(layer) or (key[..., :0, :], value[..., :0, :])
        for part, new in zip(kept, (key, value), strict=True):
            check_fits(part, new)
        unwritable = (
            kept[0].is_inference() and not torch.is_inference_mode_enabled()
        )  # only a copy can be changed
        if kept[0].shape[-2] < end or unwritable:  # twice the room each time, so that copying stays rare
            kept = tuple(with_room(part[..., : self.length, :], 2 * end) for part in kept)
            self.layers[layer] = kept
        for part, new in zip(kept, (key, value), strict=True):
            part[..., self.length : end, :] = new
        return kept[0][..., :end, :], kept[1][..., :end, :]

    def advance(self, n_tokens: int) -> None:
        """Count so many tokens as read by every layer."""
        self.length += n_tokens

    @property
    def n_bytes(self) -> int:
        """The memory that the tokens so far take, in bytes; the room that is kept ready beyond them not counted."""
        return sum(part[..., : self.length, :].nbytes for kept in self.layers.values() for part in kept)

    @property
    def n_bytes_held(self) -> int:
        """All the memory that it holds, in bytes: up to twice as much, since room is made ahead of need."""
        return sum(part.nbytes for kept in self.layers.values() for part in kept)

    def truncate(self, length: int) -> None:
        """Forget all tokens after the first `length`."""
        if length < 0:
            raise ValueError(f"a cache cannot be cut to {length} tokens: 0 forgets all")
        self.length = min(length, self.length)


class SideBySide(KVCache):
    """The caches of several texts whose new tokens stand in one row, text after text; none sees another's.

    All that a layer does is done for the whole row at once, but attention: that is between a text and itself. There
    is no padding, since nothing is filled up. Source: Yu et al. 2022 (Orca, OSDI), "selective batching".
    """

    def __init__(self, caches: Sequence[KVCache], lengths: Sequence[int]):
        super().__init__()
        self.caches, self.lengths = caches, list(lengths)  # how many new tokens each text brings

    def split(
        self, query: Queries, key: Keys, value: Values
    ) -> Iterator[tuple[Queries, Keys, Values, KVCache]]:
        """Each text's own queries, keys and values, and its cache."""
        parts = (part.split(self.lengths, dim=-2) for part in (query, key, value))
        return zip(*parts, self.caches, strict=True)

    def advance(self, n_tokens: int) -> None:
        """Count the row's tokens as read, each by its own text."""
        for cache, length in zip(self.caches, self.lengths, strict=True):
            cache.advance(length)


def check_fits(kept: Tensor, new: Tensor) -> None:
    """Refuse keys or values of other texts or of another model, which would be broadcast in silence."""
    sizes = [(*part.shape[:-2], part.shape[-1]) for part in (kept, new)]
    if len(sizes[0]) == 3 and sizes[0][1:] == sizes[1][1:] and sizes[0][0] != sizes[1][0]:
        raise ValueError(
            f"this cache has read a batch of {sizes[0][0]} texts, and a batch of {sizes[1][0]} came: go on with the "
            "same ones, or make a new KVCache() for other texts"
        )
    if sizes[0] != sizes[1] or kept.dtype != new.dtype or kept.device != new.device:
        kinds = [f"{size} of {str(part.dtype)[6:]}" for size, part in zip(sizes, (kept, new), strict=True)]
        raise ValueError(
            f"this cache keeps {kinds[0]} for each token, and {kinds[1]} came (texts, heads, numbers in a head): "
            "make a new KVCache() for other texts and for another model"
        )


def with_room(part: Keys, n_tokens: int) -> Kept:
    """A copy of keys or values with room for so many tokens."""
    room = part.new_empty(*part.shape[:-2], n_tokens, part.shape[-1])
    room[..., : part.shape[-2], :] = part
    return room
