"""Legal inputs by chance that are tensors, layers or configurations."""

import math

import torch

from classroom.judge.registry import Named
from classroom.lessons.transformer.block import Attention, Bent, Layer, Read
from classroom.lessons.transformer.count_parameters import Config
from classroom.lessons.transformer.mlp import Dials
from classroom.lessons.transformer.next_logits import Model
from classroom.lessons.transformer.shared import Scaled
from tests.mutants.chance import G, R, randn, ri


def shape(low=1, high=4, top=6):
    return [ri(1, top) for _ in range(ri(low, high))]


def logits(low=1, high=4):
    x = randn(*shape(low, high), ri(1, 12)) * R.choice([0.3, 2, 10, 300]) if high > 0 else randn(ri(1, 12))
    if R.random() < 0.4 and x.shape[-1] > 1:
        hide = torch.rand(x.shape, generator=G) < 0.3
        hide[..., ri(0, x.shape[-1] - 1)] = False
        x = x.masked_fill(hide, -math.inf)
    return x


def loose():
    return R.choice([lambda: logits(0, 0), lambda: logits(1, 1), lambda: logits(1, 3)])()


def vectors(dims=2, d=None):
    x = randn(*[ri(1, 6) for _ in range(dims - 1)], d or ri(1, 6)) * R.choice([0.01, 1, 100])
    if R.random() < 0.3 and dims > 1:
        x[..., 0, :] = 0
    return x


def cosine():
    d = ri(1, 6)
    return vectors(R.choice([1, 2, 2, 3]), d), R.choice(
        [randn(d), torch.zeros(d)]
    ) if R.random() < 0.3 else randn(d)


def cooc():
    v = ri(1, 6)
    return [[ri(0, v - 1) for _ in range(ri(0, 9))] for _ in range(ri(0, 5))], v, ri(1, 7)


def ppmi():
    x = (randn(ri(1, 6), ri(1, 6)).abs() * 4).round()
    x = x @ x.mT if R.random() < 0.3 else x
    if R.random() < 0.5:
        x[0, 0] += 1
    if x.sum() == 0:
        x[0, 0] = 2
    return (x * R.choice([1, 1, 0.1, 0.5]),)


def nearest():
    d, n = ri(2, 5), ri(2, 12)
    x = randn(n, d)
    q = x[ri(0, n - 1)] if R.random() < 0.5 else randn(d)
    w = R.sample(range(n), ri(0, min(4, n)))
    return (x, q, ri(1, n + 2), w) if R.random() < 0.8 else (x, q, ri(1, 3))


def analogy():
    n = ri(3, 12)
    x = randn(n, ri(2, 5))
    a, b, c = R.sample(range(n), 3) if R.random() < 0.85 else [ri(0, n - 1) for _ in "abc"]
    rest = R.choice([(), (ri(1, 4),), (ri(1, 4), True), (ri(1, 4), False), (Named(without_inputs=False),)])
    return (x, a, b, c, *rest)


def ruler():
    d = ri(1, 6)
    return vectors(R.choice([1, 2, 2, 3]), d), randn(d), randn(d)


def batch(top=2):
    return [ri(1, 3) for _ in range(ri(0, top))]


def mix():
    b, q, k, d = batch(), ri(1, 5), ri(1, 5), ri(1, 5)
    w = torch.softmax(randn(*b, q, k), -1) if R.random() < 0.7 else randn(*b, q, k)
    return w, randn(*b, k, d)


def scores():
    b, d = batch(), ri(1, 9)
    return randn(*b, ri(1, 5), d) * R.choice([1, 10]), randn(*b, ri(1, 5), d)


def hide():
    q = ri(1, 6)
    x = randn(*batch(), q, q + R.choice([0, 0, ri(0, 5)]))
    return (x.masked_fill(torch.rand(x.shape, generator=G) < 0.1, -math.inf),)


def attend():
    b, kv, g, q, d = batch(), ri(1, 3), ri(1, 3), ri(1, 6), ri(1, 6)
    k = q + R.choice([0, 0, ri(0, 4)])
    named = {}
    if R.random() < 0.3:
        named["causal"] = R.random() < 0.4
    if R.random() < 0.4:
        named["window"] = ri(1, k + 1)
    a = (randn(*b, kv * g, q, d) * R.choice([1, 5]), randn(*b, kv, k, d), randn(*b, kv, k, ri(1, 6)))
    return (*a, Named(named)) if named else a


def split():
    h = ri(1, 5)
    return randn(*batch(), ri(1, 5), h * ri(1, 5)), h


def share():
    kv = ri(1, 4)
    return randn(*batch(), kv, ri(1, 4), ri(1, 4)), kv * ri(1, 4)


def rope():
    n, d = ri(1, 6), 2 * ri(1, 5)
    p = R.choice([torch.arange(n), torch.arange(n) + ri(0, 50), torch.randint(0, 90, (n,), generator=G)])
    x = randn(*batch(), n, d)
    return (x, p, R.choice([10.0, 100.0, 10_000.0, 500_000.0])) if R.random() < 0.8 else (x, p)


def rms():
    d = ri(1, 6)
    x = randn(*batch(3), d) * R.choice([0.001, 1, 1, 100])
    return R.choice(
        [
            (x,),
            (x, randn(d)),
            (x, None, 1e-3),
            (x, randn(d), R.choice([1e-6, 1e-2])),
            (x, randn(d), Named(eps=1e-4)),
            (torch.zeros_like(x),),
        ]
    )


def mlp():
    d, m = ri(1, 5), ri(1, 7)
    bias = (randn(m), randn(m), randn(d)) if R.random() < 0.3 else (None,) * 3
    return randn(*batch(3), d) * R.choice([1, 30]), Dials(randn(m, d), randn(m, d), randn(d, m), bias)


def block():
    d, n, start = ri(1, 5), ri(1, 5), ri(0, 5)
    layer = Layer(
        "layer",
        Scaled(randn(d)),
        Attention(R.random(), R.random()),
        Scaled(randn(d)),
        Bent(randn(d, d)),
    )
    cache = R.choice([(), (None,), (Read(start),)])
    return (randn(*batch(), n, d), layer, torch.arange(start, start + n), *cache)


def logits_of():
    d = ri(1, 5)
    return randn(*batch(), ri(1, 5), d), Model("model", Scaled(randn(d)), randn(ri(1, 7), d), None)


def config():
    h = ri(1, 6)
    kv = R.choice([k for k in range(1, h + 1) if h % k == 0])
    return (
        Config(
            ri(1, 99),
            2 * h * ri(1, 5),
            ri(1, 5),
            h,
            ri(1, 60),
            context=ri(1, 99),
            n_kv_heads=kv,
            norm=R.choice(["rms", "layer"]),
            norm_weights=R.random() < 0.7,
            mlp=R.choice(["swiglu", "gelu", "relu2"]),
            positions=R.choice(["rope", "learned", "none"]),
            tied=R.random() < 0.5,
            biases=R.random() < 0.5,
        ),
    )


def neuron():
    f, n = ri(2, 6), ri(1, 9)
    before = torch.rand(f, generator=G)
    after = before + torch.rand(n, 1, generator=G) ** 3 * 0.4 * randn(n, f)
    a = before, after.clamp(0, 1)
    return a if R.random() < 0.5 else (*a, R.choice([0.01, 0.1, 0.2]))
