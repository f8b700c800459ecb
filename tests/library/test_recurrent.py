"""Rung `recurrent`: cells and layers equal to torch's own, states that go on, and gradients over a distance."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nextword import evaluation, recurrent, training
from nextword.base import overrides
from nextword.generation import SamplingConfig
from nextword.recurrent import Recurrent
from nextword.recurrent_parts import fused
from nextword.recurrent_parts.config import RecurrentConfig
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

TEXT = torch.arange(400) % 11
BOTH = pytest.mark.parametrize("kind", ["rnn", "lstm"])


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def a_model(kind="lstm", n_layers=2, seed=0):
    config = RecurrentConfig(vocab_size=11, d_model=6, d_hidden=8, kind=kind, n_layers=n_layers, context=16)
    model = Recurrent(config, seeded(seed))
    model.unembedding.weight.data.normal_(generator=seeded(1))
    for layer in model.layers:
        layer.read.bias.data.normal_(generator=seeded(2))
    return model


def torchs_layer(layer):
    """A module of torch's with the weights of one of our layers."""
    rows, d_model = layer.read.weight.shape
    kind = nn.RNN if layer.kind == "rnn" else nn.LSTM
    theirs = kind(d_model, layer.recur.weight.shape[1], batch_first=True)
    theirs.load_state_dict(
        {
            "weight_ih_l0": layer.read.weight,
            "weight_hh_l0": layer.recur.weight,
            "bias_ih_l0": layer.read.bias,
            "bias_hh_l0": torch.zeros(rows),
        }
    )
    return theirs


@given(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_cells_are_torchs(batch, d_model, d_hidden, seed):
    generator = seeded(seed)
    x, hidden, cell = (torch.randn(batch, n, generator=generator) for n in (d_model, d_hidden, d_hidden))
    for theirs, rows in ((nn.RNNCell(d_model, d_hidden), 1), (nn.LSTMCell(d_model, d_hidden), 4)):
        with torch.no_grad():
            for weight in theirs.parameters():
                weight.normal_(generator=generator)
            weights = theirs.weight_ih, theirs.weight_hh, theirs.bias_ih + theirs.bias_hh
            if rows == 1:
                found, needed = recurrent.rnn_cell(x, hidden, *weights), theirs(x, hidden)
            else:
                found = torch.cat(recurrent.lstm_cell(x, hidden, cell, *weights))
                needed = torch.cat(theirs(x, (hidden, cell)))
        assert torch.allclose(found, needed, atol=1e-6)


@BOTH
def test_a_layer_over_a_text_is_torchs_with_its_gradients(kind):
    [layer] = a_model(kind, n_layers=1).layers
    theirs = torchs_layer(layer)
    x, state = (
        torch.randn(3, 9, 6, generator=seeded(3)),
        torch.randn(1 + (kind == "lstm"), 3, 8, generator=seeded(4)),
    )
    needed, last = theirs(x, state[:1] if kind == "rnn" else (state[:1], state[1:]))
    needed.square().sum().backward()
    for unroll in (recurrent.unroll, fused.unroll):
        found, after = unroll(x, state, layer)
        assert torch.allclose(found, needed, atol=1e-6)
        last_of_theirs = torch.cat(last) if kind == "lstm" else last
        assert torch.allclose(after, last_of_theirs, atol=1e-6)
        layer.zero_grad()
        found.square().sum().backward()
        for ours, name in ((layer.read.weight, "ih"), (layer.recur.weight, "hh")):
            assert torch.allclose(ours.grad, getattr(theirs, f"weight_{name}_l0").grad, atol=1e-4)
        assert torch.allclose(layer.read.bias.grad, theirs.bias_ih_l0.grad, atol=1e-4)


@BOTH
@pytest.mark.parametrize("shape", [(6,), (2, 6), (2, 3, 6)])
def test_the_fused_loop_is_a_drop_in_for_any_axes(kind, shape):
    model, ids = a_model(kind), torch.randint(11, shape, generator=seeded(5))
    plain = model.read(ids)
    with overrides.replacing("recurrent.unroll", fused.unroll):
        fast = model.read(ids)
    for one, other in zip(plain, fast, strict=True):
        assert one.shape == other.shape and torch.allclose(one, other, atol=1e-5)


@BOTH
def test_reading_in_pieces_with_the_state_is_reading_at_once(kind):
    model, ids = a_model(kind), torch.randint(11, (2, 40), generator=seeded(5))  # longer than its context
    whole, last = model.read(ids)
    parts, state = [], None
    for piece in ids.split([1, 17, 22], dim=1):
        logits, state = model.read(piece, state)
        parts.append(logits)
    assert torch.allclose(torch.cat(parts, dim=1), whole, atol=1e-5) and torch.allclose(
        state, last, atol=1e-5
    )
    assert not torch.allclose(model.read(ids[:, 1:])[0], whole[:, 1:], atol=1e-3)  # the state does matter


@BOTH
def test_a_reader_sees_no_token_that_comes_later(kind):
    model, ids = a_model(kind), torch.randint(11, (1, 8), generator=seeded(5))
    other = ids.clone()
    other[0, 5] = (other[0, 5] + 1) % 11
    same = (model(ids) - model(other)).abs().amax(dim=-1)[0] < 1e-7
    assert same.tolist() == [True] * 5 + [False] * 3


@BOTH
def test_a_model_learns_by_training_and_is_measured_by_evaluation(kind):
    config = RecurrentConfig(vocab_size=11, d_model=8, d_hidden=16, kind=kind, context=16)
    run = training.begin(Recurrent(config, seeded()), TrainingConfig(steps=80, batch=4, context=8))
    training.train(run, TEXT)
    assert run.losses[-1] < 0.3 < 2 < run.losses[0]
    assert evaluation.evaluate(run.model, TEXT, 16) < 0.2
    rules = {name: group.rule for group, name, _ in run.optimizer.all}
    assert rules["layers.0.read.weight"] == rules["layers.0.recur.weight"] == "muon"


@BOTH
def test_a_clue_reaches_as_far_as_it_must(kind):
    """What stood four tokens ago decides: counts of three tokens back cannot know it."""
    bits = torch.randint(2, (600,), generator=seeded(8))
    text = torch.stack([bits, *[torch.full_like(bits, 2 + i) for i in range(3)], bits], dim=1).flatten()
    config = RecurrentConfig(vocab_size=5, d_model=8, d_hidden=24, kind=kind, context=40)
    run = training.begin(
        Recurrent(config, seeded()), TrainingConfig(150, 8, 32, lr_embedding=0.03, lr_unembedding=0.03)
    )
    with overrides.replacing("recurrent.unroll", fused.unroll):
        training.train(run, text)
    with torch.no_grad():
        said = run.model(text[None, :160])[0].argmax(-1)
    assert (said[3::5] == text[4:161:5]).float().mean() > 0.95


def test_carrying_cuts_the_graph_and_forgets_texts_that_are_over():
    model, ids = a_model(), torch.randint(11, (3, 5), generator=seeded(5))
    _, state = model.read(ids)
    carried = recurrent.carry(state, torch.tensor([False, True, False]))
    assert not carried.requires_grad and state.requires_grad
    assert torch.equal(carried[:, :, [0, 2]], state[:, :, [0, 2]]) and not carried[:, :, 1].any()
    logits, _ = model.read(ids, carried)
    assert torch.allclose(logits[1], model(ids)[1], atol=1e-6)
    assert not torch.allclose(logits[0], model(ids)[0], atol=1e-3)
    assert not recurrent.carry(torch.full((1, 2, 3), torch.nan), torch.ones(2, dtype=torch.bool)).any()


def test_gradients_by_distance_are_those_of_finite_differences():
    model, ids = a_model().double(), torch.randint(11, (2, 6), generator=seeded(6))
    vectors = model.embedding(ids).detach().requires_grad_()

    def surprise(x):
        for layer in model.layers:
            x, _ = recurrent.unroll(x, x.new_zeros(2, 2, 8), layer)
        return -model.unembedding(x)[:, -1].log_softmax(-1)[:, 3]

    found = recurrent.gradient_by_distance(surprise(vectors), vectors)
    for distance in range(6):
        lengths = []
        for text in range(2):
            slopes = []
            for feature in range(6):
                step = torch.zeros_like(vectors)
                step[text, 5 - distance, feature] = 1e-5
                slopes.append((surprise(vectors + step) - surprise(vectors - step))[text] / 2e-5)
            lengths.append(torch.stack(slopes).norm())
        assert torch.allclose(found[distance], torch.stack(lengths).mean(), rtol=1e-4)


def test_a_gradient_through_a_simple_cell_shrinks_by_one_factor_a_step():
    """h' = tanh(w h + x) near 0 is w h + x, and its gradient over a distance w to the power of it: it vanishes."""
    [layer] = a_model("rnn", n_layers=1).layers
    layer.read.weight.data = torch.eye(8, 6)
    layer.recur.weight.data = 0.5 * torch.eye(8)
    layer.read.bias.data.zero_()
    vectors = (1e-4 * torch.randn(4, 12, 6, generator=seeded(7))).requires_grad_()
    hidden, _ = recurrent.unroll(vectors, torch.zeros(1, 4, 8), layer)
    found = recurrent.gradient_by_distance(hidden[:, -1, 0], vectors)
    assert torch.allclose(found, 0.5 ** torch.arange(12.0), rtol=1e-3)


def longest_chain(n_tokens, n_layers, recurrent, generating):
    """By brute force: when each step of each layer can be made at the earliest."""
    done = {}
    for token, layer in itertools.product(range(n_tokens), range(n_layers)):
        needs = [done[token, layer - 1]] if layer else []
        needs += [done[token - 1, layer]] if recurrent and token else []
        needs += [done[token - 1, n_layers - 1]] if generating and token else []
        needs += [done[earlier, layer - 1] for earlier in range(token) if layer and not recurrent]
        done[token, layer] = 1 + max(needs, default=0)
    return max(done.values())


@given(st.integers(1, 9), st.integers(1, 5), st.booleans(), st.booleans())
def test_steps_in_a_row_are_the_longest_chain(n_tokens, n_layers, is_recurrent, generating):
    asked = n_tokens, n_layers, is_recurrent, generating
    assert recurrent.steps_in_a_row(*asked) == longest_chain(*asked)


@BOTH
def test_generating_is_reading_all_again_each_time(kind):
    model, ids = a_model(kind), [3, 1, 4]
    for _ in range(7):
        ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
    assert list(recurrent.generate(model, [3, 1, 4], SamplingConfig(max_new=7, temperature=0))) == ids[3:]
    stopped = SamplingConfig(max_new=7, temperature=0, stop=(ids[5],))
    assert list(recurrent.generate(model, [3, 1, 4], stopped)) == ids[3 : ids.index(ids[5], 3)]
    assert (
        len(list(recurrent.generate(model, [3], SamplingConfig(max_new=40), seeded()))) == 40
    )  # past its context


def test_the_models_of_the_race_have_the_dials_that_their_sizes_say():
    lstm = sum(p.numel() for p in Recurrent(RecurrentConfig(512, 146, 146)).parameters())
    assert lstm == 2 * 512 * 146 + 8 * 146**2 + 4 * 146
    rnn = sum(p.numel() for p in Recurrent(RecurrentConfig(512, 220, 200, "rnn", n_layers=2)).parameters())
    assert rnn == 512 * 220 + 512 * 200 + 200 * 220 + 3 * 200**2 + 2 * 200


@pytest.mark.parametrize(
    "settings, says",
    [
        ({"kind": "gru"}, "kind is 'gru'; there are: rnn, lstm"),
        ({"n_layers": 0}, "n_layers is 0, and is at least 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        RecurrentConfig(**{"vocab_size": 11, "d_model": 6, "d_hidden": 8} | settings)


def test_what_cannot_be_read_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="no tokens to read"):
        a_model()(torch.zeros(1, 0, dtype=torch.int64))
    with pytest.raises(ValueError, match="token id 11 is out of range"):
        a_model()(torch.tensor([[1] * 30 + [11]]))
    with pytest.raises(ValueError, match="no text to go on from"):
        next(recurrent.generate(a_model(), []))
    with pytest.raises(ValueError, match="a state of 3 texts cannot go on with 2"):
        a_model().read(torch.zeros(2, 4, dtype=torch.int64), a_model().new_state(3))


def test_a_new_model_holds_all_tokens_equally_likely_and_keeps_its_gates_open():
    model = Recurrent(RecurrentConfig(11, 6, 8), seeded())
    assert not model(torch.tensor([[1, 2]])).any()
    assert model.layers[0].read.bias.tolist() == [0.0] * 8 + [1.0] * 8 + [0.0] * 16


def test_gradients_of_a_transformer_are_measured_the_same_way():
    config = ModelConfig(vocab_size=11, d_model=16, n_layers=1, n_heads=2, d_mlp=16, context=16)
    vectors = {}
    model = Transformer(config, seeded())
    hook = model.embedding.register_forward_hook(lambda _, __, given: vectors.update(x=given))
    ids = torch.randint(11, (3, 9), generator=seeded(1))
    surprise = -model(ids)[:, -1].log_softmax(-1)[:, 2]
    hook.remove()
    found = recurrent.gradient_by_distance(surprise, vectors["x"])
    assert found.shape == (9,) and (found > 0).all()
