"""The moving pictures of lesson 10 say what is true of the numbers that they are given."""

import numpy as np
import pytest

from classroom.lessons.backprop import widgets
from nextword import autograd
from nextword.autograd import Value


def a_graph():
    w, x = Value(1.0), Value(2.0)
    product = w * x
    guess = product + w
    loss = guess**2
    return loss, {w: "w", x: "x", product: "product", guess: "guess", loss: "loss"}


def test_blame_is_passed_back_step_by_step_to_the_gradients():
    loss, names = a_graph()
    order = autograd.topological_order(loss)
    asked = [value for value in reversed(order) if value.parents]
    assert [names[value] for value in asked] == ["loss", "guess", "product"]
    found = [widgets.gradients_after(order, asked[:step]) for step in range(4)]
    assert [{names[v]: g for v, g in grads.items()}["w"] for grads in found] == [0, 0, 6, 18]
    autograd.backward(loss)
    assert found[-1] == {value: value.grad for value in order}


def test_the_slider_tells_each_step():
    loss, names = a_graph()
    dial = widgets.passing_back(loss, names)
    assert list(dial.slider.names) == ["nobody yet", "loss", "guess", "product"]
    assert (
        "product is asked. Its gradient is 6, and it hands on 2 × 6 = 12 to w and 1 × 6 = 6 to x."
        in dial.says
    )
    dial.slider.index = 0
    assert "Nobody was asked yet" in dial.text.value
    dial.slider.index = 2
    assert "1 × 6 = 6 to product and 1 × 6 = 6 to w" in dial.text.value


@pytest.mark.parametrize("end", [Value(1.0) + 2.0, Value(3.0) ** 2, (Value(1.0) * Value(2.0)) * Value(3.0)])
def test_any_small_graph_can_be_drawn(end):
    names = {value: f"n{i}" for i, value in enumerate(autograd.topological_order(end))}
    assert "<img" in widgets.passing_back(end, names).still


def test_a_dial_is_told_which_way_to_turn():
    places = np.linspace(-2, 2, 41)
    dial = widgets.one_dial(places, (places - 0.5) ** 2, start=0)
    assert "its slope -4.9" in dial.says and "turn the dial to the right" in dial.still
    dial.slider.index = 40
    assert "its slope +2.9" in dial.text.value and "turn the dial to the left" in dial.view.value
    dial.slider.index = 25
    assert "nearly level" in dial.view.value
