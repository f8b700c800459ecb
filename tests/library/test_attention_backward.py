"""Rung `attention_backward`: by hand as torch's autograd does it, and its parts by what must hold of them."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import attention, attention_backward

some = settings(max_examples=40, deadline=None)


@st.composite
def problems(draw):
    """Query, key, value, the gradient of what comes out, and a mask."""
    n_kv_heads, group, keys = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 9))
    queries, head_dim = draw(st.integers(1, keys)), draw(st.integers(1, 6))
    batch = draw(st.sampled_from([(), (1,), (2,), (2, 3)]))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 1000)))
    query, grad_out = (
        torch.randn(*batch, n_kv_heads * group, queries, head_dim, generator=generator, dtype=torch.float64)
        for _ in range(2)
    )
    key, value = (
        torch.randn(*batch, n_kv_heads, keys, head_dim, generator=generator, dtype=torch.float64)
        for _ in range(2)
    )
    return (
        query,
        key,
        value,
        grad_out,
        {"causal": draw(st.booleans()), "window": draw(st.none() | st.integers(1, 10))},
    )


@some
@given(problems())
def test_gradients_by_hand_are_those_of_autograd(problem):
    *tensors, grad_out, mask = problem
    leaves = [x.requires_grad_() for x in tensors]
    needed = torch.autograd.grad(attention.attend(*leaves, **mask), leaves, grad_out)
    with torch.no_grad():
        found = attention_backward.gradients(*leaves, grad_out, **mask)
    assert all(torch.allclose(x, y, atol=1e-10) for x, y in zip(found, needed, strict=True))


@some
@given(problems())
def test_weights_are_made_again_from_one_number_a_row(problem):
    query, key, _, _, mask = problem
    scores = attention.scores(query, attention.repeat_kv(key, query.shape[-3]))
    seen = attention.visible(*scores.shape[-2:], **mask)
    lse = scores.masked_fill(~seen, -math.inf).logsumexp(-1)
    found = attention_backward.weights_again(query, key, lse, **mask)
    assert torch.allclose(found, attention.weights(query, key, **mask), atol=1e-12)


def test_a_query_that_sees_nothing_has_no_weights():
    lse = torch.tensor([[-math.inf, 0.0]])
    found = attention_backward.weights_again(torch.zeros(1, 2, 4), torch.zeros(1, 1, 4), lse)
    assert found.tolist() == [[[0], [1]]]


def test_score_gradients_are_softmaxs():
    scores = 3 * torch.randn(2, 3, 5, 7, dtype=torch.float64, requires_grad=True)
    grad = torch.randn_like(scores)
    needed = torch.autograd.grad(scores.softmax(-1), scores, grad)[0]
    found = attention_backward.score_gradients(scores.softmax(-1), grad)
    assert torch.allclose(found, needed, atol=1e-12)
    assert torch.allclose(found.sum(-1), torch.zeros(2, 3, 5, dtype=torch.float64), atol=1e-12)
    assert torch.allclose(attention_backward.score_gradients(scores.softmax(-1), grad + 5), found, atol=1e-12)


def test_in_16_bits_a_row_is_summed_in_32():
    weights = torch.full((1, 4096), 1 / 4096).half()
    grad = torch.full((1, 4096), 100.0).half()
    assert torch.equal(attention_backward.score_gradients(weights, grad), torch.zeros(1, 4096).half())


def test_groups_are_summed_neighbours_together():
    grad = torch.randn(2, 6, 5, 4)
    found = attention_backward.sum_groups(grad, 2)
    assert torch.allclose(found, torch.stack([grad[:, :3].sum(1), grad[:, 3:].sum(1)], dim=1))
