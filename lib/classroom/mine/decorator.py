"""`@mine("ngram.count_next")` above a reader's function: check it, and run the library on it.

Right: the library calls it from now on, and the cell is kept for later lessons. Wrong: a few lines say why,
and the library stays as it was. Not written yet: the library's own stands in, so that the notebook runs on.
"""

import os
import textwrap
from collections.abc import Callable

from classroom import course
from classroom.display.verdict import Verdict
from classroom.judge import diagnosis, explanations, kernel_sources, registry, sandbox, trial, unreadable
from classroom.mine import cell_dependencies, gates, home, progress, steps, storage
from nextword.base import overrides

unreadable.watch()  # whoever imports `mine` in a notebook is going to write cells with it

_showing = False  # True in a solutions notebook: nothing there is the reader's


def showing_solutions() -> None:
    """Say that this notebook shows solutions: they are checked and used here, never kept as the reader's."""
    global _showing
    _showing = True


def shows_solutions() -> bool:
    """Whether this notebook said that it shows solutions."""
    return _showing


def mine(target: str) -> Callable:
    """Decorate your function with the name of what it replaces: it is checked as soon as the cell runs."""
    if not isinstance(target, str):
        raise TypeError('@mine needs the name of the exercise: @mine("ngram.loss")')
    try:
        check = registry.find(target)
    except registry.Unavailable as missing:
        show(Verdict("note", str(missing)))
        return lambda function: function

    def decorate(function: Callable) -> Callable:
        if storage.is_kept_file(function):
            return function  # a kept file being loaded: use_mine judges it
        verdict, function = judge(check, function)
        show(verdict)
        return function

    return decorate


def judge(check: registry.Check, function: Callable) -> tuple[Verdict, Callable]:
    """The verdict on a function fresh from a cell, and the function that the notebook goes on with."""
    stage = "This cell does not run by itself"
    try:
        candidate, source = made_anew(check, function)
        trial.refuse_what_never_ends(check, candidate)
        stage = "What it gives cannot be looked at"
        wrong = diagnosis.diagnose(check, candidate)
        stage = "It cannot be compiled"
        gone_through = gates.passed(check, source) if wrong is None and not _showing else []
    except NotImplementedError:
        return not_written_yet(check)
    except registry.Wrong as found:
        wrong = found
    except (Exception, SystemExit) as error:
        wrong = registry.Wrong("cannot-be-judged", f"{stage}: {described(error)}.")
    if wrong is None:
        return passed(check, candidate, source, gone_through), function
    return failed(check, wrong), function


def made_anew(check: registry.Check, function: Callable) -> tuple[Callable, str | None]:
    """The function made from its cell alone, and the file that would be kept: None where there is no cell."""
    if kernel_sources.is_jitted(function):
        raise kernel_sources.kernel_itself(check.name)
    if not storage.is_function(function):
        raise registry.Wrong(
            "not-a-function", f"A function is needed here, written with def {check.name}(...)."
        )
    try:
        source = storage.with_imports(check.target, storage.cell_of(function))
    except storage.NoCell:
        return function, None
    refuse_other_cells(check, source, function)
    with sandbox.guarded(check):
        return storage.load(check.target, source), source


def refuse_other_cells(check: registry.Check, source: str, function: Callable) -> None:
    """Raise Wrong where the function needs what stands in another cell: it would be missing later."""
    elsewhere = (
        cell_dependencies.missing_names(cell_dependencies.needed_for(check.name, source))
        & function.__globals__.keys()
    )
    for name in sorted(elsewhere):
        if explanations.is_of_same_rung(check, name):
            raise registry.Wrong("unknown-name", explanations.unknown_name(check, name, function))
        says = f"{name!r} is made in another cell. This cell alone is kept: copy it here, above the function."
        raise registry.Wrong("needs-another-cell", says)


def described(error: BaseException) -> str:
    """An exception in one line."""
    line = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {message}{line}"


def not_written_yet(check: registry.Check) -> tuple[Verdict, Callable]:
    """Not written yet: what the library runs just now stands in."""
    owner, name = overrides.locate(check.target)
    whose = "your last right one" if check.target in overrides.replaced() else "the library's own"
    return Verdict("to do", f"{check.target}: to do ({whose} stands in)"), getattr(owner, name)


def failed(check: registry.Check, wrong: registry.Wrong) -> Verdict:
    """Wrong: what was misunderstood, and the smallest call that shows it."""
    if not _showing:
        progress.note(check.target, "tried", wrong.id)
    rows = {"this call": wrong.call, "yours": wrong.yours, "needed": wrong.needed}
    stays = "The library stays with your last right one." if check.target in overrides.replaced() else ""
    return Verdict("wrong", f"{check.target}: not yet", wrong.says, stays, rows=rows, id=wrong.id)


def passed(check: registry.Check, function: Callable, source: str | None, gone_through=()) -> Verdict:
    """Right: install it, and keep it unless this is a solution; the card names the gates that it has gone through."""
    overrides.replace(check.target, function)
    if _showing:
        return Verdict("right", f"{check.target}: right")
    progress.note(check.target, "passed")
    where, said, links = keep_function(check.target, source), "", {}
    if not os.environ.get("CI"):  # nothing is noted there
        said, links = steps.standing(steps.lesson_of(check.target))
        home.refresh()
    headline = f"{check.target}: right. The library runs yours now."
    return Verdict("right", headline, *gone_through, where, said, links=links)


def keep_function(target: str, source: str | None) -> str:
    """Keep a right function for later lessons; returns a sentence: where, or why it could not be."""
    if os.environ.get("CI"):
        return ""
    if source is None:
        return "It is not kept for later lessons: that takes a notebook's cell, without %%time or the like."
    try:
        storage.keep(target, source)
    except OSError as error:
        return f"It could not be kept for later lessons: {error.strerror or error} ({storage.file(target)})."
    return f"Kept for later lessons: my/functions/{target}.py"


def unreadable_cell(target: str, line: int, says: str, shown: str) -> None:
    """Show the card of a cell that Python cannot read: what `judge.unreadable` puts in its place calls this."""
    try:
        verdict = failed(registry.find(target), unreadable.wrong(line, says))
    except registry.Unavailable as missing:
        verdict = Verdict("note", str(missing))
    verdict.rows = {f"line {line}": textwrap.shorten(shown, 200)} if shown else {}
    show(verdict)


def use_mine(only: str | list[str] | None = None) -> None:
    """Check the functions kept from earlier exercises again, and run the library on those that are right.

    `only` names the targets to use; all of them otherwise.
    """
    only = [only] if isinstance(only, str) else only
    for target in only or []:
        registry.lesson_of(target)
        if target not in storage.kept_targets():
            show(Verdict("note", f"You have no {target} yet: pass its exercise first, and it is kept."))
    for target in storage.kept_targets():
        verdict = bring_back(target) if only is None or target in only else None
        if verdict:
            show(verdict)
    card()


def bring_back(target: str) -> Verdict | None:
    """Install one kept function; a verdict where it cannot be."""
    headline, mend = f"my/functions/{target}.py is not used", "Mend it there, or run its exercise again."
    try:
        check = registry.find(target)
        source = storage.read(target)
        with sandbox.guarded(check):
            function = storage.load(target, source)
        trial.refuse_what_never_ends(check, function)
        wrong = diagnosis.diagnose(check, function)
    except registry.Unavailable as missing:
        return Verdict("note", f"{headline} here", str(missing))
    except registry.Wrong as found:
        wrong = found
    except (Exception, SystemExit) as error:  # the reader may have edited the file in any way
        return Verdict("wrong", f"{headline}: it does not load", described(error), mend)
    if wrong:
        return Verdict("wrong", f"{headline}: it is not right", wrong.says, mend, id=wrong.id)
    overrides.replace(target, function)
    return None


def give_back(target: str | None = None) -> None:
    """Run the library's own function again, for one target or for all; what is kept stays kept."""
    if target is not None:
        registry.lesson_of(target)
    for one in [target] if target else yours():
        if one in overrides.replaced():  # else its rung need not even be importable here
            overrides.restore(one)
    card()


def yours() -> list[str]:
    """The targets that run a function of the reader's just now, in the order in which they were installed."""
    places = {target: overrides.locate(target) for target in overrides.replaced()}
    return [target for target, (owner, name) in places.items() if storage.is_kept_file(getattr(owner, name))]


def card() -> None:
    """Show which functions of the library are the reader's just now, and which are kept and not in use."""
    in_use, mine, waiting = {}, yours(), []
    if not _showing:
        waiting = [target for target in storage.kept_targets() if target not in mine]
    resting = {}
    for lesson in course.written() if mine or waiting else ():
        targets = registry.targets_of(lesson)
        for rows, chosen in ((in_use, mine), (resting, waiting)):
            names = [target.split(".")[-1] for target in targets if target in chosen]
            if names:
                rows[f"{lesson.number} {lesson.title}"] = (
                    f"{len(names)} of {len(targets)}: {', '.join(names)}"
                )
    if in_use:
        show(Verdict("right", "The library runs on functions of yours:", rows=in_use))
    if resting:
        own = "" if in_use else "The library runs on its own functions. "
        show(Verdict("note", f"{own}Kept, and not in use until use_mine():", rows=resting))
    if not in_use and not resting:
        text = "The library runs on its own functions. Those you write in exercises will stand here."
        show(Verdict("note", text))


def show(verdict: Verdict) -> None:
    """In a notebook a card, elsewhere plain lines."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return print(verdict)
    return display(verdict) if get_ipython() else print(verdict)
