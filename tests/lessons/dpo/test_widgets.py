"""The slider over beta shows the optimum of its price, and what it earns."""

import torch

from classroom.lessons.dpo import widgets

NAMES = ("one", "two")


def test_each_price_has_its_best_policy():
    dial = widgets.price(NAMES, torch.tensor([0.5, 0.5]), torch.tensor([1.0986, 0.0]), start=1.0)
    assert dial.says == "From the reference to the best policy: one 0.50 to 0.75; two 0.50 to 0.25."
    assert "earns 0.82 and goes 0.13 nats" in dial.still
    dial.slider.index = 0
    assert "one 0.50 to 1.00; two 0.50 to 0.00" in dial.text.value
    dial.slider.index = len(widgets.BETAS) - 1
    assert "one 0.50 to 0.51" in dial.text.value and "goes 0.00 nats" in dial.view.value
