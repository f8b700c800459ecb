"""Answers to `dpo.ipo_loss` as readers might write them."""

import torch

from nextword import dpo
from tests.lessons import right, wrong


def _margin(chosen, rejected, before_chosen, before_rejected):
    return (chosen - before_chosen.detach()) - (rejected - before_rejected.detach())


@right("dpo.ipo_loss")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    better = dpo.implicit_rewards(chosen, reference_chosen, beta)
    worse = dpo.implicit_rewards(rejected, reference_rejected, beta)
    return ((better - worse - 0.5).square() / beta**2).mean()


@right("dpo.ipo_loss")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return torch.nn.functional.mse_loss(margin, torch.full_like(margin, 0.5 / beta))


@wrong("dpo.ipo_loss", "ipo-beta-above")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return ((margin - 1 / 2 * beta) ** 2).mean()


@wrong("dpo.ipo_loss", "ipo-not-halved")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return (margin - beta**-1).square().mean()


@wrong("dpo.ipo_loss", "ipo-wrong-side")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return (margin + 0.5 / beta).square().mean()


@wrong("dpo.ipo_loss", "ipo-no-target")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return _margin(chosen, rejected, reference_chosen, reference_rejected).square().mean()


@wrong("dpo.ipo_loss", "ipo-wrong-side")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(rejected, chosen, reference_rejected, reference_chosen)
    return (margin - 0.5 / beta).square().mean()


@wrong("dpo.ipo_loss", "ipo-no-reference")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return (chosen - rejected - 0.5 / beta).square().mean()


@wrong("dpo.ipo_loss", "ipo-not-squared")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return torch.abs(margin - 0.5 / beta).mean()


@wrong("dpo.ipo_loss", "ipo-mean-first")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return (margin.mean() - 0.5 / beta) ** 2


@wrong("dpo.ipo_loss", "ipo-sum")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return (margin - 0.5 / beta).square().sum()


@wrong("dpo.ipo_loss", "ipo-beta-on-margin")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    better = dpo.implicit_rewards(chosen, reference_chosen, beta)
    worse = dpo.implicit_rewards(rejected, reference_rejected, beta)
    return ((better - worse - 1 / (2 * beta)) ** 2).mean()


@wrong("dpo.ipo_loss", "ipo-only-below")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return torch.relu(0.5 / beta - margin).square().mean()


@wrong("dpo.ipo_loss", "ipo_loss-reference-gradient")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = chosen - rejected - reference_chosen + reference_rejected
    return (margin - 0.5 / beta).square().mean()
