"""Answers to `ppo.per_token_rewards` as readers might write them."""

import torch

from nextword import kl
from tests.lessons import right, wrong


def _last(mask):
    """A table that is 1 at each text's last place, and 0 elsewhere."""
    places = torch.arange(1, mask.shape[1] + 1)
    return (places == (mask * places).amax(dim=1, keepdim=True)).int()


@right("ppo.per_token_rewards")
def _(scores, log_probs, reference_log_probs, mask, beta):
    prices = beta * (reference_log_probs - log_probs)
    return (prices + _last(mask) * scores[:, None]) * mask


@right("ppo.per_token_rewards")
def _(scores, log_probs, reference_log_probs, mask, beta):
    rewards = (-beta * (log_probs - reference_log_probs)).masked_fill(~mask, 0.0)
    for text in range(len(scores)):
        rewards[text, mask[text].nonzero()[-1, 0]] += scores[text]
    return rewards


@wrong("ppo.per_token_rewards", "rewards-kl-sign")
def _(scores, log_probs, reference_log_probs, mask, beta):
    return (beta * (log_probs - reference_log_probs) + _last(mask) * scores[:, None]) * mask


@wrong("ppo.per_token_rewards", "rewards-no-mask")
def _(scores, log_probs, reference_log_probs, mask, beta):
    return beta * (reference_log_probs - log_probs) + _last(mask) * scores[:, None]


@wrong("ppo.per_token_rewards", "rewards-score-everywhere")
def _(scores, log_probs, reference_log_probs, mask, beta):
    return (beta * (reference_log_probs - log_probs) + scores[:, None]) * mask


@wrong("ppo.per_token_rewards", "rewards-score-in-last-column")
def _(scores, log_probs, reference_log_probs, mask, beta):
    prices = beta * (reference_log_probs - log_probs) * mask
    return torch.cat([prices[:, :-1], prices[:, -1:] + scores[:, None]], dim=1)


@wrong("ppo.per_token_rewards", "rewards-score-first")
def _(scores, log_probs, reference_log_probs, mask, beta):
    rewards = beta * (reference_log_probs - log_probs) * mask
    for text, score in enumerate(scores):
        rewards[text, mask[text].nonzero()[0, 0]] += score
    return rewards


@wrong("ppo.per_token_rewards", "rewards-last-by-count")
def _(scores, log_probs, reference_log_probs, mask, beta):
    rewards = beta * (reference_log_probs - log_probs) * mask
    for text, score in enumerate(scores):
        rewards[text, int(mask[text].sum()) - 1] += score
    return rewards


@wrong("ppo.per_token_rewards", "rewards-score-replaces")
def _(scores, log_probs, reference_log_probs, mask, beta):
    prices = beta * (reference_log_probs - log_probs) * mask
    return torch.where(_last(mask).bool(), scores[:, None].to(prices.dtype), prices)


@wrong("ppo.per_token_rewards", "rewards-kl-twice")
def _(scores, log_probs, reference_log_probs, mask, beta):
    prices = beta * (reference_log_probs - log_probs) * mask
    return prices + _last(mask) * (scores + prices.sum(dim=1))[:, None]


@wrong("ppo.per_token_rewards", "rewards-kl-per-text")
def _(scores, log_probs, reference_log_probs, mask, beta):
    distance = ((log_probs - reference_log_probs) * mask).sum(dim=1)
    return _last(mask) * (scores - beta * distance)[:, None]


@wrong("ppo.per_token_rewards", "rewards-k3")
def _(scores, log_probs, reference_log_probs, mask, beta):
    return (_last(mask) * scores[:, None] - beta * kl.k3(log_probs, reference_log_probs)) * mask


@wrong("ppo.per_token_rewards", "rewards-no-beta")
def _(scores, log_probs, reference_log_probs, mask, beta):
    return (reference_log_probs - log_probs + _last(mask) * scores[:, None]) * mask


@wrong("ppo.per_token_rewards", "rewards-no-price")
def _(scores, log_probs, reference_log_probs, mask, beta):
    return (_last(mask) * scores[:, None]).to(log_probs.dtype)


@wrong("ppo.per_token_rewards", "rewards-of-probabilities")
def _(scores, log_probs, reference_log_probs, mask, beta):
    prices = beta * (torch.exp(reference_log_probs) - torch.exp(log_probs))
    return (prices + _last(mask) * scores[:, None]) * mask


@wrong("ppo.per_token_rewards", "rewards-beta-of-score")
def _(scores, log_probs, reference_log_probs, mask, beta):
    return beta * (reference_log_probs - log_probs + _last(mask) * scores[:, None]) * mask


@wrong("ppo.per_token_rewards", "rewards-score-shared")
def _(scores, log_probs, reference_log_probs, mask, beta):
    shares = (scores / mask.sum(dim=1)).unsqueeze(1)
    return (beta * (reference_log_probs - log_probs) + shares) * mask
