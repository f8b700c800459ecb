"""Rung `tiny_gpt`: one text of code on two engines."""

import numpy as np
import pytest
import torch

from nextword import autograd, tensor_autograd, tiny_gpt
from nextword.tensor_autograd import Tensor
from nextword.tiny_gpt import TinyConfig

WORDS = ["duckling", "swan", "a", "transformation", "xylophonesandmorethanfits"]


CONFIG = TinyConfig()


def both(config=CONFIG, seed=0):
    dials = tiny_gpt.init_dials(config, seed)
    return (
        {name: Tensor(x) for name, x in dials.items()},
        {name: torch.tensor(x, requires_grad=True) for name, x in dials.items()},
    )


@pytest.mark.parametrize("config", [TinyConfig(), TinyConfig(d_model=12, n_heads=2, n_layers=3, context=6)])
def test_gradients_equal_torchs(config):
    ours, torchs = both(config)
    ids = tiny_gpt.encode(WORDS, config.context)
    loss, other = (tiny_gpt.loss(dials, ids, config) for dials in (ours, torchs))
    tensor_autograd.backward(loss)
    other.backward()
    assert abs(loss.data - other.item()) < 1e-12
    for name in ours:
        assert np.allclose(ours[name].grad, torchs[name].grad, 1e-9, 1e-12), name


def test_gradients_equal_what_trying_finds():
    config = TinyConfig(d_model=4, n_heads=2, context=8)
    ours, _ = both(config)
    ids = tiny_gpt.encode(["hen", "duck"], config.context)
    tensor_autograd.backward(tiny_gpt.loss(ours, ids, config))
    for name in ours:
        shape = ours[name].shape

        def loss(numbers, name=name, shape=shape):
            return float(tiny_gpt.loss(ours | {name: Tensor(np.reshape(numbers, shape))}, ids, config).data)

        slopes = autograd.finite_differences(loss, ours[name].data.ravel().tolist())
        assert np.allclose(slopes, ours[name].grad.ravel(), 1e-6, 1e-8), name


def test_no_letter_sees_a_later_one_and_no_word_another():
    ours, _ = both(seed=1)
    ids = tiny_gpt.encode(["duck", "swan"], 16)[:, :-1]
    changed = ids.copy()
    changed[0, 3:] = 7
    before, after = (tiny_gpt.logits(ours, x, TinyConfig()).data for x in (ids, changed))
    assert np.array_equal(before[0, :3], after[0, :3]) and np.array_equal(before[1], after[1])
    assert not np.allclose(before[0, 3:], after[0, 3:])


def test_the_loss_is_the_mean_over_true_next_letters_only():
    ours, _ = both()
    alone = [
        tiny_gpt.loss(ours, tiny_gpt.encode([word], 16), TinyConfig()).data for word in ("hen", "duckling")
    ]
    together = tiny_gpt.loss(ours, tiny_gpt.encode(["hen", "duckling"], 16), TinyConfig()).data
    assert np.isclose(together, (4 * alone[0] + 9 * alone[1]) / 13)


def test_a_long_word_is_cut_and_a_strange_one_refused():
    rows = tiny_gpt.encode([*WORDS, "a" * 15], 16)
    assert rows.shape == (6, 17) and rows[4, -1] != 0 and rows[5, -1] == 0  # only what ends has an end
    for words in (["Swan"], ["a b"], [""], []):
        with pytest.raises(ValueError, match="letters a to z"):
            tiny_gpt.encode(words, 16)
