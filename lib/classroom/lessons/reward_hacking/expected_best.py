"""What the best of n by a proxy is worth on average, from texts that are there already."""

import math
from fractions import Fraction

import torch

from classroom.judge import comparison
from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check, mistake

noise = shelf.noises(220)


def numbers(*values):
    return torch.tensor([float(value) for value in values])


def close(yours, needed, nan: bool = False) -> bool:
    """Whether two means are the same, as closely as float32 knows them."""
    return comparison.same(in_float32(yours), in_float32(needed), nan)


def in_float32(value):
    return torch.tensor(value, dtype=torch.float32) if isinstance(value, float) else value


@check(
    "overoptimization.expected_best",
    same=close,
    cases=[
        (numbers(1, 2, 3), numbers(10, 20, 0), 2),
        (numbers(1, 2, 3), numbers(10, 20, 0), 1),
        (numbers(1, 2, 3), numbers(10, 20, 0), 3),
        (numbers(3, 1, 4, 2), numbers(1, 0, 8, 2), 2),
        (numbers(1, 1, 0), numbers(6, 2, 1), 2),
        (numbers(0, 1, 1, 1), numbers(0, 3, 6, 0), 3),
        (numbers(2, 0, 1, 2, 0), numbers(1, 5, 2, -3, 7), 2),
        (noise(9), noise(9), 4),
    ],
    awkward=[
        (numbers(5), numbers(-2), 1),
        (numbers(1, 1, 1), numbers(3, 0, 6), 2),
        (numbers(-3, -2, -1), numbers(-1, -2, -4), 2),
        (noise(40).round(), noise(40), 10),
        (noise(400), 3 + noise(400), 200),
        (noise(2000), noise(2000), 7),
        (numbers(1, 2), numbers(1e4, -1e4), 1),
        (numbers(0, 0, 1, 1), numbers(1, 2, 3, 5), 4),
        (numbers(0, 0, 0), numbers(-4, 1, 0), 2),
        (numbers(0), numbers(-6), 1),
        (numbers(-0.0, -0.0, 1, -2, 0, -1, -1, -1), numbers(-2, 5, -4, -1, -2, -5, 2, 3), 4),
        (numbers(-1, -1, -2, 0, 3, 1), numbers(2, -3, 8, 1, 0, 4), 3),
    ],
)
def expected_best(proxy, value, n):
    """With fractions: all n lie at a level or below with the chance of n draws, none of them put back."""
    found, before = 0.0, Fraction(0)
    for level in sorted(set(proxy.tolist())):
        up_to = int((proxy <= level).sum())
        chance = Fraction(math.prod(range(up_to - n + 1, up_to + 1)) if up_to >= n else 0)
        chance /= math.prod(range(len(proxy) - n + 1, len(proxy) + 1))
        found += float(chance - before) * value[proxy == level].double().mean().item()
        before = chance
    return found


WAYS = "math.comb(size, n) / math.comb(len(proxy), n)"
UNIQUE = "proxy.unique(return_inverse=True, return_counts=True)"
MEANS = "torch.zeros(len(sizes)).index_add(0, level, value) / sizes"
CHANCES = "torch.tensor([0.0, *ways]).diff()"

edits(
    "overoptimization.expected_best",
    (
        "expected-put-back",
        WAYS,
        "(size / len(proxy)) ** n",
        "That is the chance where a text that was drawn is put back, and may be drawn again. n *different* texts are chosen: C(size, n) of C(N, n) ways.",
    ),
    (
        "expected-at-most",
        CHANCES,
        "torch.tensor(ways)",
        "These are the chances that the best lies at a level *or below*. That it lies exactly there is the difference to the level before.",
    ),
    (
        "expected-by-value",
        UNIQUE,
        UNIQUE.replace("proxy", "value"),
        "The best was chosen by its value. It is chosen by the proxy: nobody who chooses knows the value.",
    ),
    (
        "expected-the-proxy",
        MEANS,
        MEANS.replace("value", "proxy"),
        "This is the mean *proxy* of the best. Asked is the mean of its value.",
    ),
    (
        "expected-sum-of-ties",
        MEANS,
        MEANS.replace(" / sizes", ""),
        "The values of texts with the same proxy were added up. One of them is taken, each as likely: their mean.",
    ),
    (
        "expected-lowest",
        [(UNIQUE, f"(-{UNIQUE.split('.', 1)[0]}).{UNIQUE.split('.', 1)[1]}")],
        "The text with the lowest proxy was taken each time. Take the one with the highest.",
    ),
    (
        "expected-best-of-all",
        ...,
        "return value[proxy == proxy.max()].mean().item()",
        "This is the best of all texts. The best of n is asked for, and the best of all is among them only now and then.",
    ),
    (
        "expected-first-n",
        ...,
        "top = proxy[:n].max()\nreturn value[:n][proxy[:n] == top].mean().item()",
        "Only the first n texts were looked at. That is one draw, and depends on it; asked is the mean over all ways to choose n.",
    ),
    (
        "expected-top-n",
        ...,
        "return value[proxy.argsort(descending=True, stable=True)[:n]].mean().item()",
        "This is the mean of the n texts with the highest proxies. Asked is the mean of the *one* best, over all ways to choose n.",
    ),
    (
        "expected-any",
        ...,
        "return value.mean().item()",
        "This is the mean over all texts: nothing was chosen.",
    ),
)


@mistake(
    "overoptimization.expected_best",
    "expected-ties-by-place",
    "Of texts with the same proxy the one that stands last in the list gets all, or most. Each of them is as likely to be taken: give all of them the mean of their values.",
)
def _(proxy, value, n):
    order = proxy.argsort(stable=True).tolist()
    ways = [math.comb(place, n - 1) / math.comb(len(proxy), n) for place in range(len(proxy))]
    return sum(chance * value[place].item() for chance, place in zip(ways, order, strict=True))
