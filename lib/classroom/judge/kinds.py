"""Answers that are right as numbers, and of another kind than the library's own: there the model would stop."""

from collections.abc import Iterator, Mapping

from classroom.judge.comparison import is_array, is_tensor
from classroom.judge.found import Found
from classroom.judge.registry import Check
from classroom.judge.sandbox import Outcome, run
from nextword.base.overrides import original  # by name: under guard, swap's own is refused


def other(check: Check, outcomes: list[Outcome]) -> tuple[int, Found] | None:
    """The first case whose answer is of another kind of number than the library's own, and what to say of it."""
    for number, yours in enumerate(outcomes):
        if not any(True for _ in _tensors(yours.value)):
            continue
        library = run(check.seen(original(check.target)), check.cases[number])
        for mine, own in zip(_tensors(yours.value), _tensors(library.value), strict=False):
            if _differ(mine, own):
                says = _says_of_arrays if is_array(own) else _says
                return number, Found("loses-its-kind", says(_word(mine), _word(own)))
    return None


def _tensors(value: object) -> Iterator:
    if is_tensor(value) or is_array(value):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _tensors(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _tensors(one)


def _differ(mine, own) -> bool:
    """Fractions must be as fine as the library's; whole numbers and yes-or-no may be of any size."""
    are_fractions = [
        one.dtype.kind == "f" if is_array(one) else one.is_floating_point() for one in (mine, own)
    ]
    return are_fractions[0] != are_fractions[1] or (are_fractions[1] and mine.dtype != own.dtype)


def _word(tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _says_of_arrays(mine: str, own: str) -> str:
    says = f"The numbers are right, but they are {mine}, and {own} is needed, as it came in. "
    return f"{says}Is there a float, an astype or a new array of another kind on the way?"


def _says(mine: str, own: str) -> str:
    says = f"The numbers are right, but they are {mine}, and {own} is needed. The model stops where two kinds meet"
    says += ' ("expected scalar type Double but found Float").' if mine == "float64" else "."
    if mine == "float64":
        return f"{says} Is there a .double() or a float64 on the way? Give back the kind that came in: .to(x.dtype)."
    return f"{says} Give back the kind that came in: .to(x.dtype), or .float()."
