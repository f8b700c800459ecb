"""A heavy ball: the velocity keeps a share of itself and takes the gradient in; the turn goes against it.

What makes it hard: what is remembered is the velocity, without the rate, and without the sign.
"""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.optimizers.shared import in_an_optimizer, noises

noise = noises(111)


@check(
    "optim.momentum",
    lives=in_an_optimizer,
    cases=[
        (torch.tensor([1.0]), torch.tensor([10.0]), Named(lr=0.5)),
        (torch.tensor([4.0, -2.0]), torch.tensor([0.0, 0.0]), Named(lr=0.1)),
        (torch.tensor([0.0, 3.0]), torch.tensor([10.0, -20.0]), Named(lr=0.1)),
        (torch.tensor([1.0, 2.0, 4.0]), torch.tensor([8.0, -4.0, 2.0]), Named(lr=0.25, beta=0.5)),
        (torch.tensor([3.0, -1.0]), torch.tensor([5.0, 7.0]), Named(lr=2.0, beta=0.0)),
        (noise(3, 4), noise(3, 4), Named(lr=0.3, beta=0.99)),
        (noise(2, 3, 2), noise(2, 3, 2), Named(lr=0.01, beta=0.8)),
    ],
    awkward=[
        (noise(1, 1), noise(1, 1), Named(lr=1.0, beta=1.0)),
        (noise(5), torch.zeros(5).double(), Named(lr=0.7)),
        (torch.tensor(2.0), torch.tensor(-3.0), Named(lr=0.1)),
    ],
)
def momentum(gradient, velocity, *, lr, beta=0.9):
    new = torch.lerp(gradient / (1 - beta), velocity, beta) if beta < 1 else velocity + gradient
    return new * -lr, new


edits(
    "optim.momentum",
    (
        "momentum-sign",
        "+ gradient",
        "- gradient",
        "The gradient is taken away from the velocity, and the minus of the turn makes it go uphill. Add the gradient; the minus comes once, in the turn.",
    ),
    (
        "momentum-uphill",
        "-lr *",
        "lr *",
        "It goes uphill: the velocity is made of slopes, and a slope points up. The turn is minus the rate times the velocity.",
    ),
    (
        "momentum-signs-swapped",
        [("+ gradient", "- gradient"), ("-lr *", "lr *")],
        "The turns are right as long as the velocity begins at 0, but its sign is kept the other way round: the velocity adds gradients, and the minus comes in the turn.",
    ),
    (
        "momentum-mean",
        "+ gradient",
        "+ (1 - beta) * gradient",
        "The gradient came in at 1 - beta, as in a running mean. A heavy ball takes it in whole: beta * velocity + gradient.",
    ),
    (
        "momentum-old-velocity",
        [
            ("    velocity = beta", "    turn = -lr * velocity\n    velocity = beta"),
            ("-lr * velocity, velocity", "turn, velocity"),
        ],
        "The turn was made of the old velocity. First the velocity takes the gradient in, then it turns.",
    ),
    (
        "momentum-forgets",
        [("    velocity = beta", "    new = beta"), ("-lr * velocity", "-lr * new")],
        "The turn is right, but what is given back to be remembered is the old velocity: give the new one.",
    ),
    (
        "momentum-rate-inside",
        [("+ gradient", "+ lr * gradient"), ("-lr * velocity, ", "-velocity, ")],
        "The rate went into the velocity. It belongs to the turn alone, or a schedule that lowers it would come too late: velocity + gradient, and the turn is -lr * velocity.",
    ),
    (
        "momentum-rate-squared",
        "+ gradient",
        "+ lr * gradient",
        "The rate came twice, in the velocity and in the turn: the gradient is multiplied by its square. It belongs to the turn alone.",
    ),
    (
        "momentum-order",
        "-lr * velocity, velocity",
        "velocity, -lr * velocity",
        "The two answers are the wrong way round: first the turn, then the new velocity.",
    ),
    (
        "momentum-nesterov",
        "-lr * velocity, velocity",
        "-lr * (gradient + beta * velocity), velocity",
        "The turn looks a step ahead, as Nesterov's does. Here the ball rolls plainly: -lr times the new velocity.",
    ),
    (
        "momentum-turn-alone",
        "-lr * velocity, velocity",
        "-lr * velocity",
        "The turn is right, and the new velocity has to be given back as well, to be remembered: return the turn, velocity.",
    ),
    (
        "momentum-list",
        "-lr * velocity, velocity",
        "[-lr * velocity, velocity]",
        "Put no brackets round the two answers: `return turn, velocity` gives both, and a list is another thing.",
    ),
)
