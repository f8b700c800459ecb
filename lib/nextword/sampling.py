"""Rung `sampling`: turn a model's numbers into one chosen token.

A model gives a logit for each token of its vocabulary: any number, the larger the likelier. Filters take logits
and return logits, so that they can follow one another; only `softmax` makes probabilities, and only `draw` uses
chance.
Sources: Holtzman et al. 2019 (top-p, arXiv 1904.09751), Fan et al. 2018 (top-k, arXiv 1805.04833),
Nguyen et al. 2024 (min-p, arXiv 2407.01082), Keskar et al. 2019 (repetition penalty, arXiv 1909.05858, section 4.1).
"""

import math
from numbers import Integral

import torch

from nextword.base.precision import in_float32
from nextword.base.shapes import Float, Logits, Probabilities, Ranks, Tensor, TokenIds, Tokens

REMOVED = -math.inf  # the logit of a token that must never be chosen: e to that power is 0
ROUNDING = 1e-6  # sums of rounded numbers that differ by less than this share count as the same
COLDEST = torch.finfo(torch.float32).tiny  # a temperature below it is 0 in float32


@in_float32
def softmax(logits: Logits) -> Probabilities:
    """Probabilities in proportion to e**logit: each row is positive and sums to 1.

    It asks nothing of its input, for attention runs through it at every step; `greedy` and `sample` do.

    >>> softmax(torch.tensor([0.0, math.log(3)]))
    tensor([0.2500, 0.7500])
    """
    highest = logits.max(dim=-1, keepdim=True).values
    powers = torch.exp(logits - highest)  # the same shares, and e**1000 would be infinite
    return powers / powers.sum(dim=-1, keepdim=True)


def check_logits(logits: Logits) -> None:
    """Refuse logits from which no token can be chosen, with a ValueError."""
    check_kind(logits)
    if logits.dim() == 0 or logits.shape[-1] == 0:
        raise ValueError(f"logits of shape {tuple(logits.shape)} hold no token to choose from")
    if logits.isnan().any():
        raise ValueError("some logits are NaN (not a number): an earlier step divided 0 by 0 or overflowed")
    if (logits == math.inf).any():
        raise ValueError("some logits are +inf: an earlier step overflowed")
    if (logits == REMOVED).all(dim=-1).any():
        raise ValueError("every logit of a row is -inf: no token is left to choose; filter less")


def check_kind(logits: Tensor) -> None:
    """Refuse logits that are whole numbers, with a TypeError."""
    if not logits.is_floating_point():
        raise TypeError(f"logits are {logits.dtype}, and need to be fractions: use logits.float()")


def with_temperature(logits: Logits, temperature: float) -> Logits:
    """Logits divided by a temperature: closer together above 1, further apart below 1; at 0 only the best is left.

    The likeliest gets logit 0: shifting all logits alike changes no probability.

    >>> with_temperature(torch.tensor([2.0, 4.0]), 2.0)
    tensor([-1.,  0.])
    """
    check_temperature(temperature)
    if temperature == 0:
        return keep(logits, torch.nn.functional.one_hot(greedy(logits), logits.shape[-1]).bool())
    highest = logits.max(dim=-1, keepdim=True).values
    return (logits - highest) / max(temperature, COLDEST)  # the same shares; and 0 / 0 would be no number


def check_temperature(temperature: float) -> None:
    """Refuse what is no temperature, with a ValueError."""
    if not 0 <= temperature < math.inf:
        raise ValueError(
            f"temperature {temperature} is not possible: it is 0 (always the likeliest) or above"
        )


def keep(logits: Logits, mask: torch.Tensor) -> Logits:
    """The logits where `mask` is true, and -inf elsewhere."""
    check_kind(logits)
    return logits.masked_fill(~mask, REMOVED)


def greedy(logits: Logits) -> TokenIds:
    """Argmax decoding: the likeliest token of each row; of equals, the first.

    >>> greedy(torch.tensor([0.5, 2.0, 2.0]))
    tensor(1)
    """
    check_logits(logits)
    return logits.argmax(dim=-1)


def top_k(logits: Logits, k: int) -> Logits:
    """Top-k: keep the k likeliest tokens of each row (all of them where there are fewer); of equals, the first.

    >>> top_k(torch.tensor([1.0, 3.0, 2.0]), 2)
    tensor([-inf, 3., 2.])
    """
    check_k(k)
    return keep(logits, rank(logits) < min(k, logits.shape[-1]))


def check_k(k: float) -> None:
    """Refuse what is no number of tokens to keep, with a ValueError."""
    if not isinstance(k, Integral) or k < 1:
        raise ValueError(f"top_k with k = {k} is not possible: k is 1 or more, and a whole number")


def rank(logits: Logits) -> Ranks:
    """Each token's place in its row: 0 for the likeliest; of equals, the first comes first.

    >>> rank(torch.tensor([1.0, 3.0, 2.0]))
    tensor([2, 0, 1])
    """
    order = logits.argsort(dim=-1, descending=True, stable=True)
    return order.argsort(dim=-1)


def top_p(logits: Logits, p: float) -> Logits:
    """Nucleus (top-p) sampling's filter: keep the fewest likeliest tokens whose probabilities together reach p.

    >>> top_p(torch.tensor([0.5, 0.41, 0.09]).log(), 0.9).isinf()
    tensor([False, False,  True])
    """
    check_p(p)
    if p == 1:
        return logits.clone()  # a sum that rounds to 1 too early must not remove anyone
    probabilities = softmax(logits).sort(dim=-1, descending=True).values
    short = probabilities.cumsum(dim=-1) < p * (1 - ROUNDING)  # .5 + .3 may come out a little below .8
    too_few = short.sum(dim=-1, keepdim=True)  # so many do not reach p: one more does
    return keep(logits, rank(logits) <= too_few)


def check_p(p: float) -> None:
    """Refuse what is no share of the probability to keep, with a ValueError."""
    if not 0 < p <= 1:
        raise ValueError(f"top_p with p = {p} is not possible: p is above 0 and at most 1")


def min_p(logits: Logits, p: float) -> Logits:
    """Min-p: keep the tokens at least p times as likely as the likeliest.

    >>> min_p(torch.tensor([0.5, 0.41, 0.09]).log(), 0.2).isinf()
    tensor([False, False,  True])
    """
    check_floor(p)
    probabilities = softmax(logits)
    return keep(logits, probabilities >= p * probabilities.max(dim=-1, keepdim=True).values)


def check_floor(p: float) -> None:
    """Refuse what is no share of the likeliest token's probability, with a ValueError."""
    if not 0 <= p <= 1:
        raise ValueError(f"min_p with p = {p} is not possible: p is between 0 and 1")


def draw(probabilities: Probabilities, generator: torch.Generator | None = None) -> TokenIds:
    """A categorical draw for each row, by the inverse of the cumulative sum.

    It is a pin dropped on a ruler whose segments are the probabilities.

    >>> draw(torch.tensor([0.0, 1.0, 0.0]))
    tensor(1)
    """
    check_probabilities(probabilities)
    ends = probabilities.double().cumsum(dim=-1)  # where each token's segment ends on the ruler
    length = ends[..., -1:]
    pin = torch.rand(length.shape, dtype=torch.float64, device=ends.device, generator=generator) * length
    return ((ends <= pin) & (ends < length)).sum(dim=-1)  # rounding may put a pin on the very end


def check_probabilities(probabilities: Probabilities) -> None:
    """Refuse rows from which nothing can be drawn, with a ValueError."""
    if probabilities.dim() == 0 or probabilities.shape[-1] == 0:
        raise ValueError(f"probabilities of shape {tuple(probabilities.shape)} hold no token to draw")
    if (probabilities == math.inf).any():
        raise ValueError(
            "some probabilities are +inf, and 1 is the most: did you pass logits? softmax them first"
        )
    if probabilities.isnan().any():
        raise ValueError(
            "some probabilities are NaN (not a number): an earlier step divided 0 by 0 or overflowed"
        )
    if (probabilities < 0).any() or (probabilities.sum(dim=-1) <= 0).any():
        raise ValueError(
            "some probabilities are negative, or a row sums to 0: did you pass logits? softmax them first"
        )


def token_logprobs(
    logits: Float[Tensor, "*batch positions vocab"], ids: Tokens
) -> Float[Tensor, "*batch seq_len-1"]:
    """The log-probability of each token given those before it; one shorter than `ids`, whose first nothing predicts.

    `logits` are those after each token; the ones after the last are not needed, and may be left out.

    >>> logits = torch.tensor([[0.5, 0.5], [0.25, 0.75]]).log()
    >>> token_logprobs(logits, torch.tensor([0, 1, 1])).exp()
    tensor([0.5000, 0.7500])
    """
    logs = logits[..., : ids.shape[-1] - 1, :].float().log_softmax(dim=-1)
    return logs.gather(-1, ids[..., 1:, None]).squeeze(-1)


def repetition_penalty(logits: Logits, ids: Tokens, penalty: float) -> Logits:
    """Repetition penalty: make each token that stands in the text so far less likely, however often it stands there.

    A logit above 0 is divided by the penalty, one below 0 is multiplied with it. So it asks for the logits as the model
    gave them: a shift changes no probability, and moves the 0 from which the penalty counts.

    >>> repetition_penalty(torch.tensor([2.0, -1.0, 0.5]), torch.tensor([0, 1, 1]), 2.0)
    tensor([ 1.0000, -2.0000,  0.5000])
    """
    if not 1 <= penalty < math.inf:
        raise ValueError(f"a repetition penalty of {penalty} is not possible: it is 1 (none) or above")
    seen = logits.gather(-1, ids)
    return logits.scatter(-1, ids, torch.where(seen > 0, seen / penalty, seen * penalty))


def distribution(
    logits: Logits, temperature: float = 1.0, k: int | None = None, p: float = 1.0, floor: float = 0.0
) -> Probabilities:
    """The probabilities with which `sample` draws: temperature first, then top-k, top-p, and min-p with `floor`.

    >>> distribution(torch.tensor([0.5, 0.41, 0.09]).log(), p=0.5)
    tensor([1., 0., 0.])
    """
    check_logits(logits)
    logits = with_temperature(logits, temperature)
    if k is not None:
        logits = top_k(logits, k)
    logits = top_p(logits, p)
    return softmax(min_p(logits, floor) if floor > 0 else logits)


def sample(
    logits: Logits,
    temperature: float = 1.0,
    k: int | None = None,
    p: float = 1.0,
    generator: torch.Generator | None = None,
    floor: float = 0.0,
) -> TokenIds:
    """One token for each row, drawn from `distribution`.

    >>> sample(torch.tensor([1.0, 3.0, 2.0]), temperature=0.0)
    tensor(1)
    """
    return draw(distribution(logits, temperature, k, p, floor), generator)
