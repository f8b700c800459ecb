"""Rung `reward_model`: the loss against its formula, the fit against a closed form, and the two rewards of part 5."""

import math
from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
import torch

from nextword import preferences, reward_model
from nextword.base.datasets import Rated
from nextword.reward_model import RewardConfig
from nextword.reward_model_parts import features, words
from nextword.reward_model_parts.words import WordsReward
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

needs_ratings = pytest.mark.network


def test_the_loss_and_its_gradient_are_bradley_and_terrys_in_float64():
    generator = torch.Generator().manual_seed(0)
    better, worse = (3 * torch.randn(50, generator=generator, dtype=torch.float64) for _ in range(2))
    better.requires_grad_(), worse.requires_grad_()
    reward_model.loss(better, worse).backward()
    chances = 1 / (1 + torch.exp(worse - better))
    assert reward_model.loss(better, worse).item() == pytest.approx(-chances.log().mean().item(), abs=1e-12)
    assert torch.allclose(better.grad, -(1 - chances) / 50, atol=1e-12)  # by what is left to a certain choice
    assert torch.allclose(worse.grad, -better.grad)


def test_the_loss_of_what_is_hopelessly_wrong_is_no_infinity():
    found = reward_model.loss(torch.tensor([-500.0]), torch.tensor([500.0]))
    assert found.item() == pytest.approx(1000)


def test_the_loss_and_its_gradient_are_those_of_trls_reward_trainer():
    """Its `compute_loss` on a stand-in for a model, whose rewards are what it is asked for."""
    trl = pytest.importorskip("trl")
    rewards = torch.randn(2, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    theirs, ours = rewards.reshape(40, 1).clone().requires_grad_(), rewards.clone().requires_grad_()
    model = Mock(training=False, side_effect=lambda **inputs: SimpleNamespace(logits=theirs))
    accelerator = SimpleNamespace(gather_for_metrics=lambda x: x, gather=lambda x: x)
    args = SimpleNamespace(center_rewards_coefficient=None)
    keeps = {"_metrics": {"eval": defaultdict(list)}, "_total_train_tokens": 0, "_tp_size": 1}
    trainer = SimpleNamespace(model=model, accelerator=accelerator, args=args, **keeps)
    needed = trl.RewardTrainer.compute_loss(trainer, model, {"attention_mask": torch.ones(40, 3)})
    found = reward_model.loss(*ours)
    needed.backward(), found.backward()
    assert torch.allclose(found, needed, atol=1e-12)
    assert torch.allclose(ours.grad, theirs.grad.reshape(2, 20), atol=1e-12) and ours.grad.abs().min() > 0


def test_two_texts_and_one_dial_come_to_the_closed_form():
    """Three of four people prefer one: without a prior its lead is the log of 3, where the derivative is 0."""
    some = [Rated("film", "good", (1, 1, 1, -1)), Rated("film", "plain", (0,))]
    dial = torch.zeros(1, requires_grad=True)
    column = torch.tensor([1.0, 0.0])
    config = RewardConfig(epochs=3000, batch=2, lr=0.03, l2=0)
    reward_model.fit(lambda chosen: column[chosen] * dial, {"dial": dial}, some, config)
    assert dial.item() == pytest.approx(math.log(3), abs=0.15)


def test_a_fit_ends_where_newtons_method_does():
    """With one rating a sentence the loss is convex and fixed: a logistic regression on differences."""
    generator = torch.Generator().manual_seed(3)
    columns = torch.randn(60, 4, generator=generator)
    true = torch.tensor([1.0, -2.0, 0.0, 0.5])
    noisy = columns @ true + torch.randn(60, generator=generator)
    some = [Rated("film", str(i), (round(float(value)),)) for i, value in enumerate(noisy)]
    dials = torch.zeros(4, requires_grad=True)
    config = RewardConfig(epochs=600, batch=60, lr=0.05, l2=1e-2)
    reward_model.fit(lambda chosen: columns[chosen] @ dials, {"dials": dials}, some, config)
    better, worse = preferences.pairs(torch.tensor([one.ratings[0] for one in some]))
    z, w = (columns[better] - columns[worse]).double(), torch.zeros(4, dtype=torch.float64)
    for _ in range(20):
        p = torch.sigmoid(-(z @ w))
        hessian = (z * (p * (1 - p))[:, None]).T @ z / len(z) + 0.02 * torch.eye(4)
        w = w + torch.linalg.solve(hessian, z.T @ p / len(z) - 0.02 * w)
    assert torch.allclose(dials.detach().double(), w, atol=0.01)


def test_nothing_to_learn_is_said():
    same = [Rated("film", f"film {i}", (2, 2)) for i in range(5)]
    with pytest.raises(ValueError, match="no two of 5 texts were rated differently"):
        reward_model.fit_words(same)


def test_contradicting_labels_teach_nothing():
    """The same text, loved and hated: its reward stays near that of the others."""
    some = [Rated("film", word, (3, -3)) for word in ("alpha", "beta", "gamma") for _ in range(40)]
    rewards = reward_model.fit_words(some, RewardConfig(epochs=200))(["alpha", "beta", "gamma"])
    assert rewards.std() < 0.15


def test_words_by_brute_force():
    known = {"a": 0, "fine": 1, "film": 2, "!": 3}
    reward = WordsReward(known, torch.tensor([0.1, 2.0, 0.5, -0.3]))
    for text in ("A fine, fine film!", "Fine", "", "nothing of that", "film a film"):
        found = set(text.lower().replace(",", "").replace("!", " !").split())
        needed = sum(float(reward.dials[known[word]]) for word in found if word in known)
        assert reward([text]).item() == pytest.approx(needed)


def test_a_vocabulary_counts_texts_not_words():
    assert set(words.vocabulary(["so so so", "so it goes", "it"], least=2)) == {"so", "it"}


@needs_ratings
def test_people_and_gold_know_what_others_prefer():
    unseen = preferences.rated(preferences.UNSEEN, 1)
    texts = [one.text for one in unseen]
    for reward in (reward_model.people(), reward_model.people(1), reward_model.gold(quick=True)):
        rewards = reward(texts)
        assert 0.70 < preferences.judge(rewards, unseen) < 0.75
        better, worse = preferences.pairs(preferences.draw(unseen, torch.Generator().manual_seed(0)))
        lead = rewards[better] - rewards[worse]
        assert preferences.calibration_error(torch.sigmoid(lead.abs()), lead > 0) < 0.03
    kind, unkind = reward_model.people()(["A wonderful film, great fun.", "A dull and stupid film."])
    assert kind > unkind + 2
    assert reward_model.people() is reward_model.people()


@needs_ratings
def test_gold_with_the_real_model_beats_words():
    unseen = preferences.rated(preferences.UNSEEN, 1)[::6]
    texts = [one.text for one in unseen]
    quick, both = (preferences.judge(reward_model.gold(quick)(texts), unseen) for quick in (True, False))
    assert both > quick + 0.01


def test_standardised_is_mean_0_and_deviation_1_and_says_what_cannot_be():
    texts = ["a", "bb", "cccc"]

    def length(some):
        return torch.tensor([float(len(one)) for one in some])

    found = reward_model.standardised(length, texts)(texts)
    assert found.mean().abs() < 1e-6 and found.std().item() == pytest.approx(1)
    with pytest.raises(ValueError, match="for all of 2 texts"):
        reward_model.standardised(length, ["a", "b"])


def test_the_mean_vector_is_that_of_the_text_alone_and_padding_is_never_seen():
    config = ModelConfig(vocab_size=30, d_model=16, n_layers=3, n_heads=2, d_mlp=32, context=32)
    model = Transformer(replace(config, init="gpt2"), torch.Generator().manual_seed(0))
    rows = [[3, 4, 5, 6, 7], [8], [9, 10, 11]]
    found = features.mean_vectors(model, rows, (2, 3))
    for row, vectors in zip(rows, found, strict=True):
        with model.recorded("2.stream", "final") as seen:
            model(torch.tensor([row]))
        needed = [rms(seen[point][0]).mean(0) for point in ("2.stream", "final")]
        assert torch.allclose(vectors, torch.cat(needed), atol=1e-5)
    positions = Transformer(replace(config, positions="learned", embedding_norm=True))
    with positions.recorded("final") as seen:
        positions(torch.tensor([rows[0]]))
    assert torch.allclose(
        features.mean_vectors(positions, rows[:1], (3,))[0], rms(seen["final"][0]).mean(0), atol=1e-5
    )


def rms(x):
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt()


def test_a_model_becomes_a_reward():
    tokenizer = Tokenizer([])
    config = ModelConfig(vocab_size=256, d_model=16, n_layers=1, n_heads=2, d_mlp=32, context=16, tied=False)
    model = Transformer(config, torch.Generator().manual_seed(0))
    some = [Rated("film", letter * n, (2 if letter == "g" else -2,)) for letter in "gb" for n in range(1, 15)]
    losses = []
    config = RewardConfig(epochs=40, batch=28, lr=0.02, l2=0)
    reward = reward_model.fit_model(model, tokenizer, some, config, lambda step, loss: losses.append(loss))
    assert len(losses) == 40 and losses[0] == pytest.approx(math.log(2)) and losses[-1] < 0.1
    assert preferences.judge(reward([one.text for one in some]), some) == 1
    assert reward([""]).isfinite().all() and not reward(["g"]).requires_grad


def test_columns_of_words_give_the_same_rewards():
    reward = WordsReward({"a": 0, "film": 1}, torch.tensor([0.5, -1.0]))
    texts = ["a film", "film film", "", "a a"]
    assert reward.columns(texts).tolist() == [[1, 1], [0, 1], [0, 0], [1, 0]]
    assert torch.allclose(reward.columns(texts) @ reward.dials, reward(texts))


def test_without_length_is_the_residual_of_a_least_squares_line():
    generator = torch.Generator().manual_seed(4)
    lengths = torch.randint(1, 90, (200,), generator=generator)
    rewards = 3 * lengths.log() + torch.randn(200, generator=generator) - 7
    found = reward_model.without_length(rewards, lengths)
    slope, start = np.polyfit(lengths.double().log().numpy(), rewards.double().numpy(), 1)
    needed = rewards.double() - slope * lengths.double().log() - start + rewards.double().mean()
    assert torch.allclose(found.double(), needed, atol=1e-4)
    assert abs(torch.corrcoef(torch.stack([found, lengths.log()]))[0, 1]) < 1e-4
    same = torch.full((5,), 7)
    assert torch.equal(reward_model.without_length(rewards[:5], same), rewards[:5])  # nothing to explain
    again = reward_model.without_length(found, lengths)
    assert torch.allclose(again, found, atol=1e-4)


def test_the_shipped_dials_are_those_of_the_layers_that_are_read():
    dials, mean = features.shipped()
    assert dials.shape == mean.shape == (576 * len(features.LAYERS),) and dials.isfinite().all()
