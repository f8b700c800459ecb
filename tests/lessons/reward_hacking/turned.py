"""Answers to `overoptimization.turned` as readers might write them."""

from tests.lessons import right, wrong

TARGET = "overoptimization.turned"


def top(points):
    best = 0
    for place, point in enumerate(points):
        if point.gold > points[best].gold:
            best = place
    return best


def fell(points, best, margin):
    return any(points[best].gold - point.gold > margin for point in points[best:])


@right(TARGET)
def _(points, margin=0.0):
    best = top(points)
    if fell(points, best, margin):
        return best


@right(TARGET)
def _(points, margin=0.0):
    best = max(range(len(points)), key=lambda place: points[place].gold)
    lowest = min(point.gold for point in points[best:])
    return None if points[best].gold - lowest <= margin else best


@wrong(TARGET, "turned-proxy")
def _(points, margin=0.0):
    proxies = [point.proxy for point in points]
    best = proxies.index(max(proxies))
    return best if fell(points, best, margin) else None


@wrong(TARGET, "turned-never-none")
def _(points, margin=0.0):
    return top(points)


@wrong(TARGET, "turned-end")
def _(points, margin=0.0):
    return len(points) - 1 if fell(points, top(points), margin) else None


@wrong(TARGET, "turned-first-dip")
def _(points, margin=0.0):
    for place, (here, after) in enumerate(zip(points, points[1:], strict=False)):
        if after.gold < here.gold and fell(points, place, margin):
            return place
    return None


@wrong(TARGET, "turned-before-too")
def _(points, margin=0.0):
    best = top(points)
    return best if points[best].gold - min(point.gold for point in points) > margin else None


@wrong(TARGET, "turned-no-margin")
def _(points, margin=0.0):
    best = top(points)
    return best if fell(points, best, 0) else None


@wrong(TARGET, "turned-next-only")
def _(points, margin=0.0):
    best = top(points)
    after = points[best + 1 : best + 2]
    return best if after and points[best].gold - after[0].gold > margin else None


@wrong(TARGET, "turned-last-only")
def _(points, margin=0.0):
    best = top(points)
    return best if points[best].gold - points[-1].gold > margin else None


@wrong(TARGET, "turned-last-of-equals")
def _(points, margin=0.0):
    best = max(range(len(points)), key=lambda place: (points[place].gold, place))
    return best if fell(points, best, margin) else None


@wrong(TARGET, "turned-gold")
def _(points, margin=0.0):
    best = top(points)
    return max(point.gold for point in points) if fell(points, best, margin) else None


@wrong(TARGET, "turned-kl")
def _(points, margin=0.0):
    best = top(points)
    return max(points, key=lambda point: point.gold).kl if fell(points, best, margin) else None


@wrong(TARGET, "turned-smoothed")
def _(points, margin=0.0):
    golds = []
    for i in range(len(points)):
        near = [point.gold for point in points[max(i - 1, 0) : i + 2]]
        golds.append(sum(near) / len(near))
    best = golds.index(max(golds))
    return best if golds[best] - min(golds[best:]) > margin else None


@wrong(TARGET, "turned-at-the-margin")
def _(points, margin=0.0):
    best = top(points)
    return best if points[best].gold - min(point.gold for point in points[best:]) >= margin else None
