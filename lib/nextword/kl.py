"""Rung `kl`: how far one model's chances lie from another's, in nats, exactly and guessed from samples.

The Kullback-Leibler divergence of a policy from a reference is the policy's own mean of log(policy / reference). With a
whole vocabulary at hand it is a sum; for texts, of which there are too many, it is guessed from those that the policy
wrote. Three guesses are in use, named k1, k2 and k3 by the second source.
Sources: Kullback and Leibler, "On Information and Sufficiency" (1951); Schulman, "Approximating KL Divergence" (2020,
joschu.net/blog/kl-approx.html).
"""

from collections.abc import Callable

import torch

from nextword.base.shapes import Float, Logits, Tensor

LogProbs = Float[Tensor, "*places"]
Estimator = Callable[[Tensor, Tensor], Tensor]


def exact(logits: Logits, reference_logits: Logits) -> Float[Tensor, "*places"]:
    """KL(policy || reference) in nats, the sum over the whole vocabulary. What the policy never says costs nothing.

    >>> policy = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    >>> exact(policy, torch.zeros(4)), exact(torch.zeros(4), policy)  # the direction matters
    (tensor(0.2442), tensor(0.3112))
    """
    logs, reference_logs = logits.log_softmax(dim=-1), reference_logits.log_softmax(dim=-1)
    chances = logs.exp()
    return torch.where(chances > 0, chances * (logs - reference_logs), 0).sum(dim=-1)


def k1(log_probs: LogProbs, reference_log_probs: LogProbs) -> LogProbs:
    """log(policy / reference) at tokens that the *policy* drew: right on average, and often below 0.

    >>> k1(torch.tensor([0.5, 0.05]).log(), torch.tensor([0.25, 0.25]).log())
    tensor([ 0.6931, -1.6094])
    """
    return log_probs - reference_log_probs


def k2(log_probs: LogProbs, reference_log_probs: LogProbs) -> LogProbs:
    """Half the square of k1: never below 0, and near the truth where both models are near each other.

    >>> k2(torch.tensor([0.5, 0.05]).log(), torch.tensor([0.25, 0.25]).log())
    tensor([0.2402, 1.2951])
    """
    return (log_probs - reference_log_probs) ** 2 / 2


def k3(log_probs: LogProbs, reference_log_probs: LogProbs) -> LogProbs:
    """ratio - 1 - log(ratio) with ratio = reference / policy: right on average, never below 0, and steadier than k1.

    To -log(ratio), which is k1, it adds ratio - 1: that is 0 on average, and makes up for most of k1's chance.

    >>> k3(torch.tensor([0.5, 0.05]).log(), torch.tensor([0.25, 0.25]).log())
    tensor([0.1931, 2.3906])
    """
    log_ratio = reference_log_probs - log_probs
    return log_ratio.expm1() - log_ratio  # expm1 keeps the digits where the ratio is near 1


def expected(estimator: Estimator, logits: Logits, reference_logits: Logits) -> Float[Tensor, "*places"]:
    """What an estimator says on average, over all that the policy may draw: a sum, no chance in it.

    >>> policy = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    >>> expected(k1, policy, torch.zeros(4)), expected(k3, policy, torch.zeros(4))
    (tensor(0.2442), tensor(0.2442))
    """
    logs, reference_logs = logits.log_softmax(dim=-1), reference_logits.log_softmax(dim=-1)
    return (logs.exp() * estimator(logs, reference_logs)).sum(dim=-1)


def gradient_as_loss(estimator: Estimator, logits: Logits, reference_logits: Logits) -> Logits:
    """The mean gradient at the policy's logits where the estimate at drawn tokens is itself the loss.

    A drawn token is a given: no gradient runs through which of them was drawn. So this is not the gradient of
    `expected`. Of the three only k2's is that of the exact divergence; k3's is that of the other direction,
    KL(reference || policy), and k1's is 0. What is right by value may push the wrong way.
    """
    return _gradient(estimator, logits, reference_logits)


def gradient_as_reward(estimator: Estimator, logits: Logits, reference_logits: Logits) -> Logits:
    """The mean gradient where the estimate is taken as a price: a number by which log-probabilities are pushed down.

    This is what a KL inside the reward does. Here k1 is the one whose gradient is that of the exact divergence.
    """
    return _gradient(lambda logs, refs: estimator(logs, refs).detach() * logs, logits, reference_logits)


def _gradient(of_drawn: Estimator, logits: Logits, reference_logits: Logits) -> Logits:
    """The gradient of something about a drawn token, its mean over what the policy draws."""
    with torch.enable_grad():
        dials = logits.detach().requires_grad_()
        logs, reference_logs = dials.log_softmax(dim=-1), reference_logits.log_softmax(dim=-1)
        mean = (logs.exp().detach() * of_drawn(logs, reference_logs)).sum()
        return torch.autograd.grad(mean, dials)[0]
