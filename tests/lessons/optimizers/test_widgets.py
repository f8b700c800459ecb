"""Lesson 11's valleys and pictures: what the slider says is what the arithmetic of a step says."""

import math

import pytest
import torch

from classroom.lessons.optimizers import landscapes, widgets
from nextword import optim


@pytest.mark.parametrize("degrees", [0, 45, 30])
def test_a_valleys_gradient_is_torchs(degrees):
    valley = landscapes.valley(1.0, 30.0, degrees=degrees)
    x = torch.tensor([[0.3], [-0.7]], dtype=torch.float64, requires_grad=True)
    valley.loss(x).backward()
    assert torch.allclose(x.grad, valley.gradient(x.detach()))


def test_sgd_walks_as_its_factors_say():
    valley, rate = landscapes.valley(1.0, 30.0), 0.05
    places = landscapes.walk("sgd", valley, widgets.START, 7, rate)
    needed = widgets.START.flatten() * torch.tensor([1 - rate, 1 - 30 * rate]).double() ** 7
    assert torch.allclose(places[-1].flatten(), needed)


def test_a_turned_valley_is_the_same_to_sgd_and_momentum_and_not_to_adamw():
    straight, turned = landscapes.valley(1.0, 30.0), landscapes.valley(1.0, 30.0, degrees=45)
    for rule, same in (("sgd", True), ("momentum", True), ("adamw", False)):
        one = landscapes.walk(rule, straight, widgets.START, 20, 0.01)
        other = landscapes.walk(rule, turned, turned.directions @ widgets.START, 20, 0.01)
        assert torch.allclose(turned.directions @ one, other) is same, rule


def test_arrived_means_there_for_good():
    distances = torch.tensor([[1.0, 1.0, 1.0], [0.05, 0.5, 0.05], [0.5, 0.08, 0.05], [0.04, 0.5, math.nan]])
    found = landscapes.arrivals(distances[..., None, None].double())
    assert found.tolist() == [3, math.inf, math.inf]


def test_the_best_rate_is_found():
    steps, rate = landscapes.fewest_steps(
        "sgd",
        landscapes.valley(2.0, 2.0),
        landscapes.starts(5, 2),
        torch.tensor([0.1, 0.5, 1.0]).double(),
        50,
    )
    assert (steps, rate) == (1, 0.5)
    assert set(optim.MEMORIES) == set(widgets.NAMES) == set(widgets.COLOURS)


@pytest.mark.parametrize(
    "rate, says", [(0.005, "on its way still"), (0.06, "it arrives"), (0.08, "flies out of the valley")]
)
def test_the_slider_says_what_happens(rate, says):
    dial = widgets.learning_rates(landscapes.valley(1.0, 30.0))
    dial.slider.value = rate
    assert says in dial.text.value and f"rate of {rate}" in dial.text.value


def test_a_sweep_draws_what_broke_at_the_top():
    losses = {"sgd": {0.1: 2.0, 1.0: math.inf}, "muon": {0.1: 2.5, 1.0: 9.0}}
    drawing = widgets.sweep(losses, "A title", top=3.0)
    lines = {line.get_label(): list(line.get_ydata()) for line in drawing.axes[0].lines}
    assert lines["SGD"] == [2.0, 3.0] and lines["Muon"] == [2.5, 3.0]
