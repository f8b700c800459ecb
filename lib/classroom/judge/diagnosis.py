"""Judge a reader's function: run it on every case, and name what was misunderstood.

Where it differs from the right answer, the catalogue's wrong variants run on the same inputs: the one that gives
what the reader's function gave names the mistake. What no variant explains is told plainly, with the first input
that shows it.
"""

import inspect
from collections.abc import Callable, Iterator

from classroom.judge import edit, kinds, place, probes, recognition, registry
from classroom.judge.comparison import kind, nearly, same, shorten, show
from classroom.judge.endings import can_fall_off
from classroom.judge.explanations import call, plain, tell, without_types
from classroom.judge.found import Found
from classroom.judge.registry import Check, Mistake, Named, Wrong
from classroom.judge.sandbox import Outcome, guarded, run
from nextword.base import overrides

GENERAL = ("value", "wrong-kind", "raised", "returned-none", "not-a-number")  # ids of what names no cause
STACK = (
    "A single table comes out right, and a stack of tables, with more axes in front, does not. "
    "Count axes from the end: dim=-1, x.shape[-2], x[..., i, j]. And @ goes through any stack by itself."
)


def diagnose(check: Check, function: Callable) -> Wrong | None:
    """What is wrong with a reader's function, or None; a bare NotImplementedError passes through.

    Ends after SECONDS even if the function never does.
    """
    current = []  # the call that is under way, for the message
    library, bare, function = overrides.original(check.target), function, check.watched(function)
    try:
        with guarded(check):
            if _names(function, library):
                overrides.original(check.target)()  # refused
            wrong = _judge(check, function, current) or _called_otherwise(check, function, library)
            wrong = wrong or (check.kernels.beside_the_cases(check, function) if check.is_kernel else None)
            return wrong or (check.lives(check, bare) if check.lives else None)
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
    first_of_all = _behaves(check, function, check.before)
    outcomes, needed = [], []
    for arguments in check.cases:
        current.append(call(check, arguments))
        outcomes.append(run(check.seen(function), arguments))
        if isinstance(outcomes[-1].error, Wrong):
            raise outcomes[-1].error
        needed.append(run(check.right, arguments))
    wrong = [
        number
        for number, (yours, right) in enumerate(zip(outcomes, needed, strict=True))
        if yours.changed_input or not yours.equals(right, check.same)
    ]
    if first_of_all:
        current.clear()  # the call that shows it is none of the cases
        found, parted = place.find(check, function, outcomes, needed, wrong)
        return _said_better(check, first_of_all, found or parted, outcomes, needed, wrong)
    if wrong:
        return _explain(check, function, current, outcomes, needed, wrong)
    current.append(f"{check.name}(...)")
    return _behaves(check, function, check.behaviours) or _of_other_kind(check, current, outcomes, needed)


def _of_other_kind(check: Check, calls: list[str], outcomes, needed) -> Wrong | None:
    """That right answers are of another kind of number than the library's own."""
    if (found := kinds.other(check, outcomes)) is None:
        return None
    number, found = found
    return Wrong(found.id, found.says, calls[number], tell(outcomes[number]), tell(needed[number]))


def _explain(check: Check, function: Callable, calls: list[str], outcomes, needed, wrong: list[int]) -> Wrong:
    """The most telling thing to say: a listed mistake, where one explains it; else the place, a slip, what is plain."""
    plainly = [number for number in wrong if check.n_plain is None or number < check.n_plain]
    if plainly:  # then the awkward cases behind them are not asked
        check, wrong = check.plain, plainly
        outcomes, needed = outcomes[: check.n_plain], needed[: check.n_plain]
    first = wrong[0]  # cases stand in order, the plainest first
    shown = (calls[first], tell(outcomes[first]), tell(needed[first]))
    if _remembers(check, function, outcomes[0]):
        says = "The same call gave two answers: something is left from the call before. Make it anew inside."
        return Wrong("remembers", says, *shown)
    given = recognition.given_by(check, function, outcomes, first)
    if listed := recognition.recognise(given, outcomes, wrong, everywhere=not plainly):
        found = _better_than_listed(check, function, listed, outcomes, needed, wrong) or listed
        return Wrong(found.id, found.says, *shown)
    return _unlisted(check, function, shown, given if plainly else [], outcomes, needed, wrong)


def _better_than_listed(check, function, listed: Mistake, outcomes, needed, wrong: list[int]) -> Found | None:
    """Where few answers bear a listed mistake out: an argument that is ignored, or a slip that does as much."""
    different = {show(outcomes[number].value) for number in wrong if outcomes[number].error is None}
    if len(different) > 2 or not probes.refutes(check, function, listed.function):
        return None
    if _is_of_kind(outcomes, needed, wrong) and (ignored := probes.ignored(check, function, outcomes)):
        return Found("argument-ignored", probes.says_ignored(ignored))
    return edit.find(check, outcomes, needed, wrong)


def _is_of_kind(outcomes, needed, wrong: list[int]) -> bool:
    """Whether the first wrong answer is of the kind that is needed."""
    yours, right = outcomes[wrong[0]], needed[wrong[0]]
    return yours.error is None and kind(yours.value) == kind(right.value)


def _unlisted(check: Check, function: Callable, shown: tuple, given, outcomes, needed, wrong) -> Wrong:
    """What to say where no listed mistake explains all: `given` may explain a part."""
    yours, right = outcomes[wrong[0]], needed[wrong[0]]
    if check.is_kernel and (says := check.kernels.never_written(yours.value)):
        return Wrong("never-written", says, *shown)
    ignored = misbehaves = None
    if _is_of_kind(outcomes, needed, wrong):
        ignored = probes.ignored(check, function, outcomes)
        misbehaves = _behaves(check, function, check.behaviours)  # often says more than "the value differs"
    in_part = recognition.recognise_in_part(check, given, outcomes, needed, wrong)
    if ignored and not in_part and not misbehaves:
        return Wrong("argument-ignored", probes.says_ignored(ignored), *shown)
    spoiled, parted = place.find(check, function, outcomes, needed, wrong)
    if spoiled and not misbehaves:
        return Wrong(spoiled.id, spoiled.says, *shown)
    if _only_in_stacks(check, function, wrong):
        return Wrong("stack", STACK, *shown)
    if in_part:
        more = probes.says_ignored(ignored) if ignored else "(There may be one thing more to mend.)"
        return Wrong(in_part.id, f"{in_part.says} {more}", *shown)
    if _all_nearly(outcomes, needed, wrong):
        exact = (shown[0], shorten(repr(yours.value)), shorten(repr(right.value)))
        says = "Close, but not equal: is something rounded, cut short, or a small number added?"
        return Wrong("nearly", says, *(exact if shown[1] == shown[2] else shown))
    said = misbehaves or plain(check, function, shown[0], yours, right)
    if said.id in ("value", "wrong-kind") or (said.id == "returned-none" and not can_fall_off(function)):
        spoiled = probes.constant(outcomes, needed, show) or spoiled
    no_matter = Found("argument-ignored", probes.says_ignored(ignored)) if ignored else None
    return _said_better(check, said, no_matter or spoiled or parted, outcomes, needed, wrong)


def _said_better(check: Check, said: Wrong, found, outcomes, needed, wrong: list[int]) -> Wrong:
    """What is plain, or what a behaviour found, with the place where values part, or else a slip that does the same."""
    if found is None:
        found = edit.find(check, outcomes, needed, wrong)
    if found is None:
        return said
    says = found.says if said.id in ("value", "returned-none") else f"{said.says} {found.says}"
    id = found.id if said.id in GENERAL else said.id
    return Wrong(id, says, said.call, said.yours, said.needed)


def _only_in_stacks(check: Check, function: Callable, wrong: list[int]) -> bool:
    """Whether all is right as long as no more axes than needed stand in front, the parts of wrong stacks too."""
    axes = [getattr(arguments[0], "ndim", 0) if arguments else 0 for arguments in check.cases]
    alone = [number for number, n in enumerate(axes) if n == min(axes)]
    if check.is_kernel or len(alone) < 3 or min(axes) < 2 or set(alone) & set(wrong):
        return False
    parts = [_first_of_stack(check.cases[number], axes[number] - min(axes)) for number in wrong]
    return all(run(check.seen(function), part).equals(run(check.right, part), check.same) for part in parts)


def _first_of_stack(arguments: tuple, n: int) -> tuple:
    """The same case with the first of each stack: of all tensors that have as many axes as the first argument."""
    axes = arguments[0].ndim
    return tuple(one[(0,) * n] if getattr(one, "ndim", 0) == axes else one for one in arguments)


def _all_nearly(outcomes, needed, wrong: list[int]) -> bool:
    """Whether every wrong answer misses by a little, and for no other reason."""
    return all(
        outcomes[number].error is None
        and nearly(outcomes[number].value, needed[number].value)
        and not outcomes[number].changed_input
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
    again = run(check.seen(function), check.cases[0])
    return not again.equals(before, lambda x, y: same(x, y, nan=True))


def ask(target: str, function: Callable, *arguments, **named) -> object:
    """What a reader's function gives, for a behaviour to look at; a crash or a None raises Wrong."""
    arguments = (*arguments, Named(named)) if named else arguments
    check, outcome = registry.find(target), run(function, arguments)
    if isinstance(outcome.error, Wrong):
        raise outcome.error
    if outcome.error is not None or outcome.value is None or outcome.changed_input:
        raise plain(check, function, call(check, arguments), outcome)
    return outcome.value
