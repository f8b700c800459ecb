"""Rung `facts`: silenced neurons against models without them, many at once against one by one, a hunt by force."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import generation, neuron_ablation, transformer
from nextword.base import overrides
from nextword.transformer import ModelConfig, Transformer

SMALL = ModelConfig(vocab_size=11, d_model=12, n_layers=3, n_heads=2, d_mlp=9, context=20)
IDS = torch.tensor([[1, 5, 2, 7]])
EIGHTHS = st.integers(0, 8).map(lambda eighths: eighths / 8)  # sums of which are exact


@pytest.fixture(scope="module")
def model():
    """Dials large enough for every neuron to matter."""
    model, generator = Transformer(SMALL), torch.Generator().manual_seed(1)
    for name, dials in model.named_parameters():
        dials.data.normal_(std=3.0 if "down" in name else 0.3, generator=generator)
    return model


def cut_out(model, neuron):
    """The same model with a neuron taken out for good: what it would write is 0."""
    layer, which = neuron
    without = copy.deepcopy(model)
    without.layers[layer].mlp.down.weight.data[:, which] = 0
    return without


@pytest.mark.parametrize("neuron", [(0, 0), (1, 2), (2, 3)])
def test_a_silenced_neuron_is_one_that_is_not_there(model, neuron):
    found = neuron_ablation.probability(model, IDS, 4, neuron)
    assert found == pytest.approx(neuron_ablation.probability(cut_out(model, neuron), IDS, 4), abs=1e-6)
    assert found != pytest.approx(neuron_ablation.probability(model, IDS, 4), rel=1e-3)


def test_without_a_neuron_nothing_changes(model):
    with torch.no_grad():
        needed = model(IDS)[0, -1].softmax(dim=-1)[4]
    assert neuron_ablation.probability(model, IDS, 4) == pytest.approx(float(needed), abs=1e-6)


def test_silencing_leaves_what_it_was_given_alone():
    neurons = torch.ones(2, 3)
    assert neuron_ablation.ablated(neurons, 1).sum() == 4 and neurons.sum() == 6


def test_many_at_once_are_the_same_one_by_one(model):
    neurons = [(2, 4), (0, 1), (2, 0), (0, 8), (2, 4), (0, 1)]  # unsorted, one layer left out, some twice
    needed = torch.tensor([neuron_ablation.probability(model, IDS, 3, neuron) for neuron in neurons])
    assert torch.allclose(neuron_ablation.ablate_each(model, IDS, 3, neurons), needed, atol=1e-6)
    assert torch.allclose(neuron_ablation.ablate_each(model, IDS[0], 3, neurons), needed, atol=1e-6)
    assert neuron_ablation.ablate_each(model, IDS, 3, []).shape == (0,)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_a_tap_works_token_by_token_too(model):
    """With a cache each new token is a text of length 1, whose only place is its first."""
    quiet = {"1.neurons": lambda neurons: neuron_ablation.ablated(neurons, 3)}
    with model.hooked(quiet):
        found = list(generation.generate(model, [1, 5], generation.SamplingConfig(max_new=9, temperature=0)))
    without = cut_out(model, (1, 3))
    assert found == list(
        generation.generate(without, [1, 5], generation.SamplingConfig(max_new=9, temperature=0))
    )


@torch.no_grad()
def test_the_strongest_neurons_are_those_at_the_last_place(model):
    x = model.embedding(IDS)
    for layer, (number, which) in enumerate(neuron_ablation.strongest(model, IDS)):
        block = model.layers[layer]
        middle = x + block.attention(block.attention_norm(x), torch.arange(4))
        read = block.mlp_norm(middle)[0, -1]
        sizes = [
            abs(float(torch.nn.functional.silu(block.mlp.gate(read))[n] * block.mlp.up(read)[n]))
            for n in range(9)
        ]
        assert number == layer and sizes[which] == max(sizes)
        x = block(x, torch.arange(4))


def test_it_reaches_through_functions_of_a_reader(model):
    """A reader's MLP, block and last step change nothing about what silencing does."""

    def mlp(x, layer):
        gate = layer.gate(x)
        return layer.down(gate * gate.sigmoid() * layer.up(x))

    def block(x, layer, positions, cache=None):
        middle = layer.attention(layer.attention_norm(x), positions, cache) + x
        return middle + layer.mlp(layer.mlp_norm(middle))

    def next_logits(x, model):
        return model.unembed(model.final_norm(x))[..., -1, :]

    neurons = [(0, 1), (2, 5)]
    needed = neuron_ablation.ablate_each(model, IDS, 3, neurons)
    theirs = {"mlp": mlp, "block": block, "next_logits": next_logits}
    for name, function in theirs.items():
        with overrides.replacing(f"transformer.{name}", function):
            assert torch.allclose(neuron_ablation.ablate_each(model, IDS, 3, neurons), needed, atol=1e-5)
            assert getattr(transformer, name) is function


# ---- the hunt ----


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(1, 5), st.integers(1, 6), EIGHTHS)
def test_the_hunt_is_what_its_promise_says(data, n_facts, n_candidates, limit):
    def row():
        return data.draw(st.lists(EIGHTHS, min_size=n_facts, max_size=n_facts))

    before, after = row(), [row() for _ in range(n_candidates)]
    falls = {
        number: before[0] - chances[0]
        for number, chances in enumerate(after)
        if chances[0] < before[0]
        and all(abs(now - was) <= limit for now, was in zip(chances[1:], before[1:], strict=True))
    }
    found = neuron_ablation.find_neuron(torch.tensor(before), torch.tensor(after), limit)
    if not falls:
        assert found is None
    else:
        assert type(found) is int and falls[found] == max(falls.values())
        assert found == min(
            number for number in falls if falls[number] == falls[found]
        )  # of equals, the first


def test_no_candidates_is_none():
    assert neuron_ablation.find_neuron(torch.tensor([0.5, 0.5]), torch.zeros(0, 2)) is None
