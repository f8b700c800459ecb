"""Recognise a listed mistake: which of them gives what the reader's function gave?"""

import inspect
import re
from collections.abc import Callable

from classroom.judge.comparison import same, show
from classroom.judge.registry import Check, Mistake
from classroom.judge.sandbox import Outcome, run

Given = list[tuple[Mistake, list[Outcome]]]  # mistakes, each with what it gives in every case


def given_by(check: Check, function: Callable, outcomes: list[Outcome], first: int) -> Given:
    """What each mistake gives in each case, of those that give the reader's answer in the first wrong one.

    Most end there, which saves most of the time; an edit of a solution that is not there, or not as it was, does too.
    """
    given = []
    for mistake in check.mistakes:
        if mistake.where and not _holds(function, mistake):
            continue
        try:
            if _agree(outcomes[first], run(check.seen(mistake.function), check.cases[first])):
                seen = check.seen(mistake.function)
                given.append((mistake, [run(seen, arguments) for arguments in check.cases]))
        except ValueError:
            continue
    return given


def _agreement(outcomes: list[Outcome], theirs: list[Outcome]) -> list[bool]:
    """In which cases a mistake gives what the reader's function gave."""
    return [_agree(a, b) for a, b in zip(outcomes, theirs, strict=True)]


def _agree(yours: Outcome, theirs: Outcome) -> bool:
    alike = yours.equals(theirs, lambda x, y: same(x, y, nan=True))
    return alike and yours.changed_input == theirs.changed_input


def _holds(function: Callable, mistake: Mistake) -> bool:
    """Whether a function's own lines hold what a mistake's sentence speaks of."""
    try:
        code = inspect.getsource(inspect.unwrap(function))
    except (OSError, TypeError):
        return True
    return function is mistake.function or bool(re.search(mistake.where, code, re.DOTALL))


def recognise(given: Given, outcomes: list[Outcome], wrong: list[int], everywhere: bool) -> Mistake | None:
    """The mistake that gives the reader's answer wherever that is wrong, and agrees best elsewhere, or everywhere.

    It must agree in most cases, and speak of no more right answers, which would be wrong by it, than of wrong ones.
    """
    best, most = None, max(len(outcomes) / 2, len(outcomes) - len(wrong) - 1)
    if everywhere:
        most = len(outcomes) - 1
    for mistake, theirs in given:
        agree = _agreement(outcomes, theirs)
        if all(agree[number] for number in wrong) and agree.count(True) > most:
            best, most = mistake, agree.count(True)
    return best


def recognise_in_part(
    check: Check, given: Given, outcomes: list[Outcome], needed: list[Outcome], wrong: list[int]
) -> Mistake | None:
    """Of two mistakes made at once, the one that shows nearly wherever it could, the plainest case included."""
    if outcomes[wrong[0]].error is not None or outcomes[wrong[0]].changed_input:
        return None
    best, most = None, max(2, len(wrong) / 2 - 0.5)
    for mistake, theirs in given:
        agree = _agreement(outcomes, theirs)
        plainly = [number for number in wrong if agree[number] and outcomes[number].error is None]
        if not agree[wrong[0]] or len(plainly) <= most or agree.count(True) <= len(outcomes) / 2:
            continue
        could = [n for n, one in enumerate(theirs) if not one.equals(needed[n], check.same)]
        different = {show(outcomes[number].value) for number in plainly}
        if len(different) > 2 and sum(agree[number] for number in could) >= 0.75 * len(could):
            best, most = mistake, len(plainly)
    return best
