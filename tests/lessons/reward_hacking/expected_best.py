"""Answers to `overoptimization.expected_best` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong

TARGET = "overoptimization.expected_best"


def levels(proxy, value, chance_up_to, reduce=lambda values: values.mean()):
    """The sum over the levels of the proxy; `chance_up_to(m)` that all chosen are among the lowest m."""
    total, before, up_to = 0.0, 0.0, 0
    for level in proxy.unique().tolist():
        here = value[proxy == level]
        up_to += len(here)
        now = chance_up_to(up_to)
        total += (now - before) * reduce(here.double()).item()
        before = now
    return total


def not_put_back(proxy, n):
    return lambda m: math.comb(m, n) / math.comb(len(proxy), n)


@right(TARGET)
def _(proxy, value, n):
    return levels(proxy, value, not_put_back(proxy, n))


@right(TARGET)
def _(proxy, value, n):
    order = proxy.argsort(stable=True)
    values = value.double().clone()
    for level in proxy.unique():
        values[proxy == level] = values[proxy == level].mean()  # equals share
    ways = [math.comb(place, n - 1) / math.comb(len(proxy), n) for place in range(len(proxy))]
    return float(torch.tensor(ways, dtype=torch.float64) @ values[order])


@wrong(TARGET, "expected-put-back")
def _(proxy, value, n):
    return levels(proxy, value, lambda m: 1 - (1 - (m / len(proxy)) ** n))


@wrong(TARGET, "expected-at-most")
def _(proxy, value, n):
    up_to = not_put_back(proxy, n)
    return sum(
        up_to(int((proxy <= level).sum())) * value[proxy == level].double().mean().item()
        for level in proxy.unique()
    )


@wrong(TARGET, "expected-by-value")
def _(proxy, value, n):
    return levels(value, value, not_put_back(proxy, n))


@wrong(TARGET, "expected-the-proxy")
def _(proxy, value, n):
    return levels(proxy, proxy, not_put_back(proxy, n))


@wrong(TARGET, "expected-sum-of-ties")
def _(proxy, value, n):
    return levels(proxy, value, not_put_back(proxy, n), lambda values: values.sum())


@wrong(TARGET, "expected-lowest")
def _(proxy, value, n):
    return levels(-proxy, value, not_put_back(proxy, n))


@wrong(TARGET, "expected-best-of-all")
def _(proxy, value, n):
    tops = [v for p, v in zip(proxy.tolist(), value.tolist(), strict=True) if p == max(proxy.tolist())]
    return sum(tops) / len(tops)


@wrong(TARGET, "expected-first-n")
def _(proxy, value, n):
    few, worth = proxy[:n].tolist(), value[:n].tolist()
    tops = [v for p, v in zip(few, worth, strict=True) if p == max(few)]
    return sum(tops) / len(tops)


@wrong(TARGET, "expected-top-n")
def _(proxy, value, n):
    pairs = sorted(zip(proxy.tolist(), value.tolist(), strict=True), key=lambda pair: -pair[0])
    return sum(worth for _, worth in pairs[:n]) / n


@wrong(TARGET, "expected-any")
def _(proxy, value, n):
    return sum(value.tolist()) / len(value)


@wrong(TARGET, "expected-ties-by-place")
def _(proxy, value, n):
    places = sorted(range(len(proxy)), key=lambda place: proxy[place].item())
    total = 0.0
    for rank, place in enumerate(places, start=1):
        total += math.comb(rank - 1, n - 1) / math.comb(len(proxy), n) * value[place].item()
    return total
