"""Every listed mistake gets its own diagnosis, every second solution passes, and impostors never do."""

import copy
import dataclasses
import inspect
import random
from collections.abc import Iterator, Mapping

import numpy as np
import pytest
import torch

from classroom.judge import comparison, diagnosis, registry
from nextword.base import overrides
from tests import lessons

lessons.load()
CHECKS = [check for lesson in lessons.judged() for check in registry.of_lesson(lesson)]
targets = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.target)


CASES = {id(arguments) for check in CHECKS for arguments in check.cases}
LISTED = {id(f) for check in CHECKS for f in (check.right, *(mistake.function for mistake in check.mistakes))}
given = {}  # (id of a listed function, id of a case): the outcome; both live as long as the checks


@pytest.fixture(autouse=True)
def what_is_listed_runs_once(monkeypatch):
    """Right answers and listed mistakes are run on the same cases for test after test: their outcomes are kept."""
    run = diagnosis.run

    def run_once(function, arguments):
        key = id(function), id(arguments)
        outcome = given[key] if key in given else run(function, arguments)
        if id(function) in LISTED and id(arguments) in CASES and not isinstance(outcome.value, Iterator):
            given[key] = outcome  # an iterator is used up by whoever compares it
        return outcome

    monkeypatch.setattr(diagnosis, "run", run_once)


def give(function, arguments):
    """Call a function with its own copy of a case's arguments."""
    by_place, by_name = registry.split(copy.deepcopy(arguments))
    return function(*by_place, **by_name)


@targets
def test_the_librarys_own_passes(check):
    own = overrides.original(check.target)
    wrong = diagnosis.diagnose(check, lambda *a, **k: own(*a, **k))
    assert wrong is None, vars(wrong)


@pytest.mark.parametrize("target, function", lessons.RIGHT, ids=[target for target, _ in lessons.RIGHT])
def test_a_second_solution_passes(target, function):
    wrong = diagnosis.diagnose(registry.find(target), function)
    assert wrong is None, vars(wrong)


@pytest.mark.parametrize("target, id, function", lessons.WRONG, ids=[id for _, id, _ in lessons.WRONG])
def test_a_mistake_is_named(target, id, function):
    wrong = diagnosis.diagnose(registry.find(target), function)
    assert wrong is not None, "it passed"
    assert wrong.id == id, vars(wrong)


@targets
def test_every_mistake_is_caught_and_has_an_instance(check):
    written = {id for target, id, _ in lessons.WRONG if target == check.target}
    for mistake in check.mistakes:
        wrong = diagnosis.diagnose(check, mistake.function)
        assert wrong is not None and wrong.id == mistake.id, (
            f"{mistake.id} is diagnosed as {wrong and wrong.id}"
        )
        assert mistake.id in written, f"no differently written instance of {mistake.id}"
    assert any(target == check.target for target, _ in lessons.RIGHT), "no second solution"


def test_ids_are_unique():
    ids = [mistake.id for check in CHECKS for mistake in check.mistakes]
    assert len(ids) == len(set(ids))


def likeness(value, how):
    """Something that looks like a right answer: zeros, noise, or the answer with its values moved about."""
    rng = random.Random(3)
    if isinstance(value, torch.Tensor):
        if how == "shuffle":
            return value.flatten()[
                torch.randperm(value.numel(), generator=torch.Generator().manual_seed(5))
            ].reshape(value.shape)
        return torch.zeros_like(value) if how == "zeros" else torch.rand(value.shape).to(value.dtype)
    if isinstance(value, np.ndarray):
        chance = np.random.default_rng(5)
        if how == "shuffle":
            return chance.permutation(value.ravel()).reshape(value.shape)
        return np.zeros_like(value) if how == "zeros" else chance.random(value.shape).astype(value.dtype)
    if isinstance(value, Mapping):
        values = [likeness(v, how) for v in value.values()]
        rng.shuffle(values) if how == "shuffle" else None
        return dict(zip(value, values, strict=True))
    if isinstance(value, list | tuple):
        values = [likeness(v, how) for v in value]
        rng.shuffle(values) if how == "shuffle" else None
        return value._make(values) if hasattr(value, "_make") else type(value)(values)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: likeness(getattr(value, field.name), how) for field in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **fields)
    if isinstance(value, str):
        letters = {"zeros": "0" * len(value), "noise": rng.choices("swan ", k=len(value)), "shuffle": value}[
            how
        ]
        return "".join(rng.sample(letters, len(letters)))
    if comparison.same(value, value) and isinstance(value, int | float):
        return {"zeros": type(value)(0), "noise": type(value)(rng.random() * 9), "shuffle": value}[how]
    return value


@pytest.mark.parametrize("how", ["zeros", "noise"])
@targets
def test_right_shaped_rubbish_fails(check, how):
    oracle = check.right or overrides.original(check.target)
    wrong = diagnosis.diagnose(check, lambda *a, **k: likeness(oracle(*copy.deepcopy(a), **k), how))
    assert wrong is not None and wrong.id != "calls-the-library"


@targets
def test_a_shuffled_answer_fails(check):
    oracle = check.right or overrides.original(check.target)
    needed = [give(oracle, case) for case in check.cases]
    if needed and all(comparison.same(likeness(one, "shuffle"), one) for one in needed):
        pytest.skip("a single number cannot be shuffled")
    shuffled = diagnosis.diagnose(check, lambda *a, **k: likeness(oracle(*copy.deepcopy(a), **k), "shuffle"))
    assert shuffled is not None


@targets
def test_constants_the_input_and_nothing_fail(check):
    candidates = [
        lambda *a, **k: None,
        lambda *a, **k: a[0],
        lambda *a, **k: 0,
        lambda *a, **k: 1.0,
        lambda *a, **k: [],
        lambda *a, **k: {},
    ]
    candidates += [lambda *a, **k: "", lambda *a, **k: a, lambda *a, **k: torch.zeros(3)]
    if check.cases:
        first = give(check.right, check.cases[0])
        candidates.append(lambda *a, **k: first)
    for number, candidate in enumerate(candidates):
        assert diagnosis.diagnose(check, candidate) is not None, f"candidate {number} passed"


@targets
def test_changing_the_input_is_noticed(check):
    kinds = list | dict | torch.Tensor | np.ndarray
    if check.right is None or check.view or not any(isinstance(a, kinds) for a in check.cases[0]):
        pytest.skip("nothing to change")

    def vandal(*arguments, **named):
        value = check.right(*copy.deepcopy(arguments), **named)
        for argument in arguments:
            if isinstance(argument, list | dict):
                argument.clear()
            elif isinstance(argument, torch.Tensor):
                argument.zero_()
            elif isinstance(argument, np.ndarray):
                argument.fill(0)
        return value

    assert diagnosis.diagnose(check, vandal).id == "changed-input"


@targets
def test_not_written_yet_passes_through(check):
    def blank(*arguments, **named):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        diagnosis.diagnose(check, blank)


@targets
def test_calling_the_library_is_refused(check):
    owner, name = overrides.locate(check.target)
    wrong = diagnosis.diagnose(check, lambda *a, **k: getattr(owner, name)(*a, **k))
    assert wrong.id == "calls-the-library"


@targets
def test_the_docstrings_arguments_are_the_checks(check):
    signature = inspect.signature(overrides.original(check.target) if check.view is None else check.right)
    for arguments in check.cases:
        by_place, by_name = registry.split(arguments)
        signature.bind(*by_place, **by_name)


def test_arguments_can_be_given_by_name():
    def right(x, *, times=1):
        return [times * number for number in x]

    check = registry.Check("ngram.loss", right, [([1, 2],), ([1, 2], registry.Named(times=3))])
    assert diagnosis.diagnose(check, lambda x, times: [times * n for n in x]).id == "wrong-arguments"
    deaf = diagnosis.diagnose(check, lambda x, times=1: x)
    assert deaf.call == "loss([1, 2], times=3)" and deaf.yours == "[1, 2]" and deaf.needed == "[3, 6]"
    check.mistakes.append(registry.Mistake("adds", "It adds.", lambda x, times=1: [times - 1 + n for n in x]))
    added = diagnosis.diagnose(check, lambda x, *, times=1: [n + times - 1 for n in x])
    assert added.id == "adds" and added.call == "loss([1, 2], times=3)"
    assert diagnosis.ask("ngram.loss", right, [1], times=2) == [2]
