"""Answers to `dpo.implicit_rewards` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("dpo.implicit_rewards")
def _(log_probs, reference, beta):
    with torch.no_grad():
        before = beta * reference
    return beta * log_probs - before


@right("dpo.implicit_rewards")
def _(log_probs, reference, beta):
    gained = log_probs - reference.clone().detach()
    return gained.mul(beta)


@wrong("dpo.implicit_rewards", "implied-beta-divides")
def _(log_probs, reference, beta):
    return log_probs / beta - reference.detach() / beta


@wrong("dpo.implicit_rewards", "implied-beta-forgotten")
def _(log_probs, reference, beta):
    return log_probs - reference


@wrong("dpo.implicit_rewards", "implied-reference-forgotten")
def _(log_probs, reference, beta):
    return log_probs * beta


@wrong("dpo.implicit_rewards", "implied-exchanged")
def _(log_probs, reference, beta):
    return -beta * (log_probs - reference.detach())


@wrong("dpo.implicit_rewards", "implied-ratio-of-logs")
def _(log_probs, reference, beta):
    return beta * log_probs / reference.detach()


@wrong("dpo.implicit_rewards", "implied-ratio")
def _(log_probs, reference, beta):
    return beta * (log_probs.exp() / reference.detach().exp())


@wrong("dpo.implicit_rewards", "implied-chances")
def _(log_probs, reference, beta):
    return beta * (torch.exp(log_probs) - torch.exp(reference.detach()))


@wrong("dpo.implicit_rewards", "implied-beta-on-one")
def _(log_probs, reference, beta):
    return log_probs * beta - reference.detach()


@wrong("dpo.implicit_rewards", "implied-sum")
def _(log_probs, reference, beta):
    return beta * (reference.detach() + log_probs)


@wrong("dpo.implicit_rewards", "implicit_rewards-reference-gradient")
def _(log_probs, reference, beta):
    return beta * (log_probs - reference)


@wrong("dpo.implicit_rewards", "implicit_rewards-no-gradient")
def _(log_probs, reference, beta):
    with torch.no_grad():
        return beta * (log_probs - reference)
