"""Legal inputs by chance: measurements on a climb, rewards of several proxies, texts that repeat, and best-of-n."""

from tests.mutants.chance import R, randn, ri

WORDS = "good film The a , . fine Good and".split()


def golds():
    found = [R.choice([ri(-4, 8) / 2, R.random()]) for _ in range(ri(1, 9))]
    margin = R.choice([0.0, 0.5, 1.0, R.random()])
    return found, margin, [R.random() for _ in found]


def proxies():
    n, scale = ri(1, 4), 10.0 ** ri(-2, 3)
    return scale * randn(n, ri(1, 6)) + ri(-3, 3), scale * randn(n, ri(2, 9)), R.choice(["mean", "minimum"])


def texts():
    found = [" ".join(R.choice(WORDS) for _ in range(ri(0, 9))) for _ in range(ri(0, 6))]
    return found, ri(1, 4)


def best_of():
    size = ri(1, 12)
    proxy = randn(size).round() if R.random() < 0.6 else randn(size)
    return proxy, 3 * randn(size), ri(1, size)
