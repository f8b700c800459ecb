"""The small slip in the solution, found by machine, that gives what the reader's function gave in every case.

Asked last, before "The value differs.". It says no more than is so: that the solution, with that slip, would answer the
same. Where more than three kinds of slips would, none is told.
"""

import ast
import functools
from collections.abc import Callable, Mapping

from classroom.judge import sources
from classroom.judge.comparison import is_array, is_number, is_tensor, same
from classroom.judge.found import Found
from classroom.judge.registry import Check
from classroom.judge.sandbox import Outcome, TooLong, run
from classroom.judge.slips import Slip, slips

MOST_KINDS = 3
MOST_ROUNDS = 5000  # of all loops in one call: an edit may make a loop without end
MOST_SLIPS = 1500


class TooManyRounds(BaseException):
    """Raised inside an edited function whose loops go on."""


def find(check: Check, outcomes: list[Outcome], needed: list[Outcome], wrong: list[int]) -> Found | None:
    """What slip of the solution gives the reader's outcomes, all of them; None where none does, or too many."""
    if check.is_kernel:  # each edit would take seconds in the interpreter
        return None
    with_value = [n for n in wrong if outcomes[n].error is None and outcomes[n].value is not None]
    if not with_value or any(outcomes[n].changed_input for n in wrong):
        return None
    try:
        found = _alike(check, outcomes, [*with_value, *wrong], _kind(needed[with_value[0]].value))
    except (Exception, TooLong):
        return None
    if not 0 < len(found) <= MOST_KINDS:
        return None
    *others, last = found.values()
    words = f"{', '.join(others)}, or {last}" if others else last
    return Found("edit", f"In every case tried, yours gives what the solution would give {words}.")


def _alike(check: Check, outcomes: list[Outcome], likely: list[int], gives: str) -> dict[str, str]:
    """The words of the slips that give the reader's outcomes, one for each kind."""
    order = dict.fromkeys([*likely, *range(len(outcomes))])  # the wrong ones first: most slips end there
    found = {}
    for slip, function in _slips(check.target, gives):
        seen = check.seen(function)
        if slip.kind not in found and all(_same(run(seen, check.cases[n]), outcomes[n]) for n in order):
            found[slip.kind] = slip.words
            if len(found) > MOST_KINDS:
                break
    return found


def _same(theirs: Outcome, yours: Outcome) -> bool:
    alike = theirs.equals(yours, lambda x, y: same(x, y, nan=True))
    return (
        alike and theirs.changed_input == yours.changed_input and not isinstance(theirs.error, TooManyRounds)
    )


@functools.lru_cache(maxsize=32)
def _slips(target: str, gives: str) -> list[tuple[Slip, Callable]]:
    """Every slip of a target's solution, ready to run."""
    source = sources.solution(target)
    if source is None:
        return []
    tree = sources.without_decorators(source.text)
    definition = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == source.name)
    made = []
    for slip in slips(definition, gives):
        space = {**source.space, "__round__": (counter := _Rounds())}
        exec(slip.code, space)  # the course's own lines
        made.append((slip, _counted(space[source.name], counter)))
        if len(made) == MOST_SLIPS:
            break
    return made


class _Rounds:
    """Counts rounds of loops."""

    def __init__(self):
        self.n = 0

    def __call__(self) -> None:
        self.n += 1
        if self.n > MOST_ROUNDS:
            raise TooManyRounds


def _counted(function: Callable, counter: _Rounds) -> Callable:
    def counted(*arguments, **named):
        counter.n = 0
        return function(*arguments, **named)

    return counted


def _kind(value: object) -> str:
    """What sort of answer is needed, in a word."""
    if is_tensor(value):
        return "tensor"
    if is_array(value):
        return "array"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "text"
    return "dict" if isinstance(value, Mapping) else "list" if isinstance(value, list | tuple) else ""
