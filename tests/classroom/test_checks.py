"""Every listed mistake gets its own diagnosis, every second solution passes, and impostors never do."""

import copy
import importlib
import inspect
import random
from collections.abc import Mapping

import pytest
import torch

from classroom import checking, comparing, course, judging
from nextword import swap
from tests.classroom import instances

for _lesson in course.written():
    importlib.import_module(f"tests.classroom.instances.{_lesson.name}")
CHECKS = [check for lesson in course.written() for check in checking.of_lesson(lesson)]
targets = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.target)


@targets
def test_the_librarys_own_passes(check):
    own = swap.original(check.target)
    wrong = judging.diagnose(check, lambda *a, **k: own(*a, **k))
    assert wrong is None, vars(wrong)


@pytest.mark.parametrize("target, function", instances.RIGHT, ids=[target for target, _ in instances.RIGHT])
def test_a_second_solution_passes(target, function):
    wrong = judging.diagnose(checking.find(target), function)
    assert wrong is None, vars(wrong)


@pytest.mark.parametrize("target, id, function", instances.WRONG, ids=[id for _, id, _ in instances.WRONG])
def test_a_mistake_is_named(target, id, function):
    wrong = judging.diagnose(checking.find(target), function)
    assert wrong is not None, "it passed"
    assert wrong.id == id, vars(wrong)


@targets
def test_every_mistake_is_caught_and_has_an_instance(check):
    written = {id for target, id, _ in instances.WRONG if target == check.target}
    for mistake in check.mistakes:
        wrong = judging.diagnose(check, mistake.function)
        assert wrong is not None and wrong.id == mistake.id, (
            f"{mistake.id} is diagnosed as {wrong and wrong.id}"
        )
        assert mistake.id in written, f"no differently written instance of {mistake.id}"
    assert any(target == check.target for target, _ in instances.RIGHT), "no second solution"


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
    if isinstance(value, Mapping):
        values = [likeness(v, how) for v in value.values()]
        rng.shuffle(values) if how == "shuffle" else None
        return dict(zip(value, values, strict=True))
    if isinstance(value, list | tuple):
        values = [likeness(v, how) for v in value]
        rng.shuffle(values) if how == "shuffle" else None
        return type(value)(values)
    if isinstance(value, str):
        letters = {"zeros": "0" * len(value), "noise": rng.choices("swan ", k=len(value)), "shuffle": value}[
            how
        ]
        return "".join(rng.sample(letters, len(letters)))
    if comparing.same(value, value) and isinstance(value, int | float):
        return {"zeros": type(value)(0), "noise": type(value)(rng.random() * 9), "shuffle": value}[how]
    return value


@pytest.mark.parametrize("how", ["zeros", "noise"])
@targets
def test_right_shaped_rubbish_fails(check, how):
    oracle = check.right or swap.original(check.target)
    wrong = judging.diagnose(check, lambda *a: likeness(oracle(*copy.deepcopy(a)), how))
    assert wrong is not None and wrong.id != "calls-the-library"


@targets
def test_a_shuffled_answer_fails(check):
    oracle = check.right or swap.original(check.target)
    if check.cases and all(comparing.same(likeness(oracle(*a), "shuffle"), oracle(*a)) for a in check.cases):
        pytest.skip("a single number cannot be shuffled")
    assert judging.diagnose(check, lambda *a: likeness(oracle(*copy.deepcopy(a)), "shuffle")) is not None


@targets
def test_constants_the_input_and_nothing_fail(check):
    candidates = [
        lambda *a: None,
        lambda *a: a[0],
        lambda *a: 0,
        lambda *a: 1.0,
        lambda *a: [],
        lambda *a: {},
    ]
    candidates += [lambda *a: "", lambda *a: a, lambda *a: torch.zeros(3)]
    if check.cases:
        first = check.right(*copy.deepcopy(check.cases[0]))
        candidates.append(lambda *a: first)
    for number, candidate in enumerate(candidates):
        assert judging.diagnose(check, candidate) is not None, f"candidate {number} passed"


@targets
def test_changing_the_input_is_noticed(check):
    if check.right is None or not any(isinstance(a, list | dict | torch.Tensor) for a in check.cases[0]):
        pytest.skip("nothing to change")

    def vandal(*arguments):
        value = check.right(*copy.deepcopy(arguments))
        for argument in arguments:
            if isinstance(argument, list | dict):
                argument.clear()
            elif isinstance(argument, torch.Tensor):
                argument.zero_()
        return value

    assert judging.diagnose(check, vandal).id == "changed-input"


@targets
def test_not_written_yet_passes_through(check):
    def blank(*arguments):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        judging.diagnose(check, blank)


@targets
def test_calling_the_library_is_refused(check):
    owner, name = swap.locate(check.target)
    wrong = judging.diagnose(check, lambda *arguments: getattr(owner, name)(*arguments))
    assert wrong.id == "calls-the-library"


@targets
def test_the_docstrings_arguments_are_the_checks(check):
    signature = inspect.signature(swap.original(check.target))
    for arguments in check.cases:
        signature.bind(*arguments)
