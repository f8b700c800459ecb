"""Judge a reader's function: run it on every case, and name what was misunderstood.

Where it differs from the right answer, the catalogue's wrong variants run on the same inputs: the one that gives
what the reader's function gave names the mistake. What no variant explains is told plainly, with the first input
that shows it.
"""

import inspect
from collections.abc import Callable, Iterator

from classroom.judge import registry
from classroom.judge.comparison import kind, nearly, same, shorten, show
from classroom.judge.explanations import call, plain, tell, without_types
from classroom.judge.lost import other_kind
from classroom.judge.registry import Check, Mistake, Named, Wrong
from classroom.judge.sandbox import Outcome, guarded, run
from nextword.base import overrides

STACK = (
    "A single table comes out right, and a stack of tables, with more axes in front, does not. "
    "Count axes from the end: dim=-1, x.shape[-2], x[..., i, j]. And @ goes through any stack by itself."
)


def diagnose(check: Check, function: Callable) -> Wrong | None:
    """What is wrong with a reader's function, or None; a bare NotImplementedError passes through.

    Ends after SECONDS even if the function never does.
    """
    current = []  # the call that is under way, for the message
    library = overrides.original(check.target)
    try:
        with guarded(check):
            if _names(function, library):
                overrides.original(check.target)()  # refused
            return _judge(check, function, current) or _called_otherwise(check, function, library)
    except Wrong as wrong:
        wrong.call = wrong.call or "".join(current[-1:])
        return wrong


def _names(function: Callable, other: object) -> bool:
    """Whether the function's own lines name the other as a global, under whatever name."""
    function = inspect.unwrap(function)
    return any(function.__globals__.get(name) is other for name in function.__code__.co_names)


def _judge(check: Check, function: Callable, current: list[str]) -> Wrong | None:
    """What is asked before, then cases, then behaviours."""
    if inspect.iscoroutinefunction(function):
        return Wrong("async", "It is written with `async def`, and a plain `def` is needed.")
    if wrong := _behaves(check, function, check.before):
        return wrong
    outcomes, needed = [], []
    for arguments in check.cases:
        current.append(call(check, arguments))
        outcomes.append(run(function, arguments))
        if isinstance(outcomes[-1].error, Wrong):
            raise outcomes[-1].error
        needed.append(run(check.right, arguments))
    wrong = [
        number
        for number, (yours, right) in enumerate(zip(outcomes, needed, strict=True))
        if yours.changed_input or not yours.equals(right, check.same)
    ]
    if wrong:
        return _explain(check, function, current, outcomes, needed, wrong)
    if check.keeps_kind and (says := other_kind(check.cases[0], outcomes[0].value)):
        return Wrong("loses-its-kind", says, current[0])
    current.append(f"{check.name}(...)")
    return _behaves(check, function, check.behaviours)


def _explain(check: Check, function: Callable, calls: list[str], outcomes, needed, wrong: list[int]) -> Wrong:
    """The most telling thing to say: a mistake of the catalogue where one explains it, else what is plain."""
    plainly = [number for number in wrong if check.n_plain is None or number < check.n_plain]
    if plainly:
        outcomes, needed, wrong = outcomes[: check.n_plain], needed[: check.n_plain], plainly
    first = wrong[0]  # cases stand in order, the plainest first
    yours, right = outcomes[first], needed[first]
    shown = (calls[first], tell(yours), tell(right))
    if _remembers(check, function, outcomes[0]):
        says = "The same call gave two answers: something is left from the call before. Make it anew inside."
        return Wrong("remembers", says, *shown)
    if found := _recognise(check, outcomes, wrong, everywhere=not plainly):
        return Wrong(found.id, found.says, *shown)
    if plainly and _only_in_stacks(check, wrong):
        return Wrong("stack", STACK, *shown)
    if plainly and (found := _recognise_in_part(check, outcomes, wrong)):
        return Wrong(found.id, f"{found.says} (There may be one thing more to mend.)", *shown)
    if _all_nearly(outcomes, needed, wrong):
        exact = (calls[first], shorten(repr(yours.value)), shorten(repr(right.value)))
        says = "Close, but not equal: is something rounded or cut short?"
        return Wrong("nearly", says, *(exact if shown[1] == shown[2] else shown))
    misbehaves = None
    if yours.error is None and kind(yours.value) == kind(right.value):
        misbehaves = _behaves(check, function, check.behaviours)  # often says more than "the value differs"
    return misbehaves or plain(check, function, calls[first], yours, right)


def _only_in_stacks(check: Check, wrong: list[int]) -> bool:
    """Whether all is right as long as no more axes than needed stand in front."""
    axes = [
        getattr(arguments[0], "ndim", 0) if arguments else 0 for arguments in check.cases[: check.n_plain]
    ]
    alone = [number for number, n in enumerate(axes) if n == min(axes)]
    return len(alone) >= 3 and min(axes) >= 2 and not set(alone) & set(wrong)


def _all_nearly(outcomes, needed, wrong: list[int]) -> bool:
    """Whether every wrong answer misses by a little, and for no other reason."""
    return all(
        nearly(outcomes[number].value, needed[number].value) and not outcomes[number].changed_input
        for number in wrong
    )


def _behaves(check: Check, function: Callable, behaviours: tuple[Callable, ...]) -> Wrong | None:
    """What behaviours find wrong, or None."""
    for behaviour in behaviours:
        outcome = run(behaviour, (function,))
        if isinstance(outcome.error, Wrong):
            return outcome.error
        if outcome.error is not None:
            return plain(check, function, f"{check.name}(...)", outcome)
    return None


def _called_otherwise(check: Check, function: Callable, library: Callable) -> Wrong | None:
    """What keeps the library from calling a function as its own: by name, or with something left out."""
    theirs, yours = without_types(inspect.signature(library)), inspect.signature(function)
    named = [p for p in theirs.parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    try:
        for given in (named, [p for p in named if p.default is p.empty]):
            yours.bind(**{p.name: None for p in given})
    except TypeError as error:
        says = f"The values are right, but it is called as {check.name}{theirs} too, and then: {error}."
        return Wrong("wrong-arguments", says)
    for needed in named:
        own = yours.parameters.get(needed.name, needed)
        if not same(own.default, needed.default):
            says = f"{needed.name} is {show(own.default)} where left out; {show(needed.default)} is needed."
            return Wrong("wrong-default", says)
    return None


def _remembers(check: Check, function: Callable, before: Outcome) -> bool:
    """Whether the first case, asked again, is answered otherwise."""
    if isinstance(before.value, Iterator):
        return False  # two iterators are never the same
    again = run(function, check.cases[0])
    return not again.equals(before, lambda x, y: same(x, y, nan=True))


def _agreement(check: Check, mistake: Mistake, outcomes, wrong: list[int]) -> list[bool]:
    """In which cases a mistake gives what the reader's function gave; none, if not in the first that is wrong."""

    def agrees(number: int) -> bool:
        yours, theirs = outcomes[number], run(mistake.function, check.cases[number])
        alike = yours.equals(theirs, lambda x, y: same(x, y, nan=True))
        return alike and yours.changed_input == theirs.changed_input

    if not agrees(wrong[0]):  # most end here, which saves most of the time
        return [False] * len(outcomes)
    return [agrees(number) for number in range(len(outcomes))]


def _recognise(check: Check, outcomes, wrong: list[int], everywhere: bool = False) -> Mistake | None:
    """The mistake that gives the reader's answer wherever that is wrong, and agrees best elsewhere.

    Where plain cases are right, it must agree in all: a few awkward ones are alike in many mistakes.
    """
    best, most = None, len(outcomes) / 2  # one that is elsewhere in most cases wrong explains nothing
    if everywhere:
        most = len(outcomes) - 1
    for mistake in check.mistakes:
        agree = _agreement(check, mistake, outcomes, wrong)
        if all(agree[number] for number in wrong) and agree.count(True) > most:
            best, most = mistake, agree.count(True)
    return best


def _recognise_in_part(check: Check, outcomes, wrong: list[int]) -> Mistake | None:
    """Of two mistakes made at once, the one that the plainest cases show."""
    if outcomes[wrong[0]].error is not None or outcomes[wrong[0]].changed_input:
        return None
    best, most = None, max(2, len(wrong) / 2 - 0.5)
    for mistake in check.mistakes:
        agree = _agreement(check, mistake, outcomes, wrong)
        plainly = [number for number in wrong if agree[number] and outcomes[number].error is None]
        if agree[wrong[0]] and len(plainly) > most and agree.count(True) > len(outcomes) / 2:
            best, most = mistake, len(plainly)
    return best


def ask(target: str, function: Callable, *arguments, **named) -> object:
    """What a reader's function gives, for a behaviour to look at; a crash or a None raises Wrong."""
    arguments = (*arguments, Named(named)) if named else arguments
    check, outcome = registry.find(target), run(function, arguments)
    if isinstance(outcome.error, Wrong):
        raise outcome.error
    if outcome.error is not None or outcome.value is None or outcome.changed_input:
        raise plain(check, function, call(check, arguments), outcome)
    return outcome.value
