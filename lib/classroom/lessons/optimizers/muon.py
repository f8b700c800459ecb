"""One step of Muon for one matrix: a mean that looks ahead, evened out, and further for tall matrices.

What makes it hard: the order of the steps, and which of them goes into what is remembered.
"""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.optimizers.newton_schulz import newton_schulz
from classroom.lessons.optimizers.shared import in_an_optimizer, noises

noise = noises(116)
EYE = torch.eye(2).double()


@check(
    "optim.muon",
    lives=in_an_optimizer,
    cases=[
        (EYE, EYE, 0 * EYE, Named(lr=0.1)),
        (EYE, EYE, -2 * EYE, Named(lr=0.1, beta=0.5)),
        (noise(3, 3), noise(3, 3), torch.zeros(3, 3).double(), Named(lr=1.0)),
        (noise(3, 3), noise(3, 3), noise(3, 3), Named(lr=0.5, beta=0.8)),
        (noise(8, 2), noise(8, 2), noise(8, 2), Named(lr=0.5)),
        (noise(2, 8), noise(2, 8), noise(2, 8), Named(lr=0.5)),
        (noise(3, 3), noise(3, 3), noise(3, 3), Named(lr=0.5, weight_decay=0.4)),
        (noise(6, 2), noise(6, 2), noise(6, 2), Named(lr=0.3, beta=0.7, weight_decay=0.5)),
        (noise(3, 4, 2), noise(3, 4, 2), noise(3, 4, 2), Named(lr=0.2)),
    ],
    awkward=[
        (noise(1, 1), noise(1, 1), noise(1, 1), Named(lr=0.1, weight_decay=1.0)),
        (noise(5, 1), 100 * noise(5, 1), noise(5, 1), Named(lr=0.1, beta=0.9)),
        (noise(2, 2, 6, 3), noise(2, 2, 6, 3), noise(2, 2, 6, 3), Named(lr=0.1, beta=0.5, weight_decay=0.1)),
    ],
)
def muon(parameter, gradient, velocity, *, lr, beta=0.95, weight_decay=0.0):
    velocity = torch.lerp(gradient, velocity, beta)
    even = newton_schulz(torch.lerp(gradient, velocity, beta))
    further = max(1.0, parameter.shape[-2] / parameter.shape[-1]) ** 0.5
    return parameter * (1 - lr * weight_decay) - lr * further * even - parameter, velocity


edits(
    "optim.muon",
    (
        "muon-heavy-ball",
        "velocity = beta * velocity + (1 - beta) * gradient",
        "velocity = beta * velocity + gradient",
        "The gradient came into the velocity whole. Here it is a running mean: beta of the old, 1 - beta of the new.",
    ),
    (
        "muon-not-ahead",
        "newton_schulz(ahead)",
        "newton_schulz(velocity)",
        "The velocity itself was evened out. The turn looks a step ahead: mix the gradient into the new velocity once more.",
    ),
    (
        "muon-ahead-whole",
        "ahead = beta * velocity + (1 - beta) * gradient",
        "ahead = beta * velocity + gradient",
        "Looking ahead, the gradient came in whole. It comes in as in the running mean: beta of the velocity, 1 - beta of the gradient.",
    ),
    (
        "muon-not-evened",
        "optim.newton_schulz(ahead)",
        "ahead",
        "Nothing was evened out: optim.newton_schulz brings the singular values of what looks ahead near 1.",
    ),
    (
        "muon-evened-first",
        [
            ("    velocity = beta", "    gradient = optim.newton_schulz(gradient)\n    velocity = beta"),
            ("optim.newton_schulz(ahead)", "ahead"),
        ],
        "Each gradient was evened out before it was averaged. First average, so that noise cancels; then even out what looks ahead.",
    ),
    (
        "muon-no-further",
        "math.sqrt(max(1, rows / columns)) * ",
        "",
        "A tall matrix should turn further: by the root of rows / columns, where there are more rows than columns.",
    ),
    (
        "muon-further-turned",
        "rows / columns",
        "columns / rows",
        "It is tall matrices that turn further, not wide ones: rows / columns.",
    ),
    (
        "muon-shortened",
        "max(1, rows / columns)",
        "rows / columns",
        "Wide matrices were turned less far. Only tall ones are treated otherwise: max(1, rows / columns).",
    ),
    (
        "muon-further-no-root",
        "math.sqrt(max(1, rows / columns))",
        "max(1, rows / columns)",
        "The root is missing: a tall matrix turns further by the root of rows / columns.",
    ),
    (
        "muon-keeps-ahead",
        "parameter, velocity",
        "parameter, ahead",
        "What is given back to be remembered is what looked ahead. It is for this turn alone: give back the velocity.",
    ),
    (
        "muon-decay-added",
        [
            (
                "    velocity = beta",
                "    gradient = gradient + weight_decay * parameter\n    velocity = beta",
            ),
            ("turn - lr * weight_decay * parameter", "turn"),
        ],
        "The decay was added to the gradient and evened out with it. It stays apart, as in AdamW: the turn takes lr * weight_decay * parameter away.",
    ),
    (
        "muon-no-decay",
        "turn - lr * weight_decay * parameter",
        "turn",
        "The decay is missing: the turn also takes lr * weight_decay * parameter away.",
    ),
    (
        "muon-uphill",
        "turn = -lr",
        "turn = lr",
        "It goes uphill: the turn is minus the rate times the evened matrix.",
    ),
    (
        "muon-decay-further",
        "turn - lr * weight_decay * parameter",
        "turn - lr * math.sqrt(max(1, rows / columns)) * weight_decay * parameter",
        "The decay of tall matrices was stretched as well. Only the evened matrix goes further; the decay is lr * weight_decay * parameter for all shapes.",
    ),
    (
        "muon-sums",
        [
            ("velocity = beta * velocity + (1 - beta) * gradient", "velocity = beta * velocity + gradient"),
            ("ahead = beta * velocity + (1 - beta) * gradient", "ahead = beta * velocity + gradient"),
        ],
        "The gradient came in whole, as with a heavy ball. Newton-Schulz hides that from the turn, but what is remembered is another thing: here it is a running mean, with 1 - beta of the gradient.",
    ),
    (
        "muon-new-place",
        "return turn - lr",
        "return parameter + turn - lr",
        "This is where the dials end up. Asked for is the turn: what is to be added to them.",
    ),
    (
        "muon-list",
        "turn - lr * weight_decay * parameter, velocity",
        "[turn - lr * weight_decay * parameter, velocity]",
        "Put no brackets round the two answers: `return turn, velocity` gives both, and a list is another thing.",
    ),
)
