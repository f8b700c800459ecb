"""Answers to `ppo.value_loss` as readers might write them."""

import torch
from torch.nn import functional

from tests.lessons import right, wrong


@right("ppo.value_loss")
def _(values, old_values, advantages, mask):
    return functional.mse_loss(values[mask], (advantages + old_values)[mask])


@right("ppo.value_loss")
def _(values, old_values, advantages, mask):
    squares = torch.where(mask, (old_values + advantages - values).square(), 0)
    return squares.sum() / mask.sum()


@wrong("ppo.value_loss", "value-target-advantages")
def _(values, old_values, advantages, mask):
    return functional.mse_loss(values[mask], advantages[mask])


@wrong("ppo.value_loss", "value-target-old")
def _(values, old_values, advantages, mask):
    return functional.mse_loss(values[mask], old_values[mask])


@wrong("ppo.value_loss", "value-target-turned")
def _(values, old_values, advantages, mask):
    return functional.mse_loss((values + advantages)[mask], old_values[mask])


@wrong("ppo.value_loss", "value-target-moves")
def _(values, old_values, advantages, mask):
    return functional.mse_loss(values[mask], (values + advantages)[mask])


@wrong("ppo.value_loss", "value-not-squared")
def _(values, old_values, advantages, mask):
    return functional.l1_loss(values[mask], (old_values + advantages)[mask])


@wrong("ppo.value_loss", "value-signed")
def _(values, old_values, advantages, mask):
    return (values - old_values - advantages)[mask].mean()


@wrong("ppo.value_loss", "value-half")
def _(values, old_values, advantages, mask):
    return 0.5 * functional.mse_loss(values[mask], (old_values + advantages)[mask])


@wrong("ppo.value_loss", "value-no-mask")
def _(values, old_values, advantages, mask):
    return functional.mse_loss(values, old_values + advantages)


@wrong("ppo.value_loss", "value-sum")
def _(values, old_values, advantages, mask):
    return functional.mse_loss(values[mask], (old_values + advantages)[mask], reduction="sum")


@wrong("ppo.value_loss", "value-outside-as-0")
def _(values, old_values, advantages, mask):
    return (mask * (values - old_values - advantages) ** 2).mean()


@wrong("ppo.value_loss", "value-text-by-text")
def _(values, old_values, advantages, mask):
    squares = mask * (values - old_values - advantages) ** 2
    return (squares.sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()
