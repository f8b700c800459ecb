"""Wrong functions made by machine: every single edit of a right answer, and whether the check refuses it.

An edit that changes what comes out for some legal input must be refused. What is not is a survivor: either the check
wants a case, or survivors.toml says why it may live. That list may only shrink: an entry that is refused goes.
"""

import contextlib
import signal
import tomllib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from classroom.judge import diagnosis, registry
from classroom.judge.comparison import same
from classroom.judge.registry import Check
from classroom.judge.sandbox import Outcome, run
from tests.mutants import drawing, edits, legal, legal_graphs, legal_runs, legal_tuning, sources
from tests.mutants.outcomes import alike, exactly

MEMORY = 8 << 30  # more than this no edit may ask for
SECONDS = 5  # far more than any right answer takes
LISTED = Path(__file__).parent / "survivors.toml"
BY_BEHAVIOUR = {"sampling.draw": drawing.draw_is_bad, "autograd.topological_order": legal_graphs.order_is_bad}
BY_BEHAVIOUR["training.passages"] = legal_runs.passages_are_bad
BY_BEHAVIOUR["lora.new_pair"] = legal_tuning.pairs_are_bad
RETURNS = {dict: "dict", list: "list", tuple: "list", str: "text", int: "number", float: "number"}


@dataclass
class Score:
    """What became of the edits of one target."""

    target: str
    refused: int = 0
    alike: int = 0  # no legal input shows a difference
    survivors: dict[str, str] = field(default_factory=dict)  # the edit -> an input that shows what it changes

    def __str__(self) -> str:
        share = self.refused / max(1, self.refused + len(self.survivors))
        live = len(self.survivors)
        return f"{self.target:30} {self.refused:6,} refused ({share:.2%}), {self.alike:5,} alike, {live:3} survive"


@cache
def listed() -> dict[tuple[str, str], str]:
    """The survivors that may live: (target, edit) -> the reason."""
    table = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    return {(one["target"], edit): one["reason"] for one in table["survivor"] for edit in one["edits"]}


def every_edit(
    check: Check, keep: Callable[[str], bool], n_sources: int | None
) -> Iterator[tuple[str, Callable, Callable]]:
    """Each edit of the right sources, the solution first: in words, the edited function, and the right one."""
    for tree, names in sources.of(check.target)[:n_sources]:
        right = sources.build(tree, names)
        for edit, edited in edits.edits(tree, returns(check), keep):
            try:
                yield edit.words, sources.build(edited, names), right
            except SyntaxError:
                continue


def returns(check: Check) -> str:
    """What kind of thing the answer is, which says what one step more may be."""
    if not check.cases:
        return "tensor"
    return RETURNS.get(type(run(check.right, check.cases[0]).value), "tensor")


def refused(check: Check, function: Callable, needed: list[Outcome]) -> bool:
    """Whether the check refuses it, found as quickly as can be: no word of explanation is looked for."""
    if any(run(behaviour, (function,)).error for behaviour in check.before):
        return True
    for arguments, right in zip(check.cases, needed, strict=True):
        yours = run(check.seen(function), arguments)
        if yours.changed_input or not yours.equals(right, check.same):
            return True
    return any(run(behaviour, (function,)).error for behaviour in check.behaviours)


def difference(check: Check, function: Callable, right: Callable) -> str:
    """A legal input for which an edit changes what comes out; nothing where there is none."""
    if check.target in BY_BEHAVIOUR:
        return BY_BEHAVIOUR[check.target](function)
    for arguments, needed in zip(legal.inputs(check.target), _needed(check.target, right), strict=True):
        yours = run(check.seen(function), arguments)
        if check.same is not same:  # where answers that look different mean the same
            equal = yours.equals(needed, check.same) and not yours.changed_input
        else:
            equal = alike(exactly(yours), exactly(needed))
        if not equal:
            return " ".join(repr(arguments).split())[:300]
    return ""


@cache
def _needed(target: str, right: Callable) -> list[Outcome]:
    seen = registry.find(target).seen(right)
    return [run(seen, arguments) for arguments in legal.inputs(target)]


def judge(
    check: Check, keep: Callable[[str], bool] = lambda words: True, n_sources: int | None = None
) -> Score:
    """Try every edit of a target that is to be kept, by its words."""
    score, needed = Score(check.target), [run(check.right, arguments) for arguments in check.cases]
    for words, function, right in every_edit(check, keep, n_sources):
        try:
            with at_most(SECONDS):
                is_refused = refused(check, function, needed)
        except (NotImplementedError, sources.TooManyRounds):
            is_refused = True
        if is_refused:
            score.refused += 1
        elif (shown := difference(check, function, right)) and diagnosis.diagnose(check, function) is None:
            score.survivors.setdefault(words, shown)
        else:
            score.alike += 1
    return score


@contextlib.contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Stop what counts few rounds and takes an age in each; by the processor's time, not the clock's."""

    def stop(*_):
        raise sources.TooManyRounds

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def one_in(n: int, offset: int = 0) -> Callable[[str], bool]:
    """A sample of the edits, the same in every run."""
    return lambda words: zlib.crc32(words.encode()) % n == offset
