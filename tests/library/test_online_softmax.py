"""Rung `kernels.online_softmax`: against torch, for any way to cut the keys, and for scores that overflow."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword.kernels import online_softmax

some = settings(max_examples=80, deadline=None)
scores = st.lists(st.floats(-1e5, 1e5) | st.just(-math.inf), min_size=1, max_size=30)


def values_for(scores, value_dim=2):
    return torch.randn(len(scores), value_dim, generator=torch.Generator().manual_seed(len(scores))).tolist()


def exact(scores, values):
    """Softmax, then the weighted sum, in float64 from all scores at once."""
    scores, values = (torch.tensor(x, dtype=torch.float64) for x in (scores, values))
    return (scores.softmax(dim=0).nan_to_num(0) @ values).tolist(), float(scores.logsumexp(dim=0))


def close(found, needed):
    return all(math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-9) for x, y in zip(found, needed, strict=True))


@some
@given(scores, st.lists(st.integers(0, 30)))
def test_blocks_of_any_size_give_what_one_softmax_gives(scores, cuts):
    values = values_for(scores)
    edges = sorted({0, len(scores), *(cut for cut in cuts if cut < len(scores))})
    blocks = [(scores[first:last], values[first:last]) for first, last in zip(edges, edges[1:], strict=False)]
    found = online_softmax.attend(iter(blocks), value_dim=2)  # each block is there once
    assert close(found, exact(scores, values)[0])


@some
@given(scores, scores)
def test_two_summaries_merge_into_that_of_both_in_either_order(one, other):
    summaries = [online_softmax.summarise(x, values_for(x)) for x in (one, other)]
    both = online_softmax.summarise(one + other, values_for(one) + values_for(other))
    for found in (online_softmax.merge(*summaries), online_softmax.merge(*reversed(summaries))):
        assert found.maximum == both.maximum and close(found.mixed, both.mixed)
        assert close([found.total], [both.total])
        assert close(
            [online_softmax.log_sum_exp(found)], [exact(one + other, values_for(one + other))[1]]
        ) or (online_softmax.log_sum_exp(found) == -math.inf and both.maximum == -math.inf)


def test_nothing_changes_nothing():
    some_ = online_softmax.summarise([1.0, 5.0], [[1.0], [2.0]])
    assert online_softmax.merge(some_, online_softmax.empty(1)) == some_
    assert online_softmax.merge(online_softmax.empty(1), some_) == some_
    nothing = online_softmax.merge(online_softmax.empty(1), online_softmax.empty(1))
    assert nothing == online_softmax.empty(1) and online_softmax.log_sum_exp(nothing) == -math.inf
    assert online_softmax.attend([], value_dim=3) == [0, 0, 0]


def test_scores_that_overflow_do_no_harm():
    assert online_softmax.attend([([1e308], [[1.0]]), ([1e308], [[3.0]])], value_dim=1) == [2.0]
    assert online_softmax.attend([([-1e308], [[1.0]]), ([1e308], [[3.0]])], value_dim=1) == [3.0]
