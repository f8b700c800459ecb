"""Rung `scaling`: counts against torch's own counter and against tensors; laws against the closed form."""

import dataclasses
import math
import random

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from nextword import optim, recipes, scaling, training
from nextword.scaling import PowerLaw
from nextword.scaling_parts import measured
from nextword.transformer import ModelConfig, Transformer, count_parameters
from nextword.transformer_parts.config import GPT3_MATRICES

SIZES = {"vocab_size": 48, "d_model": 32, "n_layers": 2, "n_heads": 4, "d_mlp": 40, "context": 64}
RECIPE = ModelConfig(vocab_size=96, **recipes.shape(64, 3, 2, 64))
LLAMA = ModelConfig(**SIZES)
CONFIGS = {
    "recipe": RECIPE,
    "llama": LLAMA,
    "grouped heads": dataclasses.replace(LLAMA, n_kv_heads=2),
    "gpt2": dataclasses.replace(LLAMA, norm="layer", mlp="gelu", positions="learned", tied=False),
    "wide mlp": dataclasses.replace(LLAMA, d_mlp=200, n_layers=1),
}


def step(config, batch, seq_len):
    """A way forward of a new model, to be called; and the model."""
    model = Transformer(config, torch.Generator().manual_seed(0))
    ids = torch.randint(config.vocab_size, (batch, seq_len + 1), generator=torch.Generator().manual_seed(1))
    return model, lambda: training.loss(model(ids[:, :-1]), ids)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize(("batch", "seq_len"), [(1, 1), (2, 16), (3, 40)])
def test_operations_are_those_that_torch_counts(config, batch, seq_len):
    _, run = step(config, batch, seq_len)
    with FlopCounterMode(display=False) as forward:
        loss = run()
    with FlopCounterMode(display=False) as backward:
        loss.backward()
    assert forward.get_total_flops() == batch * scaling.forward_flops(config, seq_len)
    both = forward.get_total_flops() + backward.get_total_flops()
    assert both == scaling.training_flops(config, seq_len, batch * seq_len)


def test_where_six_n_d_is_right_and_where_not():
    def share(config, seq_len):
        exact = scaling.training_flops(config, seq_len, 1000 * seq_len)
        return exact / scaling.six_n_d(count_parameters(config), 1000 * seq_len)

    assert share(GPT3_MATRICES, 2048) == pytest.approx(1.0, abs=0.03)
    assert (
        share(ModelConfig(vocab_size=4096, **recipes.shape(64, 1, 2, 64)), 64) < 0.65
    )  # a table is looked up
    assert share(dataclasses.replace(GPT3_MATRICES, context=131_072), 131_072) > 2.5  # pairs of tokens
    assert scaling.six_n_d(174.6e9, 300e9) == pytest.approx(
        3.14e23, rel=0.005
    )  # Brown et al. 2020, table D.1


def test_the_best_size_spends_all_and_is_chinchillas():
    for flops in (1e12, 5.76e23, 3.8e25):
        n_parameters, n_tokens = scaling.compute_optimal(flops)
        assert scaling.six_n_d(n_parameters, n_tokens) == pytest.approx(flops)
        assert n_tokens == pytest.approx(20 * n_parameters)
    assert scaling.compute_optimal(5.76e23)[0] == pytest.approx(67e9, rel=0.05)  # table A3: 67 billion
    four, one = scaling.compute_optimal(4e20)[0], scaling.compute_optimal(1e20)[0]
    assert four == pytest.approx(2 * one)


@pytest.mark.parametrize("rule", ["sgd", "momentum", "adamw"])
def test_state_is_what_the_optimizer_really_holds(rule):
    model, run = step(RECIPE, 2, 8)
    optimizer = optim.Optimizer([optim.Group(dict(model.named_parameters()), rule, 0.1)])
    run().backward()
    held = scaling.state_bytes(count_parameters(RECIPE), rule)
    assert held["weights"] == sum(p.nbytes for p in model.parameters())
    assert held["gradients"] == sum(p.grad.nbytes for p in model.parameters())
    assert held["memories"] == sum(memory.nbytes for memory in optimizer.memory.values())
    assert held["copy"] == 0


def test_state_of_mixed_precision():
    assert sum(scaling.state_bytes(10**9, mixed=True).values()) == 16 * 10**9  # ZeRO, section 3.1
    assert sum(scaling.state_bytes(10**9, "muon").values()) == 12 * 10**9
    with pytest.raises(ValueError, match="there is no rule 'adam'"):
        scaling.state_bytes(1, "adam")


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize(("batch", "seq_len"), [(1, 64), (4, 16), (16, 48)])
def test_activations_are_what_is_really_kept(config, batch, seq_len):
    model, run = step(config, batch, seq_len)
    told = scaling.activation_bytes(config, batch, seq_len)
    assert told == pytest.approx(measured.saved_bytes(model, run), rel=0.05)


def test_saved_bytes_counts_each_tensor_once_and_no_dials():
    model, _ = step(RECIPE, 1, 8)
    x = torch.randn(5, 64, requires_grad=True)
    assert measured.saved_bytes(model, lambda: (x * x) * (x * x)) == 5 * 64 * 4 * 3  # x, and two products
    assert measured.saved_bytes(
        model, lambda: torch.randn(3, 64) @ model.layers[0].attention.query.weight
    ) == (3 * 64 * 4)
    assert measured.saved_bytes(model, lambda: x.detach() * 2) == 0


def test_years_of_reading_and_of_computing():
    words_a_day = 238 * 60 * 24
    assert scaling.reading_years(words_a_day * 365.25, words_per_token=1) == pytest.approx(1)
    assert scaling.reading_years(4e9, 0.5, 200, 8) == pytest.approx(2e9 / (200 * 60 * 8 * 365.25))
    assert scaling.computing_years(31_557_600e9, 1e9) == pytest.approx(1)


def test_speed_is_operations_a_second():
    now = iter(range(100))
    real, measured.time = measured.time, type("Clock", (), {"perf_counter": lambda: next(now)})
    try:
        assert measured.speed(lambda: None, 50, at_least=9) == 50  # each look at this clock takes a second
    finally:
        measured.time = real
    assert measured.speed(lambda: sum(range(1000)), 1000, at_least=0.01) > 0


def test_a_fit_finds_the_law_again_and_agrees_with_numpy():
    law = PowerLaw(5e2, 0.13, 1.7)
    compute = [10.0**i for i in range(9, 14)]
    losses = [law.at(c) for c in compute]
    found = scaling.fit(compute, losses, 1.7)
    assert (found.scale, found.exponent) == (pytest.approx(5e2), pytest.approx(0.13))
    chance = random.Random(0)
    losses = [loss * math.exp(chance.gauss(0, 0.05)) for loss in losses]
    slope, height = np.polyfit(np.log(compute), np.log(losses), 1)
    found = scaling.fit(compute, losses)
    assert (found.exponent, math.log(found.scale)) == (pytest.approx(-slope), pytest.approx(height))
    doubled = scaling.fit([2 * c for c in compute], losses)
    assert doubled.exponent == pytest.approx(found.exponent)
    assert doubled.at(2e12) == pytest.approx(found.at(1e12))


def test_the_floor_is_found_and_mends_a_straight_line():
    law = PowerLaw(40.0, 0.15, 1.5)
    compute = [2.5**i * 1e10 for i in range(5)]
    losses = [law.at(c) for c in compute]
    found = scaling.fit_with_floor(compute, losses)
    assert found.floor == pytest.approx(1.5, abs=0.02)
    next_one = 2.5**8 * 1e10
    assert found.at(next_one) == pytest.approx(law.at(next_one), abs=0.002)
    assert (
        scaling.fit(compute, losses).at(next_one) < law.at(next_one) - 0.01
    )  # a straight line bends too little
    straight = [PowerLaw(40.0, 0.15).at(c) for c in compute]
    assert scaling.fit_with_floor(compute, straight).floor == 0


def test_a_bootstrap_covers_the_truth_about_as_often_as_it_says():
    law, compute, covered = PowerLaw(60.0, 0.12), [4.0**i * 1e9 for i in range(5)], 0
    for world in range(100):
        chance = random.Random(world)
        table = [[law.at(c) + chance.gauss(0, 0.02) for _ in range(12)] for c in compute]
        told = scaling.bootstrap(compute, table, 4.0**6 * 1e9, seed=world)
        covered += told[5] < law.at(4.0**6 * 1e9) < told[-6]  # 95 in a hundred, were there many seeds
    assert 82 <= covered <= 99


def test_a_bootstrap_of_seeds_that_agree_is_sure():
    table = [[3.0] * 4, [2.5] * 4, [2.1] * 4]
    told = scaling.bootstrap([1e9, 1e10, 1e11], table, 1e12)
    assert told[0] == told[-1] == scaling.fit([1e9, 1e10, 1e11], [3.0, 2.5, 2.1]).at(1e12)
    told = scaling.bootstrap([1e9, 1e10], [[3.0, 3.2], [2.5, 2.9]], 1e11)
    assert told == sorted(told) and told[0] < told[-1]
    assert told == scaling.bootstrap([1e9, 1e10], [[3.0, 3.2], [2.5, 2.9]], 1e11)
    assert told != scaling.bootstrap([1e9, 1e10], [[3.0, 3.2], [2.5, 2.9]], 1e11, seed=1)


@pytest.mark.parametrize(
    ("compute", "losses", "floor", "says"),
    [
        ([1.0, 2.0], [3.0], 0.0, "2 amounts of compute came with 1 losses"),
        ([2.0, 2.0], [3.0, 3.1], 0.0, "two or more different"),
        ([0.0, 2.0], [3.0, 2.0], 0.0, "a compute of 0 has no logarithm"),
        ([1.0, 2.0], [3.0, 2.0], 2.0, "does not lie above the floor"),
    ],
)
def test_what_no_law_goes_through(compute, losses, floor, says):
    with pytest.raises(ValueError, match=says):
        scaling.fit(compute, losses, floor)
