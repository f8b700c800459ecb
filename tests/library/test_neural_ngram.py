"""Rung `neural_ngram`: a window of vectors, and a model that sees nothing outside it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from nextword import neural_ngram, training
from nextword.neural_ngram import NeuralNgram, NgramConfig
from nextword.training import TrainingConfig

CONFIG = NgramConfig(vocab_size=11, d_model=8, n=3, d_hidden=16, context=16)


def a_model(seed=0):
    model = NeuralNgram(CONFIG, torch.Generator().manual_seed(seed))
    model.unembedding.weight.data.normal_(generator=torch.Generator().manual_seed(1))
    return model


@given(st.integers(1, 5), st.integers(1, 7), st.integers(1, 3))
def test_windows_are_those_that_torch_unfolds(n, seq_len, d_model):
    vectors = torch.randn(2, seq_len, d_model, generator=torch.Generator().manual_seed(seq_len))
    needed = functional.pad(vectors.mT, (n - 1, 0)).unfold(-1, n, 1).permute(0, 2, 3, 1).flatten(2)
    assert torch.equal(neural_ngram.windows(vectors, n), needed)


def test_a_prediction_sees_the_last_n_tokens_and_no_others():
    model, ids = a_model(), torch.tensor([[1, 2, 3, 4, 5, 6]])
    before = model(ids)[0]
    for place in range(6):
        other = ids.clone()
        other[0, place] = 9
        moved = (model(other)[0] - before).abs().amax(dim=-1) > 1e-6
        assert moved.tolist() == [place <= here < place + CONFIG.n for here in range(6)]


def test_it_is_bengios_formula_in_float64():
    """y = U tanh(d + H x), with x the vectors of the window end to end: section 2 of the paper, without W."""
    model, ids = a_model().double(), torch.tensor([5, 0, 7])
    [hidden] = model.layers
    x = torch.cat([model.embedding.weight[i] for i in ids])
    logits = model.unembedding.weight @ torch.tanh(hidden.bias + hidden.weight @ x)
    assert torch.allclose(model(ids[None])[0, -1], logits, atol=1e-12)


def test_it_learns_what_can_be_learned_from_n_tokens():
    text = torch.arange(400) % 11
    run = training.begin(NeuralNgram(CONFIG), TrainingConfig(steps=100, batch=4, context=8))
    assert training.train(run, text).losses[-1] < 0.1
    assert {name: group.rule for group, name, _ in run.optimizer.all} == {
        "layers.0.weight": "muon",
        "embedding.weight": "adamw",
        "layers.0.bias": "adamw",
        "unembedding.weight": "adamw",
    }


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="n is 0, and is at least 1"):
        NgramConfig(vocab_size=11, d_model=8, n=0, d_hidden=16)
    with pytest.raises(ValueError, match="n is 0"):
        neural_ngram.windows(torch.zeros(2, 3), 0)
    with pytest.raises(ValueError, match="token id 11 is out of range"):
        a_model()(torch.tensor([[11]]))
