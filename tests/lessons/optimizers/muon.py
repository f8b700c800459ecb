"""Answers to `optim.muon` as readers might write them."""

import math

from nextword import optim
from tests.lessons import right, wrong


def _muon(*, whole=False, look=True, look_whole=False, even="ahead", further="root", keep="velocity", decay="apart", down=1):  # fmt: skip
    """Muon in other words, with one thing wrong or none."""

    def muon(parameter, gradient, velocity, *, lr, beta=0.95, weight_decay=0.0):
        rows, columns = parameter.shape[-2], parameter.shape[-1]
        if decay == "added":
            gradient = gradient + parameter * weight_decay
        if even == "first":
            gradient = optim.newton_schulz(gradient)
        new = velocity * beta + gradient * (1 if whole else 1 - beta)
        ahead = new * beta + gradient * (1 if look_whole else 1 - beta) if look else new
        flat = optim.newton_schulz(ahead) if even == "ahead" else ahead
        factor = {
            "root": max(1.0, math.sqrt(rows / columns)),
            "none": 1.0,
            "turned": max(1.0, math.sqrt(columns / rows)),
            "shortened": math.sqrt(rows / columns),
            "no root": max(1.0, rows / columns),
        }[further]
        turn = flat * factor * lr * -down
        if decay in ("apart", "further"):
            turn = turn - parameter * weight_decay * lr * (factor if decay == "further" else 1)
        return turn, ahead if keep == "ahead" else new

    return muon


right("optim.muon")(_muon())


@right("optim.muon")
def _(parameter, gradient, velocity, *, lr, beta=0.95, weight_decay=0.0):
    *_, rows, columns = parameter.shape
    new = velocity + (1 - beta) * (gradient - velocity)
    flat = optim.newton_schulz(gradient + beta * (new - gradient))
    if rows > columns:
        flat = flat * (rows / columns) ** 0.5
    return -lr * (flat + weight_decay * parameter), new


for id, wrongly in {
    "muon-heavy-ball": {"whole": True},
    "muon-not-ahead": {"look": False},
    "muon-ahead-whole": {"look_whole": True},
    "muon-not-evened": {"even": "never"},
    "muon-evened-first": {"even": "first"},
    "muon-no-further": {"further": "none"},
    "muon-further-turned": {"further": "turned"},
    "muon-shortened": {"further": "shortened"},
    "muon-further-no-root": {"further": "no root"},
    "muon-keeps-ahead": {"keep": "ahead"},
    "muon-decay-added": {"decay": "added"},
    "muon-no-decay": {"decay": "none"},
    "muon-uphill": {"down": -1},
    "muon-decay-further": {"decay": "further"},
    "muon-sums": {"whole": True, "look_whole": True},
}.items():
    wrong("optim.muon", id)(_muon(**wrongly))


@wrong("optim.muon", "muon-new-place")
def _(parameter, gradient, velocity, *, lr, beta=0.95, weight_decay=0.0):
    turn, new = _muon()(parameter, gradient, velocity, lr=lr, beta=beta, weight_decay=weight_decay)
    return turn + parameter, new


@wrong("optim.muon", "muon-list")
def _(parameter, gradient, velocity, *, lr, beta=0.95, weight_decay=0.0):
    turn, new = _muon()(parameter, gradient, velocity, lr=lr, beta=beta, weight_decay=weight_decay)
    return [turn, new]
