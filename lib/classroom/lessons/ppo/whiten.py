"""Advantages moved and divided, so that over the mask their mean is 0 and their spread 1."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.ppo.shared import in_a_round, mask, noises

noise = noises(194)


def move_nothing(whiten):
    """Where all came alike, no token is better than another: all are 0, and none is nan."""
    for same in (0.1, 0.0, -7.0):
        given = whiten(torch.full((3, 20), same), torch.ones(3, 20, dtype=torch.bool))
        if given.shape != (3, 20):
            return  # the cases say it better
        called = f"whiten(60 numbers that all are {same}, a mask that is True everywhere)"
        if given.isnan().any():
            says = "Where all advantages are alike the spread is 0, and 0 divided by 0 is nan: divide by 1e-4 at least, as .clamp(min=1e-4) does."
            raise Wrong("whiten-nan", says, called, "nan", "0 everywhere")
        if given.abs().max() > 0.01:
            says = "All advantages are alike here, so none is better than another: with the mean taken off they are 0. "
            says += "What rounding may leave of them must not be blown up, so divide by 1e-4 at least."
            raise Wrong("whiten-blows-up", says, called, f"up to {given.abs().max():.2g}", "0 everywhere")


@check(
    "ppo.whiten",
    lives=in_a_round,
    behaviours=(move_nothing,),
    cases=[
        (torch.tensor([[3.0, 5.0]]), mask("xx")),
        (torch.tensor([[3.0, 5.0, 99.0]]), mask("xx.")),
        (torch.tensor([[1.0, 2.0], [3.0, 9.0]]), mask("xx", "xx")),
        (5 + 3 * noise(3, 5), mask("xxx..", ".xxxx", "..x..")),
        (0.01 * noise(2, 4) - 1, mask("xx..", ".xxx")),
    ],
    awkward=[
        (torch.tensor([[3.0]]), mask("x")),
        (torch.tensor([[3.0, 4.0], [8.0, 9.0]]), mask("x.", "..")),
        (noise(6, 1), mask(*"x.xx.x")),
        (1e4 * noise(2, 6), mask("xxxxxx", "xx....")),
        (noise(4, 4), mask(*["xxxx"] * 4)),
    ],
)
def whiten(advantages, mask):
    own = advantages[mask]
    white = torch.zeros(advantages.shape, dtype=advantages.dtype)
    white[mask] = (own - own.mean()) / own.var(correction=0).sqrt().clamp(min=1e-4)
    return white


edits(
    "ppo.whiten",
    (
        "whiten-mean-over-all",
        "advantages - rollouts.masked_mean(advantages, mask)",
        "advantages - advantages.mean()",
        "The mean was taken over all places, those outside the mask too. Only what the policy chose counts.",
    ),
    (
        "whiten-all-places",
        ...,
        """
        white = (advantages - advantages.mean()) / advantages.std(correction=0).clamp(min=1e-4)
        return torch.where(mask, white, 0)
        """,
        "Mean and spread were taken over all places, those outside the mask too. Only what the policy chose counts.",
    ),
    (
        "whiten-outside",
        "torch.where(mask, centred / spread.clamp(min=1e-4), 0)",
        "centred / spread.clamp(min=1e-4)",
        "Places outside the mask are not 0.",
    ),
    (
        "whiten-not-centred",
        "centred = advantages - rollouts.masked_mean(advantages, mask)",
        "centred = advantages",
        "The mean was not taken off: it is 0 afterwards.",
    ),
    (
        "whiten-not-divided",
        "centred / spread.clamp(min=1e-4)",
        "centred",
        "The mean was taken off, and the spread is as it was. Divide by it.",
    ),
    (
        "whiten-by-variance",
        "(centred**2, mask).sqrt()",
        "(centred**2, mask)",
        "It was divided by the variance. The root is missing: the spread is the standard deviation.",
    ),
    (
        "whiten-one-less",
        ...,
        """
        own = advantages[mask]
        spread = own.std(correction=1 if len(own) > 1 else 0).clamp(min=1e-4)
        return torch.where(mask, (advantages - own.mean()) / spread, 0)
        """,
        "The squares were shared out over one less than there are, which .std() does unless it is told correction=0. Take their plain mean.",
    ),
    (
        "whiten-text-by-text",
        ...,
        """
        counts = mask.sum(dim=1, keepdim=True).clamp(min=1)
        centred = (advantages - (advantages * mask).sum(dim=1, keepdim=True) / counts) * mask
        return centred / ((centred**2).sum(dim=1, keepdim=True) / counts).sqrt().clamp(min=1e-4)
        """,
        "Each text was whitened by itself, so that no text is better than another. All places of all texts are taken together.",
    ),
    (
        "whiten-least-added",
        "spread.clamp(min=1e-4)",
        "(spread + 1e-4)",
        "1e-4 was added to the spread. It is the least to divide by: a spread above it stays as it is, as with .clamp(min=1e-4).",
    ),
)
