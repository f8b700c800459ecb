"""One step of training, seen from outside: the losses, the dials after it, and what was drawn."""

import torch
from torch.nn import functional

from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check
from classroom.lessons.pretraining.shared import TEXT, a_run, shown
from nextword import training


def see(turn, settings: dict, n: int = 1) -> dict[str, object]:
    """What a run is like after so many turns."""
    run = a_run(**settings)
    with torch.enable_grad():
        given = [turn(run, TEXT) for _ in range(n)]
    if not all(isinstance(one, float) for one in given):
        says = "It gives a tensor. Give a plain number, made with .item(): a tensor would keep the whole graph behind it."
        raise Wrong("turn-gives-a-tensor", says, call(settings, n), repr(given[0]), "a number")
    return {
        "gives": given,
        "run.losses": list(run.losses),
        "dials": torch.cat([matrix.detach().flatten() for matrix in run.model.parameters()]),
        "steps of the optimizer": int(run.optimizer.state()["steps"]),
    }


def call(settings: dict, n: int = 1) -> str:
    times = "" if n == 1 else f", {n} times"
    return f"turn(run with {shown(settings) or 'batch=4'}, tokens){times}"


@check(
    "training.turn",
    view=View(see, call),
    cases=[
        ({},),
        ({}, 2),
        ({"steps": 4, "decay": 1.0}, 3),
        ({"accumulate": 2},),
        ({"accumulate": 4}, 2),
        ({"clip": 0.01},),
        ({"steps": 6, "warmup": 4}, 2),
        ({"steps": 8, "batch": 2}, 6),
    ],
    awkward=[
        ({"batch": 1}, 2),
        ({"batch": 6, "accumulate": 3, "context": 3, "seed": 4}, 3),
        ({"steps": 2, "decay": 0.5}, 2),
    ],
)
def turn(settings, n=1):
    """The same by other means: one graph for the whole batch, and gradients from torch.autograd.grad."""
    run = a_run(**settings)
    config, given = run.config, []
    for step in range(n):
        parts = [
            training.passages(TEXT, config.batch // config.accumulate, config.context, run.generator)
            for _ in range(config.accumulate)
        ]
        ids = torch.cat(parts)
        with torch.enable_grad():
            chances = run.model(ids[:, :-1]).log_softmax(-1)
            loss = -(chances * functional.one_hot(ids[:, 1:], chances.shape[-1])).sum() / ids[:, 1:].numel()
            gradients = torch.autograd.grad(loss, list(run.model.parameters()))
        for matrix, gradient in zip(run.model.parameters(), gradients, strict=True):
            matrix.grad = gradient
        run.optimizer.step(training.rate(step, config), config.clip)
        given.append(float(loss))
    dials = torch.cat([matrix.detach().flatten() for matrix in run.model.parameters()])
    return {"gives": given, "run.losses": given, "dials": dials, "steps of the optimizer": n}


edits(
    "training.turn",
    (
        "turn-loss-not-shared",
        " / config.accumulate\n",
        "\n",
        "Read in parts, what the parts give is added up, and comes out so many times too large: the loss, its blame, or both. The loss is a mean: divide each part's by config.accumulate before backward().",
    ),
    (
        "turn-no-backward",
        "part.backward()",
        "pass",
        "No blame is passed back: without part.backward() no dial has a gradient.",
    ),
    (
        "turn-no-step",
        "run.optimizer.step(training.rate(run.step, config), config.clip)",
        "pass",
        "The dials stay where they are. Blame says which way; run.optimizer.step(...) turns them.",
    ),
    (
        "turn-full-rate",
        "training.rate(run.step, config), config.clip",
        "1.0, config.clip",
        "It turns at the full rate always. The share of a step is training.rate(run.step, config).",
    ),
    (
        "turn-no-clip",
        ", config.clip)",
        ")",
        "A gradient that is too long is followed as it is: hand config.clip to the optimizer.",
    ),
    (
        "turn-not-noted",
        "run.losses.append(total)",
        "pass",
        "The loss is not noted: run.losses.append(...). The run counts its steps by that list, so every step stays the first.",
    ),
    (
        "turn-noted-before",
        [
            (
                "    run.optimizer.step(training.rate(run.step, config), config.clip)\n    run.losses.append(total)\n",
                "    run.losses.append(total)\n    run.optimizer.step(training.rate(run.step, config), config.clip)\n",
            ),
        ],
        "The rate is already that of the next step. Was the loss noted before the dials were turned? Its place in the list is the step.",
    ),
    (
        "turn-whole-batch-each-part",
        "config.batch // config.accumulate",
        "config.batch",
        "Each part was as large as the whole batch. A batch is *shared out* over the parts.",
    ),
    (
        "turn-last-part",
        "total += part.item()",
        "total = part.item()",
        "The loss that it gives is that of the last part alone. Add up the parts.",
    ),
    (
        "turn-best-loss",
        "return total",
        "return min(run.losses)",
        "It gives the lowest loss so far, not the one of this step. The best of many is flattering: chance passages were easy. Note and give what came.",
    ),
    (
        "turn-best-noted",
        "run.losses.append(total)",
        "run.losses.append(min([total, *run.losses]))",
        "It notes the lowest loss so far, so the curve can never rise, whatever happens. Note what came, and give it.",
    ),
)
