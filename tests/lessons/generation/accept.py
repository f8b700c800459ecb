"""Answers to `speculative.accept` as readers might write them."""

import torch

from tests.lessons import right, wrong


def each(table, guessed):
    return table[torch.arange(len(guessed)), guessed]


def before_the_first(refused):
    """How many stand before the first True."""
    n = 0
    for one in refused.tolist():
        if one:
            return n
        n += 1
    return n


@right("speculative.accept")
def _(target, draft, guessed, pins):
    kept = pins < each(target, guessed) / each(draft, guessed)
    return int(kept.long().cumprod(dim=0).sum())


@right("speculative.accept")
def _(target, draft, guessed, pins):
    ratio = torch.minimum(torch.ones(len(guessed)), each(target, guessed) / each(draft, guessed))
    return before_the_first(~(pins < ratio))


@wrong("speculative.accept", "accept-turned")
def _(target, draft, guessed, pins):
    return before_the_first(pins >= (each(draft, guessed) / each(target, guessed)).clamp(max=1))


@wrong("speculative.accept", "accept-pin-turned")
def _(target, draft, guessed, pins):
    return before_the_first(pins < each(target, guessed) / each(draft, guessed))


@wrong("speculative.accept", "accept-all")
def _(target, draft, guessed, pins):
    return len(guessed)


@wrong("speculative.accept", "accept-no-ratio")
def _(target, draft, guessed, pins):
    return before_the_first(pins >= each(target, guessed))


@wrong("speculative.accept", "accept-draft")
def _(target, draft, guessed, pins):
    return before_the_first(pins >= each(draft, guessed))


@wrong("speculative.accept", "accept-goes-on")
def _(target, draft, guessed, pins):
    return int((pins < each(target, guessed) / each(draft, guessed)).sum())


@wrong("speculative.accept", "accept-argmax")
def _(target, draft, guessed, pins):
    return before_the_first(target.argmax(dim=-1) != guessed)


@wrong("speculative.accept", "accept-half")
def _(target, draft, guessed, pins):
    return before_the_first(each(target, guessed) / each(draft, guessed) <= 1 / 2)


@wrong("speculative.accept", "accept-counts-refused")
def _(target, draft, guessed, pins):
    refused = pins >= each(target, guessed) / each(draft, guessed)
    return min(len(guessed), before_the_first(refused) + 1)


@wrong("speculative.accept", "accept-first-place")
def _(target, draft, guessed, pins):
    return before_the_first(
        torch.tensor([bool(p >= target[0, g] / draft[0, g]) for g, p in zip(guessed, pins, strict=True)])
    )


@wrong("speculative.accept", "accept-first-pin")
def _(target, draft, guessed, pins):
    return before_the_first(pins[:1] >= each(target, guessed) / each(draft, guessed)) if len(guessed) else 0


@wrong("speculative.accept", "accept-not-a-number")
def _(target, draft, guessed, pins):
    return (pins < each(target, guessed) / each(draft, guessed)).long().cumprod(dim=0)
