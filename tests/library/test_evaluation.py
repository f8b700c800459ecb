"""Rung `evaluation`: every token counts once, with enough before it, and nothing is learned."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import evaluation, training
from tests.library.test_training import TEXT, a_model, a_run


@given(st.integers(2, 60), st.integers(1, 16), st.integers(1, 16))
def test_windows_count_every_token_but_the_first_once(n, context, stride):
    stride = min(stride, context)
    counted = []
    for start, end, first in evaluation.windows(n, context, stride):
        assert 0 <= start < first <= end <= n and end - start <= context + 1
        assert first == 1 or first - start > context - stride
        counted += range(first, end)
    assert counted == list(range(1, n))


@pytest.mark.parametrize("stride", [None, 4, 1])
def test_evaluation_is_the_mean_over_the_text_and_learns_nothing(stride):
    run = a_run()
    training.train(run, TEXT)
    text = torch.randint(11, (37,), generator=torch.Generator().manual_seed(1))
    before = [p.clone() for p in run.model.parameters()]
    found = evaluation.evaluate(run.model, text, 8, stride)
    total = 0.0
    with torch.no_grad():
        for start, end, first in evaluation.windows(37, 8, stride or 8):
            chances = run.model(text[None, start : end - 1])[0].log_softmax(-1)
            total -= sum(float(chances[t - start - 1, text[t]]) for t in range(first, end))
    assert math.isclose(found, total / 36, rel_tol=1e-5)
    assert run.model.training and all(map(torch.equal, before, run.model.parameters()))
    with pytest.raises(ValueError, match="two tokens"):
        evaluation.evaluate(run.model, text[:1], 8)


def test_bits_per_byte_of_a_blind_model():
    """A new model holds all tokens equally likely: log2 of their number, for each token that is predicted."""
    found = evaluation.bits_per_byte(a_model(), torch.randint(11, (40,)), n_bytes=100)
    assert math.isclose(found, 39 * math.log2(11) / 100, rel_tol=1e-4)


@pytest.mark.parametrize("stride", [0, -1, 9])
def test_a_stride_that_would_leave_tokens_out_is_refused(stride):
    with pytest.raises(ValueError, match=f"stride is {stride}, and is 1 to 8"):
        evaluation.evaluate(a_model(), TEXT, 8, stride)
