"""Where the truth was highest on a climb, if it fell behind that."""

from classroom.judge.listed import edits
from classroom.judge.registry import View, check
from nextword.overoptimization import Point


def points(golds, proxies=None):
    """Measurements on a climb; if nothing else is said, the proxy rises until just before the end."""
    proxies = proxies or [*range(1, len(golds)), len(golds) - 1.5]
    return [
        Point(2.0 * number, float(proxy), gold, 0.9 - 0.01 * number, 1.0)
        for number, (gold, proxy) in enumerate(zip(golds, proxies, strict=True))
    ]


def see(turned, golds, margin=0.0, proxies=None):
    """What it gives for measurements with these golds."""
    return turned(points(golds, proxies), margin)


def call(golds, margin=0.0, proxies=None):
    also = f" and proxy {list(proxies)}" if proxies else ""
    return f"turned(points with gold {list(golds)}{also}, margin={margin})"


@check(
    "overoptimization.turned",
    view=View(see, call),
    cases=[
        ([0.0, 2.0, 1.5, -1.0],),
        ([0.0, 1.0, 2.0],),
        ([0.0, 1.0, 0.5, 3.0, 2.0],),
        ([0.0, 2.0, 1.75, 1.5], 0.75),
        ([0.0, 2.0, 1.25, 1.75], 0.5),
        ([0.0, 3.0, 2.5, 2.0, 1.5], 1.0),
        ([-3.0, 2.0, 1.5, 1.0], 1.5),
        ([1.0, 2.0, 1.5], 2.0),
        ([0.0, 2.0, 2.0, 1.0],),
        ([3.0, 2.0, 1.0],),
        ([0.0, 5.0, 1.0, 4.0, 3.5, 2.0], 0.5),
        ([0.0, 2.0, 1.0, 0.5], 0.25, [1.0, 2.0, 4.0, 3.0]),
        ([-5.0, -2.0, -3.0], 0.5),
    ],
    awkward=[
        ([1.0],),
        ([1.0, 1.0],),
        ([0.0, 2.0, 1.0], 1.0),
        ([0.0, 2.0, 1.0], 0.75),
        ([4.0, 1.0, 3.75], 1.0),
        ([0.0, 2.0, 0.0, 2.0],),
        ([0.0, 2.0, 1.5, 2.0, 1.75], 0.25),
        ([9.0, 0.0, 8.5], 1.0),
        ([0.0, -1.0, -2.0, -3.0], 2.5),
        ([0.25, 2.75, 2.0], 0.5),
        ([-3.0, -2.0], 0.5),
        ([-2.0],),
        ([0.5],),
    ],
)
def turned(golds, margin=0.0, proxies=None):
    """Pair by pair: a place that none is above, and none before it equals, with one behind that lies far below."""
    for place, gold in enumerate(golds):
        is_top = all(gold > other for other in golds[:place]) and all(gold >= other for other in golds)
        if is_top:
            return place if any(gold - other > margin for other in golds[place + 1 :]) else None
    return None


GOLDS = "golds = [point.gold for point in points]"
BEST = "golds.index(max(golds))"
ANSWER = "best if golds[best] - min(golds[best:]) > margin else None"

edits(
    "overoptimization.turned",
    (
        "turned-proxy",
        BEST,
        "max(range(len(points)), key=lambda place: points[place].proxy)",
        "This is where the *proxy* was highest. What is meant is gold: look for its top.",
    ),
    (
        "turned-never-none",
        ANSWER,
        "best",
        "The top is given even where gold never fell by more than the margin behind it. Then nothing has turned: None.",
    ),
    (
        "turned-end",
        ANSWER,
        "len(golds) - 1 if golds[best] - min(golds[best:]) > margin else None",
        "This is where the climb ended. Asked is where gold was highest.",
    ),
    (
        "turned-first-dip",
        ...,
        """
        golds = [point.gold for point in points]
        for place in range(len(golds) - 1):
            if golds[place + 1] < golds[place] and golds[place] - min(golds[place:]) > margin:
                return place
        return None
        """,
        "The first place from which gold went down is given. It may rise again, and higher: look for the highest of all.",
    ),
    (
        "turned-before-too",
        "min(golds[best:])",
        "min(golds)",
        "The lowest gold of the whole climb was compared, that before the top too. Having been low at first is no fall: look behind the top only.",
    ),
    (
        "turned-no-margin",
        "> margin",
        "> 0",
        "The margin is not used: any fall counts, though chance alone makes small ones.",
    ),
    (
        "turned-next-only",
        "min(golds[best:])",
        "(golds[best + 1] if best + 1 < len(golds) else golds[best])",
        "Only the next measurement was compared with the top. Gold may fall slowly: take the lowest of all behind it.",
    ),
    (
        "turned-last-only",
        "min(golds[best:])",
        "golds[-1]",
        "Only the last measurement was compared with the top. Take the lowest of all behind it.",
    ),
    (
        "turned-last-of-equals",
        BEST,
        "len(golds) - 1 - golds[::-1].index(max(golds))",
        "Of two equal tops the last is given. The first came at less distance from the reference: take that.",
    ),
    (
        "turned-gold",
        ANSWER,
        "golds[best] if golds[best] - min(golds[best:]) > margin else None",
        "This is how high gold was. Asked is the place in the list: 0 for the first.",
    ),
    (
        "turned-kl",
        ANSWER,
        "points[best].kl if golds[best] - min(golds[best:]) > margin else None",
        "This is how far the policy was there, in nats. Asked is the place in the list: 0 for the first.",
    ),
    (
        "turned-smoothed",
        GOLDS,
        "golds = [sum(p.gold for p in points[max(0, i - 1) : i + 2]) / len(points[max(0, i - 1) : i + 2])"
        " for i in range(len(points))]",
        "Each gold was averaged with its neighbours, which moves and lowers a top. The margin takes care of chance: compare the measurements themselves.",
    ),
    (
        "turned-at-the-margin",
        "> margin",
        ">= margin",
        "A fall of exactly the margin is no more than it: > instead of >=. With a margin of 0, even no fall at all would count.",
    ),
)
