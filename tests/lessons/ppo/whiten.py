"""Answers to `ppo.whiten` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("ppo.whiten")
def _(advantages, mask):
    own = advantages[mask]
    return (advantages - own.mean()) * mask / own.std(correction=0).clamp(min=1e-4)


@right("ppo.whiten")
def _(advantages, mask):
    n = mask.sum()
    centred = mask * (advantages - (advantages * mask).sum() / n)
    return centred / max((centred.square().sum() / n).sqrt().item(), 1e-4)


@wrong("ppo.whiten", "whiten-mean-over-all")
def _(advantages, mask):
    centred = advantages - torch.mean(advantages)
    return mask * centred / centred[mask].square().mean().sqrt().clamp(min=1e-4)


@wrong("ppo.whiten", "whiten-all-places")
def _(advantages, mask):
    centred = advantages - torch.mean(advantages)
    return mask * centred / centred.square().mean().sqrt().clamp(min=1e-4)


@wrong("ppo.whiten", "whiten-outside")
def _(advantages, mask):
    own = advantages[mask]
    return (advantages - own.mean()) / own.std(correction=0).clamp(min=1e-4)


@wrong("ppo.whiten", "whiten-not-centred")
def _(advantages, mask):
    return mask * advantages / advantages[mask].square().mean().sqrt().clamp(min=1e-4)


@wrong("ppo.whiten", "whiten-not-divided")
def _(advantages, mask):
    return mask * (advantages - advantages[mask].mean())


@wrong("ppo.whiten", "whiten-by-variance")
def _(advantages, mask):
    own = advantages[mask]
    return mask * (advantages - own.mean()) / own.var(correction=0).clamp(min=1e-4)


@wrong("ppo.whiten", "whiten-one-less")
def _(advantages, mask):
    own = advantages[mask]
    spread = ((own - own.mean()) ** 2).sum() / max(1, len(own) - 1)
    return mask * (advantages - own.mean()) / spread.sqrt().clamp(min=1e-4)


@wrong("ppo.whiten", "whiten-text-by-text")
def _(advantages, mask):
    white = torch.zeros_like(advantages)
    for row, chosen in enumerate(mask):
        if chosen.any():
            own = advantages[row, chosen]
            white[row, chosen] = (own - own.mean()) / own.std(correction=0).clamp(min=1e-4)
    return white


@wrong("ppo.whiten", "whiten-least-added")
def _(advantages, mask):
    own = advantages[mask]
    return mask * (advantages - own.mean()) / (own.std(correction=0) + 1e-4)
