"""Legal inputs by chance: texts to be read, models to be counted, budgets, and losses at several computes."""

from classroom.lessons.scale.shared import Config
from tests.mutants.chance import R, ri

RULES = ("sgd", "momentum", "adamw", "muon")


def reading():
    return R.random() * 10 ** ri(0, 13), R.random() + 0.1, ri(50, 400), R.random() * 23 + 1


def model():
    heads = ri(1, 5)
    shared = R.choice([n for n in range(1, heads + 1) if heads % n == 0])
    sizes = (ri(1, 99), 2 * heads * ri(1, 5), ri(1, 5), heads, ri(1, 60))
    context = ri(1, 40)
    form = {
        "mlp": R.choice(["swiglu", "gelu", "relu2"]),
        "tied": R.random() < 0.5,
        "biases": R.random() < 0.3,
    }
    return Config(*sizes, context=context, n_kv_heads=shared, **form), ri(1, context)


def state():
    return ri(0, 10**9), R.choice(RULES), R.random() < 0.5


def budget():
    return R.random() * 10 ** ri(0, 26), R.random() * 40 + 0.1


def losses():
    n, floor = ri(2, 7), R.choice([0.0, R.random()])
    compute = [R.random() * 10 ** ri(0, 20) + 1 for _ in range(n)]
    return compute, [floor + R.random() * 5 + 0.1 for _ in range(n)], floor
