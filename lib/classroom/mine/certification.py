"""A card to share: the real model, run on functions that the reader wrote."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable

import torch

from classroom.display.verdict import Verdict
from classroom.mine import decorator
from nextword import black_box, generation
from nextword.base import overrides
from nextword.black_box import LanguageModel
from nextword.generation import SamplingConfig

BEGINNING = "The capital of Germany is"


def certificate(beginning: str = BEGINNING, n: int = 12, real: LanguageModel | None = None) -> None:
    """Let the real model write n tokens on the functions that stand in the library now, and show whose they were.

    `real` is a model that you have loaded already.
    """
    if not beginning.strip():
        raise ValueError("give the real model a beginning: certificate('The capital of Germany is')")
    decorator.show(examined(beginning, n, real or black_box.load()))


def examined(beginning: str, n: int, real: LanguageModel) -> Verdict:
    """What the real model does on the functions of now, held against the library's own."""
    targets, calls, stopped = overrides.replaced(), Counter(), []
    with librarys_own(targets):
        needed, theirs, their_seconds = run(real, beginning, n)
    try:
        with counting(targets, calls, stopped):
            logits, text, seconds = run(real, beginning, n)
    except Exception as error:  # whatever a reader's function may raise on what no check thought of
        says = f"{what_stopped(stopped, calls)}: {decorator.described(error)}"
        return Verdict("wrong", "The real model does not run on your functions yet", says)
    used = [target for target in targets if calls[target]]
    rows = {"you give": beginning, "it writes": text.strip()}
    if not used:
        return Verdict(
            "note", "The real model ran on the library's own functions. Yours can do that too.", rows=rows
        )
    off = float((logits - needed).abs().max())
    if not off < 1e-3:
        says = f"Its logits are off by up to {off:.2g}, and it should have written: {theirs.strip()}"
        return Verdict(
            "wrong", "The real model runs on these functions, and not as it should", says, rows=rows
        )
    dials = sum(matrix.numel() for matrix in real.model.parameters())
    kept = not decorator.shows_solutions() and set(used) <= set(decorator.yours())
    whose = "yours" if kept else "functions written here"
    rows["functions"] = ", ".join(used)
    rows["calls"] = f"{sum(calls[target] for target in used):,}"
    if kept:  # a notebook of solutions stores what it shows, and seconds differ from run to run
        rows["seconds"] = f"{seconds:.1f} on yours, {their_seconds:.1f} on the library's own"
    return Verdict(
        "right",
        f"A real language model of {dials:,} dials ran on {whose}.",
        f"{len(used)} {'function' if len(used) == 1 else 'functions'} of the library gave way to these, "
        "and the model's logits are the same.",
        rows=rows,
    )


def run(real: LanguageModel, beginning: str, n: int) -> tuple[torch.Tensor, str, float]:
    """The logits after the beginning, the likeliest n tokens that follow, and the seconds that both took."""
    began = time.perf_counter()
    logits = real.logits(beginning)
    ids = generation.generate(real.model, real.ids(beginning)[0].tolist(), SamplingConfig(n, 0))
    text = real.tokenizer.decode(ids)
    return logits, text, time.perf_counter() - began


def what_stopped(stopped: list[str], calls: Counter, on: str = "the real model's numbers") -> str:
    """Who stopped, and who was called last: that one may have given what the other cannot read.

    >>> what_stopped(["transformer.block"], Counter({"transformer.block": 1, "transformer.mlp": 1}))
    "transformer.block stopped on the real model's numbers, after transformer.mlp"
    """
    who, last = [*stopped, "The model"][0], next(reversed(calls), None)
    after = f", after {last}" if last not in (who, None) else ""
    return f"{who} stopped on {on}{after}"


@contextlib.contextmanager
def librarys_own(targets: tuple[str, ...]):
    """For the length of a `with` block, the library's own functions stand in these places."""
    with contextlib.ExitStack() as stack:
        for target in targets:
            stack.enter_context(overrides.replacing(target, overrides.original(target)))
        yield


@contextlib.contextmanager
def counting(targets: tuple[str, ...], calls: Counter, stopped: list[str]):
    """For the length of a `with` block, count the calls of what stands in these places, and note what stops there."""

    def counted(target: str, function: Callable) -> Callable:
        def call(*arguments, **named):
            calls[target] = calls.pop(target, 0) + 1  # the last one called stands last
            try:
                return function(*arguments, **named)
            except Exception:
                stopped.append(target)  # the innermost first
                raise

        return call

    with contextlib.ExitStack() as stack:
        for target in targets:
            owner, name = overrides.locate(target)
            stack.enter_context(overrides.replacing(target, counted(target, getattr(owner, name))))
        yield
