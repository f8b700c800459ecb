"""More inputs, made of a check's own: what makes no difference to a function, and whether a likeness holds.

Each argument of a case is exchanged for the same argument of another. An input counts where the right answer and the
library's own agree on it.
"""

import functools
import inspect
from collections.abc import Callable

from classroom.judge.comparison import is_tensor, same
from classroom.judge.found import Found
from classroom.judge.registry import Check, Named, split
from classroom.judge.sandbox import Outcome, TooLong, run
from nextword.base.overrides import original  # by name: under guard, swap's own is refused

MOST = 10  # inputs for each argument
ENOUGH = 3  # times that an argument ought to have mattered


@functools.lru_cache(maxsize=8)
def _probes(key: "_ByIdentity") -> dict[str, list[tuple]]:
    """For each argument: (number of the case, its arguments with that one exchanged, right answer, did it change)."""
    check, found = key.check, {}
    cases = [_named(check, arguments) for arguments in check.cases]
    for name in {name: None for case in cases for name in case if name != "__places__"}:
        found[name] = []
        values = [case[name] for case in cases if name in case]
        for place, case in enumerate(cases):
            for step in (1, 2):
                if name not in case or len(found[name]) >= MOST:
                    continue
                other = {**case, name: values[(place + step) % len(values)]}
                if same(other[name], case[name]):
                    continue
                right = _right(check, other)
                if right is not None:
                    before = run(check.right, check.cases[place])
                    found[name].append(
                        (place, _arguments(other), right, not right.equals(before, check.same))
                    )
    return found


class _ByIdentity:
    """A check as a key of a cache: checks themselves can be changed, and have no hash."""

    def __init__(self, check: Check):
        self.check = check

    def __hash__(self) -> int:
        return id(self.check)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and self.check is other.check


def _named(check: Check, arguments: tuple) -> dict:
    by_place, by_name = split(arguments)
    code = check.right.__code__
    return {**dict(zip(code.co_varnames, by_place, strict=False)), "__places__": len(by_place), **by_name}


def _arguments(case: dict) -> tuple:
    values = [value for name, value in case.items() if name != "__places__"]
    names = [name for name in case if name != "__places__"]
    places = case["__places__"]
    by_name = Named(zip(names[places:], values[places:], strict=True))
    return (*values[:places], by_name) if by_name else tuple(values[:places])


def _right(check: Check, case: dict) -> Outcome | None:
    """The right answer to a new input; None where it has none that is sure."""
    arguments = _arguments(case)
    right, library = run(check.right, arguments), run(check.seen(original(check.target)), arguments)
    is_sure = right.error is None and library.error is None and right.equals(library, check.same)
    return right if is_sure else None


def sure(nothing: object):
    """For a function that claims something: whatever stops it, the time limit too, is no claim."""

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def guarded(*arguments):
            try:
                return function(*arguments)
            except (Exception, TooLong):
                return nothing

        return guarded

    return decorate


@sure("")
def ignored(check: Check, function: Callable, outcomes: list[Outcome]) -> str:
    """The argument that makes no difference where it should; nothing where there is none, or where none does."""
    names = []
    probes = {
        name: found for name, found in _of(check).items() if sum(matters for *_, matters in found) >= ENOUGH
    }
    known = inspect.signature(
        original(check.target)
    ).parameters  # a case may hold more than the function is given
    for name, found in probes.items():
        if name not in known:
            continue
        answers = [run(check.seen(function), arguments) for _, arguments, _, _ in found]
        unmoved = all(
            one.error is None and one.equals(outcomes[place], _alike)
            for one, (place, *_) in zip(answers, found, strict=True)
        )
        telling = [
            one for one, (*_, matters) in zip(answers, found, strict=True) if matters and not _is_empty(one)
        ]
        if unmoved and len(telling) >= ENOUGH:
            names.append(name)
    return names[0] if len(names) == 1 and len(probes) > 1 else ""


def _is_empty(one: Outcome) -> bool:
    """Whether an answer holds nothing: then it cannot tell what it depends on."""
    return one.value is None or (isinstance(one.value, list | tuple | dict | str) and not one.value)


def says_ignored(name: str) -> str:
    """The sentence for the reader."""
    return f"`{name}` makes no difference in yours: the answer is the same whatever is given for it."


@sure(False)
def refutes(check: Check, function: Callable, mistake: Callable) -> bool:
    """Whether a function that was like a mistake in every case is unlike it, and wrong, on other inputs."""
    for found in _of(check).values():
        for _, arguments, right, _ in found:
            yours = run(check.seen(function), arguments)
            if yours.error or yours.equals(right, check.same):
                continue
            if not yours.equals(run(check.seen(mistake), arguments), _alike):
                return True
    return False


def constant(outcomes: list[Outcome], needed: list[Outcome], say: Callable[[object], str]) -> Found | None:
    """That every case got one and the same answer, or tensors full of one number, where the needed ones differ."""
    first = outcomes[0]
    numbers = {_only_number(one) for one in outcomes}
    is_same = first.error is None and all(one.equals(first, _alike) for one in outcomes)
    if not is_same and (len(numbers) > 1 or None in numbers):
        return None
    different = []
    for one in needed:
        if not any(one.equals(other, same) for other in different):
            different.append(one)
    if len(outcomes) < 4 or len(different) < ENOUGH:
        return None
    if is_same:
        return Found("always-the-same", f"It gives {say(first.value)}, whatever it is given.")
    return Found("always-the-same", f"It gives nothing but {numbers.pop()}, whatever it is given.")


def _only_number(outcome: Outcome) -> int | float | bool | None:
    """The number of which a tensor is full; None where there is no tensor, or more than one number in it."""
    full = outcome.error is None and is_tensor(outcome.value) and outcome.value.numel() > 0
    if not full or not (outcome.value == outcome.value.flatten()[0]).all():
        return None
    return outcome.value.flatten()[0].item()


def _of(check: Check) -> dict[str, list[tuple]]:
    if check.right is None or not hasattr(check.right, "__code__"):
        return {}
    return _probes(_ByIdentity(check))


def _alike(a: object, b: object) -> bool:
    return same(a, b, nan=True)
