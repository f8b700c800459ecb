"""Answers to `kl.k3` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("kl.k3")
def _(log_probs, reference_log_probs):
    return torch.expm1(reference_log_probs - log_probs) + log_probs - reference_log_probs


@right("kl.k3")
def _(log_probs, reference_log_probs):
    k1 = log_probs - reference_log_probs
    ratio = 1 / torch.exp(k1)
    return (ratio - 1) + k1


@wrong("kl.k3", "k3-ratio-turned")
def _(log_probs, reference_log_probs):
    ratio = torch.exp(log_probs - reference_log_probs)
    return ratio - 1 - torch.log(ratio)


@wrong("kl.k3", "k3-sign-turned")
def _(log_probs, reference_log_probs):
    ratio = torch.exp(reference_log_probs - log_probs)
    return 1 + torch.log(ratio) - ratio


@wrong("kl.k3", "k3-log-added")
def _(log_probs, reference_log_probs):
    difference = reference_log_probs - log_probs
    return difference + torch.exp(difference) - 1


@wrong("kl.k3", "k3-both-turned")
def _(log_probs, reference_log_probs):
    ratio = torch.exp(log_probs - reference_log_probs)
    return ratio - 1 + ratio.log()


@wrong("kl.k3", "k3-is-k1")
def _(log_probs, reference_log_probs):
    return torch.sub(log_probs, reference_log_probs)


@wrong("kl.k3", "k3-is-k1-turned")
def _(log_probs, reference_log_probs):
    return (reference_log_probs.exp() / log_probs.exp()).log()


@wrong("kl.k3", "k3-is-k2")
def _(log_probs, reference_log_probs):
    return 0.5 * (log_probs - reference_log_probs).square()


@wrong("kl.k3", "k3-no-one")
def _(log_probs, reference_log_probs):
    ratio = torch.exp(reference_log_probs - log_probs)
    return ratio - ratio.log()


@wrong("kl.k3", "k3-no-exp")
def _(log_probs, reference_log_probs):
    ratio = reference_log_probs - log_probs
    return ratio - 1 - torch.log(abs(ratio))


@wrong("kl.k3", "k3-weighed")
def _(log_probs, reference_log_probs):
    policy, reference = log_probs.exp(), reference_log_probs.exp()
    return policy * (reference / policy - 1 - (reference / policy).log())


@wrong("kl.k3", "k3-mean")
def _(log_probs, reference_log_probs):
    ratio = torch.exp(reference_log_probs - log_probs)
    return torch.mean(ratio - 1 - ratio.log())
