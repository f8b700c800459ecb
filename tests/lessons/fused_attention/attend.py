"""Answers to `kernels.online_softmax.attend` as readers might write them."""

import math

from nextword.kernels import online_softmax
from tests.lessons import right, wrong

TARGET = "kernels.online_softmax.attend"


@right(TARGET)
def _(blocks, value_dim):
    """Score by score, without a summary of a block."""
    maximum, total, mixed = -math.inf, 0.0, [0.0] * value_dim
    for scores, values in blocks:
        for score, value in zip(scores, values, strict=True):
            if score == -math.inf:
                continue
            if score > maximum:
                shrink = math.exp(maximum - score)
                maximum, total, mixed = score, total * shrink, [x * shrink for x in mixed]
            share = math.exp(score - maximum)
            total += share
            mixed = [x + share * y for x, y in zip(mixed, value, strict=True)]
    return [x / total for x in mixed] if total > 0 else mixed


@right(TARGET)
def _(blocks, value_dim):
    """As a fold."""
    import functools

    whole = functools.reduce(
        online_softmax.merge,
        (online_softmax.summarise(*block) for block in blocks),
        online_softmax.empty(value_dim),
    )
    return [x / (whole.total or 1.0) for x in whole.mixed]


def summaries(blocks):
    for scores, values in blocks:
        yield online_softmax.summarise(scores, values)


def divided(seen, by=None):
    by = seen.total if by is None else by
    return [x / by if by else 0.0 for x in seen.mixed]


@wrong(TARGET, "loop-last-block")
def _(blocks, value_dim):
    seen = online_softmax.empty(value_dim)
    for summary in summaries(blocks):
        seen = summary
    return divided(seen)


@wrong(TARGET, "loop-never-merged")
def _(blocks, value_dim):
    seen = online_softmax.empty(value_dim)
    for _ in blocks:
        seen = online_softmax.merge(seen, seen)
    return divided(seen)


@wrong(TARGET, "loop-not-divided")
def _(blocks, value_dim):
    seen = online_softmax.empty(value_dim)
    for summary in summaries(blocks):
        seen = online_softmax.merge(summary, seen)
    return list(seen.mixed)


@wrong(TARGET, "loop-by-zero")
def _(blocks, value_dim):
    seen = online_softmax.empty(value_dim)
    for summary in summaries(blocks):
        seen = online_softmax.merge(summary, seen)
    return [x / seen.total if seen.total > 0 else float("nan") for x in seen.mixed]


@wrong(TARGET, "loop-divided-in-each-block")
def _(blocks, value_dim):
    seen = online_softmax.empty(value_dim)
    for maximum, total, mixed in summaries(blocks):
        done = online_softmax.Summary(maximum, total, [x / total if total else 0.0 for x in mixed])
        seen = online_softmax.merge(seen, done)
    return divided(seen)


@wrong(TARGET, "loop-mean-of-blocks")
def _(blocks, value_dim):
    done = [divided(summary) for summary in summaries(blocks)]
    return [sum(column) / len(done) for column in zip(*done, strict=True)] or [0.0] * value_dim


@wrong(TARGET, "loop-by-number")
def _(blocks, value_dim):
    seen, count = online_softmax.empty(value_dim), 0
    for scores, values in blocks:
        seen = online_softmax.merge(seen, online_softmax.summarise(scores, values))
        count += len(values)
    return divided(seen, count)


@wrong(TARGET, "loop-collected")
def _(blocks, value_dim):
    scores, values = [], []
    for more_scores, more_values in list(blocks):
        scores += more_scores
        values += more_values
    return divided(online_softmax.summarise(scores, values)) if scores else [0.0] * value_dim


@wrong(TARGET, "loop-sums-without-maximum")
def _(blocks, value_dim):
    total, mixed = 0.0, [0.0] * value_dim
    for summary in summaries(blocks):
        total += summary.total
        mixed = [x + y for x, y in zip(mixed, summary.mixed, strict=True)]
    return [x / total for x in mixed] if total else mixed
