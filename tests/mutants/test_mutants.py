"""A sample of the single edits of each solution is refused; those that may survive do. `make test` has all of them."""

import resource

import pytest

from classroom.judge.sandbox import run
from tests.mutants import edits, engine, legal, sources

CHECKS = list(sources.targets())
LISTED = sorted({target for target, _ in engine.listed()})
targets = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.target)


@pytest.fixture(autouse=True)
def some_memory():
    """An edit may ask for more than there is."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (engine.MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@targets
def test_a_sample_of_edits_is_refused(check):
    rare = 64 if check.target == "sampling.draw" else 16  # each draws tens of thousands of times
    rare = 128 if check.is_kernel else rare  # and each of these is interpreted
    score = engine.judge(check, engine.one_in(rare), n_sources=1)
    assert score.refused, "no edit was tried"
    survivors = {
        edit: shown for edit, shown in score.survivors.items() if (check.target, edit) not in engine.listed()
    }
    assert not survivors


@pytest.mark.parametrize("target", LISTED)
def test_what_is_listed_survives(target):
    listed = {edit for name, edit in engine.listed() if name == target}
    check = next(check for check in CHECKS if check.target == target)
    survive = engine.judge(check, listed.__contains__).survivors.keys()
    assert survive == listed, f"refused by now: take it out of survivors.toml: {listed - survive}"


def test_every_survivor_has_a_reason():
    assert all(reason.strip() for reason in engine.listed().values())


@targets
def test_legal_inputs_are_legal(check):
    """On them the solution and the check's own right answer agree."""
    solution = check.seen(sources.build(*sources.of(check.target)[0]))
    for arguments in legal.inputs(check.target, 25):
        yours, needed = run(solution, arguments), run(check.right, arguments)
        assert yours.error is None and yours.equals(needed, check.same), (arguments, yours, needed)


def test_an_edit_is_made_and_named():
    tree = sources.bare("def double(x):\n    return x * 2", "double")
    found = {edit.words: sources.build(edited, {}) for edit, edited in edits.edits(tree, "number")}
    assert found["operator: x * 2 -> x / 2"](3) == 1.5 and found["number: 2 -> 3"](3) == 9


def test_a_loop_without_end_stops():
    tree = sources.bare("def wait(x):\n    while True:\n        x += 1", "wait")
    assert isinstance(run(sources.build(tree, {}), (1,)).error, sources.TooManyRounds)
