"""Rungs `kernels.tiles` and `kernels.tiled_scores`: which tiles are visited, and what stands in them."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import attention
from nextword.kernels import tiled_scores, tiles

some = settings(max_examples=100, deadline=None)
few = settings(max_examples=20, deadline=None)
lengths = st.integers(1, 70)
masks = st.fixed_dictionaries({"causal": st.booleans(), "window": st.none() | st.integers(1, 80)})


def seen(queries, keys, causal, window):
    """True where a query sees a key, cell by cell."""
    table = torch.zeros(queries, keys, dtype=torch.bool)
    for q in range(queries):
        place = q + keys - queries
        for k in range(keys):
            table[q, k] = not (causal and k > place) and not (window is not None and k <= place - window)
    return table


@some
@given(st.integers(1, 30), st.integers(1, 30), masks, st.sampled_from([1, 4, 16]), st.integers(0, 3))
def test_the_range_holds_just_what_is_seen(queries, keys, mask, block, number):
    first_query = min(number * block, queries - 1)
    found = seen(queries, keys, **mask)[first_query : first_query + block].any(dim=0).nonzero().flatten()
    first, end = tiles.key_range(first_query, block, queries, keys, **mask)
    if len(found):
        assert (first, end) == (int(found[0]), int(found[-1]) + 1)
    else:
        assert (first, end) == (0, 0)


@some
@given(lengths, lengths, masks, st.sampled_from([8, 16]), st.sampled_from([8, 32]))
def test_no_tile_that_is_seen_is_passed_over(queries, keys, mask, block_queries, block_keys):
    rows = tiles.visited(queries, keys, block_queries, block_keys, **mask)
    assert tiles.count(queries, keys, block_queries, block_keys, **mask) == sum(len(row) for row in rows)
    reached = torch.zeros(queries, keys, dtype=torch.bool)
    for number, row in enumerate(rows):
        for first in row:
            here = slice(number * block_queries, (number + 1) * block_queries)
            assert not reached[here, first : first + block_keys].any()  # none twice
            reached[here, first : first + block_keys] = True
    assert not (seen(queries, keys, **mask) & ~reached).any()


@few
@given(st.integers(1, 3), st.integers(1, 2), lengths, lengths, masks, st.sampled_from([16, 32]))
def test_scores_are_those_of_attention(group, n_kv_heads, queries, keys, mask, block):
    query, key = torch.randn(group * n_kv_heads, queries, 16), torch.randn(n_kv_heads, keys, 16)
    found = tiled_scores.masked_scores(query, key, **mask, block=block)
    needed = attention.scores(query, attention.repeat_kv(key, len(query)))
    needed = needed.masked_fill(~seen(queries, keys, **mask), -math.inf)
    assert torch.allclose(found, needed, atol=1e-5)


@pytest.mark.parametrize(
    "shapes, says",
    [
        (((1, 2, 16), (2, 16)), r"query is .1, 2, 16. of torch.float32 and key .2, 16."),
        (((1, 2, 24), (1, 2, 24)), "head_dim is 24"),
        (((3, 2, 16), (2, 2, 16)), "3 query heads cannot share 2 heads"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(shapes, says):
    with pytest.raises(ValueError, match=says):
        tiled_scores.masked_scores(*(torch.zeros(shape) for shape in shapes))
