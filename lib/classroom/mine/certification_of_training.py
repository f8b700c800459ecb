"""A card to share: a model learns on functions that the reader wrote, backward too, and what that costs.

Time is measured by turns, a step on the reader's functions and one on the library's own, so that whatever else the
computer does falls on both alike.
"""

import copy
import statistics
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import torch

from classroom.display.verdict import Verdict
from classroom.mine import certification, decorator
from nextword import optim, training
from nextword.base import overrides
from nextword.base.shapes import Tensor
from nextword.training import Run

ALIKE = (
    1e-3  # a matrix's gradient may differ by this share: sums in another order make far less of a difference
)
NEAR = 0.02  # nats by which the loss may differ after a turn


def training_certificate(run: Run, tokens: Tensor, n: int = 6) -> None:
    """Let copies of a run's model learn for n steps, and show whose functions they learned on, and at what cost.

    The run itself stays as it is.
    """
    if n < 1:
        raise ValueError(f"n is {n}, and at least one step is needed to measure what it costs")
    decorator.show(examined(run, tokens, n))


def examined(run: Run, tokens: Tensor, n: int) -> Verdict:
    """Gradients, a turn and seconds on the functions of now, held against the library's own."""
    targets, calls, stopped = overrides.replaced(), Counter(), []
    if not targets:
        return on_the_librarys_own()
    try:
        with certification.counting(targets, calls, stopped):
            if wrong := misled(run, tokens, targets):
                return wrong
            calls.clear()
            learning = by_turns(step_of(run, tokens), targets, n)
    except Exception as error:  # whatever a reader's function may raise on what no check thought of
        says = certification.what_stopped(stopped, calls, "what a training gives it")
        return Verdict(
            "wrong", "No model learns on these functions yet", f"{says}: {decorator.described(error)}"
        )
    used = [target for target in targets if calls[target]]
    if not used:
        return on_the_librarys_own()
    reading = by_turns(reading_of(run, tokens), targets, n)
    kept = not decorator.shows_solutions() and set(used) <= set(decorator.yours())
    rows = {"functions": ", ".join(used), "calls": f"{sum(calls[target] for target in used):,}"}
    if kept:  # a notebook of solutions stores what it shows, and seconds differ from run to run
        rows |= {"cost of learning": told(learning, "a step"), "cost of reading": told(reading, "a batch")}
    dials = sum(matrix.numel() for matrix in run.model.parameters())
    return Verdict(
        "right",
        f"A model of {dials:,} dials learned on {'yours' if kept else 'functions written here'}.",
        f"{len(used)} {'function' if len(used) == 1 else 'functions'} of the library gave way to these, forward and "
        "backward: every dial's gradient is the same.",
        rows=rows,
    )


def on_the_librarys_own() -> Verdict:
    """What there is to say where no function of the reader's had a part."""
    return Verdict("note", "The model learned on the library's own functions. Yours can do that too.")


def fresh(run: Run, **settings) -> Run:
    """A run of a copy of that model, at its first step: it reads the same passages each time."""
    return training.begin(copy.deepcopy(run.model), replace(run.config, **settings))


def misled(run: Run, tokens: Tensor, targets: tuple[str, ...]) -> Verdict | None:
    """What is wrong with how a model learns on the functions of now; None where it is as on the library's own."""
    with certification.librarys_own(targets):
        needed, needed_loss = gradients(run, tokens), loss_after_a_turn(run, tokens)
    headline = "A model learns on these functions, and not as it should"
    if not apart(gradients(run, tokens), needed) < ALIKE:
        alone = [target for target in targets if misleads(target, run, tokens, targets, needed)]
        whose = ", ".join(alone) or "these functions together"
        says = f"Blame that is passed back through {whose} is not the library's. Is there a .detach(), an .item() or "
        return Verdict(
            "wrong", headline, f"{says}a torch.no_grad() on the way? They hide where a number came from."
        )
    found_loss = loss_after_a_turn(run, tokens)
    if not abs(found_loss - needed_loss) < NEAR:
        says = f"Gradients are right, but after one turn the loss is {found_loss:.2f}, and should be {needed_loss:.2f}."
        return Verdict("wrong", headline, says)
    return None


def misleads(target: str, run: Run, tokens: Tensor, targets: tuple[str, ...], needed: list[Tensor]) -> bool:
    """Whether gradients go wrong where that function alone is not the library's own."""
    with certification.librarys_own(tuple(other for other in targets if other != target)):
        return not apart(gradients(run, tokens), needed) < ALIKE


def gradients(run: Run, tokens: Tensor) -> list[Tensor]:
    """The gradient of each matrix of dials, from one batch; 0 where none leads back."""
    learner = fresh(run)
    ids = same_passages(learner, tokens)
    loss = training.loss(learner.model(ids[:, :-1]), ids)
    if loss.requires_grad:
        loss.backward()
    dials = list(learner.model.parameters())
    return [torch.zeros_like(dial) if dial.grad is None else dial.grad for dial in dials]


@torch.no_grad()
def loss_after_a_turn(run: Run, tokens: Tensor) -> float:
    """The loss at a batch from which the model has just learned."""
    learner = fresh(run, precision="float32")
    with (
        overrides.replacing("training.passages", overrides.original("training.passages")),
        torch.enable_grad(),
    ):
        training.turn(learner, tokens)
    ids = same_passages(fresh(run), tokens)
    return training.loss(learner.model(ids[:, :-1]), ids).item()


def same_passages(learner: Run, tokens: Tensor) -> Tensor:
    """The batch that a learner's generator draws for the library: other right functions may draw others."""
    draw, config = overrides.original("training.passages"), learner.config
    return draw(tokens, config.batch, config.context, learner.generator)


def apart(found: list[Tensor], needed: list[Tensor]) -> float:
    """How far the gradients are from those that are needed, as a share of these: of the matrix where it is largest.

    What is next to nothing beside all others together is weighed against a share of them.

    >>> round(apart([torch.tensor([3.0, 4.5]), torch.ones(2)], [torch.tensor([3.0, 4.0]), torch.ones(2)]), 3)
    0.1
    """
    least = 1e-5 * float(optim.global_norm(needed))
    pairs = zip(found, needed, strict=True)
    return max(float((one - other).norm()) / max(float(other.norm()), least, 1e-12) for one, other in pairs)


def step_of(run: Run, tokens: Tensor) -> Callable[[], Callable]:
    """Makes a learner ready, and gives what makes a step of it."""

    def ready():
        learner = fresh(run)
        return lambda: training.turn(learner, tokens)

    return ready


def reading_of(run: Run, tokens: Tensor) -> Callable[[], Callable]:
    """Makes a batch ready, and gives what reads it without learning."""

    def ready():
        ids = same_passages(fresh(run), tokens)
        return torch.no_grad()(lambda: run.model(ids[:, :-1]))

    return ready


def by_turns(make_ready: Callable[[], Callable], targets: tuple[str, ...], n: int) -> tuple[float, float]:
    """The processor's seconds for a piece of work on the functions of now and on the library's own: medians of n.

    Each is done once before that, unmeasured.
    """
    works, seconds = (make_ready(), make_ready()), ([], [])
    for _ in range(n + 1):
        for work, found, given_way in zip(works, seconds, ((), targets), strict=True):
            with ExitStack() as stack:
                stack.enter_context(certification.librarys_own(given_way))
                began = time.process_time()
                work()
                found.append(time.process_time() - began)
    return tuple(statistics.median(found[1:]) for found in seconds)


def told(seconds: tuple[float, float], what: str) -> str:
    """A cost as a ratio.

    >>> told((0.030, 0.020), "a step")
    "1.5 times the library's: 30 ms a step on yours, 20 ms on the library's own"
    """
    yours, theirs = seconds
    ms = f"{1000 * yours:.3g} ms {what} on yours, {1000 * theirs:.3g} ms on the library's own"
    return f"{yours / theirs:.1f} times the library's: {ms}"
