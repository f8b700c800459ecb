"""Answers to `dpo.loss` as readers might write them."""

import torch
from torch.nn import functional

from nextword import dpo
from tests.lessons import right, wrong


def _margin(chosen, rejected, before_chosen, before_rejected):
    return (chosen - before_chosen.detach()) - (rejected - before_rejected.detach())


@right("dpo.loss")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(-beta * _margin(chosen, rejected, reference_chosen, reference_rejected)).mean()


@right("dpo.loss")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = beta * _margin(chosen, rejected, reference_chosen, reference_rejected)
    return functional.binary_cross_entropy_with_logits(margin, torch.ones_like(margin))


@wrong("dpo.loss", "dpo-loss-exchanged")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(beta * _margin(chosen, rejected, reference_chosen, reference_rejected)).mean()


@wrong("dpo.loss", "dpo-loss-log-of-sigmoid")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = beta * _margin(chosen, rejected, reference_chosen, reference_rejected)
    return -torch.log(1 / (1 + torch.exp(-margin))).mean()


@wrong("dpo.loss", "dpo-loss-wrong-sign")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = beta * _margin(chosen, rejected, reference_chosen, reference_rejected)
    return torch.mean(functional.logsigmoid(margin))


@wrong("dpo.loss", "dpo-loss-no-log")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return -torch.sigmoid(beta * _margin(chosen, rejected, reference_chosen, reference_rejected)).mean()


@wrong("dpo.loss", "dpo-loss-sum")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(-beta * _margin(chosen, rejected, reference_chosen, reference_rejected)).sum()


@wrong("dpo.loss", "dpo-loss-each-pair")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(-beta * _margin(chosen, rejected, reference_chosen, reference_rejected))


@wrong("dpo.loss", "dpo-loss-mean-first")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margins = _margin(chosen, rejected, reference_chosen, reference_rejected)
    return functional.softplus(-beta * margins.mean())


@wrong("dpo.loss", "dpo-loss-ratio")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    better = dpo.implicit_rewards(chosen, reference_chosen, beta)
    return functional.softplus(-better / dpo.implicit_rewards(rejected, reference_rejected, beta)).mean()


@wrong("dpo.loss", "dpo-loss-beta-twice")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = beta**2 * _margin(chosen, rejected, reference_chosen, reference_rejected)
    return functional.softplus(-margin).mean()


@wrong("dpo.loss", "dpo-loss-references-exchanged")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(-beta * _margin(chosen, rejected, reference_rejected, reference_chosen)).mean()


@wrong("dpo.loss", "dpo-loss-no-reference")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(-beta * (chosen - rejected)).mean()


@wrong("dpo.loss", "dpo-loss-chosen-only")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(-beta * (chosen - reference_chosen.detach())).mean()


@wrong("dpo.loss", "loss-reference-gradient")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = (chosen - rejected) - (reference_chosen - reference_rejected)
    return functional.softplus(-beta * margin).mean()


@wrong("dpo.loss", "loss-other-gradient")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(
        -beta * _margin(chosen, rejected.detach(), reference_chosen, reference_rejected)
    ).mean()


@wrong("dpo.loss", "dpo-loss-beta-divides")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return functional.softplus(-_margin(chosen, rejected, reference_chosen, reference_rejected) / beta).mean()


@wrong("dpo.loss", "dpo-loss-beta-outside")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    return beta * functional.softplus(-_margin(chosen, rejected, reference_chosen, reference_rejected)).mean()


@wrong("dpo.loss", "dpo-loss-references-exchanged")
def _(chosen, rejected, reference_chosen, reference_rejected, beta):
    margin = (chosen + reference_chosen.detach()) - (rejected + reference_rejected.detach())
    return functional.softplus(-beta * margin).mean()
