"""What a reader's function and the right ways go through, case by case."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from classroom.judge import sources, tracing
from classroom.judge.comparison import is_array, is_tensor
from classroom.judge.likeness import Values, equal
from classroom.judge.registry import Check
from classroom.judge.sandbox import Outcome, run

MOST_FAILING, MOST_PASSING = 5, 3  # cases that are looked at


@dataclass
class Trace:
    """One case: the steps that the reader's function took, and what the right ways go through."""

    steps: list[tracing.Step]
    right: Values
    given: Values
    needed: object


def traces(
    check: Check, function: Callable, outcomes: list[Outcome], needed: list[Outcome], wrong: list[int]
) -> tuple[list[Trace], list[Trace]] | None:
    """Failing cases and passing ones, traced; None where there is nothing to trace, or it gives something else."""
    recording = tracing.of_function(function)
    if recording is None or not check.cases or check.view or check.is_kernel:  # what a kernel does is no step
        return None
    plain = [n for n in range(len(outcomes)) if outcomes[n].error is None and not outcomes[n].changed_input]
    failing = [n for n in plain if n in wrong and needed[n].error is None]
    failing = sorted(failing, key=lambda n: -_size(needed[n].value))[:MOST_FAILING]  # large ones tell most
    passing = [n for n in plain if n not in wrong][-MOST_PASSING:]
    if not failing:
        return None
    found = {}
    for number in failing + passing:
        arguments, again = check.cases[number], []
        recording.run(lambda traced, arguments=arguments, again=again: again.append(run(traced, arguments)))
        if not again[0].equals(outcomes[number], equal):
            return None
        steps = [tracing.Step(**vars(step)) for step in recording.steps]
        found[number] = Trace(steps, *_right_values(check, arguments), tracing.copied(needed[number].value))
    return [found[number] for number in failing], [found[number] for number in passing]


def _size(value: object) -> int:
    if is_tensor(value):
        return value.numel()
    if is_array(value):
        return value.size
    return len(value) if hasattr(value, "__len__") else 1


def _right_values(check: Check, arguments: tuple) -> tuple[Values, Values]:
    """All that the right ways go through in a case, and what they are given."""
    right, given = Values(), Values()
    for argument in _flat(arguments):
        if (value := tracing.copied(argument)) is not None:
            given.add(value)
            right.add(value)
    for recording in _right_recordings(check.target):
        recording.run(lambda traced: run(traced, arguments))
        for value in recording.seen:
            right.add(value)
    return right, given


def _flat(arguments: tuple) -> list:
    inner = [one for argument in arguments if isinstance(argument, dict) for one in argument.values()]
    return [*arguments, *inner]


@functools.cache
def _right_recordings(target: str) -> list[tracing.Recording]:
    made = []
    for source in sources.right_ways(target):
        try:
            made.append(tracing.Recording(source.text, source.space, source.name))
        except (Exception, RecursionError):
            continue  # a lambda, or a function made by another
    return made


def leads_to_answer(trace: Trace) -> set[int]:
    """The steps that the answer was made of."""
    reached, todo = set(), [answer_of(trace)] if answer_of(trace) is not None else []
    while todo:
        number = todo.pop()
        if number in reached:
            continue
        reached.add(number)
        todo += [part for part in trace.steps[number].parts if trace.steps[part].times]
        if trace.steps[number].kind == "name":
            todo += made_by(trace, number, all_of_them=True)
    return reached


def answer_of(trace: Trace) -> int | None:
    """The step that was handed back."""
    ran = [n for n, step in enumerate(trace.steps) if step.kind == "returns" and step.times == 1]
    return max(ran, key=lambda n: trace.steps[n].order) if ran else None


def made_by(trace: Trace, number: int, all_of_them: bool = False) -> list[int]:
    """The lines that set or changed a name before it was read; the last of them alone, or all."""
    step = trace.steps[number]
    lines = [
        n
        for n, one in enumerate(trace.steps)
        if one.kind in ("sets", "changes") and one.names == step.names and 0 <= one.order < step.order
    ]
    return lines if all_of_them else lines and [max(lines, key=lambda n: trace.steps[n].order)]
