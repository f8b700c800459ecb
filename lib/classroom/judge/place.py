"""Where a reader's function parts from the right ways, by the values that it goes through.

Three things are said, and only outside loops. A step gives the right answer already, and a later one spoils it. Or
one step gives what no right way goes through, though it began from right values, in each failing case that was tried.
Or the values are right up to some line. A step that matches nothing is no fault by itself: half of right answers have
one. So a step that may be another order of the same work (a multiple of a right value) is never named.
"""

from collections.abc import Callable

from classroom.judge import tracing
from classroom.judge.found import Found
from classroom.judge.likeness import equal, is_stretched, tells
from classroom.judge.registry import Check
from classroom.judge.sandbox import Outcome, TooLong
from classroom.judge.traces import Trace, answer_of, leads_to_answer, made_by, traces

WIDTH = 70  # characters of a step that are shown


def find(check: Check, function: Callable, outcomes: list[Outcome], needed: list[Outcome], wrong: list[int]):
    """Two claims, each a Found or None: that a right answer is spoiled, and where the values part."""
    try:
        traced = traces(check, function, outcomes, needed, wrong)
        if traced is None:
            return None, None
        failing, passing = traced
        return _spoiled(failing, passing), _parted(failing) or _right_up_to(failing)
    except (Exception, TooLong, tracing.TooMany):
        return None, None  # a claim that cannot be made is none


# ---- a right answer that is spoiled ----


def _spoiled(failing: list[Trace], passing: list[Trace]) -> Found | None:
    """The last step that gives the right answer in every case, where the step above it does not."""
    first, best = failing[0], None
    above = {part: number for number, step in enumerate(first.steps) for part in step.parts}
    leads = set.intersection(*(leads_to_answer(trace) for trace in failing))
    for number, step in enumerate(first.steps):
        parent = first.steps[above[number]] if number in above else None
        if number not in leads or parent is None or parent.kind != "expression" or parent.times != 1:
            continue
        if step.kind not in ("expression", "name") or not _is_right(number, failing):
            continue
        if any(equal(trace.steps[above[number]].value, trace.needed) for trace in failing):
            continue
        ran = [trace for trace in passing if trace.steps[number].times]
        if (
            _is_right(number, ran)
            and _is_no_chance(number, failing)
            and (not best or step.order > best[0].order)
        ):
            best = step, parent
    if best is None:
        return None
    step, parent = best
    where = f" in line {step.line}" if len({one.line for one in first.steps}) > 1 else ""
    return Found(
        "place-spoiled",
        f"`{_short(step.text)}`{where} is the right answer already; {_what_spoils(*best)} spoils it.",
    )


def _is_right(number: int, traces: list[Trace]) -> bool:
    return all(t.steps[number].times == 1 and equal(t.steps[number].value, t.needed) for t in traces)


def _is_no_chance(number: int, failing: list[Trace]) -> bool:
    """Whether it is more than what was given, and more than a number or two."""
    return any(tells(t.steps[number].value) and t.steps[number].value not in t.given for t in failing)


def _what_spoils(step: tracing.Step, parent: tracing.Step) -> str:
    rest = parent.text.removeprefix(step.text).strip()
    is_behind = parent.text.startswith(step.text) or parent.text.startswith(f"({step.text})")
    rest = (
        parent.text.removeprefix(f"({step.text})").removeprefix(step.text).strip()
        if is_behind
        else parent.text
    )
    return f"`{_short(rest)}`"


# ---- where the values part ----


class Unclear(Exception):
    """Nothing can be claimed."""


def _parted(failing: list[Trace]) -> Found | None:
    """The one step, the same in each failing case, that gives what no right way goes through, from right values."""
    try:
        places = {_lowest(trace) for trace in failing}
    except Unclear:
        return None
    if len(places) != 1:
        return None
    number, operand = places.pop()
    steps = failing[0].steps
    step, came = steps[number], steps[operand]
    says = (
        f"Up to `{_short(came.text)}` (line {came.line}) the values are right, and with `{_short(step.text)}`"
    )
    says += f" (line {step.line}) they part." if step.line != came.line else " they part."
    return Found("place-parts", says + " Is that the right step, and is one missing before it?")


def _lowest(trace: Trace) -> tuple[int, int]:
    """The lowest step that matches nothing though its operands match, and the operand that tells most."""
    answer = answer_of(trace)
    if answer is None or trace.steps[answer].value in trace.right:
        raise Unclear  # no answer, or one that stops on the way
    found, todo, seen = set(), [answer], set()
    while todo:
        number = todo.pop()
        if number in seen:
            continue
        seen.add(number)
        step = trace.steps[number]
        if step.times != 1 or step.kind == "changes":
            raise Unclear
        operands = _operands(trace, number)
        strange = [n for n in operands if not _matches(trace, n)]
        known = [n for n in operands if _matches(trace, n) and tells(trace.steps[n].value)]
        computed = [n for n in known if trace.steps[n].value not in trace.given]
        if strange:
            todo += strange
        elif computed and step.kind == "expression" and not _may_be_a_detour(trace, number, operands):
            found.add((number, max(computed, key=lambda n: len(trace.steps[n].text))))
        else:
            raise Unclear
    if len(found) != 1:
        raise Unclear
    return found.pop()


def _may_be_a_detour(trace: Trace, number: int, operands: list[int]) -> bool:
    """Whether a step may be right work in another order: a multiple of a right value, its parts that are finite, or
    an operand that is merely laid out longer."""
    value = trace.steps[number].value
    longer = any(is_stretched(value, trace.steps[n].value) for n in operands)
    right = trace.right
    return (
        longer or right.has_multiple_of(value) or right.has_where_finite(value) or right.has_squeezed(value)
    )


def _operands(trace: Trace, number: int) -> list[int]:
    """The steps that a step works on; for a name, what it was set to."""
    step = trace.steps[number]
    parts = step.parts
    if step.kind == "name":
        parts = made_by(trace, number)
    elif step.kind == "sets" and len(parts) == 1 and len(trace.steps[parts[0]].parts) > step.place:
        whole = trace.steps[parts[0]]
        if type(whole.node).__name__ == "Tuple" and not tells_as_one(step):
            parts = [whole.parts[step.place]]
    return [n for n in parts if trace.steps[n].times and trace.steps[n].value is not None]


def tells_as_one(step: tracing.Step) -> bool:
    """Whether a line gives its one name a whole tuple."""
    return isinstance(step.value, tuple)


def _matches(trace: Trace, number: int) -> bool:
    """Whether a value is one of the right ways', or a lone number, which says nothing."""
    value = trace.steps[number].value
    return (
        not tells(value)
        or value in trace.right
        or (isinstance(value, tuple) and all(v in trace.right for v in value))
    )


# ---- right up to a line ----


def _right_up_to(failing: list[Trace]) -> Found | None:
    """The last line up to which all that has a name is right, the same in each failing case."""
    lines = {_last_right_line(trace) for trace in failing}
    line = lines.pop() if len(lines) == 1 else None
    if line is None:
        return None
    return Found(
        "place-line", f"Up to your line {line} the values are right; after it they part from the right way."
    )


def _last_right_line(trace: Trace) -> int | None:
    ran = sorted(
        (s for s in trace.steps if s.kind in ("sets", "changes", "returns") and s.times),
        key=lambda s: s.order,
    )
    leads = {id(trace.steps[n]) for n in leads_to_answer(trace)}
    line = None
    for step in ran:
        if step.times > 1 or step.kind != "sets" or step.value is None or step.value not in trace.right:
            break
        if tells(step.value) and step.value not in trace.given and id(step) in leads:
            line = step.line
    answer = answer_of(trace)
    if line is None or answer is None or trace.steps[answer].value in trace.right:
        return None
    return line


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 20]} ... {text[-15:]}"
